#include "foundation/otp.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace keepword::otp {

std::string code(std::string_view key, std::int64_t counter) {
    std::array<unsigned char, 8> message{};
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(counter) >> (8 * (7 - i)));
    std::array<unsigned char, 20> mac{};
    unsigned length = 0;
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), mac.data(), &length);
    // Dynamic truncation: the last four bits say where the four bytes begin.
    auto const at = static_cast<std::size_t>(mac[19] & 0x0FU);
    std::uint32_t const number = (mac[at] & 0x7FU) << 24U | static_cast<std::uint32_t>(mac[at + 1]) << 16U |
                                 static_cast<std::uint32_t>(mac[at + 2]) << 8U | mac[at + 3];
    return fmt::format("{:06}", number % 1'000'000);
}

std::string base32(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (unsigned char byte : bytes) {
        held = held << 8U | byte;
        for (bits += 8; bits >= 5; bits -= 5) out.push_back(letters[held >> (bits - 5) & 31U]);
    }
    if (bits > 0) out.push_back(letters[held << (5 - bits) & 31U]);
    return out;
}

}  // namespace keepword::otp
