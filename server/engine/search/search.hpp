#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

// Finding things by the words in them: Latin words and numbers whole, Chinese by any two neighbouring characters.
namespace keepword::search {

// Makes a thing findable by its title and body, or anew by what they are now. The first 15,000 words count, of 500 kB.
Result<> index(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string_view title,
               std::string_view body);
Result<> remove(storage::Transaction& tx, std::int64_t id);

// What contains all parts of a query (blanks stand between parts), each part's words standing together: newest first,
// below id `before` where one is given (the last id of the page before). No kinds are all kinds. What the caller may
// see is the caller's business: it joins the ids that come back with that. A single Chinese character finds what has a
// word beginning with it; the last part is found while it is being typed
// ("nanch" finds "nanchang"). Nothing in a query has a meaning of its own: quotes, stars and AND are just text.
// Errors: input.invalid with `q: too-long` above 200 characters.
Result<std::vector<std::int64_t>> find(storage::Transaction& tx, std::string_view query,
                                       std::vector<std::string> const& kinds, std::int64_t limit,
                                       std::int64_t before = 0);

// The words of an entry as PostgreSQL wants them, from how SQLite has them: for moving a centre.
std::string moved_words(std::string_view sqlite_words);

}  // namespace keepword::search
