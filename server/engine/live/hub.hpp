#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/live/live.hpp"
#include "foundation/signal.hpp"

namespace keepword::live {

// Whether a subscriber may see an event. Called on the hub's thread: quick, and no database.
using Visible = std::function<bool(Event const&)>;

// Shared, because many subscribers get the same events.
using Events = std::vector<std::shared_ptr<Event const>>;

// One browser's stream. next() and close() may be called from any thread.
class Subscription {
  public:
    // Events in order; none where nothing has happened for a while (write a comment line, so that the connection is
    // seen to live); nothing at all when the hub has stopped and the stream is over.
    using Ready = std::function<void(std::optional<Events>)>;

    // Calls `ready` once with what there is, now or when there is something. One call at a time.
    void next(Ready ready);
    // The browser is gone: a waiting `ready` is dropped.
    void close();

  private:
    friend class Hub;
    Subscription(Visible visible, std::int64_t after, bool fresh, std::size_t backlog)
        : visible_(std::move(visible)), last_(after), fresh_(fresh), backlog_(backlog) {}

    bool closed() const;
    void offer(std::shared_ptr<Event const> const& event);
    void tell(char const* topic, std::int64_t number);
    void end();
    void keep_alive(std::chrono::steady_clock::time_point if_silent_since);
    void deliver(std::unique_lock<std::mutex> lock);

    Visible const visible_;
    // These three belong to the hub's thread.
    std::int64_t last_;  // everything up to this number has been offered
    bool fresh_;         // resumes nothing and has not been told so
    bool caught_up_ = false;
    std::size_t const backlog_;
    mutable std::mutex mutex_;
    Events waiting_;
    Ready ready_;
    std::chrono::steady_clock::time_point asked_at_;
    bool closed_ = false;
    bool over_ = false;
};

struct HubOptions {
    std::size_t subscribers = 2'000;
    std::size_t backlog = 256;                     // events a slow subscriber may have waiting; then it gets a reset
    std::chrono::milliseconds keep_alive{20'000};  // of silence
    Duration keep = hours(1);                      // events, for browsers that were away
    std::int64_t most = 100'000;                   // events kept
};

// Reads what has been committed, once for all, and hands it to whoever may see it. Destroy it before its database.
class Hub {
  public:
    Hub(storage::Database& database, Clock const& clock, HubOptions options = {});
    Hub(Hub const&) = delete;
    Hub& operator=(Hub const&) = delete;
    ~Hub();  // ends all streams

    // A stream of what happens from now on, or of everything behind an event seen before (Last-Event-ID). live.full
    // (Kind::unavailable) above the number of subscribers allowed, live.not-ready while the database does not answer.
    Result<std::shared_ptr<Subscription>> subscribe(std::optional<std::int64_t> after, Visible visible);

    // How many streams are open.
    std::size_t streams() { return current().size(); }

    // Ends all streams and the hub's thread; subscribe() is refused afterwards.
    void stop();

  private:
    static constexpr std::int64_t unknown = -1;
    using Subscribers = std::vector<std::shared_ptr<Subscription>>;

    void run();
    bool turn();
    bool find_position();
    bool renew_position(Subscribers const& subscribers);
    Subscribers current();
    bool catch_up(Subscription& subscription);
    Result<std::vector<Event>> read(std::int64_t after) const;
    void prune_now_and_then();

    storage::Database& database_;
    Clock const& clock_;
    HubOptions const options_;
    std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();  // shared with the database's listener
    std::mutex mutex_;
    Subscribers subscribers_;
    bool stopping_ = false;
    std::atomic<std::int64_t> position_ = unknown;  // everything up to it has been handed out
    Instant pruned_at_;
    std::thread thread_;
};

}  // namespace keepword::live
