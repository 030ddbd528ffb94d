#pragma once
#include <string>
#include <string_view>

#include "engine/api/http.hpp"

namespace keepword::access {

// What a page must send along with every change, so that no other site's page can make one: made from the session's
// token, which that page cannot read.
std::string csrf_of(std::string_view token);

// The session's token in the cookies of a request; empty where there is none. Over TLS only the cookie that no
// neighbouring host can have planted counts.
std::string_view cookie_in(api::Headers const& headers, bool secure);

// The Set-Cookie that begins a session, and the one that ends it.
std::string cookie_for(std::string_view token, bool secure);
std::string no_cookie(bool secure);

}  // namespace keepword::access
