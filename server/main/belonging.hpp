#pragma once
#include <optional>
#include <string>

#include "main/data_folder.hpp"
#include "storage/database.hpp"

namespace keepword {

// A data folder and its database carry the same mark, given to both when they first meet: keys and files of one centre
// are of no use to another's database, and a folder whose database is elsewhere must not get an empty one unnoticed.
// Error: data.other-database (conflict).
Result<> see_that_they_belong(DataFolder const& folder, storage::Database& database);

// The mark in a database; nothing where it has none yet.
Result<std::optional<std::string>> mark_of(storage::Database& database);

// The same before a database is made in the folder itself.
Result<> see_that_it_has_no_other(DataFolder const& folder);

}  // namespace keepword
