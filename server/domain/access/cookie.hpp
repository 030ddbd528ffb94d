#pragma once
#include <string>
#include <string_view>

#include "engine/api/http.hpp"
#include "foundation/secret.hpp"

// The session cookie, and the value that a change must carry beside it.
namespace keepword::access {

// The token in the request's cookie, or empty. Over TLS the cookie has the `__Host-` prefix, so that no other host of the
// domain can plant one.
std::string cookie_of(api::Headers const& headers);
// Set-Cookie of a new session, and of a session's end (an empty token).
std::string set_cookie(Secret const& token, bool secure);
// Comes from the token by HMAC: nothing to keep, and of no use without the cookie.
std::string csrf_of(std::string_view token);

}  // namespace keepword::access
