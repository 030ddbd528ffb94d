#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace keepword {

// Wakes one thread that waits for something to do. A signal raised while nobody waits is kept; many are one.
class Signal {
  public:
    void raise() {
        {
            std::lock_guard const lock(mutex_);
            raised_ = true;
        }
        changed_.notify_one();
    }
    // True when it was raised (it is lowered again), false when `longest` went by without.
    bool wait(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        bool const was_raised = changed_.wait_for(lock, longest, [this] { return raised_; });
        raised_ = false;
        return was_raised;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool raised_ = false;
};

}  // namespace keepword
