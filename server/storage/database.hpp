#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"
#include "storage/sql.hpp"
#include "storage/value.hpp"

// One thin face over SQLite and PostgreSQL. Nothing above this folder knows sqlite3 or libpq.
namespace keepword::storage {

enum class Dialect { sqlite, postgresql };

// One transaction on one connection; lives only inside the work it was handed to, on that worker's thread.
// SQL is written once with `?` for every parameter and in the words both databases know.
//
// The first error spoils the transaction, on both databases: what follows is refused with storage.spoiled, and a work
// that looks past it is rolled back with that error. "Insert, or else update" is ON CONFLICT, not a second try.
// PostgreSQL must know the type of every parameter: write CAST(? AS BIGINT) where a NULL stands alone ("? IS NULL").
//
// Errors: storage.unique, storage.foreign-key, storage.not-null, storage.check (Kind::conflict or internal as it is the
// caller's or ours), storage.busy, storage.serialization, storage.connection, storage.disk (Kind::unavailable),
// storage.text (a text that is not UTF-8 or holds a NUL) and storage.number (not finite; both Kind::invalid),
// storage.sql, storage.corrupt, storage.exception (what a work threw; Kind::internal).
class Transaction {
  public:
    virtual ~Transaction() = default;
    virtual Dialect dialect() const = 0;

    // All rows of a query; at most `max_rows` (above, storage.too-many-rows: a list must be paged).
    Result<Rows> query(Sql sql, auto const&... parameters) {
        std::vector<Value> values{to_value(parameters)...};
        return run_query(sql.text(), values);
    }
    // The first row, if there is one.
    Result<std::optional<Row>> one(Sql sql, auto const&... parameters) {
        std::vector<Value> values{to_value(parameters)...};
        auto rows = run_query(sql.text(), values);
        if (!rows) return std::unexpected(std::move(rows).error());
        if (rows->empty()) return std::optional<Row>();
        return std::optional<Row>(std::move(rows->front()));
    }
    // Number of rows changed.
    Result<std::int64_t> execute(Sql sql, auto const&... parameters) {
        std::vector<Value> values{to_value(parameters)...};
        return run_execute(sql.text(), values);
    }
    // The rows put together so far, which are gone from `insert` afterwards.
    Result<std::int64_t> execute(Insert& insert) {
        auto done = run_execute(insert.text(), insert.values());
        insert.clear();
        return done;
    }
    // All rows of a query put together from literals.
    Result<Rows> query(Select const& select) { return run_query(select.text(), select.values()); }
    // Several statements separated by `;`, without parameters: migrations only.
    virtual Result<> script(std::string_view sql) = 0;

    static constexpr std::size_t max_rows = 100'000;

  protected:
    virtual Result<Rows> run_query(std::string_view sql, std::span<Value const> values) = 0;
    virtual Result<std::int64_t> run_execute(std::string_view sql, std::span<Value const> values) = 0;
};

struct Options {
    std::string url;           // "sqlite:/path/to/file" or "postgresql://…"
    unsigned readers = 2;      // reader connections (SQLite), or connections in the pool (PostgreSQL)
    std::size_t queue = 4096;  // works waiting per queue; more are refused with storage.overloaded
    std::size_t group = 128;   // most writes in one durable commit (SQLite)
    unsigned busy_ms = 5'000;  // how long to wait for another process that writes (SQLite), say `keepword migrate`
};

// How much waits for a database's workers now, and how it has committed since it was opened.
struct Load {
    std::size_t reads_waiting = 0;
    std::size_t writes_waiting = 0;  // 0 on PostgreSQL, where reads and writes wait together, as reads
    std::uint64_t commits = 0;       // durable ones
    std::uint64_t committed = 0;     // works in them: more than one to a commit where they were grouped
};

// Runs works, each in a transaction of its own. A work that returns an error or throws is rolled back alone.
//
// SQLite: one writer thread that takes what is waiting, gives each work a savepoint, and commits the group durably
// (WAL, synchronous=FULL) before any of them hears that it is done; readers see a snapshot each.
// PostgreSQL: a pool; each write is one SERIALIZABLE transaction, run again on a serialization failure or a connection
// lost before its commit (so a work must have no effect but through its transaction); each read sees one snapshot.
class Database {
  public:
    using Work = std::function<Result<>(Transaction&)>;
    using Done = std::function<void(Result<>)>;

    virtual ~Database() = default;
    virtual Dialect dialect() const = 0;

    // Queues a work; `done` is called on a worker's thread after the commit is durable, or with the error. A full queue
    // calls it at once with storage.overloaded, a stopped database with storage.stopped (both Kind::unavailable).
    // `done` must not block.
    virtual void submit_read(Work work, Done done) = 0;
    virtual void submit_write(Work work, Done done) = 0;

    // `listener` is called on a worker's thread after every durable commit, before the works' `done`; it must not
    // block. It is called until stop() has returned, so what it needs must live as long.
    virtual void on_commit(std::function<void()> listener) = 0;

    virtual Load load() const = 0;

    // Waits for everything queued, refuses what comes after, closes the connections. Not from a worker's thread.
    virtual void stop() = 0;

    // The same, waiting for the result: for start-up, command line, runners and tests; never from inside a work.
    Result<> read(Work work);
    Result<> write(Work work);
    template <class F>
        requires(!std::is_same_v<std::invoke_result_t<F, Transaction&>, Result<>>)
    auto read(F work) -> std::invoke_result_t<F, Transaction&> {
        return returning(work, &Database::read_work);
    }
    template <class F>
        requires(!std::is_same_v<std::invoke_result_t<F, Transaction&>, Result<>>)
    auto write(F work) -> std::invoke_result_t<F, Transaction&> {
        return returning(work, &Database::write_work);
    }

  private:
    Result<> read_work(Work work) { return read(std::move(work)); }
    Result<> write_work(Work work) { return write(std::move(work)); }

    template <class F>
    auto returning(F& work, Result<> (Database::*run)(Work)) -> std::invoke_result_t<F, Transaction&> {
        std::optional<std::invoke_result_t<F, Transaction&>> answer;
        auto ran = (this->*run)([&](Transaction& tx) -> Result<> {
            answer.emplace(work(tx));
            if (!*answer) return std::unexpected(answer->error());
            return {};
        });
        if (!ran) return std::unexpected(std::move(ran).error());
        return *std::move(answer);
    }
};

// Lets the planner know how the rows are spread, from a few hundred of each index: without that it takes any index of a
// filter for as good as any other. PostgreSQL sees to it by itself.
Result<> refresh_statistics(Transaction& tx);

// Opens (and with SQLite creates) the database of `options.url`. Errors: storage.connection, storage.url.
Result<std::unique_ptr<Database>> open(Options options);

}  // namespace keepword::storage
