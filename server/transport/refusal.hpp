#pragma once
#include <string_view>

#include "engine/api/http.hpp"

namespace keepword::transport {

// A request that transport answers itself, without the handler. `code` is a literal.
struct Refusal {
    int status = 0;  // 0: the client is gone or unwelcome; close without a word
    std::string_view code;
};

constexpr Refusal closed{0, ""};
constexpr Refusal malformed{400, "http.malformed"};
constexpr Refusal bad_target{400, "http.target"};
constexpr Refusal bad_host{400, "http.host"};
constexpr Refusal bad_framing{400, "http.framing"};  // where the body ends can be read in two ways: smuggling
constexpr Refusal timed_out{408, "http.timeout"};
constexpr Refusal too_large{413, "http.too-large"};
constexpr Refusal uri_too_long{414, "http.uri-too-long"};
constexpr Refusal bad_expectation{417, "http.expectation"};
constexpr Refusal head_too_large{431, "http.head-too-large"};
constexpr Refusal failed{500, "http.internal"};
constexpr Refusal unknown_method{501, "http.method"};
constexpr Refusal busy{503, "http.busy"};

// The problem document (RFC 9457) that says so; 503 with Retry-After.
api::HttpResponse problem(Refusal refusal);

}  // namespace keepword::transport
