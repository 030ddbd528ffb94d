#include "storage/sqlite_connection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "foundation/system_error.hpp"

namespace keepword::storage {
namespace {

// Gives a statement back as it was taken, whatever happened to it. (A step's error was already reported.)
class Reset {
  public:
    explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
    Reset(Reset const&) = delete;
    Reset& operator=(Reset const&) = delete;
    ~Reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

  private:
    sqlite3_stmt* statement_;
};

// The texts and bytes are not copied: they outlive the statement's run.
int bind(sqlite3_stmt* statement, int position, Value const& value) {
    struct Binder {
        sqlite3_stmt* statement;
        int position;
        int operator()(std::monostate) const { return sqlite3_bind_null(statement, position); }
        int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, position, v); }
        int operator()(double v) const { return sqlite3_bind_double(statement, position, v); }
        int operator()(std::string const& v) const {
            return sqlite3_bind_text64(statement, position, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
        }
        int operator()(Blob const& v) const {
            return sqlite3_bind_blob64(statement, position, v.bytes.data(), v.bytes.size(), SQLITE_STATIC);
        }
    };
    return std::visit(Binder{statement, position}, value);
}

Value column(sqlite3_stmt* statement, int position) {
    auto const size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, position)); };
    switch (sqlite3_column_type(statement, position)) {
        case SQLITE_INTEGER:
            return sqlite3_column_int64(statement, position);
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, position);
        case SQLITE_TEXT: {
            auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(statement, position));
            return std::string(text, size());
        }
        case SQLITE_BLOB: {
            auto const* bytes = static_cast<char const*>(sqlite3_column_blob(statement, position));
            return Blob{bytes == nullptr ? std::string() : std::string(bytes, size())};
        }
        default:
            return std::monostate{};
    }
}

Row row_of(sqlite3_stmt* statement) {
    int const count = sqlite3_column_count(statement);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) values.push_back(column(statement, i));
    return Row(std::move(values));
}

Error constraint_error(int extended, std::string detail) {
    switch (extended) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return {Kind::conflict, "storage.unique", std::move(detail)};
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return {Kind::conflict, "storage.foreign-key", std::move(detail)};
        case SQLITE_CONSTRAINT_NOTNULL:
            return {Kind::internal, "storage.not-null", std::move(detail)};
        default:
            return {Kind::internal, "storage.check", std::move(detail)};
    }
}

Error translate(int extended, std::string detail) {
    detail += " (sqlite " + std::to_string(extended) + ")";
    switch (extended & 0xff) {
        case SQLITE_CONSTRAINT:
            return constraint_error(extended, std::move(detail));
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Kind::unavailable, "storage.busy", std::move(detail)};
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
            return {Kind::unavailable, "storage.disk", std::move(detail)};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {Kind::internal, "storage.corrupt", std::move(detail)};
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {Kind::unavailable, "storage.connection", std::move(detail)};
        default:
            return {Kind::internal, "storage.sql", std::move(detail)};
    }
}

// SQLite would create the file readable for all; what it adds beside it (-wal, -shm) takes over these rights.
Result<> create_private(std::string const& path) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(Kind::unavailable, "storage.connection", path + ": " + system_error());
    ::close(descriptor);
    return {};
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(std::string const& path, Use use, unsigned busy_ms) {
    if (use == Use::write) TRY(create_private(path));
    sqlite3* handle = nullptr;
    // Each connection belongs to one thread, so SQLite need not lock it.
    int const code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (handle == nullptr) return fail(Kind::unavailable, "storage.connection", "no memory");
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
    if (code != SQLITE_OK) return fail(Kind::unavailable, "storage.connection", path + ": " + sqlite3_errmsg(handle));
    sqlite3_busy_timeout(handle, static_cast<int>(busy_ms));
    TRY(connection->prepare_session(use));
    return connection;
}

void SqliteConnection::stop_when(std::stop_token stop) {
    constexpr int steps = 10'000;  // of SQLite's machine between two looks: some hundred microseconds
    stop_ = std::move(stop);
    auto const stopped = [](void* of) { return static_cast<SqliteConnection*>(of)->stop_.stop_requested() ? 1 : 0; };
    sqlite3_progress_handler(handle_.get(), steps, stopped, this);
}

Result<> SqliteConnection::prepare_session(Use use) {
    sqlite3_extended_result_codes(handle_.get(), 1);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // Otherwise a statement with LIKE ? is prepared anew at each run, in case this run's pattern allowed a better plan.
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    // No statement here is without an index for long; a sort too large for memory may use a file in the system's place.
    TRY(script("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON"));
    if (use == Use::read) return script("PRAGMA cache_size=-8000; PRAGMA query_only=ON");
    auto const mode = TRY(query("PRAGMA journal_mode=WAL", {}));
    if (mode.empty() || mode.front().text(0) != "wal") {
        return fail(Kind::unavailable, "storage.connection", "the file system cannot hold a write-ahead log");
    }
    // FULL: a commit is on the disk before anybody hears of it. The log is folded into the file every 16 MB.
    return script("PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=4000");
}

Error SqliteConnection::error() const {
    return translate(sqlite3_extended_errcode(handle_.get()), sqlite3_errmsg(handle_.get()));
}

Result<sqlite3_stmt*> SqliteConnection::prepared(std::string_view sql) {
    if (auto* found = statements_.find(sql)) return found->get();
    sqlite3_stmt* raw = nullptr;
    char const* rest = nullptr;
    int const code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    Statement statement(raw);
    if (code != SQLITE_OK) return fail(error());
    if (raw == nullptr || rest != sql.data() + sql.size()) {
        return fail(Kind::internal, "storage.sql", "exactly one statement is wanted");
    }
    return statements_.add(std::string(sql), std::move(statement), [](Statement&) {})->get();
}

Result<sqlite3_stmt*> SqliteConnection::bound(std::string_view sql, std::span<Value const> values) {
    auto* const statement = TRY(prepared(sql));
    if (static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) != values.size()) {
        return fail(Kind::internal, "storage.sql", "the number of parameters is not the number of question marks");
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (bind(statement, static_cast<int>(i) + 1, values[i]) == SQLITE_OK) continue;
        Error failed = error();
        Reset const reset(statement);
        return fail(std::move(failed));
    }
    return statement;
}

Result<Rows> SqliteConnection::query(std::string_view sql, std::span<Value const> values) {
    auto* const statement = TRY(bound(sql, values));
    Reset const reset(statement);
    Rows rows;
    for (;;) {
        int const code = sqlite3_step(statement);
        if (code == SQLITE_DONE) return rows;
        if (code != SQLITE_ROW) return fail(error());
        if (rows.size() == Transaction::max_rows)
            return fail(Kind::internal, "storage.too-many-rows", std::string(sql));
        rows.push_back(row_of(statement));
    }
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql, std::span<Value const> values) {
    auto* const statement = TRY(bound(sql, values));
    Reset const reset(statement);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
    if (code != SQLITE_DONE) return fail(error());
    return sqlite3_changes64(handle_.get());
}

Result<> SqliteConnection::script(std::string_view sql) {
    if (sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(error());
    }
    return {};
}

bool SqliteConnection::foreign_keys_open() const {
    int open = 0;
    int unused = 0;
    sqlite3_db_status(handle_.get(), SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
    return open != 0;
}

}  // namespace keepword::storage
