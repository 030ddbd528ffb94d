#include "domain/case/case_views.hpp"

// Who may see which case: kinds in which one's role has a lane, within the role's scope; one's own; everything for
// those with the right to it. What may not be seen does not exist.
namespace keepword::cases {
namespace {

// The kinds in which the caller has a lane, or all that are not closed; whole or within a scope. People from outside
// have none: they get only cases that were given to them.
Sight kinds_of(std::vector<process::VersionPtr> const& current, process::Library const& library,
               api::Caller const& caller, bool all) {
    Sight sight{.kinds = ",", .scoped = ",", .person = caller.person};
    if (!caller.may("cases.read")) return sight;
    for (auto const& version : current) {
        auto const& kind = version->definition->key();
        bool whole = all && !library.closed(kind);
        for (auto const& holding : caller.roles) {
            if (!version->roles.contains(holding.role)) continue;
            if (holding.scope_kind == "organisation")
                sight.scoped += kind + "@" + holding.scope + ",";
            else if (holding.scope_kind == "region")
                sight.scoped += kind + "#" + holding.scope + ",";
            else
                whole = true;
        }
        if (whole) sight.kinds += kind + ",";
    }
    return sight;
}

}  // namespace

Result<Sights> sights_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    auto const current = TRY(library.all_current(tx));
    Sights sights{kinds_of(current, library, caller, caller.may("cases.all")),
                  kinds_of(current, library, caller, false)};
    sights.working.tasks = "claimed";
    return sights;
}

Result<Sight> sight_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    return kinds_of(TRY(library.all_current(tx)), library, caller, caller.may("cases.all"));
}

Result<Sight> sight_of_repair(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    return kinds_of(TRY(library.all_current(tx)), library, caller,
                    caller.may("cases.repair") || caller.may("cases.all"));
}

// A region is that county, its city or its province (events_http.cpp has the same rule over events).
void see(storage::Select& select, Sight const& sight) {
    select.where(
        "? LIKE '%,' || c.kind || ',%' "
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

Result<bool> may_work_on(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id) {
    if (caller.may("cases.cancel-any")) return true;
    return covers(tx, TRY(sights_of(tx, library, caller)).working, id);
}

Result<> expect_visible(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id) {
    if (!TRY(covers(tx, TRY(sight_of(tx, library, caller)), id))) return fail(Kind::not_found, "not-found");
    return {};
}

}  // namespace keepword::cases
