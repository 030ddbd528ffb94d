#include "transport/session.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <exception>

#include "foundation/log.hpp"

namespace keepword::transport {
namespace {

constexpr std::size_t small_buffer = 4 * 1024;   // an idle connection's
constexpr std::size_t large_buffer = 64 * 1024;  // while a body comes in; also the longest chunk head or trailer

// A request in the handler's hands. Answers once, and in any case: a handler that forgets one gives a 500.
class Ticket {
  public:
    Ticket(std::shared_ptr<Mailbox<api::HttpResponse>> box, std::shared_ptr<std::atomic<std::size_t>> in_handler,
           std::shared_ptr<Body> body)
        : box_(std::move(box)), in_handler_(std::move(in_handler)), body_(std::move(body)) {}
    ~Ticket() {
        if (!answered_) answer(problem(failed));
    }
    Ticket(Ticket const&) = delete;
    Ticket& operator=(Ticket const&) = delete;

    void answer(api::HttpResponse response) {
        if (answered_.exchange(true)) return;
        --*in_handler_;
        auto const events = response.events;
        bool const taken = box_->put(response);
        if (!taken && events) events->close();
    }

  private:
    std::shared_ptr<Mailbox<api::HttpResponse>> const box_;
    std::shared_ptr<std::atomic<std::size_t>> const in_handler_;
    std::shared_ptr<Body> const body_;  // the upload stays until it is answered, whatever happens to the connection
    std::atomic<bool> answered_{false};
};

// Closes the mailbox however the session's coroutine ends; an event source that nobody will read is told so.
struct Open {
    std::shared_ptr<Mailbox<api::HttpResponse>> box;
    ~Open() {
        box->close();
        auto const unread = box->take_or_sleep();
        if (unread && unread->events) unread->events->close();
    }
};

}  // namespace

Session::Session(Worker& worker, Socket socket, TlsContext tls, std::string address, bool refused)
    : worker_(worker),
      limits_(worker.service.options.limits),
      stream_(std::move(socket), std::move(tls)),
      wake_(worker.context),
      address_(std::move(address)),
      refused_(refused),
      buffer_(small_buffer),
      reader_(limits_) {}

// ---- time ----

void Session::begin_time(Duration allowed) {
    passed_ = 0;
    allowed_until_ = deadline_ = SteadyClock::now() + steady(allowed);
}

void Session::extend_time(std::size_t passed) {
    passed_ += static_cast<std::int64_t>(passed);
    deadline_ = allowed_until_ + steady(milliseconds(passed_ * 1000 / limits_.slowest_rate));
}

void Session::check_deadline(SteadyClock::time_point now) {
    if (now < deadline_) return;
    no_time_limit();
    expired_ = true;
    phase_ == Phase::parting ? stream_.close() : stream_.cancel();
}

void Session::drain() {
    if (phase_ == Phase::idle) cut();
    if (phase_ == Phase::streaming) {
        gone_ = true;
        wake_.cancel();
    }
}

void Session::cut() {
    gone_ = true;
    stream_.close();
    wake_.cancel();
}

// ---- the connection ----

Task<> Session::run(std::shared_ptr<Session> self) {
    Worker& worker = self->worker_;
    worker.sessions.insert(self.get());
    if (worker.draining) self->cut();
    try {
        co_await self->talk();
    } catch (std::exception const& bug) {
        log::error("a connection ended by an exception: {}", bug.what());
    }
    self->stream_.close();
    worker.sessions.erase(self.get());
    worker.service.connections.leave(self->address_, self->refused_);
}

Task<> Session::talk() {
    if (stream_.secure()) {
        phase_ = Phase::working;
        begin_time(limits_.head_time);
        auto const shaken = co_await stream_.handshake();
        if (std::get<0>(shaken) || expired_) co_return;
    }
    if (refused_) {
        co_await refuse(busy);
        co_return;
    }
    // Before the first request a client gets as long as for a head, later as long as a connection may be idle.
    phase_ = Phase::idle;
    begin_time(limits_.head_time);
    while (co_await exchange()) {
        if (buffer_.size() > large_buffer / 2 && begin_ == end_) {
            buffer_ = std::vector<char>(small_buffer);
            begin_ = end_ = 0;
        }
        phase_ = Phase::idle;
        begin_time(limits_.idle_time);
    }
}

Task<bool> Session::exchange() {
    reader_.reset();
    response_ = api::HttpResponse();
    asked_ = Asked();
    auto why = co_await read_head();
    if (!why) why = open_body();
    if (!why && body_) why = co_await read_body();
    if (why) {
        body_.reset();
        co_return co_await refuse(*why);
    }
    no_time_limit();
    co_await ask();
    bool const goes_on = co_await send();
    body_.reset();
    co_return goes_on;
}

// ---- the request ----

// More bytes into the buffer, which may grow to `room`. False: the peer has gone, or its time is over.
Task<bool> Session::read_some(std::size_t room) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size() && begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size() || (begin_ == end_ && buffer_.size() < room && room == large_buffer)) {
        buffer_.resize(std::max(buffer_.size(), std::min(room, buffer_.size() * 4)));
    }
    if (end_ == buffer_.size()) co_return false;
    asio::mutable_buffer const into(buffer_.data() + end_, buffer_.size() - end_);
    auto const moved = co_await stream_.read(into);
    end_ += std::get<1>(moved);
    co_return !std::get<0>(moved) && !expired_;
}

