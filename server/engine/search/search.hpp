#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

// Finds things by the words of their texts, Chinese and Latin, in both databases. An entry is written in the transaction
// of the thing itself, so that what is there is found and what is gone is not. Rights are the caller's business: it joins
// the ids that come back with what may be seen.
namespace keepword::search {

// Puts the texts of a thing into the search, in place of what stood there. `id` is the thing's own id.
Result<> index(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string_view title,
               std::string_view body);
Result<> remove(storage::Transaction& tx, std::int64_t id);

// Ids of things of these kinds in which all parts of the query stand, newest first. Two Chinese characters are a word;
// a single one, and the last Latin word, also find what begins with them. Whatever stands in the query is text, never
// syntax; a query without a word in it finds nothing. `before`: only ids below it, for the next page; 0: from the newest.
Result<std::vector<std::int64_t>> find(storage::Transaction& tx, std::string_view query,
                                       std::vector<std::string> const& kinds, std::int64_t limit,
                                       std::int64_t before = 0);

}  // namespace keepword::search
