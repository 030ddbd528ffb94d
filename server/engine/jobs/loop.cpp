#include "engine/jobs/loop.hpp"

#include <algorithm>

namespace keepword::jobs {
namespace {

using std::chrono::milliseconds;

// The longest sleep. A machine's clock can be set, and may have slept: so the time is looked at again, at no cost.
constexpr milliseconds longest{500};
constexpr milliseconds soon{5};
constexpr milliseconds after_trouble{1'000};

}  // namespace

void Loop::start(Turn turn) {
    thread_ = std::thread([this, turn = std::move(turn)] { run(turn); });
}

void Loop::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Loop::wake() {
    {
        std::lock_guard const lock(mutex_);
        ++asked_;
        urgent_ = true;
    }
    changed_.notify_all();
}

void Loop::wake_soon() {
    {
        std::lock_guard const lock(mutex_);
        ++asked_;
    }
    changed_.notify_all();
}

bool Loop::stopping() const {
    std::lock_guard const lock(mutex_);
    return stopping_;
}

bool Loop::idle() const {
    std::lock_guard const lock(mutex_);
    return !busy_ && answered_ >= asked_;
}

bool Loop::wait_for_turn(Time until) {
    std::unique_lock lock(mutex_);
    auto const mine = ++asked_;
    urgent_ = true;
    changed_.notify_all();
    return changed_.wait_until(lock, until, [&] { return answered_ >= mine || stopping_; });
}

// Until something is asked or due; false when it is time to stop.
bool Loop::wait(Next const& next, Time ended) {
    std::unique_lock lock(mutex_);
    for (;;) {
        auto const since_end = std::chrono::steady_clock::now() - ended;
        bool const asked = answered_ < asked_;
        if (stopping_) return false;
        if (asked && (urgent_ || since_end >= soon)) return true;
        if (next.trouble && since_end >= after_trouble) return true;
        // After trouble what is due stays due, so that alone is no reason to go on.
        if (!next.trouble && next.due && *next.due <= clock_.now()) return true;
        auto sleep = asked ? soon : longest;
        if (next.due && !next.trouble) sleep = std::min(sleep, milliseconds((*next.due - clock_.now()).ms));
        changed_.wait_for(lock, std::max(sleep, milliseconds(1)));
    }
}

void Loop::run(Turn const& turn) {
    Next next;
    Time ended;
    while (wait(next, ended)) {
        std::uint64_t dealing_with = 0;
        {
            std::lock_guard const lock(mutex_);
            dealing_with = asked_;
            urgent_ = false;
            busy_ = true;
        }
        next = turn(*this);
        ended = std::chrono::steady_clock::now();
        {
            std::lock_guard const lock(mutex_);
            answered_ = dealing_with;
            busy_ = false;
        }
        changed_.notify_all();
    }
}

}  // namespace keepword::jobs
