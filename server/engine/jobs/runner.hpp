#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/jobs/jobs.hpp"
#include "engine/jobs/loop.hpp"

namespace keepword::jobs {

// Does one job, outside any transaction; may take as long as its own time limits allow. After Kind::unavailable or
// internal it is tried again; any other error says that no later try can help (the address does not exist), and the job
// is dead at once.
using Send = std::function<Result<>(Job const&)>;

// Does what an alarm was set for, inside the write transaction that also ends the alarm. It may set the same alarm
// again. `now` is the clock's.
using Handle = std::function<Result<>(storage::Transaction&, Alarm const&, Instant now)>;

struct RunnerOptions {
    unsigned senders = 2;          // jobs done at the same time
    Duration lease = minutes(10);  // a job not reported on for so long is tried again: longer than any sender takes
    Duration keep = days(30);      // done jobs, and with them their keys
    // Kinds of alarms that come back every hour or sooner: where the clock is put back they do not wait until it has
    // come again to where it was.
    std::vector<std::string> rounds = {};
};

// Fires alarms and does jobs when they fall due. Alarms have a thread of their own, so that a slow mail server delays
// none. Kinds without a handler or sender are left for a process that has one.
//   Runner runner(database, clock);
//   runner.on("mail", send_mail);
//   runner.on_alarm("timer", fire_timer);
//   runner.start();
class Runner {
  public:
    Runner(storage::Database& database, Clock const& clock, RunnerOptions options = {});
    Runner(Runner const&) = delete;
    Runner& operator=(Runner const&) = delete;
    ~Runner();

    // Before start().
    void on(std::string kind, Send send);
    void on_alarm(std::string kind, Handle handle);

    // On SQLite, where no other process sends: takes back at once what a killed one had leased.
    void start();
    // Waits for what is being done now; the rest stays for the next start. Before the database's own stop().
    void stop();
    // Looks at the clock and the database now: call it after a manual clock was advanced. Commits wake it by
    // themselves.
    void wake();
    // Waits until nothing is due by the clock any more, failed tries put off included; false after `limit`. For tests,
    // and for `POST /test/clock`, whose answer means that the timers have acted.
    bool settle(std::chrono::milliseconds limit);

  private:
    // Apart from the runner, because the database goes on calling its listener until it has stopped.
    struct Loops;

    Loop::Next fire_alarms(Loop const& loop);
    Result<> fire(int most, std::string& failed);
    bool put_off(std::string const& id, Error const& error);
    Loop::Next send_jobs(Loop const& loop);
    Result<std::optional<Job>> lease();
    Result<> send(Job const& job) const;
    bool report(Job const& job, Result<> const& sent);
    Result<std::optional<Instant>> next_job() const;
    Result<std::optional<Instant>> next_alarm() const;
    void tidy_now_and_then();
    Result<> bring_back(storage::Transaction& tx, Instant now) const;

    storage::Database& database_;
    Clock const& clock_;
    RunnerOptions const options_;
    std::map<std::string, Send> senders_;
    std::map<std::string, Handle> handlers_;
    std::vector<std::string> job_kinds_;
    std::vector<std::string> alarm_kinds_;
    std::shared_ptr<Loops> loops_;
    std::atomic<std::int64_t> tidied_at_;
};

}  // namespace keepword::jobs
