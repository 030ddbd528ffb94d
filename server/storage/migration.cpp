#include "storage/migration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "foundation/log.hpp"
#include "storage/sql_text.hpp"

namespace keepword::storage {
namespace {

struct Word {
    std::string_view common;
    std::string_view sqlite;
    std::string_view postgresql;
};

// SQLite's INTEGER is as wide as BIGINT, and as a primary key it is the row's own number, which BIGINT is not;
// PostgreSQL's INTEGER and REAL are half as wide as SQLite's.
constexpr std::array<Word, 4> type_words{{{"BLOB", "BLOB", "BYTEA"},
                                          {"BIGINT", "INTEGER", "BIGINT"},
                                          {"INTEGER", "INTEGER", "BIGINT"},
                                          {"REAL", "REAL", "DOUBLE PRECISION"}}};

bool is_word_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

void append_translated(std::string_view code, Dialect dialect, std::string& out) {
    while (!code.empty()) {
        std::size_t length = 0;
        while (length < code.size() && is_word_character(code[length])) ++length;
        auto const word = code.substr(0, std::max<std::size_t>(length, 1));
        auto const* const found = std::ranges::find(type_words, word, &Word::common);
        if (found == type_words.end()) {
            out += word;
        } else {
            out += dialect == Dialect::sqlite ? found->sqlite : found->postgresql;
        }
        code.remove_prefix(word.size());
    }
}

// The lines that are for this database.
std::string own_lines(std::string_view sql, Dialect dialect) {
    std::string out;
    bool ours = true;
    for (auto line : text::split(sql, '\n')) {
        auto const trimmed = text::trim(line);
        if (trimmed == "--@sqlite") {
            ours = dialect == Dialect::sqlite;
        } else if (trimmed == "--@postgresql") {
            ours = dialect == Dialect::postgresql;
        } else if (trimmed == "--@both") {
            ours = true;
        } else if (ours) {
            out += line;
            out += '\n';
        }
    }
    return out;
}

struct Applied {
    std::string name;
    std::string hash;
};
using AppliedByNumber = std::map<int, Applied>;

Result<AppliedByNumber> applied_in(Transaction& tx) {
    AppliedByNumber applied;
    if (!TRY(has_table(tx, "schema_migration"))) return applied;
    for (auto const& row : TRY(tx.query("SELECT number, name, hash FROM schema_migration"))) {
        applied[static_cast<int>(row.integer(0))] = {row.text(1), row.blob(2)};
    }
    return applied;
}

Result<MigrationState> compare(AppliedByNumber const& applied, std::vector<Migration> const& migrations,
                               Dialect dialect) {
    MigrationState state;
    if (!applied.empty()) state.applied = applied.rbegin()->first;
    std::size_t known = 0;
    for (auto const& migration : migrations) {
        auto const found = applied.find(migration.number);
        if (found == applied.end()) {
            state.pending.push_back(migration.name);
            continue;
        }
        ++known;
        if (found->second.hash == hash_of(migration, dialect)) continue;
        return fail(Error(Kind::conflict, "storage.migration-changed").with("migration", found->second.name));
    }
    if (known == applied.size()) return state;
    return fail(Error(Kind::conflict, "storage.newer").with("number", std::to_string(state.applied)));
}

Result<> sort_and_check(std::vector<Migration>& migrations) {
    std::ranges::sort(migrations, {}, &Migration::number);
    auto const twice = std::ranges::adjacent_find(migrations, {}, &Migration::number);
    if (twice == migrations.end()) return {};
    return fail(Kind::internal, "storage.migration-name",
                "two migrations have the number " + std::to_string(twice->number));
}

// Keeps a second program out for the length of this transaction. With SQLite the write transaction does that already;
// with PostgreSQL the lock comes before the transaction's snapshot, which then shows what the first program did.
Result<> lock(Transaction& tx) {
    if (tx.dialect() == Dialect::sqlite) return {};
    return tx.script(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
        "LOCK TABLE schema_migration IN ACCESS EXCLUSIVE MODE");
}

Result<> apply(Database& database, Migration const& migration, Instant now) {
    bool ran = false;
    auto const applied = database.write([&](Transaction& tx) -> Result<> {
        ran = false;
        TRY(lock(tx));
        if (TRY(tx.one("SELECT 1 FROM schema_migration WHERE number = ?", migration.number))) return {};
        TRY(tx.script(for_dialect(migration.sql, tx.dialect())));
        TRY(tx.execute("INSERT INTO schema_migration (number, name, hash, at) VALUES (?, ?, ?, ?)", migration.number,
                       migration.name, Blob{hash_of(migration, tx.dialect())}, now));
        ran = true;
        return {};
    });
    if (!applied) {
        Error error = applied.error();
        error.detail = migration.name + ": " + error.detail;
        return fail(std::move(error));
    }
    if (ran) log::debug("Migration {} {} applied", migration.number, migration.name);
    return {};
}

}  // namespace

std::string for_dialect(std::string_view sql, Dialect dialect) {
    std::string const own = own_lines(sql, dialect);
    std::string out;
    out.reserve(own.size() + 64);
    pieces(own, [&](std::string_view piece, bool is_code) {
        if (is_code) {
            append_translated(piece, dialect, out);
        } else {
            out += piece;
        }
    });
    return out;
}

Result<Migration> migration_of(std::string_view path, std::string_view sql) {
    auto file = path.substr(path.rfind('/') + 1);
    Migration migration;
    migration.sql = sql;
    auto const digits = file.substr(0, 3);
    auto const* const first = digits.data();
    auto const [end, error] = std::from_chars(first, first + digits.size(), migration.number);
    bool const numbered = error == std::errc{} && end == first + 3 && migration.number > 0;
    if (!numbered || !file.ends_with(".sql") || file.size() < std::string_view("001_x.sql").size() || file[3] != '_') {
        return fail(Kind::internal, "storage.migration-name", std::string(path) + " is not of the form NNN_name.sql");
    }
    file.remove_suffix(4);
    migration.name = file.substr(4);
    return migration;
}

Result<bool> has_table(Transaction& tx, std::string_view name) {
    auto const found =
        TRY(tx.dialect() == Dialect::sqlite
                ? tx.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name)
                : tx.one("SELECT 1 FROM pg_tables WHERE tablename = ? AND schemaname = ANY (current_schemas(false))",
                         name));
    return found.has_value();
}

