#include "domain/case/case_views.hpp"

// Who may see which case: kinds in which one's role has a lane, within the role's scope; one's own; everything for
// those with the right to it. What may not be seen does not exist.
namespace keepword::cases {
namespace {

void add_whole(Sight& sight, std::string const& kind) {
    sight.kinds += kind + ",";
    sight.whole.push_back(kind);
}

void add_within(Sight& sight, Sight::Within const& one) {
    sight.scoped += one.kind + (one.of_region ? "#" : "@") + one.scope + ",";
    sight.within.push_back(one);
}

// The kinds in which the caller has a lane, or all that are not closed; whole or within a scope. People from outside
// have none.
Sight kinds_of(std::vector<process::VersionPtr> const& current, process::Library const& library,
               api::Caller const& caller, bool all) {
    Sight sight{.whole = {}, .within = {}, .others = {}, .kinds = ",", .scoped = ",", .person = caller.person};
    if (!caller.may("cases.read")) return sight;
    for (auto const& version : current) {
        auto const& kind = version->definition->key();
        bool whole = all && !library.closed(kind);
        for (auto const& holding : caller.roles) {
            if (!version->roles.contains(holding.role)) continue;
            bool const of_region = holding.scope_kind == "region";
            if (of_region || holding.scope_kind == "organisation")
                add_within(sight, {kind, of_region, holding.scope});
            else
                whole = true;
        }
        if (whole) add_whole(sight, kind);
    }
    return sight;
}

// The same for reading: whoever is from outside reads what concerns their own organisation.
Sight read_by(std::vector<process::VersionPtr> const& current, process::Library const& library,
              api::Caller const& caller, bool all) {
    auto sight = kinds_of(current, library, caller, all);
    if (caller.may("cases.read") || caller.organisation == 0) return sight;
    for (auto const& version : current) {
        auto const& kind = version->definition->key();
        if (!library.closed(kind)) add_within(sight, {kind, false, std::to_string(caller.organisation)});
    }
    return sight;
}

void note_others(Sight& sight, std::vector<process::VersionPtr> const& current) {
    for (auto const& version : current) {
        auto const& kind = version->definition->key();
        if (std::ranges::find(sight.whole, kind) == sight.whole.end()) sight.others.push_back(kind);
    }
}

}  // namespace

Result<Sights> sights_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    auto const current = TRY(library.all_current(tx));
    Sights sights{read_by(current, library, caller, caller.may("cases.all")),
                  kinds_of(current, library, caller, false)};
    sights.working.tasks = "claimed";
    return sights;
}

Result<Sight> sight_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    auto const current = TRY(library.all_current(tx));
    auto sight = read_by(current, library, caller, caller.may("cases.all"));
    note_others(sight, current);
    return sight;
}

Result<Sight> sight_of_repair(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    return read_by(TRY(library.all_current(tx)), library, caller,
                   caller.may("cases.repair") || caller.may("cases.all"));
}

// A region is that county, its city or its province (events_http.cpp has the same rule over events). What belongs to no
// case, in a query that joins cases loosely, is hidden by none.
void see(storage::Select& select, Sight const& sight) {
    select.where(
        "c.id IS NULL OR ? LIKE '%,' || c.kind || ',%' "
        "OR ? LIKE '%,' || c.kind || '@' || CAST(c.organisation AS TEXT) || ',%' "
        "OR EXISTS (SELECT 1 FROM organisation v WHERE v.id = c.organisation AND ("
        "? LIKE '%,' || c.kind || '#' || v.region || ',%' "
        "OR ? LIKE '%,' || c.kind || '#' || substr(v.region, 1, 4) || '00,%' "
        "OR ? LIKE '%,' || c.kind || '#' || substr(v.region, 1, 2) || '0000,%')) "
        "OR c.owner = ? OR c.opened_by = ? "
        "OR EXISTS (SELECT 1 FROM task v WHERE v.case_id = c.id AND (v.assignee = ? OR v.done_by = ?) "
        "AND v.state LIKE ?)",
        sight.kinds, sight.scoped, sight.scoped, sight.scoped, sight.scoped, sight.person, sight.person, sight.person,
        sight.person, sight.tasks);
}

Result<bool> covers(storage::Transaction& tx, Sight const& sight, CaseId id) {
    storage::Select select("SELECT 1 FROM cases c");
    select.where("c.id = ?", id);
    see(select, sight);
    return !TRY(tx.query(select)).empty();
}

Result<bool> covers(storage::Transaction& tx, Sight const& sight, CaseId id, std::string const& kind) {
    // Most who ask see the whole kind, and the database need not be asked.
    if (sight.kinds.find("," + kind + ",") != std::string::npos) return true;
    return covers(tx, sight, id);
}

Result<std::set<std::int64_t>> visible_of(storage::Transaction& tx, Sight const& sight,
                                          std::vector<CaseId> const& ids) {
    storage::Select select("SELECT c.id FROM cases c");
    select.where_in("c.id", ids);
    see(select, sight);
    std::set<std::int64_t> seen;
    for (auto const& row : TRY(tx.query(select))) seen.insert(row.integer(0));
    return seen;
}

Result<bool> may_work_on(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id) {
    if (caller.may("cases.cancel-any")) return true;
    return covers(tx, TRY(sights_of(tx, library, caller)).working, id);
}

Result<> keep_visible(storage::Select& select, storage::Transaction& tx, process::Library& library,
                      api::Caller const& caller) {
    see(select, TRY(sight_of(tx, library, caller)));
    return {};
}

Result<> keep_repairable(storage::Select& select, storage::Transaction& tx, process::Library& library,
                         api::Caller const& caller) {
    auto sight = TRY(sight_of(tx, library, caller));
    for (auto const& version : TRY(library.all_current(tx))) {
        if (auto const& kind = version->definition->key(); !library.closed(kind)) add_whole(sight, kind);
    }
    see(select, sight);
    return {};
}

Result<std::int64_t> open_cases(storage::Transaction& tx, process::Library& library, api::Caller const& caller,
                                std::string const& kind) {
    storage::Select select("SELECT count(*) FROM cases c");
    select.where("c.kind = ? AND c.state IN ('open','waiting')", kind);
    see(select, TRY(sight_of(tx, library, caller)));
    return TRY(tx.query(select)).front().integer(0);
}

Result<> expect_visible(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id) {
    if (!TRY(covers(tx, TRY(sight_of(tx, library, caller)), id))) return fail(Kind::not_found, "not-found");
    return {};
}

}  // namespace keepword::cases
