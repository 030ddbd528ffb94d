#pragma once
#include <string>
#include <vector>

#include "storage/migration.hpp"
#include "storage/postgres_connection.hpp"

// A PostgreSQL schema that is to be filled as a whole: without foreign keys and further indexes, which would have to
// hold at every moment and slow the filling down. They are put aside in the database itself, so that whoever goes on
// after a kill finds them.
namespace keepword::storage {

// storage.move-not-empty where the database has tables.
Result<> expect_empty(PostgresConnection& to);
// All migrations' tables, empty, and `moving` (mark), `moving_aside`. Inside a transaction of the caller's.
Result<> create_bare(PostgresConnection& to, std::vector<Migration> const& migrations, std::string const& mark);
// Puts back what was put aside, by which the server checks every reference, and forgets that there was a move. Inside
// a transaction of the caller's.
Result<> complete(PostgresConnection& to);
// The tables of the current schema by name, without those two.
Result<std::vector<std::string>> tables_in(PostgresConnection& database);

// A transaction round `work`.
Result<> in_transaction(PostgresConnection& database, std::function<Result<>()> const& work);

}  // namespace keepword::storage
