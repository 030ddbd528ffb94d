#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What passes between transport/ (which knows sockets) and engine/api (which knows routes): plain values.
namespace keepword::api {

// Header names are lower case. A name may stand more than once.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of a header, or empty.
inline std::string_view header(Headers const& headers, std::string_view name) {
    for (auto const& [key, value] : headers) {
        if (key == name) return value;
    }
    return {};
}

// A body that was too large for memory or is meant to be a file: already on disk, hashed while it came.
struct Upload {
    std::filesystem::path path;  // in the spool folder; whoever takes it moves it away, what stays is deleted
    std::int64_t size = 0;
    std::string sha256;  // 64 hex digits
};

struct HttpRequest {
    std::string method;  // upper case
    std::string path;    // decoded, begins with '/', without query
    std::string query;   // raw, without '?'
    Headers headers;
    std::string body;
    std::optional<Upload> upload;
    std::string remote;   // the peer's address
    bool secure = false;  // came over TLS
    std::string id;       // names the request in the log; made by transport
};

// Server-sent events: transport asks for the next chunk when the last one is written.
class EventSource {
  public:
    virtual ~EventSource() = default;
    // Calls `ready` once, from any thread, with the next bytes to send, or with an empty text when the stream is over.
    virtual void next(std::function<void(std::string)> ready) = 0;
    // The browser is gone: a waiting `ready` is dropped.
    virtual void close() = 0;
};

struct HttpResponse {
    int status = 200;
    Headers headers;  // content-type and what belongs to the answer
    std::string body;
    std::optional<std::filesystem::path> file;  // instead of body: sent from disk, with ranges
    bool file_is_spent = false;                 // made for this answer: it goes as soon as it has been opened
    std::shared_ptr<EventSource> events;        // instead of body: an open stream
    std::string_view constant;                  // instead of body: bytes that live as long as the program
};

// How transport is to take a request's body, asked when its head has come.
struct BodyRule {
    std::int64_t limit = 1 << 20;  // bytes; more is answered with 413
    bool to_file = false;          // into an Upload
};

// Answers requests; `respond` is called exactly once, from any thread. handle() itself does not block.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual BodyRule body_rule(std::string_view method, std::string_view path) const = 0;
    virtual void handle(HttpRequest request, std::function<void(HttpResponse)> respond) = 0;
};

}  // namespace keepword::api