Task<Session::MaybeRefusal> Session::read_head() {
    while (true) {
        if (begin_ != end_) {
            if (phase_ == Phase::idle) {
                phase_ = Phase::working;
                begin_time(limits_.head_time);
            }
            auto const used = reader_.head({buffer_.data() + begin_, end_ - begin_});
            if (!used) co_return used.error();
            begin_ += *used;
            if (*used > 0) co_return std::nullopt;
        }
        // A little more room than a head may take, so that the reader sees one that is too long.
        bool const more = co_await read_some(limits_.head_bytes + 1024);
        if (!more) co_return (expired_ && phase_ == Phase::working) ? timed_out : closed;
    }
}

// Asks how to take the body and refuses one that says it is too large before any of it has come.
Session::MaybeRefusal Session::open_body() {
    auto& request = reader_.request();
    asked_ = read_asked(request, reader_.http11(), reader_.keep_alive() && !worker_.draining);
    if (!reader_.has_body()) return std::nullopt;
    auto const rule = worker_.service.handler.body_rule(request.method, request.path);
    if (reader_.content_length() &&
        *reader_.content_length() > static_cast<std::uint64_t>(std::max<std::int64_t>(rule.limit, 0))) {
        return too_large;
    }
    auto body = Body::open(rule, worker_.service.options.spool, worker_.service.budgets);
    if (!body) return body.error();
    body_ = std::move(*body);
    return std::nullopt;
}

Task<Session::MaybeRefusal> Session::read_body() {
    begin_time(limits_.body_time);
    if (reader_.expects_continue() && begin_ == end_ && !reader_.body_done()) {
        bool const said = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
        if (!said) co_return closed;
        begin_time(limits_.body_time);
    }
    while (!reader_.body_done()) {
        if (begin_ != end_) {
            auto const before = body_->size();
            auto const used = reader_.body({buffer_.data() + begin_, end_ - begin_}, *body_);
            if (!used) co_return used.error();
            begin_ += *used;
            // Only what counts as body buys time: chunk heads do not.
            extend_time(static_cast<std::size_t>(body_->size() - before));
            if (*used > 0) continue;
            if (end_ - begin_ >= large_buffer) co_return malformed;
        }
        bool const more = co_await read_some(large_buffer);
        if (!more) co_return expired_ ? timed_out : closed;
    }
    body_->finish(reader_.request());
    co_return std::nullopt;
}

// ---- the handler ----

// Leaves the answer in response_.
Task<> Session::ask() {
    auto const& in_handler = worker_.service.in_handler;
    if (in_handler->fetch_add(1) >= limits_.in_handler) {
        --*in_handler;
        response_ = problem(busy);
        co_return;
    }
    Open const open{std::make_shared<Mailbox<api::HttpResponse>>(worker_.context, wake_)};
    hand_over(open.box);
    auto answer = open.box->take_or_sleep();
    while (!answer) {
        wake_.expires_at(SteadyClock::time_point::max());
        co_await wake_.async_wait(Await());
        if (gone_) co_return;
        answer = open.box->take_or_sleep();
    }
    response_ = std::move(*answer);
}

void Session::hand_over(std::shared_ptr<Mailbox<api::HttpResponse>> const& box) {
    auto& request = reader_.request();
    auto origin = worker_.service.proxies.origin(address_, stream_.secure(), request.headers);
    request.remote = std::move(origin.address);
    request.secure = origin.secure;
    char number[16];
    auto const end = std::to_chars(number, number + sizeof number, ++worker_.requests, 36).ptr;
    request.id = worker_.request_prefix;
    request.id.append(number, end);
    // Owned by the function alone: when that goes without having been called, the ticket answers.
    auto const ticket = std::make_shared<Ticket>(box, worker_.service.in_handler, body_);
    std::string const id = request.id;
    try {
        worker_.service.handler.handle(std::move(request),
                                       [ticket](api::HttpResponse response) { ticket->answer(std::move(response)); });
    } catch (std::exception const& bug) {
        log::error(log::About{.request = id}, "the handler threw: {}", bug.what());
        ticket->answer(problem(failed));
    }
}

// Says why not and parts. Always false: nothing follows on this connection.
Task<bool> Session::refuse(Refusal refusal) {
    if (refusal.status == 0) co_return false;
    log::debug("{} refused: {} {}", address_, refusal.status, refusal.code);
    expired_ = false;
    phase_ = Phase::working;
    asked_.keep_alive = false;
    response_ = problem(refusal);
    co_await send();
    co_return false;
}

}  // namespace keepword::transport
