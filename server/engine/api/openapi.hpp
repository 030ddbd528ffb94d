#pragma once
#include "engine/api/route.hpp"

namespace keepword::api {

// The OpenAPI 3.1 description of the routes: what `GET /api/v1/openapi.json` answers and the web client's types are
// made from. The same routes give the same text.
json::value openapi(Routes const& routes, std::string_view version);

}  // namespace keepword::api
