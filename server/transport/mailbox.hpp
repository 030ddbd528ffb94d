#pragma once
#include <boost/asio/post.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "transport/net.hpp"

namespace keepword::transport {

// One value on its way from any thread to a session on its own thread. The session sleeps on its timer; the mailbox
// wakes it. The sender may keep the mailbox as long as it likes: after close() nothing of the server is touched.
template <class T>
class Mailbox : public std::enable_shared_from_this<Mailbox<T>> {
  public:
    Mailbox(asio::io_context& context, Timer& wake) : context_(&context), wake_(&wake) {}

    // False: nobody is waiting any more, or a value is there already.
    bool put(T& value) {
        std::lock_guard const lock(mutex_);
        if (closed_ || value_) return false;
        value_.emplace(std::move(value));
        if (asleep_) asio::post(*context_, [self = this->shared_from_this()] { self->ring(); });
        return true;
    }

    // The session's side: takes the value, or notes that the session is about to sleep.
    std::optional<T> take_or_sleep() {
        std::lock_guard const lock(mutex_);
        asleep_ = !value_;
        return std::exchange(value_, std::nullopt);
    }

    void close() {
        std::lock_guard const lock(mutex_);
        closed_ = true;
    }

  private:
    // On the session's thread; between the session's look and its sleep nothing else runs there, so no ring is lost.
    void ring() {
        std::lock_guard const lock(mutex_);
        if (!closed_) wake_->cancel();
    }

    asio::io_context* const context_;
    Timer* const wake_;
    std::mutex mutex_;
    std::optional<T> value_;
    bool asleep_ = false;
    bool closed_ = false;
};

}  // namespace keepword::transport
