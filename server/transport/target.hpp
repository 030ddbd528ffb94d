#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "transport/refusal.hpp"

namespace keepword::transport {

struct Target {
    std::string path;   // decoded, UTF-8, begins with '/'
    std::string query;  // raw, without '?'
};

// Reads a request target in origin form or absolute form (RFC 9112, 3.2), strictly: what two programs could read in
// two ways (escaped slashes, dot segments, empty segments, control characters) is refused rather than repaired.
std::expected<Target, Refusal> parse_target(std::string_view target);

}  // namespace keepword::transport
