#pragma once
#include <span>
#include <string>
#include <vector>

#include "storage/postgres_connection.hpp"
#include "storage/sqlite_connection.hpp"

// What a move has to know of tables, and the texts it makes of that. Names come from the databases' own lists of
// tables and are quoted all the same.
namespace keepword::storage {

struct Table {
    struct Column {
        std::string name;
        bool is_text = false;
    };
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key;  // places in `columns`, in the primary key's order
};

// The tables of an SQLite file by name, but not its own nor those that begin with `left_out` (empty: all).
Result<std::vector<Table>> tables_of(SqliteConnection& from, std::string_view left_out);

// For SQLite: a page of rows in the key's order, from the beginning or behind a key given as parameters.
std::string page_of(Table const& table, bool from_beginning, std::size_t limit);
// For PostgreSQL, in the same order whatever language the server sorts by: all rows, and the last row's key.
std::string all_in_order(Table const& table);
std::string last_key_of(Table const& table);
// COPY for PostgreSQL, and a row's line of what it reads.
std::string copy_into(Table const& table);
void append_copy_line(std::string& out, std::span<Value const> row);

std::string quoted_name(std::string_view name);

}  // namespace keepword::storage
