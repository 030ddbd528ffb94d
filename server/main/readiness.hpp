#pragma once
#include <filesystem>
#include <vector>

#include "engine/api/app.hpp"
#include "storage/migration.hpp"

namespace keepword {

// What must hold for requests to be served, each with the reason where it does not: `database` (storage.connection, …),
// `schema` (storage.newer, storage.migration-changed, storage.moving), `disk` (storage.disk where the folder cannot be
// written, disk.low where less than 32 MiB are left on it).
std::vector<api::Check> readiness(storage::Database& database, std::vector<storage::Migration> const& migrations,
                                  std::filesystem::path const& folder);

}  // namespace keepword
