#include "storage/move.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "foundation/log.hpp"
#include "storage/move_tables.hpp"

// The order of things: an empty schema with its keys, foreign keys and further indexes put aside (they would have to
// hold at every moment, and slow the copying down); all tables, page by page in the order of their primary keys, so
// that where a broken-off move goes on is what the target itself says; each row read back and compared; then what was
// put aside, by which the server checks every reference once more.
namespace keepword::storage {
namespace {

constexpr std::size_t page = 2'000;     // rows of one transaction
constexpr std::size_t fetched = 2'000;  // rows read back at a time
constexpr char const* cursor_end = "CLOSE read_back";

class Mover {
  public:
    Mover(MoveOptions const& options, SqliteConnection& from, PostgresConnection& to,
          std::function<void(MoveProgress const&)> const& progress)
        : options_(options), from_(from), to_(to), progress_(progress) {}

    Result<> begin(std::vector<Migration> const& migrations);
    Result<Moved> move_all();
    Result<> end(std::vector<Migration> const& migrations, Instant now);

  private:
    Result<> create(std::vector<Migration> const& migrations);
    Result<> put_aside();
    Result<> copy(Table const& table);
    Result<std::int64_t> compare(Table const& table);
    Result<> compare_rows(Table const& table, std::vector<Value> const& source, std::vector<Value> const& target);
    Result<bool> same_converted(Table const& table, std::size_t place, std::vector<Value> const& source);
    std::function<std::string(std::string_view)> const* conversion(Table const& table, std::size_t place) const;
    Result<> in_transaction(std::function<Result<>()> const& work);