std::string migration_table(Dialect dialect) {
    return for_dialect(
        "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, "
        "name TEXT NOT NULL, hash BLOB NOT NULL, at BIGINT NOT NULL)",
        dialect);
}

std::string hash_of(Migration const& migration, Dialect dialect) {
    return std::string(crypto::view(crypto::sha256(for_dialect(migration.sql, dialect))));
}

Result<MigrationState> migration_state(Database& database, std::vector<Migration> const& migrations) {
    auto sorted = migrations;
    TRY(sort_and_check(sorted));
    return database.read(
        [&](Transaction& tx) -> Result<MigrationState> { return compare(TRY(applied_in(tx)), sorted, tx.dialect()); });
}

Result<> migrate(Database& database, std::vector<Migration> migrations, Instant now) {
    TRY(sort_and_check(migrations));
    auto const create = [&] {
        return database.write([](Transaction& tx) { return tx.script(migration_table(tx.dialect())); });
    };
    // Two programs that create the same table at once: PostgreSQL tells one of them that it is there already, but by a
    // unique error, and the second try sees it.
    if (!create()) TRY(create());
    auto const applied = TRY(database.read([](Transaction& tx) { return applied_in(tx); }));
    TRY(compare(applied, migrations, database.dialect()));
    for (auto const& migration : migrations) {
        if (!applied.contains(migration.number)) TRY(apply(database, migration, now));
    }
    return {};
}

}  // namespace keepword::storage
