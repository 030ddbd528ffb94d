#include "domain/case/case_search.hpp"
#include "domain/case/case_views.hpp"
#include "engine/search/search.hpp"

// The list of cases by any filters, newest first, and how many there are. Among a million cases a page may cost no more
// than it shows: so each way to see a case (a kind as a whole, within an organisation or region, as one's own) is a
// query of its own that reads an index from its newest end, and the list is made of the newest of them all.
namespace keepword::cases {
namespace {

constexpr std::int64_t most_counted = 10'000;

// The id that a case would have that was opened then.
std::int64_t id_at(Instant at) {
    return std::max<std::int64_t>(0, at.ms - id_layout::epoch) << id_layout::time_shift;
}

// A filter by one fact, which has an index. The index of one filter serves, the one with the fewest cases: of the
// others the column is hidden from the planner, who takes any index for as good as any other.
struct Fact {
    std::string name;
    storage::Sql by_index;
    storage::Sql hidden;
    storage::Sql some;  // how many there are, up to a few thousand
    storage::Value value;
    bool used = false;
};

Result<std::vector<Fact>> facts_of(api::Call const& call) {
    std::vector<Fact> all;
    auto const text = [&](char const* name, storage::Sql by_index, storage::Sql hidden, storage::Sql some) {
        if (auto value = call.query.text(name); !value.empty())
            all.push_back({name, by_index, hidden, some, storage::to_value(value)});
    };
    auto const id = [&](char const* name, storage::Sql by_index, storage::Sql hidden, storage::Sql some) -> Result<> {
        if (auto const value = TRY(call.query_id<AnyTag>(name)))
            all.push_back({name, by_index, hidden, some, storage::to_value(*value)});
        return {};
    };
    // Where all have many, the first of them: in the order of how much each usually leaves.
    TRY(id("contact", "c.contact = ?", "COALESCE(c.contact, 0) = ?",
           "SELECT count(*) FROM (SELECT 1 FROM cases WHERE contact = ? LIMIT 3000) s"));
    TRY(id("asset", "c.asset = ?", "COALESCE(c.asset, 0) = ?",
           "SELECT count(*) FROM (SELECT 1 FROM cases WHERE asset = ? LIMIT 3000) s"));
    TRY(id("organisation", "c.organisation = ?", "COALESCE(c.organisation, 0) = ?",
           "SELECT count(*) FROM (SELECT 1 FROM cases WHERE organisation = ? LIMIT 3000) s"));
    TRY(id("owner", "c.owner = ?", "COALESCE(c.owner, 0) = ?",
           "SELECT count(*) FROM (SELECT 1 FROM cases WHERE owner = ? LIMIT 3000) s"));
    text("category", "c.category = ?", "COALESCE(c.category, '') = ?",
         "SELECT count(*) FROM (SELECT 1 FROM cases WHERE category = ? LIMIT 3000) s");
    text("channel", "c.channel = ?", "COALESCE(c.channel, '') = ?",
         "SELECT count(*) FROM (SELECT 1 FROM cases WHERE channel = ? LIMIT 3000) s");
    text("urgency", "c.urgency = ?", "COALESCE(c.urgency, '') = ?",
         "SELECT count(*) FROM (SELECT 1 FROM cases WHERE urgency = ? LIMIT 3000) s");
    return all;
}

bool is_running(std::string const& state) {
    return state == "open" || state == "waiting";
}

// A list that was asked for: who asks, what for, and from where on.
struct Wanted {
    api::Call const& call;
    Sight sight;
    search::Query text;
    std::string state;
    std::int64_t limit = 0;
    std::vector<Fact> facts;
    bool few = false;  // cases that the filters alone leave, as one can tell from the filters

    bool has_text() const { return !text::trim(call.query.text("q")).empty(); }
    // Whether another index serves than that of kinds.
    bool has_fact() const { return std::ranges::any_of(facts, &Fact::used); }
    bool has_driver() const { return few || has_fact() || state == "cancelled"; }

