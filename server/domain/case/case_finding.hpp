#pragma once
#include "domain/case/case_search.hpp"
#include "domain/case/case_views.hpp"
#include "engine/search/search.hpp"

// What a search shows. For this folder only.
namespace keepword::cases {

// A thing that was found; of a case, where in it.
struct FoundItem {
    std::string kind;  // case, or of what slice it is: person, organisation, site, asset
    std::string id;
    std::string title;
    std::string detail;  // of a case its number
    std::optional<Instant> at;
    std::optional<State> state;
    std::optional<std::string> process;  // of a case: its kind
    std::vector<search::Piece> marked;   // the title with what was looked for
    std::optional<std::string> place;    // of a case: title, description, an entry's kind, or file
    std::vector<search::Piece> text;     // what stands there
};
BOOST_DESCRIBE_STRUCT(FoundItem, (), (kind, id, title, detail, at, state, process, marked, place, text))

Result<api::Page<FoundItem>> search_all(Parts const& parts, Finders const& finders, api::Call const& call,
                                        storage::Transaction& tx);
Result<api::Page<FoundItem>> suggest(Parts const& parts, Finders const& finders, api::Call const& call,
                                     storage::Transaction& tx);

// What was found, to be shown: things of other slices by their finders, cases with the place where it was found.
Result<std::vector<FoundItem>> described(storage::Transaction& tx, Finders const& finders, search::Query const& query,
                                         std::vector<search::Hit> const& hits);

}  // namespace keepword::cases
