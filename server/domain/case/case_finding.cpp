#include "domain/case/case_finding.hpp"

#include <map>

// The search: entries of all kinds in one query, newest first, with what the caller may see decided within it. Several
// entries of one case are one thing found.
namespace keepword::cases {
namespace {

constexpr std::int64_t entries_of_a_round = 100;
constexpr int max_rounds = 40;  // so many entries of few cases, and the next page goes on
constexpr std::int64_t max_suggestions = 20;

bool wants(api::Call const& call, std::string const& kind) {
    auto const in = call.query.text("in");
    return in.empty() || in == kind;
}

// The filters of cases leave only cases.
Result<bool> narrow(storage::Select& select, api::Call const& call) {
    auto const& q = call.query;
    bool narrowed = false;
    auto const given = [&](char const* name) {
        auto value = q.text(name);
        narrowed = narrowed || !value.empty();
        return value;
    };
    if (auto v = given("kind"); !v.empty()) select.where("c.kind = ?", v);
    if (auto v = given("state"); !v.empty()) select.where("c.state = ?", v);
    if (auto v = given("category"); !v.empty()) select.where("c.category = ?", v);
    if (auto from = TRY(instant_in(call, "opened_from"))) narrowed = true, select.where("c.opened_at >= ?", *from);
    if (auto until = TRY(instant_in(call, "opened_until"))) narrowed = true, select.where("c.opened_at < ?", *until);
    return narrowed;
}

struct Search {
    Parts const& parts;
    Finders const& finders;
    api::Call const& call;
    storage::Transaction& tx;
    search::Query query = {};
    Sight sight = {};
    search::OneOf marks = {};
    bool with_cases = true;

    Result<> prepare(bool cases, bool others) {
        query = TRY(search::understand(tx, call.query.text("q")));
        with_cases = cases;
        if (cases) {
            sight = TRY(sight_of(tx, parts.library, call.caller));
            std::vector<std::string> kinds = sight.whole;
            for (auto const& one : sight.within) kinds.push_back(one.kind);
            for (auto const& kind : kinds) marks.insert(marks.end(), {mark_of(kind), mark_within(kind)});
        }
        if (!others) return {};
        for (auto const& finder : finders) {
            if (!wants(call, finder.kind)) continue;
            auto const visible = finder.marks(call.caller);
            marks.insert(marks.end(), visible.begin(), visible.end());
        }
        return {};
    }

    // Entries of what is seen as a whole or within a scope, and of no case.
    Result<std::vector<search::Hit>> seen(std::int64_t before) {
        auto select = search::head(tx);
        select.join("LEFT JOIN cases c ON c.id = e.of_case");
        search::match(select, tx, query, {marks});
        if (with_cases) see(select, sight);
        TRY(narrow(select, call));
        search::newest(select, tx, entries_of_a_round, before);
        return search::hits(tx, select);
    }

    // Entries of cases that the caller has to do with, of kinds that are not seen as a whole.
    Result<std::vector<search::Hit>> own(std::int64_t before) {
        if (!with_cases || sight.others.empty()) return std::vector<search::Hit>();
        bool const on_sqlite = tx.dialect() == storage::Dialect::sqlite;
        auto select = on_sqlite ? storage::Select(
                                      "SELECT e.id, e.kind, e.of_case FROM case_person p "
                                      "CROSS JOIN search_entry e ON e.of_case = p.case_id "
                                      "CROSS JOIN cases c ON c.id = p.case_id")
                                : storage::Select(
                                      "SELECT e.id, e.kind, e.of_case FROM case_person p "
                                      "JOIN search_entry e ON e.of_case = p.case_id JOIN cases c ON c.id = p.case_id");
        select.where("p.person = ?", sight.person).where_in("p.kind", sight.others);
        search::match_each(select, tx, query);
        see(select, sight);
        TRY(narrow(select, call));
        select.where("e.id < ?", before == 0 ? std::numeric_limits<std::int64_t>::max() : before);
        select.end("ORDER BY e.id DESC LIMIT ?", entries_of_a_round);
        return search::hits(tx, select);
    }

    // The newest of both, and whether there may be more.
    Result<std::vector<search::Hit>> round(std::int64_t before) {
        auto all = TRY(seen(before));
        for (auto& hit : TRY(own(before))) all.push_back(std::move(hit));
        std::ranges::sort(all, std::ranges::greater(), &search::Hit::id);
        auto const same = std::ranges::unique(all, {}, &search::Hit::id);
        all.erase(same.begin(), same.end());
        if (std::ssize(all) > entries_of_a_round) all.resize(entries_of_a_round);
        return all;
    }
};

// The first entry of each thing.
Result<std::vector<search::Hit>> first_hits(Search& search, std::int64_t limit, std::optional<std::string>& next) {
    std::vector<search::Hit> out;
    std::set<std::int64_t> things;
    auto before = TRY(search.call.query_id<EntryTag>("cursor")).value_or(EntryId{}).value;
    for (int i = 0; i < max_rounds; ++i) {
        auto const hits = TRY(search.round(before));
        for (auto const& hit : hits) {
            if (!things.insert(hit.of_case != 0 ? hit.of_case : hit.id).second) continue;
            if (std::ssize(out) == limit) {
                next = std::to_string(before);
                return out;
            }
            out.push_back(hit);
            before = hit.id;
        }
        if (std::ssize(hits) < entries_of_a_round) return out;
        before = hits.back().id;
    }
    next = std::to_string(before);
    return out;
}

}  // namespace

Result<api::Page<FoundItem>> search_all(Parts const& parts, Finders const& finders, api::Call const& call,
                                        storage::Transaction& tx) {
    auto const limit = TRY(call.limit());
    Search search{parts, finders, call, tx};
    storage::Select none("");
    bool const only_cases = TRY(narrow(none, call));
    TRY(search.prepare(wants(call, "cases"), !only_cases));
    api::Page<FoundItem> page;
    page.items = TRY(described(tx, finders, search.query, TRY(first_hits(search, limit, page.next))));
    return page;
}

Result<api::Page<FoundItem>> suggest(Parts const& parts, Finders const& finders, api::Call const& call,
                                     storage::Transaction& tx) {
    auto const limit = std::min(TRY(call.limit()), max_suggestions);
    std::vector<search::Hit> hits;
    search::Query query;
    // Of names half a list at the most, so that cases have a place in it.
    for (bool const cases : {false, true}) {
        Search search{parts, finders, call, tx};
        TRY(search.prepare(cases, !cases));
        std::optional<std::string> next;
        auto const room = cases ? limit - std::ssize(hits) : std::max<std::int64_t>(1, limit / 2);
        for (auto& hit : TRY(first_hits(search, room, next))) hits.push_back(std::move(hit));
        query = std::move(search.query);
    }
    return api::Page<FoundItem>{TRY(described(tx, finders, query, hits)), std::nullopt};
}

}  // namespace keepword::cases
