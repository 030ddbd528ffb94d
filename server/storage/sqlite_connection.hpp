#pragma once
#include <sqlite3.h>

#include <memory>
#include <stop_token>
#include <string>

#include "storage/statement_cache.hpp"
#include "storage/work.hpp"

namespace keepword::storage {

// One connection to an SQLite file. Used by one thread at a time.
class SqliteConnection {
  public:
    enum class Use { read, write };

    // Opens the file; a writer creates it (readable by its owner only) and sets its journal to WAL.
    static Result<std::unique_ptr<SqliteConnection>> open(std::string const& path, Use use, unsigned busy_ms);

    Result<Rows> query(std::string_view sql, std::span<Value const> values);
    // Rows changed by an INSERT, UPDATE or DELETE.
    Result<std::int64_t> execute(std::string_view sql, std::span<Value const> values = {});
    Result<> script(std::string_view sql);

    // False once SQLite has rolled everything back by itself, as it does when the disk is full.
    bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
    // Whether a DEFERRED foreign key is still broken: SQLite would only say so at the commit of the whole group.
    bool foreign_keys_open() const;
    // What runs from now on is broken off soon after `stop` is requested.
    void stop_when(std::stop_token stop);

  private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}
    Result<> prepare_session(Use use);
    Result<sqlite3_stmt*> prepared(std::string_view sql);
    Result<sqlite3_stmt*> bound(std::string_view sql, std::span<Value const> values);
    Error error() const;

    std::stop_token stop_;
    std::unique_ptr<sqlite3, Close> handle_;
    // After the handle, so that the statements go first.
    StatementCache<Statement> statements_{256};
};

class SqliteTransaction final : public GuardedTransaction {
  public:
    explicit SqliteTransaction(SqliteConnection& connection) : connection_(connection) {}
    Dialect dialect() const override { return Dialect::sqlite; }

  protected:
    Result<Rows> do_query(std::string_view sql, std::span<Value const> values) override {
        return connection_.query(sql, values);
    }
    Result<std::int64_t> do_execute(std::string_view sql, std::span<Value const> values) override {
        return connection_.execute(sql, values);
    }
    Result<> do_script(std::string_view sql) override { return connection_.script(sql); }

  private:
    SqliteConnection& connection_;
};

}  // namespace keepword::storage