    Result<> narrow(storage::Select& select) const {
        auto const& q = call.query;
        if (auto const kind = q.text("kind"); !kind.empty()) select.where("COALESCE(c.kind, '') = ?", kind);
        for (auto const& fact : facts) select.where(fact.used ? fact.by_index : fact.hidden, fact.value);
        if (auto const id = TRY(call.query_id<PersonTag>("assignee")))
            select.where("c.id IN (SELECT a.case_id FROM task a WHERE a.assignee = ? AND a.state = 'claimed')", *id);
        if (q.flag("overdue"))
            select.where("COALESCE(c.due_at, ?) < ? AND c.state IN ('open','waiting')", call.now, call.now);
        // An id is made when its case is opened, give or take what clocks differ by; so the ids of a time are those
        // around it.
        if (auto const from = TRY(instant_in(call, "opened_from")))
            select.where("c.opened_at >= ? AND c.id >= ?", *from, id_at(*from - days(1)));
        if (auto const until = TRY(instant_in(call, "opened_until")))
            select.where("c.opened_at < ? AND c.id < ?", *until, id_at(*until + days(1)));
        // Said so that the index of what is still going on serves, and no other.
        if (is_running(state)) select.where("c.state IN ('open','waiting') AND COALESCE(c.state, '') = ?", state);
        if (state == "cancelled" && !has_fact()) select.where("c.state = 'cancelled'");
        if (!state.empty() && !is_running(state)) select.where("COALESCE(c.state, '') = ?", state);
        if (auto const cursor = TRY(call.query_id<CaseTag>("cursor"))) select.where("c.id < ?", *cursor);
        return {};
    }
    Result<storage::Select> newest(storage::Select select) const {
        TRY(narrow(select));
        select.end("ORDER BY c.id DESC LIMIT ?", limit);
        return select;
    }
};

constexpr storage::Sql plain = "SELECT c.id, c.state, c.due_at FROM cases c";

Result<std::vector<storage::Select>> ways_without_text(Wanted const& wanted) {
    std::vector<storage::Select> ways;
    auto const& sight = wanted.sight;
    auto const kind = wanted.call.query.text("kind");
    for (auto const& whole : sight.whole) {
        if (!kind.empty() && kind != whole) continue;
        storage::Select select(plain);
        select.where(wanted.has_driver() ? storage::Sql("COALESCE(c.kind, '') = ?") : storage::Sql("c.kind = ?"),
                     whole);
        ways.push_back(TRY(wanted.newest(std::move(select))));
    }
    for (auto const& one : sight.within) {
        if (!kind.empty() && kind != one.kind) continue;
        storage::Select select(plain);
        select.where("COALESCE(c.kind, '') = ?", one.kind);
        if (one.of_region) {
            select.where(
                "c.organisation IN (SELECT v.id FROM organisation v WHERE v.region = ? "
                "OR substr(v.region, 1, 4) || '00' = ? OR substr(v.region, 1, 2) || '0000' = ?)",
                one.scope, one.scope, one.scope);
        } else {
            select.where("CAST(c.organisation AS TEXT) = ?", one.scope);
            if (auto const id = OtherId::parse(one.scope)) select.where("c.organisation = ?", *id);
        }
        ways.push_back(TRY(wanted.newest(std::move(select))));
    }
    for (auto const& other : sight.others) {
        if (!kind.empty() && kind != other) continue;
        storage::Select own(plain);
        own.where("c.id IN (SELECT p.case_id FROM case_person p WHERE p.person = ? AND p.kind = ?)", sight.person,
                  other);
        see(own, sight);
        ways.push_back(TRY(wanted.newest(std::move(own))));
    }
    return ways;
}

// The filters as marks: of two lists that are long and have little in common, the index goes through both at once.
std::vector<search::OneOf> marks_of(Wanted const& wanted) {
    search::OneOf kinds;
    for (auto const& kind : wanted.sight.whole) kinds.push_back(mark_of(kind));
    for (auto const& one : wanted.sight.within) kinds.push_back(mark_of(one.kind));
    std::vector<search::OneOf> groups{kinds};
    for (auto const* name : {"category", "urgency", "channel", "organisation"}) {
        if (auto value = wanted.call.query.text(name); !value.empty()) groups.push_back({mark_of_fact(name, value)});
    }
    return groups;
}

// Cases are entries of the search under their own id.
storage::Select head_of_text(storage::Transaction& tx, bool few_cases) {
    if (tx.dialect() == storage::Dialect::postgresql)
        return storage::Select("SELECT c.id, c.state, c.due_at FROM search_entry e JOIN cases c ON c.id = e.id");
    if (few_cases) {
        return storage::Select("SELECT c.id, c.state, c.due_at FROM cases c CROSS JOIN search_entry e ON e.id = c.id");
    }
    return storage::Select(
        "SELECT c.id, c.state, c.due_at FROM search_words CROSS JOIN cases c ON c.id = search_words.rowid");
}

storage::Select head_of_own_text(storage::Transaction& tx) {
    if (tx.dialect() == storage::Dialect::postgresql) {
        return storage::Select(
            "SELECT c.id, c.state, c.due_at FROM case_person p JOIN cases c ON c.id = p.case_id "
            "JOIN search_entry e ON e.id = c.id");
    }
    return storage::Select(
        "SELECT c.id, c.state, c.due_at FROM case_person p CROSS JOIN cases c ON c.id = p.case_id "
        "CROSS JOIN search_entry e ON e.id = c.id");
}

Result<std::vector<storage::Select>> ways_with_text(storage::Transaction& tx, Wanted const& wanted) {
    auto const few = wanted.few;
    auto all = head_of_text(tx, few);
    if (few)
        search::match_each(all, tx, wanted.text);
    else
        search::match(all, tx, wanted.text, marks_of(wanted));
    see(all, wanted.sight);
    TRY(wanted.narrow(all));
    if (few || tx.dialect() == storage::Dialect::postgresql)
        all.end("ORDER BY c.id DESC LIMIT ?", wanted.limit);
    else
        all.end("ORDER BY search_words.rowid DESC LIMIT ?", wanted.limit);

    auto own = head_of_own_text(tx);
    own.where("p.person = ?", wanted.sight.person).where_in("p.kind", wanted.sight.others);
    search::match_each(own, tx, wanted.text);
    see(own, wanted.sight);
    std::vector<storage::Select> ways{std::move(all)};
    if (!wanted.sight.others.empty()) ways.push_back(TRY(wanted.newest(std::move(own))));
    return ways;
}

Result<storage::Select> newest_of_all(storage::Transaction& tx, Wanted const& wanted) {
    auto ways = wanted.has_text() ? TRY(ways_with_text(tx, wanted)) : TRY(ways_without_text(wanted));
    if (ways.empty()) ways.push_back(storage::Select(plain).where("1 = 0"));
    auto select = storage::Select::united(ways);
    select.end("ORDER BY 1 DESC LIMIT ?", wanted.limit);
    return select;
}

// Of several filters the one with the fewest cases is looked up; where all have many, some case fits soon anyway.
Result<> choose_index(storage::Transaction& tx, Wanted& wanted) {
    Fact* best = nullptr;
    std::int64_t fewest = 0;
    for (auto& fact : wanted.facts) {
        auto const row = TRY(tx.one(fact.some, fact.value));
        if (best != nullptr && row->integer(0) >= fewest) continue;
        best = &fact;
        fewest = row->integer(0);
    }
    constexpr std::int64_t looked_up_by_themselves = 1'000;
    wanted.few = wanted.few || (best != nullptr && fewest < looked_up_by_themselves);
    if (best != nullptr && (!is_running(wanted.state) || fewest < looked_up_by_themselves)) best->used = true;
    return {};
}

Result<Wanted> wanted_of(storage::Transaction& tx, Parts const& parts, api::Call const& call) {
    auto const& q = call.query;
    Wanted wanted{.call = call,
                  .sight = {},
                  .text = {},
                  .state = q.text("state"),
                  .limit = most_counted,
                  .facts = {},
                  .few = false};
    wanted.sight = TRY(sight_of(tx, parts.library, call.caller));
    wanted.text = TRY(search::understand(tx, q.text("q")));
    wanted.facts = TRY(facts_of(call));
    wanted.few = is_running(wanted.state) || q.flag("overdue") || !q.text("assignee").empty();
    if (!wanted.few) TRY(choose_index(tx, wanted));
    return wanted;
}

void count(Counts& counts, State state, std::int64_t cases) {
    if (state == State::open) counts.open += cases;
    if (state == State::waiting) counts.waiting += cases;
    if (state == State::archived) counts.archived += cases;
    if (state == State::cancelled) counts.cancelled += cases;
}

}  // namespace

Result<std::optional<Instant>> instant_in(api::Call const& call, std::string const& name) {
    auto const given = call.query.get(name);
    if (!given || given->empty()) return std::optional<Instant>();
    if (auto day = Day::parse(*given)) return std::optional(Instant{day->number() * 86'400'000 - hours(8).ms});
    auto instant = Instant::parse(*given);
    if (!instant) return invalid(name, "instant");
    return std::optional(*instant);
}

Result<api::Page<CaseRow>> list_cases(storage::Transaction& tx, Parts const& parts, api::Call const& call) {
    auto const limit = TRY(call.limit());
    auto wanted = TRY(wanted_of(tx, parts, call));
    // One more than asked for tells whether there is a next page.
    wanted.limit = limit + 1;
    std::vector<CaseId> ids;
    for (auto const& row : TRY(tx.query(TRY(newest_of_all(tx, wanted))))) ids.push_back(row.id<CaseTag>(0));
    bool const goes_on = std::ssize(ids) > limit;
    if (goes_on) ids.pop_back();
    api::Page<CaseRow> page{TRY(rows_of(tx, parts, ids, call.now)), std::nullopt};
    if (goes_on) page.next = ids.back().str();
    return page;
}

Result<Counts> count_cases(storage::Transaction& tx, Parts const& parts, api::Call const& call) {
    auto wanted = TRY(wanted_of(tx, parts, call));
    Counts counts;
    if (wanted.has_text()) {
        for (auto const& row : TRY(tx.query(TRY(newest_of_all(tx, wanted))))) {
            auto const state = row.word<State>(1);
            count(counts, state, 1);
            bool const is_late = !row.null(2) && row.instant(2) < call.now;
            if (is_late && is_running(row.text(1))) ++counts.overdue;
        }
        return counts;
    }
    auto const few = wanted.few;
    for (auto const state : {State::open, State::waiting, State::archived, State::cancelled}) {
        wanted.state = json::word(state);
        wanted.few = few || is_running(wanted.state);
        auto const rows = TRY(newest_of_all(tx, wanted));
        if (is_running(wanted.state)) {
            for (auto const& row : TRY(tx.query(rows))) {
                count(counts, state, 1);
                if (!row.null(2) && row.instant(2) < call.now) ++counts.overdue;
            }
        } else {
            count(counts, state, TRY(tx.query(storage::Select::counted(rows))).front().integer(0));
        }
    }
    return counts;
}

}  // namespace keepword::cases
