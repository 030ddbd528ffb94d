#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "storage/database.hpp"

// What both databases share inside this folder: the queue before the workers, and the edge at which a worker catches
// what a work throws.
namespace keepword::storage {

struct Job {
    Database::Work work;
    Database::Done done;
    bool writes = false;
};

// Works waiting for a worker, at most `limit`.
class WorkQueue {
  public:
    explicit WorkQueue(std::size_t limit) : limit_(limit) {}

    // Takes the job, or tells it at once that there is no room (storage.overloaded) or no database (storage.stopped).
    void push(Job job);
    // Waits for jobs and takes at most `most`; none any more once the queue is closed and empty.
    std::vector<Job> take(std::size_t most);
    std::size_t size() const;
    // Takes no more jobs; those inside are still handed out.
    void close();

  private:
    std::size_t const limit_;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<Job> jobs_;
    bool closed_ = false;
};

// A transaction that a failed statement spoils: PostgreSQL refuses everything after the first error, so SQLite is made
// to do the same, and no work comes to depend on the difference. Parameters are checked here for the same reason:
// PostgreSQL keeps neither NUL nor broken UTF-8 in a text, SQLite no number that is not finite.
class GuardedTransaction : public Transaction {
  public:
    Result<> script(std::string_view sql) final;
    // The first statement's error, if one failed.
    std::optional<Error> const& failure() const { return failure_; }

  protected:
    Result<Rows> run_query(std::string_view sql, std::span<Value const> values) final;
    Result<std::int64_t> run_execute(std::string_view sql, std::span<Value const> values) final;

    virtual Result<Rows> do_query(std::string_view sql, std::span<Value const> values) = 0;
    virtual Result<std::int64_t> do_execute(std::string_view sql, std::span<Value const> values) = 0;
    virtual Result<> do_script(std::string_view sql) = 0;

  private:
    std::optional<Error> refusal(std::span<Value const> values) const;
    template <class T>
    Result<T> remember(Result<T> result);

    std::optional<Error> failure_;
};

// Runs a work to its result: what it throws becomes storage.exception, and a work that looked past a failed statement
// gets that statement's error, since nothing of it can be kept.
Result<> run_work(Database::Work const& work, GuardedTransaction& tx);

// Calls `done`; what it throws is a bug, logged, and must not stop the worker.
void tell(Database::Done const& done, Result<> result) noexcept;

// Who wants to hear of commits.
class Listeners {
  public:
    void add(std::function<void()> listener);
    void call() const noexcept;

  private:
    mutable std::mutex mutex_;
    // A new list for each addition, so that calling needs the lock only to get hold of it.
    std::shared_ptr<std::vector<std::function<void()>> const> all_ =
        std::make_shared<std::vector<std::function<void()>>>();
};

}  // namespace keepword::storage
