#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "storage/migration.hpp"

// A copy of a whole database as files in a folder: what a backup holds of it. SQLite: one file, `keepword.db`.
// PostgreSQL: `TABLE.copy` for each table (the text form of COPY) and `tables.json`, which names their columns.
namespace keepword::storage {

// Takes it as it is at one moment, while it is used. The folder must be there and empty. Errors: storage.disk, stopping
// (where `stop` was requested), and those of the database.
Result<> take_snapshot(std::string const& url, std::filesystem::path const& folder, std::stop_token const& stop = {});

// Brings it back into a new SQLite file or an empty PostgreSQL database; with the schema it was taken with, which is
// one that `migrations` began with (storage.newer, storage.migration-changed). Errors: storage.snapshot-kind (taken
// from the other kind of database), storage.move-not-empty, storage.snapshot-invalid.
Result<> restore_snapshot(std::filesystem::path const& folder, std::string const& url,
                          std::vector<Migration> const& migrations);

// Takes all tables away again: of a database that was empty before something was restored into it.
Result<> clear_database(std::string const& url);

}  // namespace keepword::storage
