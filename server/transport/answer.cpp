#include "transport/answer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <iterator>

#include "foundation/log.hpp"
#include "foundation/text.hpp"
#include "transport/conditions.hpp"
#include "transport/refusal.hpp"

namespace keepword::transport {
namespace {

using Content = Plan::Content;

void set(api::Headers& headers, std::string_view name, std::string value) {
    std::erase_if(headers, [&](auto const& header) { return header.first == name; });
    headers.emplace_back(name, std::move(value));
}

void drop(api::Headers& headers, std::initializer_list<std::string_view> names) {
    std::erase_if(headers, [&](auto const& header) { return std::ranges::find(names, header.first) != names.end(); });
}

// A line break in a header would begin another header, or another answer.
bool sendable(api::HttpResponse const& response) {
    auto const clean = [](std::string_view text) {
        return std::ranges::none_of(
            text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
    };
    bool const headers = std::ranges::all_of(response.headers, [&](auto const& header) {
        return !header.first.empty() && clean(header.first) &&
               header.first.find_first_of(" :\t") == std::string::npos && clean(header.second);
    });
    return headers && response.status >= 200 && response.status <= 599;
}

bool bodiless(int status) {
    return status == 204 || status == 304;
}

// Caches must know that another client may be sent other bytes, whether this one is sent the compressed ones or not.
void vary_by_encoding(api::Headers& headers) {
    auto const vary = text::ascii_lower(api::header(headers, "vary"));
    if (vary == "*" || vary.find("accept-encoding") != std::string::npos) return;
    set(headers, "vary",
        vary.empty() ? "accept-encoding" : std::string(api::header(headers, "vary")) + ", accept-encoding");
}

// True: the answer is to be compressed.
bool negotiate(Asked const& asked, api::HttpResponse& response, std::size_t size, std::size_t compress_from) {
    auto& headers = response.headers;
    if (size < compress_from || response.status == 206 || bodiless(response.status)) return false;
    if (!api::header(headers, "content-encoding").empty() || !compressible(api::header(headers, "content-type"))) {
        return false;
    }
    if (api::header(headers, "cache-control").find("no-transform") != std::string_view::npos) return false;
    vary_by_encoding(headers);
    // Old clients may not know chunks, which large compressed answers need.
    return asked.takes_gzip && asked.http11;
}

// 304 where the client has it already. Of the headers, those that say something about the missing body go.
bool not_modified(Asked const& asked, api::HttpResponse& response, std::string_view own_tag) {
    if (!asked.get || response.status != 200 || own_tag.empty() || asked.if_none_match.empty()) return false;
    if (!none_match_holds(asked.if_none_match, own_tag)) return false;
    response.status = 304;
    drop(response.headers, {"content-type", "content-encoding", "content-language", "content-disposition"});
    return true;
}

void plan_file(Asked const& asked, api::HttpResponse& response, std::int64_t size, Plan& plan) {
    plan.content = Content::file;
    plan.length = size;
    if (response.status != 200 || !asked.get) return;
    set(response.headers, "accept-ranges", "bytes");
    if (asked.range.empty() || asked.head_only) return;
    auto const etag = api::header(response.headers, "etag");
    auto const modified = api::header(response.headers, "last-modified");
    if (!asked.if_range.empty() && !if_range_holds(asked.if_range, etag, modified)) return;
    auto const range = parse_range(asked.range, size);
    if (range.kind == Range::Kind::whole) return;
    if (range.kind == Range::Kind::unsatisfiable) {
        response.status = 416;
        set(response.headers, "content-range", fmt::format("bytes */{}", size));
        drop(response.headers, {"content-type", "content-disposition"});
        plan.content = Content::none;
        return;
    }
    response.status = 206;
    set(response.headers, "content-range",
        fmt::format("bytes {}-{}/{}", range.from, range.from + range.length - 1, size));
    plan.from = range.from;
    plan.length = range.length;
}

void plan_bytes(Asked const& asked, api::HttpResponse& response, Means const& means, Plan& plan) {
    std::string const own_tag(api::header(response.headers, "etag"));
    auto& bytes = plan.bytes;
    bytes = response.constant.empty() ? std::string_view(response.body) : response.constant;
    plan.content = Content::bytes;
    bool const compress = negotiate(asked, response, bytes.size(), means.compress_from);
    if (compress && !own_tag.empty()) set(response.headers, "etag", mark_tag(own_tag));
    if (not_modified(asked, response, own_tag)) {
        plan.content = Content::none;
        return;
    }
    if (!compress) return;
    set(response.headers, "content-encoding", "gzip");
    if (!response.constant.empty()) {
        auto& packed = means.packed[response.constant.data()];
        if (packed.empty()) {
            means.gzip.begin();
            packed = means.gzip.add(bytes, true);
        }
        bytes = packed;
        return;
    }
    plan.content = Content::gzip;
    plan.chunked = true;
    if (bytes.size() > whole_gzip || asked.head_only) return;
    means.gzip.begin();
    auto small = means.gzip.add(bytes, true);
    response.body = std::move(small);
    bytes = response.body;
    plan.content = Content::bytes;
    plan.chunked = false;
}

// The headers that transport owns are left out of the handler's: two of them would be worse than none.
bool own(std::string_view name) {
    return name == "content-length" || name == "transfer-encoding" || name == "connection" || name == "date" ||
           name == "server" || name == "keep-alive";
}

void write_head(Asked const& asked, api::HttpResponse const& response, std::string_view date, Plan& plan) {
    auto& head = plan.head;
    head.reserve(512);
    auto const out = std::back_inserter(head);
    auto const reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
    fmt::format_to(out, "HTTP/1.1 {} {}\r\ndate: {}\r\n", response.status,
                   std::string_view(reason.data(), reason.size()), date);
    for (auto const& [name, value] : response.headers) {
        if (!own(name)) head.append(name).append(": ").append(value).append("\r\n");
    }
    auto const length = plan.content == Content::file ? plan.length : static_cast<std::int64_t>(plan.bytes.size());
    if (plan.chunked) {
        if (!asked.head_only) head.append("transfer-encoding: chunked\r\n");
    } else if (plan.content == Content::bytes || plan.content == Content::file) {
        fmt::format_to(out, "content-length: {}\r\n", length);
    } else if (plan.content == Content::none && !bodiless(response.status)) {
        head.append("content-length: 0\r\n");
    }
    if (!plan.keep_alive) {
        head.append("connection: close\r\n");
    } else if (!asked.http11) {
        head.append("connection: keep-alive\r\n");
    }
    head.append("\r\n");
}

}  // namespace

Asked read_asked(api::HttpRequest& request, bool http11, bool keep_alive) {
    Asked asked;
    asked.http11 = http11;
    asked.keep_alive = keep_alive;
    asked.head_only = request.method == "HEAD";
    if (asked.head_only) request.method = "GET";
    asked.get = request.method == "GET";
    for (auto& [name, value] : request.headers) {
        if (name == "if-none-match" || name == "if-match" || name == "if-range") value = unmark_tags(value);
        // A list may be split over several lines (RFC 9110, 5.3).
        if (name == "if-none-match") asked.if_none_match += (asked.if_none_match.empty() ? "" : ",") + value;
        if (name == "accept-encoding") asked.takes_gzip = asked.takes_gzip || accepts_gzip(value);
        if (name == "range") asked.range = value;
        if (name == "if-range") asked.if_range = value;
    }
    return asked;
}

Plan plan(Asked const& asked, api::HttpResponse& response, std::optional<std::int64_t> file_size, Means const& means) {
    bool const lost = response.file && !file_size;
    if (lost || !sendable(response)) {
        log::error("an answer cannot be sent: {}", lost ? "its file cannot be opened" : "bad header or status");
        response = problem(failed);
    }
    Plan plan;
    plan.keep_alive = asked.keep_alive;
    if (response.events) {
        plan.content = Content::events;
        // Chunks show the client whether the stream ended or was cut; nothing follows it on this connection.
        plan.chunked = asked.http11;
        plan.keep_alive = false;
        if (api::header(response.headers, "content-type").empty()) {
            set(response.headers, "content-type", "text/event-stream");
        }
    } else if (response.file) {
        std::string const tag(api::header(response.headers, "etag"));
        if (not_modified(asked, response, tag)) {
            plan.content = Content::none;
        } else {
            plan_file(asked, response, *file_size, plan);
        }
    } else {
        plan_bytes(asked, response, means, plan);
    }
    if (bodiless(response.status)) plan.content = Content::none;
    write_head(asked, response, means.date, plan);
    if (asked.head_only) plan.content = Content::none;
    return plan;
}

}  // namespace keepword::transport
