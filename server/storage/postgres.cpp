#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "foundation/log.hpp"
#include "storage/open.hpp"
#include "storage/postgres_connection.hpp"

// PostgreSQL: a pool of connections with a worker thread each. A work is one transaction, run again when the server
// could not bring it into an order with others, or when the connection went away before its commit was sent.
namespace keepword::storage {
namespace {

using Trouble = PostgresConnection::Trouble;

constexpr int most_tries = 30;       // of one work that collides with others; the pauses come to some 2 s
constexpr int most_connections = 3;  // that one work may lose: it may itself be what kills them
constexpr int most_pause_ms = 128;

class Worker {
  public:
    Worker(std::string url, std::unique_ptr<PostgresConnection> connection, std::atomic<bool>& server_down)
        : url_(std::move(url)),
          connection_(std::move(connection)),
          server_down_(server_down),
          random_(std::random_device{}()) {}

    // The work's result, after its commit is durable.
    Result<> run(Job const& job);

  private:
    Result<> attempt(Job const& job, Trouble& trouble);
    Result<> connect();
    void pause(int tries);

    std::string const url_;
    std::unique_ptr<PostgresConnection> connection_;
    std::atomic<bool>& server_down_;  // what any of the workers has found
    std::minstd_rand random_;
};

Result<> Worker::run(Job const& job) {
    int lost = 0;
    for (int tries = 1;; ++tries) {
        Trouble trouble = Trouble::none;
        auto result = attempt(job, trouble);
        if (result) return result;
        bool const retry = trouble == Trouble::again || (trouble == Trouble::lost && ++lost < most_connections);
        if (!retry || tries == most_tries) return result;
        pause(tries);
    }
}

Result<> Worker::attempt(Job const& job, Trouble& trouble) {
    TRY(connect());
    if (auto begun = connection_->begin(job.writes); !begun) {
        trouble = connection_->trouble();
        return begun;
    }
    PostgresTransaction tx(*connection_);
    auto result = run_work(job.work, tx);
    if (!result) {
        trouble = connection_->trouble();
        connection_->rollback();
        return result;
    }
    auto committed = connection_->commit();
    if (committed) return result;
    trouble = connection_->trouble();
    // Once a commit is on its way only the server knows what became of it, and a work must not be done twice.
    if (trouble == Trouble::lost && job.writes) trouble = Trouble::final;
    connection_->rollback();
    return committed;
}

// Sees to a connection that lives. While the server is away each work asks it once, so that a queue full of works does
// not wait a minute each.
Result<> Worker::connect() {
    if (connection_ && connection_->alive()) return {};
    connection_.reset();
    constexpr int patience = 6;
    for (int tries = 1;; ++tries) {
        auto opened = PostgresConnection::open(url_);
        if (opened) {
            if (server_down_.exchange(false)) log::info("PostgreSQL answers again");
            connection_ = *std::move(opened);
            return {};
        }
        if (server_down_ || tries == patience) {
            if (!server_down_.exchange(true)) log::error("PostgreSQL does not answer: {}", opened.error().detail);
            return fail(std::move(opened).error());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50 << tries));
    }
}

// Two works that collided must not meet again at once.
void Worker::pause(int tries) {
    int const most = std::min(1 << std::min(tries, 10), most_pause_ms);
    std::uniform_int_distribution<int> micros(0, most * 1000);
    std::this_thread::sleep_for(std::chrono::microseconds(micros(random_)));
}

class PostgresDatabase final : public Database {
  public:
    PostgresDatabase(Options const& options, std::unique_ptr<PostgresConnection> first) : queue_(options.queue) {
        for (unsigned i = 0; i < options.readers; ++i)
            workers_.emplace_back(options.url, std::move(first), server_down_);
        for (auto& worker : workers_) threads_.emplace_back([this, &worker] { run(worker); });
    }
    ~PostgresDatabase() override { PostgresDatabase::stop(); }

    Dialect dialect() const override { return Dialect::postgresql; }
    void submit_read(Work work, Done done) override { queue_.push({std::move(work), std::move(done), false}); }
    void submit_write(Work work, Done done) override { queue_.push({std::move(work), std::move(done), true}); }
    void on_commit(std::function<void()> listener) override { listeners_.add(std::move(listener)); }

    Load load() const override { return {queue_.size(), 0, commits_, commits_}; }

    void stop() override {
        queue_.close();
        for (auto& thread : threads_) thread.join();
        threads_.clear();
        workers_.clear();
    }

  private:
    void run(Worker& worker) {
        for (auto jobs = queue_.take(1); !jobs.empty(); jobs = queue_.take(1)) {
            auto const& job = jobs.front();
            auto result = worker.run(job);
            if (result && job.writes) {
                ++commits_;
                listeners_.call();
            }
            tell(job.done, std::move(result));
        }
    }

    WorkQueue queue_;
    std::atomic<bool> server_down_{false};
    std::atomic<std::uint64_t> commits_{0};
    std::vector<Worker> workers_;
    Listeners listeners_;
    std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(Options const& options) {
    // The first connection is made here, so that a wrong url is reported now; the others when they are needed.
    auto first = TRY(PostgresConnection::open(options.url));
    return std::make_unique<PostgresDatabase>(options, std::move(first));
}

}  // namespace keepword::storage
