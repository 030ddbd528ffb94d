#pragma once
#include "domain/import/reading.hpp"

// What a file means in this centre: whom its names name, and what of it is there already. Inside of the slice only.
namespace keepword::imports {

struct Centre {
    storage::Transaction& tx;
    people::RegionBook const& regions;
    people::RoleBook const& roles;
    IdSource& ids;
    Instant now;
    PersonId by;
};

// Fills in the ids of what is named, and which rows name what is there already; with everything that does not hold
// among the errors.
Result<> resolve(Sheet& sheet, Centre const& centre, bool update, Errors& errors);

// By what a row is the same as another one: the key of the kind; empty where nothing tells.
std::string identity(Sheet const& sheet, Row const& row);

struct Written {
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
};
// Brings all rows in, which have been resolved without an error; `step` is called now and then with how many are done.
Result<Written> write(Sheet const& sheet, Centre const& centre, std::function<void(std::int64_t)> const& step);

// Rows of assets with those first that others of the file are part of; nothing where they go round in a circle.
std::optional<std::vector<std::size_t>> parents_first(Sheet const& sheet);

}  // namespace keepword::imports
