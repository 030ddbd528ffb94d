#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

// The schema grows forward only, in one order over all slices: server/**/NNN_name.sql.
namespace keepword::storage {

struct Migration {
    int number = 0;        // unique over the whole program
    std::string name;      // the file's name without number and ending
    std::string_view sql;  // see below
};

// SQL for both databases, with capital type words: BLOB is BYTEA, INTEGER is BIGINT and REAL is DOUBLE PRECISION on
// PostgreSQL; BIGINT is INTEGER on SQLite, so that a BIGINT PRIMARY KEY is the row's own number. Lines between
// `--@sqlite` or `--@postgresql` and `--@both` are for that one only.
std::string for_dialect(std::string_view sql, Dialect dialect);

// A migration of a file `…/NNN_name.sql`; storage.migration-name where the path is not of that form.
Result<Migration> migration_of(std::string_view path, std::string_view sql);

struct MigrationState {
    int applied = 0;                   // number of the newest applied one, 0 on an empty database
    std::vector<std::string> pending;  // names of those to come
};

// What has been applied. Errors: storage.newer (the database knows migrations this program does not: it was written by
// a newer one and is left alone), storage.migration-changed (an applied one's text is not what it was).
Result<MigrationState> migration_state(Database& database, std::vector<Migration> const& migrations);

// Whether a table of this name is there.
Result<bool> has_table(Transaction& tx, std::string_view name);

// What a database keeps of an applied migration: the table of the records, and how a text is recognised again.
std::string migration_table(Dialect dialect);
std::string hash_of(Migration const& migration, Dialect dialect);

// Applies what is pending, each in its own transaction with its record. Two programs starting at once do it once.
Result<> migrate(Database& database, std::vector<Migration> migrations, Instant now);

}  // namespace keepword::storage
