#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/answer.hpp"
#include "transport/body.hpp"
#include "transport/mailbox.hpp"
#include "transport/request_reader.hpp"
#include "transport/service.hpp"

namespace keepword::transport {

// One connection: reads requests one after the other, has each answered before it reads the next, so that pipelined
// requests are answered in their order. Lives on its worker's thread.
class Session : public std::enable_shared_from_this<Session> {
  public:
    // `address` was entered in Service::connections; run() lets it leave.
    Session(Worker& worker, Socket socket, TlsContext tls, std::string address, bool refused);

    // The whole life of a connection.
    static Task<> run(std::shared_ptr<Session> self);

    // ---- from the worker, between steps ----
    void check_deadline(SteadyClock::time_point now);
    void drain();  // finish the request in flight, if there is one; end event streams
    void cut();    // at once

  private:
    enum class Phase { idle, working, streaming, parting };
    using MaybeRefusal = std::optional<Refusal>;

    // session.cpp: the way in
    Task<> talk();
    Task<bool> exchange();  // one request and its answer; true: another may follow
    Task<MaybeRefusal> read_head();
    Task<MaybeRefusal> read_body();
    MaybeRefusal open_body();
    Task<bool> read_some(std::size_t room);
    Task<> ask();
    void hand_over(std::shared_ptr<Mailbox<api::HttpResponse>> const& box);
    Task<bool> refuse(Refusal refusal);

    // session_send.cpp: the way out
    Task<bool> send();
    Task<bool> send_file(int file, std::int64_t from, std::int64_t length);
    Task<bool> send_compressed(std::string_view bytes);
    Task<bool> send_events();
    Task<bool> next_event(std::string& chunk);
    Task<bool> write_all(std::string_view bytes);
    static Task<> watch_for_end(std::shared_ptr<Session> self);

    void begin_time(Duration allowed);
    void extend_time(std::size_t passed);
    void no_time_limit() { deadline_ = SteadyClock::time_point::max(); }

    Worker& worker_;
    Limits const& limits_;
    Stream stream_;
    Timer wake_;
    std::string const address_;
    bool const refused_;

    Phase phase_ = Phase::idle;
    SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
    SteadyClock::time_point allowed_until_{};  // the deadline without what slow but steady progress adds
    std::int64_t passed_ = 0;                  // bytes since begin_time()
    bool expired_ = false;
    bool gone_ = false;  // the client of an event stream has gone, or the server goes

    // buffer_[begin_, end_) is what has come and is not yet consumed.
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;

    RequestReader reader_;
    Asked asked_;
    std::shared_ptr<Body> body_;
    api::HttpResponse response_;
};

}  // namespace keepword::transport
