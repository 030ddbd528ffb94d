#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "foundation/log.hpp"
#include "transport/session.hpp"

namespace keepword::transport {
namespace {

constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t one_write = 16 * 1024;  // a body up to here goes in one write with its head, copied

// A file of an answer, open as long as it is sent.
class OpenFile {
  public:
    explicit OpenFile(std::optional<std::filesystem::path> const& path) {
        if (!path) return;
        number_ = ::open(path->c_str(), O_RDONLY | O_CLOEXEC);
        struct stat facts{};
        if (number_ >= 0 && ::fstat(number_, &facts) == 0 && S_ISREG(facts.st_mode)) size_ = facts.st_size;
    }
    ~OpenFile() {
        if (number_ >= 0) ::close(number_);
    }
    OpenFile(OpenFile const&) = delete;
    OpenFile& operator=(OpenFile const&) = delete;
    int number() const { return number_; }
    std::optional<std::int64_t> size() const { return size_; }

  private:
    int number_ = -1;
    std::optional<std::int64_t> size_;
};

// Tells an event source that nobody listens, unless it ended by itself.
struct Listening {
    std::shared_ptr<api::EventSource> source;
    void stop() {
        if (source) std::exchange(source, nullptr)->close();
    }
    ~Listening() { stop(); }
};

// The frame of one chunk (RFC 9112, 7.1).
std::string chunk(std::string_view bytes) {
    std::string out = fmt::format("{:x}\r\n", bytes.size());
    out.append(bytes).append("\r\n");
    return out;
}

}  // namespace

// False: the peer has gone or is too slow.
Task<bool> Session::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        asio::const_buffer const piece(bytes.data(), std::min(bytes.size(), 4 * piece_size));
        auto const moved = co_await stream_.write(piece);
        if (std::get<0>(moved) || expired_) co_return false;
        bytes.remove_prefix(std::get<1>(moved));
        extend_time(std::get<1>(moved));
    }
    co_return true;
}

// Sends response_. True: whole, and another request may follow.
Task<bool> Session::send() {
    Listening listening{response_.events};
    if (gone_) co_return false;
    if (worker_.draining) asked_.keep_alive = false;
    OpenFile const file(response_.file);
    if (response_.file && response_.file_is_spent) {
        std::error_code ignored;
        std::filesystem::remove(*response_.file, ignored);
    }
    Means const means{worker_.gzip, worker_.packed, worker_.date, limits_.compress_from};
    Plan way = plan(asked_, response_, file.size(), means);
    if (way.content != Plan::Content::events) listening.stop();
    bool const joined = way.content == Plan::Content::bytes && way.bytes.size() <= one_write;
    if (joined) way.head.append(way.bytes);
    begin_time(limits_.write_time);
    bool sent = co_await write_all(way.head);
    if (sent && way.content == Plan::Content::bytes && !joined) sent = co_await write_all(way.bytes);
    if (sent && way.content == Plan::Content::gzip) sent = co_await send_compressed(way.bytes);
    if (sent && way.content == Plan::Content::file) sent = co_await send_file(file.number(), way.from, way.length);
    if (sent && way.content == Plan::Content::events) {
        bool const ended = co_await send_events();
        if (ended) listening.source.reset();
        co_return false;
    }
    no_time_limit();
    if (sent && way.keep_alive) co_return true;
    if (sent) {
        phase_ = Phase::parting;
        begin_time(limits_.linger_time);
        co_await stream_.part();
    }
    co_return false;
}

Task<bool> Session::send_compressed(std::string_view bytes) {
    Gzip gzip;
    gzip.begin();
    while (!bytes.empty()) {
        auto const piece = bytes.substr(0, piece_size);
        bytes.remove_prefix(piece.size());
        std::string const packed = gzip.add(piece, bytes.empty());
        if (packed.empty()) continue;
        std::string const framed = chunk(packed);
        bool const sent = co_await write_all(framed);
        if (!sent) co_return false;
    }
    co_return co_await write_all("0\r\n\r\n");
}

Task<bool> Session::send_file(int file, std::int64_t from, std::int64_t length) {
    std::vector<char> piece(std::min<std::size_t>(piece_size, static_cast<std::size_t>(length)));
    while (length > 0) {
        auto const wanted = std::min(piece.size(), static_cast<std::size_t>(length));
        auto const count = ::pread(file, piece.data(), wanted, from);
        if (count <= 0) {
            // The promised length cannot be kept any more; only a broken connection tells the client.
            log::error("a file became shorter while it was sent");
            co_return false;
        }
        std::string_view const bytes(piece.data(), static_cast<std::size_t>(count));
        bool const sent = co_await write_all(bytes);
        if (!sent) co_return false;
        from += count;
        length -= count;
    }
    co_return true;
}

// ---- event streams ----

// True: the stream came to its own end.
Task<bool> Session::send_events() {
    phase_ = Phase::streaming;
    if (worker_.draining) co_return false;
    asio::co_spawn(worker_.context, watch_for_end(shared_from_this()), asio::detached);
    std::string event;
    while (true) {
        no_time_limit();
        bool const live = co_await next_event(event);
        if (!live) co_return false;
        if (event.empty()) break;
        std::string const framed = asked_.http11 ? chunk(event) : event;
        begin_time(limits_.write_time);
        bool const sent = co_await write_all(framed);
        if (!sent) co_return false;
    }
    begin_time(limits_.write_time);
    if (asked_.http11) co_await write_all("0\r\n\r\n");
    co_return true;
}

// Waits for the source's next bytes, and says something now and then meanwhile. False: the client has gone.
Task<bool> Session::next_event(std::string& event) {
    auto const box = std::make_shared<Mailbox<std::string>>(worker_.context, wake_);
    struct Closing {
        Mailbox<std::string>& box;
        ~Closing() { box.close(); }
    } const closing{*box};
    response_.events->next([box](std::string bytes) { box->put(bytes); });
    std::string const beat = asked_.http11 ? chunk(":\n\n") : ":\n\n";
    while (!gone_) {
        auto bytes = box->take_or_sleep();
        if (bytes) {
            event = std::move(*bytes);
            co_return true;
        }
        wake_.expires_after(steady(limits_.heartbeat));
        auto const woken = co_await wake_.async_wait(Await());
        if (std::get<0>(woken) || gone_) continue;
        begin_time(limits_.write_time);
        bool const sent = co_await write_all(beat);
        if (!sent) co_return false;
        no_time_limit();
    }
    co_return false;
}

// Reads beside the event stream, only to notice that the client has gone; what a client sends there is dropped.
Task<> Session::watch_for_end(std::shared_ptr<Session> self) {
    char dropped[256];
    asio::mutable_buffer const into(dropped, sizeof dropped);
    while (true) {
        auto const moved = co_await self->stream_.read(into);
        if (std::get<0>(moved)) break;
    }
    self->gone_ = true;
    self->wake_.cancel();
}

}  // namespace keepword::transport
