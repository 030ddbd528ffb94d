#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/api/http.hpp"
#include "transport/body.hpp"
#include "transport/options.hpp"
#include "transport/refusal.hpp"

namespace keepword::transport {

// Reads one request after another out of the bytes of a connection. It is given all bytes not yet consumed and says
// how many it has consumed; it does no I/O of its own. Beast's parser does the grammar; what Beast lets pass but two
// programs in a row may read differently is refused here.
class RequestReader {
  public:
    explicit RequestReader(Limits const& limits);
    ~RequestReader();
    RequestReader(RequestReader const&) = delete;
    RequestReader& operator=(RequestReader const&) = delete;

    // Forgets the last request.
    void reset();

    // `bytes` is everything since the request's beginning, each time. Returns the bytes consumed, 0: more is needed.
    std::expected<std::size_t, Refusal> head(std::string_view bytes);

    // `bytes` is what follows what was consumed. Returns the bytes consumed, 0 and not body_done(): more is needed.
    std::expected<std::size_t, Refusal> body(std::string_view bytes, Body& sink);

    // ---- once the head has come ----
    api::HttpRequest& request() { return request_; }
    bool has_body() const { return has_body_; }  // a Content-Length, even 0, or chunks
    bool body_done() const;
    std::optional<std::uint64_t> content_length() const { return content_length_; }
    bool http11() const { return http11_; }
    bool keep_alive() const { return keep_alive_; }
    bool expects_continue() const { return expects_continue_; }

  private:
    struct Grammar;
    std::optional<Refusal> scan(std::string_view bytes);
    std::optional<Refusal> end_line(std::string_view bytes, std::size_t newline);
    std::optional<Refusal> check_head();
    std::optional<Refusal> check_method() const;
    std::optional<Refusal> check_framing();
    std::optional<Refusal> check_host() const;

    Limits const& limits_;
    std::unique_ptr<Grammar> grammar_;
    api::HttpRequest request_;
    std::string target_;
    std::optional<std::uint64_t> content_length_;
    bool has_body_ = false;
    bool http11_ = true;
    bool keep_alive_ = true;
    bool expects_continue_ = false;

    // How far the search for the head's end has come, so that a head arriving byte by byte is not searched anew.
    std::size_t scanned_ = 0;
    std::size_t line_start_ = 0;
    std::size_t lines_ = 0;
    std::size_t head_end_ = 0;
};

}  // namespace keepword::transport
