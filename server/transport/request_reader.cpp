#include "transport/request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "foundation/text.hpp"
#include "transport/target.hpp"

namespace keepword::transport {
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

// Beast's refusals of contradicting lengths keep their own code, because they are worth an alarm.
Refusal translate(error_code const& error) {
    bool const framing = error == http::error::bad_content_length || error == http::error::multiple_content_length ||
                         error == http::error::bad_transfer_encoding;
    return framing ? bad_framing : malformed;
}

std::size_t count(api::Headers const& headers, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(), [&](auto const& header) { return header.first == name; }));
}

bool is_token_byte(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

// Beast's push parser, with what it finds written straight into the request.
struct RequestReader::Grammar final : http::basic_parser<true> {
    Grammar(RequestReader& reader, std::size_t extension_limit) : reader_(reader), extension_limit_(extension_limit) {
        // The reader has limits of its own, checked before and after.
        header_limit(UINT32_MAX);
        body_limit(boost::none);
    }
    Body* sink = nullptr;
    std::optional<Refusal> refusal;

  private:
    void refuse(Refusal why, error_code& error) {
        refusal = why;
        error = http::error::bad_value;
    }
    std::size_t keep(boost::beast::string_view bytes, error_code& error) {
        if (auto why = sink->add({bytes.data(), bytes.size()})) refuse(*why, error);
        return bytes.size();
    }

    void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                         error_code&) override {
        reader_.request_.method.assign(method.data(), method.size());
        reader_.target_.assign(target.data(), target.size());
        reader_.http11_ = version >= 11;
    }
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code&) override {
        // Trailers are dropped: nobody needs them, and merged into the headers they could overrule what was checked.
        if (head_done_) return;
        reader_.request_.headers.emplace_back(text::ascii_lower({name.data(), name.size()}),
                                              std::string(value.data(), value.size()));
    }
    void on_header_impl(error_code&) override { head_done_ = true; }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view bytes, error_code& error) override { return keep(bytes, error); }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view extensions, error_code& error) override {
        if (extensions.size() > extension_limit_) refuse(malformed, error);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes, error_code& error) override {
        return keep(bytes, error);
    }
    void on_finish_impl(error_code&) override {}

    RequestReader& reader_;
    std::size_t extension_limit_;
    bool head_done_ = false;
};

