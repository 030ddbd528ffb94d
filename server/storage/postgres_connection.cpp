#include "storage/postgres_connection.hpp"

#include "foundation/log.hpp"
#include "storage/postgres_values.hpp"
#include "storage/sql_text.hpp"

namespace keepword::storage {
namespace {

using Trouble = PostgresConnection::Trouble;

struct Meaning {
    std::string_view state;  // an SQLSTATE or the beginning of some
    char const* code;
    Kind kind;
    Trouble trouble;
};

constexpr Meaning meanings[] = {
    {"23505", "storage.unique", Kind::conflict, Trouble::final},
    {"23P01", "storage.unique", Kind::conflict, Trouble::final},
    {"23503", "storage.foreign-key", Kind::conflict, Trouble::final},
    {"23001", "storage.foreign-key", Kind::conflict, Trouble::final},
    {"23502", "storage.not-null", Kind::internal, Trouble::final},
    {"23", "storage.check", Kind::internal, Trouble::final},
    {"40001", "storage.serialization", Kind::unavailable, Trouble::again},
    {"40P01", "storage.serialization", Kind::unavailable, Trouble::again},
    {"55P03", "storage.busy", Kind::unavailable, Trouble::final},
    {"57014", "storage.busy", Kind::unavailable, Trouble::final},
    {"53", "storage.disk", Kind::unavailable, Trouble::final},
    {"58", "storage.disk", Kind::unavailable, Trouble::final},
    {"57P", "storage.connection", Kind::unavailable, Trouble::lost},
    {"25P03", "storage.connection", Kind::unavailable, Trouble::lost},
    {"22021", "storage.text", Kind::invalid, Trouble::final},
    {"XX00", "storage.corrupt", Kind::internal, Trouble::final},
    {"", "storage.sql", Kind::internal, Trouble::final},
};

Meaning const& meaning_of(std::string_view state) {
    for (auto const& meaning : meanings) {
        if (state.starts_with(meaning.state)) return meaning;
    }
    return meanings[std::size(meanings) - 1];
}

// A prepared statement that the server has forgotten, or whose tables a migration has changed meanwhile.
bool statement_is_stale(std::string_view state, PGresult const* answer) {
    if (state == "26000") return true;
    char const* const place = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SOURCE_FUNCTION);
    return state == "0A000" && place != nullptr && std::string_view(place) == "RevalidateCachedQuery";
}

void quietly(void*, char const*) {}

}  // namespace

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(std::string const& url) {
    // What the url says comes last and so wins. A dead network is noticed within half a minute.
    char const* const names[] = {"connect_timeout",           "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count",          "tcp_user_timeout", "client_encoding",
                                 "fallback_application_name", "dbname",           nullptr};
    char const* const values[] = {"5", "10", "5", "3", "30000", "UTF8", "keepword", url.c_str(), nullptr};
    std::unique_ptr<PostgresConnection> connection(new PostgresConnection(PQconnectdbParams(names, values, 1)));
    if (!connection->alive()) {
        return fail(Kind::unavailable, "storage.connection", PQerrorMessage(connection->handle_.get()));
    }
    TRY(connection->prepare_session());
    return connection;
}

