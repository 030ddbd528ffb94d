#include <map>

#include "domain/case/case_finding.hpp"

// What is shown of things that a search has found: one query for each kind of thing.
namespace keepword::cases {
namespace {

constexpr std::size_t shown_title = 120;  // characters
constexpr std::size_t shown_text = 120;

struct Place {
    std::string kind;
    std::string text;
};
using Places = std::map<std::int64_t, Place>;  // by the entry of the search

std::vector<std::int64_t> of_kind(std::vector<search::Hit> const& hits, std::string_view kind) {
    std::vector<std::int64_t> out;
    for (auto const& hit : hits) {
        if (hit.kind == kind) out.push_back(hit.id);
    }
    return out;
}

Result<Places> places_of(storage::Transaction& tx, std::vector<search::Hit> const& hits) {
    Places out;
    storage::Select entries("SELECT id, kind, text, data FROM timeline");
    entries.where_in("id", of_kind(hits, "entry"));
    for (auto const& row : TRY(tx.query(entries))) {
        Entry entry{.kind = row.text(1), .text = row.optional_text(2).value_or("")};
        if (auto data = json::parse(row.text(3)); data && data->is_object()) entry.data = std::move(data->get_object());
        out[row.integer(0)] = {row.text(1), text_of(entry)};
    }
    storage::Select files(
        "SELECT a.id, a.name, t.text FROM attachment a LEFT JOIN attachment_text t ON t.attachment = a.id");
    files.where_in("a.id", of_kind(hits, "file"));
    for (auto const& row : TRY(tx.query(files)))
        out[row.integer(0)] = {"file", row.text(1) + "  " + row.optional_text(2).value_or("")};
    return out;
}

Result<std::map<std::int64_t, FoundItem>> cases_of(storage::Transaction& tx, search::Query const& query,
                                                   std::vector<search::Hit> const& hits) {
    auto const places = TRY(places_of(tx, hits));
    std::map<std::int64_t, std::int64_t> entry_of;
    std::vector<std::int64_t> ids;
    for (auto const& hit : hits) {
        if (hit.of_case == 0) continue;
        ids.push_back(hit.of_case);
        entry_of[hit.of_case] = hit.id;
    }
    storage::Select select("SELECT c.id, c.number, c.title, c.state, c.opened_at, c.kind, c.description FROM cases c");
    select.where_in("c.id", ids);
    std::map<std::int64_t, FoundItem> out;
    for (auto const& row : TRY(tx.query(select))) {
        auto const place = places.find(entry_of[row.integer(0)]);
        bool const within = place != places.end();
        out[row.integer(0)] = {
            .kind = "case",
            .id = std::to_string(row.integer(0)),
            .title = row.text(2),
            .detail = row.text(1),
            .at = row.instant(4),
            .state = row.word<State>(3),
            .process = row.text(5),
            .marked = search::highlighted(query, row.text(2), shown_title),
            .place = within ? place->second.kind : "description",
            .text = search::highlighted(query, within ? place->second.text : row.text(6), shown_text)};
    }
    return out;
}

Finder finder(std::string kind, std::string right, storage::Sql head) {
    return {.kind = kind,
            .marks = [kind, right](api::Caller const& caller) {
                return caller.may(right) ? std::vector{kind} : std::vector<std::string>();
            },
            .show = [head](storage::Transaction& tx,
                           std::vector<std::int64_t> const& ids) -> Result<std::vector<Finder::Shown>> {
                storage::Select select(head);
                select.where_in("t.id", ids);
                std::vector<Finder::Shown> out;
                for (auto const& row : TRY(tx.query(select))) {
                    std::string detail;
                    for (auto const column : {2U, 3U}) {
                        auto const text = row.optional_text(column).value_or("");
                        if (!detail.empty() && !text.empty()) detail += " · ";
                        detail += text;
                    }
                    out.push_back({row.integer(0), row.text(1), detail});
                }
                return out;
            }};
}

}  // namespace

Result<std::vector<FoundItem>> described(storage::Transaction& tx, Finders const& finders, search::Query const& query,
                                         std::vector<search::Hit> const& hits) {
    auto found = TRY(cases_of(tx, query, hits));
    for (auto const& finder : finders) {
        auto const ids = of_kind(hits, finder.kind);
        if (ids.empty()) continue;
        for (auto const& shown : TRY(finder.show(tx, ids))) {
            found[shown.id] = {.kind = finder.kind,
                               .id = std::to_string(shown.id),
                               .title = shown.title,
                               .detail = shown.detail,
                               .marked = search::highlighted(query, shown.title, shown_title),
                               .text = search::highlighted(query, shown.detail, shown_text)};
        }
    }
    std::vector<FoundItem> out;
    for (auto const& hit : hits) {
        auto const at = found.find(hit.of_case != 0 ? hit.of_case : hit.id);
        if (at != found.end()) out.push_back(std::move(at->second));
    }
    return out;
}

Finders usual_finders() {
    return {finder("person", "people.read",
                   "SELECT t.id, t.name, o.name, t.phone FROM person t LEFT JOIN organisation o ON o.id = t.organisation"),
            finder("organisation", "customers.read", "SELECT t.id, t.name, t.address, t.phone FROM organisation t"),
            finder("site", "customers.read",
                   "SELECT t.id, t.name, o.name, t.address FROM site t LEFT JOIN organisation o ON o.id = t.organisation"),
            finder("asset", "customers.read",
                   "SELECT t.id, t.name, s.name, t.serial FROM asset t LEFT JOIN site s ON s.id = t.site")};
}

}  // namespace keepword::cases
