#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "storage/database.hpp"

// What happens later: alarms that go off at an instant inside a transaction, and an outbox of what is sent outside of
// any. Both are rows, written in the transaction of whatever wants them, so that they survive everything the data does.
namespace keepword::jobs {

// ---- alarms ------------------------------------------------------------------------------------------------------

// Sets the alarm of this id, or moves it. It goes off once, at `due` or as soon as somebody is there again.
Result<> set_alarm(storage::Transaction& tx, std::string const& id, std::string const& kind, Instant due,
                   json::value const& payload);
// An alarm that is not set is nothing to cancel.
Result<> cancel_alarm(storage::Transaction& tx, std::string const& id);

// Acts on an alarm in the transaction that also takes the alarm away: both happen or neither.
using AlarmHandler = std::function<Result<>(storage::Transaction&, json::value const& payload, Instant now)>;

// ---- outbox ------------------------------------------------------------------------------------------------------

// Puts a message into the outbox; the same `key` again is the same message and is not sent twice.
Result<> enqueue(storage::Transaction& tx, std::string const& kind, std::string const& key, json::value const& payload,
                 Instant now);

// Sends, outside of any transaction. Kind::unavailable is tried again (after 1 minute, doubling to 1 hour, 20 times);
// any other error is for good and leaves the message `dead`, where people see it.
using Sender = std::function<Result<>(json::value const& payload)>;

constexpr int max_tries = 20;

// ---- runners -----------------------------------------------------------------------------------------------------

// A thread that sleeps until something is due or wake() says to look again; subclasses say what is due.
class Runner {
  public:
    virtual ~Runner();
    Runner(Runner const&) = delete;
    Runner& operator=(Runner const&) = delete;

    void start();
    // Looks again: something was written, or the clock was moved. Cheap; called after every commit.
    void wake();
    // Finishes what it is doing and ends the thread.
    void stop();

  protected:
    Runner(storage::Database& database, Clock const& clock) : database_(database), clock_(clock) {}
    // Does what is due now and answers when the next is, if any.
    virtual Result<std::optional<Instant>> work() = 0;

    storage::Database& database_;
    Clock const& clock_;

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = true;  // what became due while nobody ran is done at once
    bool stopping_ = false;
    std::thread thread_;
};

class AlarmRunner final : public Runner {
  public:
    AlarmRunner(storage::Database& database, Clock const& clock, std::map<std::string, AlarmHandler> handlers);
    ~AlarmRunner() override { stop(); }

  private:
    Result<std::optional<Instant>> work() override;
    Result<> fire(std::string const& id, std::string const& kind);
    std::map<std::string, AlarmHandler> handlers_;
};

class OutboxRunner final : public Runner {
  public:
    OutboxRunner(storage::Database& database, Clock const& clock, std::map<std::string, Sender> senders);
    ~OutboxRunner() override { stop(); }

  private:
    Result<std::optional<Instant>> work() override;
    Result<> send(std::string const& key, std::string const& kind, json::value const& payload, std::int64_t tries);
    std::map<std::string, Sender> senders_;
};

}  // namespace keepword::jobs
