#include "domain/access/cookie.hpp"

#include "domain/access/access.hpp"

namespace keepword::access {
namespace {

std::string_view cookie_name(bool secure) {
    return secure ? "__Host-keepword" : "keepword";
}

std::string set_cookie(std::string_view value, std::int64_t max_age, bool secure) {
    std::string out(cookie_name(secure));
    out += "=";
    out += value;
    out += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age);
    if (secure) out += "; Secure";
    return out;
}

}  // namespace

std::string csrf_of(std::string_view token) {
    return crypto::base64url(crypto::view(crypto::hmac_sha256(token, "csrf")));
}

std::string_view cookie_in(api::Headers const& headers, bool secure) {
    for (auto const& [name, value] : headers) {
        if (name != "cookie") continue;
        for (auto part : text::split(value, ';')) {
            auto const cookie = text::trim(part);
            auto const equals = cookie.find('=');
            if (cookie.substr(0, equals) == cookie_name(secure) && equals != cookie.npos)
                return cookie.substr(equals + 1);
        }
    }
    return {};
}

std::string cookie_for(std::string_view token, bool secure) {
    return set_cookie(token, session_limit.ms / 1000, secure);
}
std::string no_cookie(bool secure) {
    return set_cookie("", 0, secure);
}

}  // namespace keepword::access
