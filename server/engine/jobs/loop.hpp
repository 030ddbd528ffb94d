#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "foundation/time.hpp"

namespace keepword::jobs {

// A thread that does what is due: whenever it is woken, and when the time of the next thing has come. For this room
// only.
class Loop {
  public:
    // When there will be something to do again.
    struct Next {
        std::optional<Instant> due;  // by the clock
        bool trouble = false;        // the database refused: once more in a second, whatever the clock says
    };
    // Does everything that is due. It looks at stopping() between one thing and the next.
    using Turn = std::function<Next(Loop const&)>;
    using Time = std::chrono::steady_clock::time_point;

    explicit Loop(Clock const& clock) : clock_(clock) {}
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;
    ~Loop() { stop(); }

    void start(Turn turn);
    void stop();
    // There may be something to do: now, or in a moment together with others, so that a thousand commits do not ask the
    // database a thousand times.
    void wake();
    void wake_soon();
    bool stopping() const;
    // Neither doing anything nor asked to.
    bool idle() const;
    // Waits until a turn that began after this call has ended; false where that took too long.
    bool wait_for_turn(Time until);

  private:
    void run(Turn const& turn);
    bool wait(Next const& next, Time ended);

    Clock const& clock_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t asked_ = 1;     // turns asked for: the first one by start()
    std::uint64_t answered_ = 0;  // the newest request that a turn has dealt with
    bool urgent_ = true;
    bool busy_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace keepword::jobs
