#include "domain/access/cookie.hpp"

#include "foundation/crypto.hpp"
#include "foundation/text.hpp"

namespace keepword::access {
namespace {

constexpr std::string_view plain_name = "keepword";
constexpr std::string_view secure_name = "__Host-keepword";

}  // namespace

std::string cookie_of(api::Headers const& headers) {
    for (auto const& [name, value] : headers) {
        if (name != "cookie") continue;
        for (auto part : text::split(value, ';')) {
            auto const trimmed = text::trim(part);
            for (auto const known : {secure_name, plain_name}) {
                if (trimmed.size() > known.size() && trimmed.starts_with(known) && trimmed[known.size()] == '=') {
                    return std::string(trimmed.substr(known.size() + 1));
                }
            }
        }
    }
    return {};
}

std::string set_cookie(Secret const& token, bool secure) {
    std::string out(secure ? secure_name : plain_name);
    out += "=";
    out += token.reveal();
    out += "; Path=/; HttpOnly; SameSite=Strict";
    if (secure) out += "; Secure";
    // Without Max-Age the cookie goes with the browser; the server's own limits hold besides.
    if (token.empty()) out += "; Max-Age=0";
    return out;
}

std::string csrf_of(std::string_view token) { return crypto::base64url(crypto::view(crypto::hmac_sha256(token, "csrf"))); }

}  // namespace keepword::access
