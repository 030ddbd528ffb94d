#pragma once
#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <string>

#include "storage/statement_cache.hpp"
#include "storage/work.hpp"

namespace keepword::storage {

// One connection to a PostgreSQL server. Used by one thread at a time.
class PostgresConnection {
  public:
    // What the first error since begin() means for the work that met it.
    enum class Trouble {
        none,
        final,  // the error is the answer
        again,  // the same work may succeed when it is run again
        lost,   // the connection is gone; the work may be run again on a new one
    };

    static Result<std::unique_ptr<PostgresConnection>> open(std::string const& url);

    Result<> begin(bool writes);
    // Kind::unavailable with trouble() `lost` where nobody knows whether the server has committed.
    Result<> commit();
    void rollback();

    Result<Rows> query(std::string_view sql, std::span<Value const> values);
    Result<std::int64_t> execute(std::string_view sql, std::span<Value const> values);
    Result<> script(std::string_view sql);
    // Rows of a statement that is not worth preparing, or cannot be: FETCH.
    Result<Rows> ask(std::string_view sql);
    // COPY … FROM STDIN with the lines that it is to read.
    Result<> copy(std::string_view sql, std::string_view lines);
    // COPY … TO STDOUT; `take` is given a line at a time and answers whether it wants more.
    Result<> copy_out(std::string_view sql, std::function<bool(std::string_view)> const& take);

    Trouble trouble() const { return trouble_; }
    bool alive() const { return !broken_ && PQstatus(handle_.get()) == CONNECTION_OK; }

  private:
    struct Free {
        void operator()(PGconn* handle) const { PQfinish(handle); }
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using Answer = std::unique_ptr<PGresult, Free>;

    explicit PostgresConnection(PGconn* handle) : handle_(handle) {}
    Result<> prepare_session();
    Result<std::string> prepared(std::string_view sql, std::span<Value const> values);
    Result<Answer> run(std::string_view sql, std::span<Value const> values);
    Result<Answer> checked(PGresult* answer);
    static Result<Rows> rows_of(PGresult const* answer, std::string_view sql);
    Error error(PGresult const* answer);

    std::unique_ptr<PGconn, Free> handle_;
    StatementCache<std::string> statements_{256};  // the server's names of them
    std::int64_t names_ = 0;
    Trouble trouble_ = Trouble::none;
    bool broken_ = false;
};

class PostgresTransaction final : public GuardedTransaction {
  public:
    explicit PostgresTransaction(PostgresConnection& connection) : connection_(connection) {}
    Dialect dialect() const override { return Dialect::postgresql; }

  protected:
    Result<Rows> do_query(std::string_view sql, std::span<Value const> values) override {
        return connection_.query(sql, values);
    }
    Result<std::int64_t> do_execute(std::string_view sql, std::span<Value const> values) override {
        return connection_.execute(sql, values);
    }
    Result<> do_script(std::string_view sql) override { return connection_.script(sql); }

  private:
    PostgresConnection& connection_;
};

}  // namespace keepword::storage
