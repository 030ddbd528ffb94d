#include "storage/snapshot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "foundation/durable.hpp"
#include "storage/bare_schema.hpp"
#include "storage/move_tables.hpp"
#include "storage/sqlite_connection.hpp"

namespace keepword::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::size_t most_of_file = 8 << 20;  // bytes of a COPY sent at once

Error unwritable(fs::path const& file) {
    return {Kind::unavailable, "storage.disk", file.string() + " cannot be written"};
}
Error not_a_snapshot(std::string detail) {
    return {Kind::invalid, "storage.snapshot-invalid", std::move(detail)};
}

Result<> write_file(fs::path const& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    return out ? Result<>() : fail(unwritable(file));
}

std::string read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// ---- SQLite ----

Result<> take_from_sqlite(std::string const& path, fs::path const& folder, std::stop_token const& stop) {
    if (!fs::exists(path)) return fail(Kind::unavailable, "storage.connection", path);
    // A reader's connection may write nothing at all, not even a file of its own.
    auto const from = TRY(SqliteConnection::open(path, SqliteConnection::Use::write, Options().busy_ms));
    from->stop_when(stop);
    // One read transaction, beside which others go on writing; without what the file holds of deleted rows.
    TRY(from->execute("VACUUM INTO ?", std::vector<Value>{(folder / "keepword.db").string()}));
    std::error_code ignored;
    fs::permissions(folder / "keepword.db", fs::perms::owner_read | fs::perms::owner_write, ignored);
    return {};
}

Result<> restore_to_sqlite(fs::path const& folder, std::string const& path) {
    if (fs::exists(path)) return fail(Kind::conflict, "storage.move-not-empty", path);
    std::error_code error;
    fs::rename(folder / "keepword.db", path, error);
    if (error) return fail(unwritable(path));
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
    // Whoever hears that it is restored may let go of the backup.
    if (!sync_to_disk(path) || !sync_to_disk(fs::path(path).parent_path())) return fail(unwritable(path));
    return {};
}

// ---- PostgreSQL ----

