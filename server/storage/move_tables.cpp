#include "storage/move_tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace keepword::storage {
namespace {

std::string all_columns(Table const& table) {
    std::vector<std::string> names;
    for (auto const& column : table.columns) names.push_back(quoted_name(column.name));
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string key_columns(Table const& table) {
    std::vector<std::string> names;
    for (auto const place : table.key) names.push_back(quoted_name(table.columns[place].name));
    return fmt::format("{}", fmt::join(names, ", "));
}

// By the bytes of the texts, as SQLite does.
std::string bytewise(Table const& table, std::string_view direction) {
    std::vector<std::string> parts;
    for (auto const place : table.key) {
        auto const& column = table.columns[place];
        parts.push_back(quoted_name(column.name) + (column.is_text ? " COLLATE \"C\"" : "") + std::string(direction));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

void append_escaped(std::string& out, std::string_view text) {
    for (char const c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
}

void append_value(std::string& out, Value const& value) {
    struct Writer {
        std::string& out;
        void operator()(std::monostate) const { out += "\\N"; }
        void operator()(std::int64_t number) const { out += std::to_string(number); }
        void operator()(double number) const { fmt::format_to(std::back_inserter(out), "{}", number); }
        void operator()(std::string const& text) const { append_escaped(out, text); }
        void operator()(Blob const& blob) const { out += "\\\\x" + crypto::hex(blob.bytes); }
    };
    std::visit(Writer{out}, value);
}

Result<Table> described(SqliteConnection& from, std::string const& name) {
    Table table{.name = name, .columns = {}, .key = {}};
    std::map<std::int64_t, std::size_t> key;
    for (auto const& row :
         TRY(from.query("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", std::vector<Value>{name}))) {
        if (row.integer(2) > 0) key[row.integer(2)] = table.columns.size();
        table.columns.push_back({row.text(0), row.text(1) == "TEXT"});
    }
    for (auto const& [position, place] : key) table.key.push_back(place);
    if (table.key.empty()) return fail(Kind::internal, "storage.sql", "the table " + name + " has no primary key");
    return table;
}

}  // namespace

std::string quoted_name(std::string_view name) {
    std::string out = "\"";
    for (char const c : name) {
        if (c == '"') out += c;
        out += c;
    }
    return out + "\"";
}

Result<std::vector<Table>> tables_of(SqliteConnection& from, std::string_view left_out) {
    std::vector<Table> tables;
    for (auto const& row : TRY(from.query(
             "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name", {}))) {
        if (!left_out.empty() && row.text(0).starts_with(left_out)) continue;
        tables.push_back(TRY(described(from, row.text(0))));
    }
    return tables;
}

std::string page_of(Table const& table, bool from_beginning, std::size_t limit) {
    std::vector<std::string_view> const marks(table.key.size(), "?");
    auto const where =
        from_beginning ? "" : fmt::format("WHERE ({}) > ({})", key_columns(table), fmt::join(marks, ", "));
    return fmt::format("SELECT {} FROM {} {} ORDER BY {} LIMIT {}", all_columns(table), quoted_name(table.name), where,
                       key_columns(table), limit);
}

std::string all_in_order(Table const& table) {
    return fmt::format("SELECT {} FROM {} ORDER BY {}", all_columns(table), quoted_name(table.name),
                       bytewise(table, ""));
}

std::string last_key_of(Table const& table) {
    return fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", key_columns(table), quoted_name(table.name),
                       bytewise(table, " DESC"));
}

std::string copy_into(Table const& table) {
    return fmt::format("COPY {} ({}) FROM STDIN", quoted_name(table.name), all_columns(table));
}

void append_copy_line(std::string& out, std::span<Value const> row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += '\t';
        append_value(out, row[i]);
    }
    out += '\n';
}

}  // namespace keepword::storage
