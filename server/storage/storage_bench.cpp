#include <benchmark/benchmark.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "testkit/postgres_server.hpp"
#include "testkit/test_database.hpp"

// Durable inserts and reads per second. The argument is how many submitters there are: each waits for its work to be
// done before it submits the next, as a request does.
namespace keepword::storage {
namespace {

constexpr std::int64_t works = 2'000;  // per measured round

std::unique_ptr<Database> fresh(Dialect dialect, testkit::TempDir const& folder) {
    Options options;
    options.url = testkit::empty_database(dialect, folder);
    options.readers = dialect == Dialect::sqlite ? 2 : 8;
    auto database = *open(options);
    (void)database->write([](Transaction& tx) {
        return tx.script("CREATE TABLE thing (id BIGINT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL)");
    });
    return database;
}

// Keeps `submitters` works under way until `works` are done: when one is done, the worker's thread submits the next.
class Round {
  public:
    using Submit = std::function<void(std::int64_t number, Database::Done done)>;
    Round(Submit submit, std::int64_t submitters) : submit_(std::move(submit)) {
        for (std::int64_t i = 0; i < submitters; ++i) next();
        std::unique_lock lock(mutex_);
        over_.wait(lock, [&] { return done_ == works; });
    }

  private:
    void next() {
        auto const number = started_++;
        if (number >= works) return;
        submit_(number, [this](Result<> const&) {
            next();
            std::lock_guard const lock(mutex_);
            if (++done_ == works) over_.notify_all();
        });
    }
    Submit submit_;
    std::atomic<std::int64_t> started_{0};
    std::int64_t done_ = 0;
    std::mutex mutex_;
    std::condition_variable over_;
};

Result<> insert(Transaction& tx, std::int64_t id) {
    TRY(tx.execute("INSERT INTO thing (id, title, body) VALUES (?, ?, ?)", id, "机顶盒无法点播",
                   "用户反映晚间点播卡顿，重启机顶盒后仍无法播放，已请用户检查网线。"));
    return {};
}

void inserts(benchmark::State& state, Dialect dialect) {
    testkit::TempDir const folder;
    auto const database = fresh(dialect, folder);
    std::int64_t first = 0;
    for ([[maybe_unused]] auto _ : state) {
        Round const round(
            [&](std::int64_t number, Database::Done done) {
                database->submit_write([id = first + number](Transaction& tx) { return insert(tx, id); },
                                       std::move(done));
            },
            state.range(0));
        first += works;
    }
    state.SetItemsProcessed(state.iterations() * works);
}

void reads(benchmark::State& state, Dialect dialect) {
    testkit::TempDir const folder;
    auto const database = fresh(dialect, folder);
    (void)database->write([](Transaction& tx) -> Result<> {
        for (std::int64_t i = 0; i < works; ++i) TRY(insert(tx, i));
        return {};
    });
    for ([[maybe_unused]] auto _ : state) {
        Round const round(
            [&](std::int64_t number, Database::Done done) {
                auto const read = [number](Transaction& tx) -> Result<> {
                    TRY(tx.one("SELECT title, body FROM thing WHERE id = ?", number));
                    return {};
                };
                database->submit_read(read, std::move(done));
            },
            state.range(0));
    }
    state.SetItemsProcessed(state.iterations() * works);
}

#define KEEPWORD_BENCHMARK(what, dialect)              \
    BENCHMARK_CAPTURE(what, dialect, Dialect::dialect) \
        ->Arg(1)                                       \
        ->Arg(8)                                       \
        ->Arg(32)                                      \
        ->UseRealTime()                                \
        ->Unit(benchmark::kMillisecond)
KEEPWORD_BENCHMARK(inserts, sqlite);
KEEPWORD_BENCHMARK(reads, sqlite);
KEEPWORD_BENCHMARK(inserts, postgresql);
KEEPWORD_BENCHMARK(reads, postgresql);

}  // namespace
}  // namespace keepword::storage