    MoveOptions const& options_;
    SqliteConnection& from_;
    PostgresConnection& to_;
    std::function<void(MoveProgress const&)> const& progress_;
};

std::vector<Value> values_of(Row const& row) {
    std::vector<Value> out;
    out.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) out.push_back(row.at(i));
    return out;
}

std::vector<Value> key_of(Table const& table, std::vector<Value> const& row) {
    std::vector<Value> out;
    for (auto const place : table.key) out.push_back(row[place]);
    return out;
}

Error different(Table const& table, std::vector<Value> const& row) {
    std::string key;
    append_copy_line(key, key_of(table, row));
    key.pop_back();
    return Error(Kind::internal, "storage.move-different").with("table", table.name).with("key", key);
}

Result<> Mover::in_transaction(std::function<Result<>()> const& work) {
    TRY(to_.begin(true));
    auto done = work();
    if (done) return to_.commit();
    to_.rollback();
    return done;
}

Result<> Mover::begin(std::vector<Migration> const& migrations) {
    TRY(to_.script("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"));
    auto const begun =
        TRY(to_.query("SELECT 1 FROM pg_tables WHERE tablename = 'moving' "
                      "AND schemaname = ANY (current_schemas(false))",
                      {}));
    if (begun.empty()) {
        auto const tables =
            TRY(to_.query("SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) LIMIT 1", {}));
        if (!tables.empty()) return fail(Kind::conflict, "storage.move-not-empty");
        return in_transaction([&] { return create(migrations); });
    }
    auto const mark = TRY(to_.query("SELECT mark FROM moving", {}));
    if (mark.empty() || mark.front().text(0) != options_.mark) return fail(Kind::conflict, "storage.move-other");
    return {};
}

Result<> Mover::create(std::vector<Migration> const& migrations) {
    TRY(
        to_.script("CREATE TABLE moving (mark TEXT NOT NULL); "
                   "CREATE TABLE moving_aside (place BIGINT PRIMARY KEY, statement TEXT NOT NULL)"));
    TRY(to_.execute("INSERT INTO moving (mark) VALUES (?)", std::vector<Value>{options_.mark}));
    for (auto const& migration : migrations) TRY(to_.script(for_dialect(migration.sql, Dialect::postgresql)));
    // What the migrations themselves put into tables comes along with the rest.
    for (auto const& table : TRY(tables_of(from_, options_.left_out))) {
        if (table.name != "schema_migration") TRY(to_.script("DELETE FROM " + quoted_name(table.name)));
    }
    return put_aside();
}

Result<> Mover::put_aside() {
    auto const foreign = TRY(to_.query(
        "SELECT quote_ident(t.relname), quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c "
        "JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
        "WHERE c.contype = 'f' AND n.nspname = ANY (current_schemas(false)) ORDER BY 1, 2",
        {}));
    auto const indexes =
        TRY(to_.query("SELECT pg_get_indexdef(i.indexrelid), quote_ident(x.relname) FROM pg_index i "
                      "JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace "
                      "WHERE n.nspname = ANY (current_schemas(false)) "
                      "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 2",
                      {}));
    std::int64_t place = 0;
    auto const keep = [&](std::string const& statement) {
        return to_.execute("INSERT INTO moving_aside (place, statement) VALUES (?, ?)",
                           std::vector<Value>{++place, statement});
    };
    for (auto const& row : indexes) TRY(keep(row.text(0)));
    for (auto const& row : foreign)
        TRY(keep(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", row.text(0), row.text(1), row.text(2))));
    for (auto const& row : foreign)
        TRY(to_.script(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", row.text(0), row.text(1))));
    for (auto const& row : indexes) TRY(to_.script("DROP INDEX " + row.text(1)));
    return {};
}

std::function<std::string(std::string_view)> const* Mover::conversion(Table const& table, std::size_t place) const {
    auto const name = table.name + "." + table.columns[place].name;
    auto const found = std::ranges::find(options_.converted, name, &MoveOptions::Converted::column);
    return found == options_.converted.end() ? nullptr : &found->text;
}

Result<> Mover::copy(Table const& table) {
    auto const last = TRY(to_.query(last_key_of(table), {}));
    auto key = last.empty() ? std::vector<Value>() : values_of(last.front());
    std::int64_t rows = 0;
    for (;;) {
        auto const next = TRY(from_.query(page_of(table, key.empty(), page), key));
        if (next.empty()) return {};
        std::string lines;
        for (auto const& row : next) {
            auto values = values_of(row);
            key = key_of(table, values);
            for (std::size_t i = 0; i < values.size(); ++i) {
                auto* const text = std::get_if<std::string>(&values[i]);
                if (auto const* convert = conversion(table, i); convert != nullptr && text != nullptr)
                    values[i] = (*convert)(*text);
            }
            append_copy_line(lines, values);
        }
        // COPY outside of a transaction is one of its own.
        TRY(to_.copy(copy_into(table), lines));
        rows += static_cast<std::int64_t>(next.size());
        progress_({MoveStep::copying, table.name, rows});
        if (next.size() < page) return {};
    }
}

// Whether the server makes of the converted text what it has.
Result<bool> Mover::same_converted(Table const& table, std::size_t place, std::vector<Value> const& source) {
    auto const* const text = std::get_if<std::string>(&source[place]);
    if (text == nullptr) return false;
    std::string where;
    std::vector<Value> values{(*conversion(table, place))(*text)};
    for (auto const key : table.key) {
        where += fmt::format("{}{} = ?", where.empty() ? "" : " AND ", quoted_name(table.columns[key].name));
        values.push_back(source[key]);
    }
    auto const column = quoted_name(table.columns[place].name);
    auto const same =
        TRY(to_.query(fmt::format("SELECT CASE WHEN {} = CAST(? AS TSVECTOR) THEN 1 ELSE 0 END FROM {} WHERE {}",
                                  column, quoted_name(table.name), where),
                      values));
    return same.size() == 1 && same.front().flag(0);
}

Result<> Mover::compare_rows(Table const& table, std::vector<Value> const& source, std::vector<Value> const& target) {
    for (std::size_t i = 0; i < source.size(); ++i) {
        bool const converted = conversion(table, i) != nullptr;
        bool const same = converted ? TRY(same_converted(table, i, source)) : source[i] == target[i];
        if (!same) return fail(different(table, source));
    }
    return {};
}

Result<std::int64_t> Mover::compare(Table const& table) {
    std::int64_t rows = 0;
    std::vector<Value> key;
    TRY(in_transaction([&]() -> Result<> {
        TRY(to_.script("DECLARE read_back CURSOR FOR " + all_in_order(table)));
        for (;;) {
            auto const source = TRY(from_.query(page_of(table, key.empty(), fetched), key));
            auto const target = TRY(to_.ask(fmt::format("FETCH {} FROM read_back", fetched)));
            for (std::size_t i = 0; i < std::min(source.size(), target.size()); ++i)
                TRY(compare_rows(table, values_of(source[i]), values_of(target[i])));
            if (source.size() != target.size()) {
                auto const& more = source.size() > target.size() ? source : target;
                return fail(different(table, values_of(more[std::min(source.size(), target.size())])));
            }
            rows += static_cast<std::int64_t>(source.size());
            progress_({MoveStep::comparing, table.name, rows});
            if (source.size() < fetched) return to_.script(cursor_end);
            key = key_of(table, values_of(source.back()));
        }
    }));
    return rows;
}

Result<Moved> Mover::move_all() {
    Moved moved;
    auto tables = TRY(tables_of(from_, options_.left_out));
    std::erase_if(tables, [](Table const& table) { return table.name == "schema_migration"; });
    for (auto const& table : tables) TRY(copy(table));
    for (auto const& table : tables) moved.rows += TRY(compare(table));
    moved.tables = static_cast<std::int64_t>(tables.size());
    return moved;
}

// The records of the migrations come last, with the end of the move: from then on it is a database like any other.
Result<> Mover::end(std::vector<Migration> const& migrations, Instant now) {
    return in_transaction([&]() -> Result<> {
        progress_({MoveStep::finishing, "", 0});
        for (auto const& row : TRY(to_.query("SELECT statement FROM moving_aside ORDER BY place", {})))
            TRY(to_.script(row.text(0)));
        TRY(to_.script(migration_table(Dialect::postgresql)));
        for (auto const& migration : migrations) {
            TRY(to_.execute("INSERT INTO schema_migration (number, name, hash, at) VALUES (?, ?, ?, ?)",
                            std::vector<Value>{migration.number, migration.name,
                                               Blob{hash_of(migration, Dialect::postgresql)}, now.ms}));
        }
        return to_.script("DROP TABLE moving; DROP TABLE moving_aside; ANALYZE");
    });
}

}  // namespace

Result<Moved> move_to_postgres(MoveOptions const& options, std::vector<Migration> migrations, Instant now,
                               std::function<void(MoveProgress const&)> const& progress) {
    std::ranges::sort(migrations, {}, &Migration::number);
    auto const from = TRY(SqliteConnection::open(options.from, SqliteConnection::Use::read, Options().busy_ms));
    auto const to = TRY(PostgresConnection::open(options.to));
    Mover mover(options, *from, *to, progress);
    TRY(mover.begin(migrations));
    auto const moved = TRY(mover.move_all());
    TRY(mover.end(migrations, now));
    return moved;
}

Result<bool> being_moved(Database& database) {
    if (database.dialect() == Dialect::sqlite) return false;
    return database.read([](Transaction& tx) -> Result<bool> {
        auto const found =
            TRY(tx.one("SELECT 1 FROM pg_tables WHERE tablename = 'moving' "
                       "AND schemaname = ANY (current_schemas(false))"));
        return found.has_value();
    });
}

}  // namespace keepword::storage