Result<std::vector<std::string>> columns_of(PostgresConnection& from, std::string const& table) {
    std::vector<std::string> columns;
    for (auto const& row : TRY(from.query("SELECT attname FROM pg_attribute WHERE attrelid = CAST(? AS REGCLASS) "
                                          "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                                          std::vector<Value>{quoted_name(table)})))
        columns.push_back(row.text(0));
    return columns;
}

std::string listed(std::vector<std::string> const& columns) {
    std::vector<std::string> quoted;
    for (auto const& column : columns) quoted.push_back(quoted_name(column));
    return fmt::format("{}", fmt::join(quoted, ", "));
}

Result<> take_table(PostgresConnection& from, std::string const& table, std::string const& columns,
                    fs::path const& folder, std::stop_token const& stop) {
    auto const file = folder / (table + ".copy");
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    TRY(from.copy_out(fmt::format("COPY {} ({}) TO STDOUT", quoted_name(table), columns), [&](std::string_view line) {
        out << line;
        return out.good() && !stop.stop_requested();
    }));
    out.close();
    return out ? Result<>() : fail(unwritable(file));
}

Result<> take_from_postgres(std::string const& url, fs::path const& folder, std::stop_token const& stop) {
    auto const from = TRY(PostgresConnection::open(url));
    TRY(from->script("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"));
    TRY(from->begin(false));
    json::object tables;
    for (auto const& table : TRY(tables_in(*from))) {
        auto const columns = TRY(columns_of(*from, table));
        TRY(take_table(*from, table, listed(columns), folder, stop));
        tables[table] = json::array(columns.begin(), columns.end());
    }
    TRY(from->commit());
    return write_file(folder / "tables.json", json::serialize(tables));
}

// In pieces that end with a line.
Result<> restore_table(PostgresConnection& to, std::string const& table, std::string const& columns,
                       fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(not_a_snapshot(file.string() + " is missing"));
    std::string lines;
    std::string next;
    while (std::getline(in, next)) {
        (lines += next) += '\n';
        if (lines.size() < most_of_file) continue;
        TRY(to.copy(fmt::format("COPY {} ({}) FROM STDIN", quoted_name(table), columns), lines));
        lines.clear();
    }
    return lines.empty() ? Result<>()
                         : to.copy(fmt::format("COPY {} ({}) FROM STDIN", quoted_name(table), columns), lines);
}

// The migrations that the snapshot's own records name: "number TAB name TAB \\xhash TAB at".
Result<std::vector<Migration>> migrations_of(fs::path const& folder, std::vector<Migration> const& known) {
    std::vector<Migration> taken;
    auto const records = read_file(folder / "schema_migration.copy");
    for (auto const line : text::split(records, '\n')) {
        if (line.empty()) continue;
        auto const fields = text::split(line, '\t');
        auto const found = std::ranges::find_if(
            known, [&](Migration const& one) { return std::to_string(one.number) == fields.front(); });
        if (found == known.end())
            return fail(Error(Kind::conflict, "storage.newer").with("number", std::string(fields.front())));
        if (fields.size() < 3 || fields[2] != "\\\\x" + crypto::hex(hash_of(*found, Dialect::postgresql)))
            return fail(Error(Kind::conflict, "storage.migration-changed").with("migration", found->name));
        taken.push_back(*found);
    }
    if (taken.empty()) return fail(not_a_snapshot("it has no records of migrations"));
    std::ranges::sort(taken, {}, &Migration::number);
    return taken;
}

// Names only of what this program has made itself, whatever the file says.
Result<std::string> own_columns(PostgresConnection& to, std::string const& table, json::value const& named) {
    auto const own = TRY(columns_of(to, table));
    std::vector<std::string> columns;
    for (auto const& name : named.is_array() ? named.get_array() : json::array()) {
        columns.emplace_back(name.is_string() ? std::string(name.get_string()) : std::string());
        if (std::ranges::find(own, columns.back()) == own.end())
            return fail(not_a_snapshot("there is no such column of " + table));
    }
    return listed(columns);
}

// All in one transaction: there is a whole database afterwards, or none.
Result<> restore_to_postgres(fs::path const& folder, std::string const& url, std::vector<Migration> const& known) {
    auto const tables = json::parse(read_file(folder / "tables.json"));
    if (!tables || !tables->is_object()) return fail(not_a_snapshot("tables.json"));
    auto const migrations = TRY(migrations_of(folder, known));
    auto const to = TRY(PostgresConnection::open(url));
    TRY(to->script("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"));
    TRY(expect_empty(*to));
    return in_transaction(*to, [&]() -> Result<> {
        TRY(create_bare(*to, migrations, "restore"));
        auto const made = TRY(tables_in(*to));
        for (auto const& [key, columns] : tables->get_object()) {
            std::string const name(key);
            if (std::ranges::find(made, name) == made.end()) return fail(not_a_snapshot("there is no table " + name));
            TRY(restore_table(*to, name, TRY(own_columns(*to, name, columns)), folder / (name + ".copy")));
        }
        return complete(*to);
    });
}

}  // namespace

Result<> take_snapshot(std::string const& url, fs::path const& folder, std::stop_token const& stop) {
    auto taken = url.starts_with(sqlite_scheme) ? take_from_sqlite(url.substr(sqlite_scheme.size()), folder, stop)
                                                : take_from_postgres(url, folder, stop);
    return stop.stop_requested() ? fail(Kind::unavailable, "stopping") : std::move(taken);
}

Result<> restore_snapshot(fs::path const& folder, std::string const& url, std::vector<Migration> const& migrations) {
    bool const is_file = url.starts_with(sqlite_scheme);
    if (fs::exists(folder / "keepword.db") != is_file)
        return fail(Error(Kind::invalid, "storage.snapshot-kind").with("kind", is_file ? "PostgreSQL" : "SQLite"));
    if (is_file) return restore_to_sqlite(folder, url.substr(sqlite_scheme.size()));
    return restore_to_postgres(folder, url, migrations);
}

Result<> clear_database(std::string const& url) {
    auto const database = TRY(PostgresConnection::open(url));
    return in_transaction(*database, [&]() -> Result<> {
        for (auto const& table : TRY(tables_in(*database)))
            TRY(database->script("DROP TABLE " + quoted_name(table) + " CASCADE"));
        for (auto const& row : TRY(database->ask(
                 "SELECT sequencename FROM pg_sequences WHERE schemaname = ANY (current_schemas(false))")))
            TRY(database->script("DROP SEQUENCE " + quoted_name(row.text(0))));
        return {};
    });
}

}  // namespace keepword::storage