RequestReader::RequestReader(Limits const& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

void RequestReader::reset() {
    grammar_.reset();
    request_ = api::HttpRequest();
    target_.clear();
    content_length_.reset();
    has_body_ = false;
    http11_ = keep_alive_ = true;
    expects_continue_ = false;
    scanned_ = line_start_ = lines_ = head_end_ = 0;
}

bool RequestReader::body_done() const {
    return !has_body_ || grammar_->is_done();
}

std::expected<std::size_t, Refusal> RequestReader::head(std::string_view bytes) {
    if (auto why = scan(bytes)) return std::unexpected(*why);
    if (head_end_ == 0) return 0;
    // An empty line before the request line is allowed, from clients of old that ended a body with one.
    std::size_t const skipped = bytes.starts_with("\r\n") ? 2 : 0;
    grammar_ = std::make_unique<Grammar>(*this, limits_.chunk_extension);
    request_.headers.reserve(lines_);
    error_code error;
    auto const head = bytes.substr(skipped, head_end_ - skipped);
    grammar_->put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (error) return std::unexpected(translate(error));
    if (auto why = check_head()) return std::unexpected(*why);
    return head_end_;
}

// Looks line by line for the end of the head, for lines not ended by CR LF, for continued lines (obsolete, and read
// differently by different programs) and for the limits.
std::optional<Refusal> RequestReader::scan(std::string_view bytes) {
    if (!bytes.empty() && bytes[0] != '\r' && !is_token_byte(bytes[0])) return malformed;
    while (head_end_ == 0) {
        auto const newline = bytes.find('\n', scanned_);
        auto const seen = newline == std::string_view::npos ? bytes.size() : newline + 1;
        bool const in_request_line = lines_ == 0;
        if (in_request_line && seen - line_start_ > limits_.request_line + 2) return uri_too_long;
        if (seen > limits_.head_bytes) return head_too_large;
        scanned_ = seen;
        if (newline == std::string_view::npos) return std::nullopt;
        if (auto why = end_line(bytes, newline)) return why;
    }
    return std::nullopt;
}

std::optional<Refusal> RequestReader::end_line(std::string_view bytes, std::size_t newline) {
    if (newline == line_start_ || bytes[newline - 1] != '\r') return malformed;
    bool const empty = newline == line_start_ + 1;
    if (empty && lines_ == 0 && line_start_ != 0) return malformed;
    if (empty && lines_ != 0) {
        head_end_ = newline + 1;
        return std::nullopt;
    }
    char const first = bytes[line_start_];
    if (lines_ != 0 && (first == ' ' || first == '\t')) return malformed;
    line_start_ = newline + 1;
    if (!empty && ++lines_ > limits_.header_count + 1) return head_too_large;
    return std::nullopt;
}

std::optional<Refusal> RequestReader::check_head() {
    keep_alive_ = grammar_->keep_alive();
    if (auto why = check_method()) return why;
    if (auto why = check_framing()) return why;
    if (auto why = check_host()) return why;
    auto const expect = api::header(request_.headers, "expect");
    expects_continue_ = http11_ && text::ascii_lower(expect) == "100-continue";
    if (!expect.empty() && !expects_continue_ && http11_) return bad_expectation;
    auto target = parse_target(target_);
    if (!target) return target.error();
    request_.path = std::move(target->path);
    request_.query = std::move(target->query);
    return std::nullopt;
}

// Methods are upper case; those that make a tunnel or an echo of the server are not for us.
std::optional<Refusal> RequestReader::check_method() const {
    auto const& method = request_.method;
    bool const upper =
        std::all_of(method.begin(), method.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
    if (!upper || method.size() > 20 || method == "CONNECT" || method == "TRACE") return unknown_method;
    return std::nullopt;
}

// Exactly one of: no body, one plain Content-Length, the one word "chunked". Beast refuses the two together, but takes
// lists of lengths, and takes an unknown coding for no body at all, which would make the body the next request.
std::optional<Refusal> RequestReader::check_framing() {
    auto const& headers = request_.headers;
    auto const lengths = count(headers, "content-length");
    auto const codings = count(headers, "transfer-encoding");
    if (lengths + codings > 1) return bad_framing;
    if (codings == 1) {
        if (!http11_ || text::ascii_lower(api::header(headers, "transfer-encoding")) != "chunked") return bad_framing;
    }
    if (lengths == 1) {
        auto const value = api::header(headers, "content-length");
        bool const digits = std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (value.empty() || value.size() > 18 || !digits) return bad_framing;
        content_length_ = std::stoull(std::string(value));
    }
    has_body_ = lengths + codings == 1;
    return std::nullopt;
}

// One Host in HTTP/1.1, and only what a name, an address and a port are made of: it is used to make links.
std::optional<Refusal> RequestReader::check_host() const {
    auto const hosts = count(request_.headers, "host");
    if (hosts > 1 || (hosts == 0 && http11_)) return bad_host;
    auto const host = api::header(request_.headers, "host");
    bool const plain = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view(".-_:[]").find(c) != std::string_view::npos;
    });
    return plain ? std::nullopt : std::optional(bad_host);
}

std::expected<std::size_t, Refusal> RequestReader::body(std::string_view bytes, Body& sink) {
    grammar_->sink = &sink;
    grammar_->eager(true);
    error_code error;
    auto const used = grammar_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (grammar_->refusal) return std::unexpected(*grammar_->refusal);
    if (error && error != http::error::need_more) return std::unexpected(malformed);
    return used;
}

}  // namespace keepword::transport
