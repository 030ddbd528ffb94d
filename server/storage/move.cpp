#include "storage/move.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "foundation/log.hpp"
#include "storage/bare_schema.hpp"
#include "storage/move_tables.hpp"

// The order of things: a bare schema; all tables, page by page in the order of their primary keys, so that where a
// broken-off move goes on is what the target itself says; each row read back and compared; then foreign keys and
// indexes, by which the server checks every reference once more.
namespace keepword::storage {
namespace {

constexpr std::size_t page = 2'000;       // rows of one transaction
constexpr std::size_t fetched = 2'000;    // rows read back at a time
constexpr char const* moving = "moving";  // the table that is there while a move is under way

class Mover {
  public:
    Mover(MoveOptions const& options, SqliteConnection& from, PostgresConnection& to,
          std::function<void(MoveProgress const&)> const& progress)
        : options_(options), from_(from), to_(to), progress_(progress) {}

    Result<> begin(std::vector<Migration> const& migrations);
    Result<Moved> move_all();
    Result<> end(std::vector<Migration> const& migrations, Instant now);

  private:
    Result<> copy(Table const& table);
    Result<std::int64_t> compare(Table const& table);
    Result<> compare_rows(Table const& table, std::vector<Value> const& source, std::vector<Value> const& target);
    Result<bool> same_converted(Table const& table, std::size_t place, std::vector<Value> const& source);
    std::function<std::string(std::string_view)> const* conversion(Table const& table, std::size_t place) const;

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

Result<> Mover::begin(std::vector<Migration> const& migrations) {
    TRY(to_.script("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"));
    PostgresTransaction tx(to_);
    if (!TRY(has_table(tx, moving))) {
        TRY(expect_empty(to_));
        return in_transaction(to_, [&] { return create_bare(to_, migrations, options_.mark); });
    }
    auto const mark = TRY(to_.ask("SELECT mark FROM moving"));
    if (mark.empty() || mark.front().text(0) != options_.mark) return fail(Kind::conflict, "storage.move-other");
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
    TRY(in_transaction(to_, [&]() -> Result<> {
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
            if (source.size() < fetched) return to_.script("CLOSE read_back");
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
    return in_transaction(to_, [&]() -> Result<> {
        progress_({MoveStep::finishing, "", 0});
        for (auto const& migration : migrations) {
            TRY(to_.execute("INSERT INTO schema_migration (number, name, hash, at) VALUES (?, ?, ?, ?)",
                            std::vector<Value>{migration.number, migration.name,
                                               Blob{hash_of(migration, Dialect::postgresql)}, now.ms}));
        }
        return complete(to_);
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
    return database.read([](Transaction& tx) { return has_table(tx, moving); });
}

}  // namespace keepword::storage
