#include <algorithm>
#include <atomic>
#include <thread>

#include "foundation/log.hpp"
#include "storage/open.hpp"
#include "storage/sqlite_connection.hpp"

// SQLite: one writer thread that commits in groups, and readers that see a snapshot each.
namespace keepword::storage {
namespace {

Result<> discard(Result<std::int64_t> const& changed) {
    return changed ? Result<>() : fail(changed.error());
}

class SqliteDatabase final : public Database {
  public:
    SqliteDatabase(Options const& options, std::unique_ptr<SqliteConnection> writer,
                   std::vector<std::unique_ptr<SqliteConnection>> readers)
        : group_(options.group),
          reads_(options.queue),
          writes_(options.queue),
          writer_(std::move(writer)),
          readers_(std::move(readers)) {
        threads_.emplace_back([this] { run_writer(); });
        for (auto& reader : readers_) threads_.emplace_back([this, &reader] { run_reader(*reader); });
    }
    ~SqliteDatabase() override { SqliteDatabase::stop(); }

    Dialect dialect() const override { return Dialect::sqlite; }
    void submit_read(Work work, Done done) override { reads_.push({std::move(work), std::move(done), false}); }
    void submit_write(Work work, Done done) override { writes_.push({std::move(work), std::move(done), true}); }
    void on_commit(std::function<void()> listener) override { listeners_.add(std::move(listener)); }
    void stop() override;
    Load load() const override { return {reads_.size(), writes_.size(), commits_, committed_}; }

  private:
    void run_writer();
    void run_reader(SqliteConnection& connection);
    std::size_t run_group(std::span<Job> jobs);
    Result<> run_in_savepoint(Job const& job);
    Result<> run_read(Job const& job, SqliteConnection& connection);

    std::size_t const group_;
    WorkQueue reads_;
    WorkQueue writes_;
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> committed_{0};
    std::unique_ptr<SqliteConnection> writer_;
    std::vector<std::unique_ptr<SqliteConnection>> readers_;
    Listeners listeners_;
    std::vector<std::thread> threads_;
};

void SqliteDatabase::stop() {
    reads_.close();
    writes_.close();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    readers_.clear();
    writer_.reset();  // the last one out folds the log into the file
}

void SqliteDatabase::run_writer() {
    for (auto jobs = writes_.take(group_); !jobs.empty(); jobs = writes_.take(group_)) {
        // A group ends early when SQLite itself rolls back (a full disk); the works behind it begin a new one.
        for (std::span<Job> rest = jobs; !rest.empty();) rest = rest.subspan(run_group(rest));
    }
}

// Runs jobs in one transaction, commits it, tells them; returns how many it has told.
std::size_t SqliteDatabase::run_group(std::span<Job> jobs) {
    auto const tell_all = [&](std::size_t count, Error const& error) {
        for (auto& job : jobs.first(count)) tell(job.done, fail(error));
        return count;
    };
    if (writer_->in_transaction()) (void)writer_->execute("ROLLBACK");  // what a failed commit may have left
    // IMMEDIATE takes the write lock now, so that no work meets another process halfway.
    if (auto begun = writer_->execute("BEGIN IMMEDIATE"); !begun) {
        log::error("No transaction could be begun: {}", begun.error().detail);
        return tell_all(jobs.size(), begun.error());
    }
    std::vector<Result<>> results;
    results.reserve(jobs.size());
    for (auto const& job : jobs) {
        results.push_back(run_in_savepoint(job));
        if (writer_->in_transaction()) continue;
        Error const lost = results.back() ? Error(Kind::unavailable, "storage.disk") : results.back().error();
        log::error("The database rolled back a group of {}: {}", results.size(), lost.detail);
        return tell_all(results.size(), lost);
    }
    if (auto committed = writer_->execute("COMMIT"); !committed) {
        log::error("A group of {} could not be committed: {}", jobs.size(), committed.error().detail);
        return tell_all(jobs.size(), committed.error());
    }
    ++commits_;
    committed_ += jobs.size();
    // Before the works hear of it: who waits for a work may rely on the listeners having been woken.
    if (std::ranges::any_of(results, [](auto const& result) { return result.has_value(); })) listeners_.call();
    for (std::size_t i = 0; i < jobs.size(); ++i) tell(jobs[i].done, std::move(results[i]));
    return jobs.size();
}

Result<> SqliteDatabase::run_in_savepoint(Job const& job) {
    TRY(writer_->execute("SAVEPOINT work"));
    SqliteTransaction tx(*writer_);
    Result<> result = run_work(job.work, tx);
    if (result && writer_->foreign_keys_open()) {
        result = fail(Kind::conflict, "storage.foreign-key", "a deferred foreign key leads nowhere");
    }
    if (!writer_->in_transaction()) return result ? fail(Kind::unavailable, "storage.disk") : std::move(result);
    Result<> closed;
    if (!result) closed = discard(writer_->execute("ROLLBACK TO work"));
    if (closed) closed = discard(writer_->execute("RELEASE work"));
    if (closed) return result;
    // Half a work must never be committed with its neighbours: the whole group goes.
    (void)writer_->execute("ROLLBACK");
    return closed;
}

void SqliteDatabase::run_reader(SqliteConnection& connection) {
    for (auto jobs = reads_.take(1); !jobs.empty(); jobs = reads_.take(1)) {
        tell(jobs.front().done, run_read(jobs.front(), connection));
    }
}

Result<> SqliteDatabase::run_read(Job const& job, SqliteConnection& connection) {
    if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
    TRY(connection.execute("BEGIN"));
    SqliteTransaction tx(connection);
    Result<> result = run_work(job.work, tx);
    if (connection.in_transaction()) TRY(connection.execute("COMMIT"));
    return result;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(Options const& options) {
    // Before the first connection of the program; afterwards SQLite refuses, and keeps what it was told then. Counting
    // its memory takes one lock for all connections at every allocation, and nobody asks for the count. What it needs
    // to take a work back (a savepoint each) is kept in memory: in a file, its default, that is most of what is
    // written. However much it is: beyond 128 kB SQLite cannot put it into a file after all, and reports a full disk.
    // It is at most the pages that a work changes which were there before.
    constexpr int always_in_memory = -1;
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, always_in_memory);
    std::string const path = options.url.substr(std::string_view("sqlite:").size());
    auto writer = TRY(SqliteConnection::open(path, SqliteConnection::Use::write, options.busy_ms));
    std::vector<std::unique_ptr<SqliteConnection>> readers;
    for (unsigned i = 0; i < options.readers; ++i) {
        readers.push_back(TRY(SqliteConnection::open(path, SqliteConnection::Use::read, options.busy_ms)));
    }
    return std::make_unique<SqliteDatabase>(options, std::move(writer), std::move(readers));
}

}  // namespace keepword::storage
