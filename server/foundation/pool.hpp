#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace keepword {

// A few threads and a bounded queue, for what takes long and is in no transaction: hashing passwords, reading mails,
// packing exports. A full queue refuses; the caller answers with "try again later".
class Pool {
  public:
    Pool(unsigned threads, std::size_t queue);
    Pool(Pool const&) = delete;
    Pool& operator=(Pool const&) = delete;
    ~Pool();  // finishes what is queued

    // False when the queue is full or the pool is stopping. `work` must not throw.
    bool submit(std::function<void()> work);
    void stop();

  private:
    void run();

    std::size_t const limit_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace keepword
