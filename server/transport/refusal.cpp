#include "transport/refusal.hpp"

#include <fmt/core.h>

namespace keepword::transport {
namespace {

std::string_view title(int status) {
    switch (status) {
        case 400:
            return "The request is not well formed.";
        case 408:
            return "The request took too long to arrive.";
        case 413:
            return "The body is larger than this address takes.";
        case 414:
            return "The address is too long.";
        case 417:
            return "The expectation cannot be met.";
        case 431:
            return "The headers are too large.";
        case 501:
            return "The method is not known.";
        case 503:
            return "The server is busy. Try again in a moment.";
        default:
            return "The server could not answer.";
    }
}

}  // namespace

api::HttpResponse problem(Refusal refusal) {
    api::HttpResponse response;
    response.status = refusal.status;
    response.headers.emplace_back("content-type", "application/problem+json");
    response.headers.emplace_back("cache-control", "no-store");
    if (refusal.status == 503) response.headers.emplace_back("retry-after", "1");
    response.body = fmt::format(R"({{"type":"about:blank","status":{},"code":"{}","title":"{}"}})", refusal.status,
                                refusal.code, title(refusal.status));
    return response;
}

}  // namespace keepword::transport
