#pragma once
#include "main/settings.hpp"
#include "storage/move.hpp"

namespace keepword {

// Moves a centre's SQLite database to PostgreSQL; files and keys stay in the folder, which belongs to the other
// database from then on (the SQLite file is kept beside it under another name). Taken up again where it was broken off.
// Errors: data.…, storage.move-….
Result<storage::Moved> move_centre(Home const& home, std::string const& to, Instant now,
                                   std::function<void(storage::MoveProgress const&)> const& progress);

}  // namespace keepword