Result<> PostgresConnection::prepare_session() {
    PQsetNoticeProcessor(handle_.get(), quietly, nullptr);
    // What it says in detail is the row that did not fit: people's names, which are nothing for a log.
    PQsetErrorVerbosity(handle_.get(), PQERRORS_TERSE);
    char const* const encoding = PQparameterStatus(handle_.get(), "server_encoding");
    if (PQserverVersion(handle_.get()) < 150000 || encoding == nullptr || std::string_view(encoding) != "UTF8") {
        return fail(Kind::unavailable, "storage.connection", "PostgreSQL 15 or newer with a UTF8 database is wanted");
    }
    TRY(
        script("SET bytea_output = hex; SET extra_float_digits = 1; SET standard_conforming_strings = on; "
               "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET statement_timeout = '60s'; SET lock_timeout = '10s'; "
               "SET idle_in_transaction_session_timeout = '60s'"));
    // A commit that is told must be on the disk; stricter settings (standby servers) are the operator's.
    return script(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'");
}

Error PostgresConnection::error(PGresult const* answer) {
    char const* const field = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    std::string const state = field == nullptr ? "" : field;
    Meaning const& meaning = meaning_of(state);
    Error found(meaning.kind, meaning.code, PQerrorMessage(handle_.get()) + (" (SQLSTATE " + state + ")"));
    Trouble trouble = meaning.trouble;
    // An error without a state is none of the server's: the library had nobody to talk to, whatever it thinks of that.
    broken_ = broken_ || state.empty();
    if (!alive()) {
        found.kind = Kind::unavailable;
        found.code = "storage.connection";
        trouble = Trouble::lost;
    }
    if (statement_is_stale(state, answer)) {
        PQclear(PQexec(handle_.get(), "ROLLBACK; DEALLOCATE ALL"));
        statements_.clear();
        trouble = Trouble::again;
    }
    if (trouble_ == Trouble::none) trouble_ = trouble;
    return found;
}

Result<PostgresConnection::Answer> PostgresConnection::checked(PGresult* raw) {
    Answer answer(raw);
    auto const status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return answer;
    return fail(error(raw));
}

Result<> PostgresConnection::script(std::string_view sql) {
    TRY(checked(PQexec(handle_.get(), std::string(sql).c_str())));
    return {};
}

Result<> PostgresConnection::begin(bool writes) {
    trouble_ = Trouble::none;
    // A reader needs one state, not a place in the order of all: it takes no locks and is never run again.
    return script(writes ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

Result<> PostgresConnection::commit() {
    auto const answer = TRY(checked(PQexec(handle_.get(), "COMMIT")));
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return {};
    return fail(Kind::internal, "storage.spoiled", "the server rolled back at the commit");
}

void PostgresConnection::rollback() {
    if (alive()) PQclear(PQexec(handle_.get(), "ROLLBACK"));
}

Result<std::string> PostgresConnection::prepared(std::string_view sql, std::span<Value const> values) {
    std::string key = Parameters::signature(values);
    key += sql;
    if (auto const* found = statements_.find(key)) return *found;
    std::string name = "s" + std::to_string(++names_);
    Parameters const parameters(values);
    TRY(checked(PQprepare(handle_.get(), name.c_str(), numbered(sql).c_str(), parameters.count(), parameters.types())));
    statements_.add(std::move(key), name, [this](std::string const& dropped) {
        PQclear(PQexec(handle_.get(), ("DEALLOCATE " + dropped).c_str()));
    });
    return name;
}

Result<PostgresConnection::Answer> PostgresConnection::run(std::string_view sql, std::span<Value const> values) {
    std::string const name = TRY(prepared(sql, values));
    Parameters const parameters(values);
    return checked(PQexecPrepared(handle_.get(), name.c_str(), parameters.count(), parameters.values(),
                                  parameters.lengths(), parameters.formats(), 0));
}

Result<> PostgresConnection::copy(std::string_view sql, std::string_view lines) {
    Answer const begun(PQexec(handle_.get(), std::string(sql).c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return fail(error(begun.get()));
    bool const sent = PQputCopyData(handle_.get(), lines.data(), static_cast<int>(lines.size())) == 1 &&
                      PQputCopyEnd(handle_.get(), nullptr) == 1;
    if (!sent) return fail(error(nullptr));
    auto result = checked(PQgetResult(handle_.get()));
    PQclear(PQgetResult(handle_.get()));  // the end of the command
    if (!result) return fail(std::move(result).error());
    return {};
}

Result<> PostgresConnection::copy_out(std::string_view sql, std::function<bool(std::string_view)> const& take) {
    Answer const begun(PQexec(handle_.get(), std::string(sql).c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) return fail(error(begun.get()));
    bool wanted = true;
    for (;;) {
        char* line = nullptr;
        int const size = PQgetCopyData(handle_.get(), &line, 0);
        if (size < 0) break;
        // What is not wanted any more is read all the same: the connection is not free before the end.
        wanted = wanted && take({line, static_cast<std::size_t>(size)});
        PQfreemem(line);
    }
    auto result = checked(PQgetResult(handle_.get()));
    PQclear(PQgetResult(handle_.get()));
    if (!result) return fail(std::move(result).error());
    return wanted ? Result<>() : fail(Kind::unavailable, "storage.disk", "a copy could not be written");
}

Result<Rows> PostgresConnection::ask(std::string_view sql) {
    auto const answer = TRY(checked(PQexec(handle_.get(), std::string(sql).c_str())));
    return rows_of(answer.get(), sql);
}

Result<Rows> PostgresConnection::query(std::string_view sql, std::span<Value const> values) {
    auto const answer = TRY(run(sql, values));
    return rows_of(answer.get(), sql);
}

Result<Rows> PostgresConnection::rows_of(PGresult const* answer, std::string_view sql) {
    int const count = PQntuples(answer);
    if (static_cast<std::size_t>(count) > Transaction::max_rows) {
        return fail(Kind::internal, "storage.too-many-rows", std::string(sql));
    }
    Rows rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) rows.push_back(row_of(answer, i));
    return rows;
}

Result<std::int64_t> PostgresConnection::execute(std::string_view sql, std::span<Value const> values) {
    auto const answer = TRY(run(sql, values));
    std::string_view const count = PQcmdTuples(answer.get());
    return count.empty() ? 0 : std::stoll(std::string(count));
}

}  // namespace keepword::storage
