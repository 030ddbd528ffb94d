#include "domain/access/codes.hpp"

#include "foundation/crypto.hpp"
#include "foundation/text.hpp"

namespace keepword::access {
namespace {

// No 0 and O, no 1, I and L: a code is read from one screen and typed on another.
constexpr std::string_view code_letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

}  // namespace

std::string spelled(std::string_view random, std::size_t groups) {
    std::string code;
    std::size_t written = 0;
    for (unsigned char byte : random) {
        if (written == groups * 4) break;
        // Bytes beyond the last whole multiple would make the first letters likelier than the others.
        if (byte >= 256 / code_letters.size() * code_letters.size()) continue;
        if (written > 0 && written % 4 == 0) code.push_back('-');
        code.push_back(code_letters[byte % code_letters.size()]);
        ++written;
    }
    return code;
}

std::string random_code(std::size_t groups) {
    // Five of a hundred bytes are passed over; that three quarters of these would be does not happen.
    return spelled(crypto::random_bytes(groups * 16), groups);
}

std::string plain_code(std::string_view entered) {
    std::string plain;
    for (char c : text::fold(entered)) {
        if (c != '-' && c != ' ') plain.push_back(c);
    }
    return plain;
}

}  // namespace keepword::access
