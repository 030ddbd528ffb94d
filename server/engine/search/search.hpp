#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/search/query.hpp"
#include "foundation/json_types.hpp"
#include "storage/database.hpp"

// Finding things by the words in them: Latin words and numbers whole, Chinese by any two neighbouring characters, in
// the simplified or the traditional script; names and places also by how they sound ("nanchang", "nc").
namespace keepword::search {

// What can be found.
struct Entry {
    std::string_view kind;
    std::int64_t id = 0;
    std::int64_t of_case = 0;  // the case it is of, or is; 0: of none
    std::string_view title;
    std::string_view body = {};
    std::vector<std::string> marks =
        {};  // by which whole groups are looked at or left out: "person", "fault-maintenance"
    std::vector<std::string> names = {};  // names and places in it, found by their sounds
};

// Makes a thing findable, or anew by what it is now. The first 15,000 words count, of 500 kB.
Result<> index(storage::Transaction& tx, Entry const& entry);
Result<> remove(storage::Transaction& tx, std::int64_t id);
// After rows of search_entry were written by the thousands past index(), in any order: SQLite's index of them as a
// whole.
Result<> rebuild(storage::Transaction& tx);
// The words of a text as they stand in search_entry on SQLite, for whoever writes rows there.
std::string words_in_rows(std::string_view text);

// What is looked for. All parts must be there (blanks stand between parts), each part's words standing together. A
// single Chinese character finds what has a word beginning with it; the last part is found while it is being typed
// ("nanch" finds "nanchang"). Nothing in a text has a meaning of its own: quotes, stars and AND are just text.
struct Query {
    std::vector<Part> parts;
    // Nothing was asked for: blanks or signs only. Such a query finds nothing.
    bool empty() const { return parts.empty(); }
};
// Errors: input.invalid with `q: too-long` above 200 characters.
Result<Query> understand(storage::Transaction& tx, std::string_view text);

// The head of a query over search_entry e, to be joined with what decides who may see an entry:
//   auto select = search::head(tx);   SELECT e.id, e.kind, e.of_case …
//   select.join("LEFT JOIN cases c ON c.id = e.of_case");
//   search::match(select, tx, query, {{"person", "site"}});
//   select.where("…");
//   search::newest(select, tx, limit, before);
storage::Select head(storage::Transaction& tx);
// Only what fits the query and has a mark of each group; an empty group fits nothing.
void match(storage::Select& select, storage::Transaction& tx, Query const& query, std::vector<OneOf> const& groups);
// The same where other conditions leave few entries: each is read by itself, and the index not asked. For a head of
// one's own with search_entry e alone.
void match_each(storage::Select& select, storage::Transaction& tx, Query const& query);
// Newest first, below id `before` where one is given.
void newest(storage::Select& select, storage::Transaction& tx, std::int64_t limit, std::int64_t before = 0);

struct Hit {
    std::int64_t id = 0;
    std::string kind;
    std::int64_t of_case = 0;
};
Result<std::vector<Hit>> hits(storage::Transaction& tx, storage::Select const& select);
// The newest entries with a mark that have a text, for whoever may see all of them. Errors as understand().
Result<std::vector<std::int64_t>> find(storage::Transaction& tx, std::string_view text, std::string_view mark,
                                       std::int64_t limit);

// A text in pieces, those that were looked for told from the others.
struct Piece {
    std::string text;
    bool hit = false;
};
BOOST_DESCRIBE_STRUCT(Piece, (), (text, hit))
// The place of a text where most was found, at most `length` characters of it; its beginning where nothing was.
std::vector<Piece> highlighted(Query const& query, std::string_view text, std::size_t length);

// The words of an entry as PostgreSQL wants them, from how SQLite has them: for moving a centre.
std::string moved_words(std::string_view sqlite_words);

}  // namespace keepword::search
