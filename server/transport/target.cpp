#include "transport/target.hpp"

#include "foundation/text.hpp"

namespace keepword::transport {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// The path of "http://host/path"; the Host header is checked for itself.
std::string_view without_authority(std::string_view target) {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme)) continue;
        target.remove_prefix(scheme.size());
        auto const slash = target.find_first_of("/?");
        if (slash == 0 || slash == std::string_view::npos || target[slash] == '?') return {};
        return target.substr(slash);
    }
    return target;
}

// False where the escapes are wrong or hide something.
bool decode(std::string_view raw, std::string& path) {
    path.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        char c = raw[i];
        if (c == '\\' || is_control(c) || c == ' ' || static_cast<unsigned char>(c) >= 0x80) return false;
        if (c == '%') {
            if (i + 2 >= raw.size()) return false;
            int const high = hex_digit(raw[i + 1]);
            int const low = hex_digit(raw[i + 2]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            if (c == '/' || c == '\\' || is_control(c)) return false;
            i += 2;
        }
        path.push_back(c);
    }
    return true;
}

// No segment may be "." or "..", none but the last may be empty.
bool plain_segments(std::string_view path) {
    path.remove_prefix(1);
    while (true) {
        auto const slash = path.find('/');
        auto const segment = path.substr(0, slash);
        if (segment == "." || segment == "..") return false;
        if (slash == std::string_view::npos) return true;
        if (segment.empty()) return false;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

std::expected<Target, Refusal> parse_target(std::string_view target) {
    auto const local = without_authority(target);
    if (local.empty() || local.front() != '/' || local.find('#') != std::string_view::npos) {
        return std::unexpected(bad_target);
    }
    auto const question = local.find('?');
    Target out;
    if (question != std::string_view::npos) out.query = local.substr(question + 1);
    for (char const c : out.query) {
        if (is_control(c)) return std::unexpected(bad_target);
    }
    if (!decode(local.substr(0, question), out.path)) return std::unexpected(bad_target);
    if (!plain_segments(out.path) || !text::valid_utf8(out.path)) return std::unexpected(bad_target);
    return out;
}

}  // namespace keepword::transport
