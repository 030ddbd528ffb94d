#include "domain/case/case_views.hpp"

// Who may see which case: kinds in which one's role has a lane, within the role's scope; one's own; everything for
// those with the right to it. What may not be seen does not exist.
namespace keepword::cases {

Result<Sight> sight_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller) {
    Sight sight{.kinds = ",", .scoped = ",", .person = caller.person};
    // People from outside see only cases that were given to them.
    if (!caller.may("cases.read")) return sight;
    for (auto const& version : TRY(library.all_current(tx))) {
        auto const& kind = version->definition->key();
        bool whole = caller.may("cases.all");
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

void see(storage::Select& select, Sight const& sight) {
    select.where(
        "? LIKE '%,' || c.kind || ',%' "
        "OR ? LIKE '%,' || c.kind || '@' || CAST(c.organisation AS TEXT) || ',%' "
        "OR EXISTS (SELECT 1 FROM organisation v WHERE v.id = c.organisation AND ("
        "? LIKE '%,' || c.kind || '#' || v.region || ',%' "
        "OR ? LIKE '%,' || c.kind || '#' || substr(v.region, 1, 4) || '00,%')) "
        "OR c.owner = ? OR c.opened_by = ? "
        "OR EXISTS (SELECT 1 FROM task v WHERE v.case_id = c.id AND (v.assignee = ? OR v.done_by = ?))",
        sight.kinds, sight.scoped, sight.scoped, sight.scoped, sight.person, sight.person, sight.person, sight.person);
}

Result<> expect_visible(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id) {
    storage::Select select("SELECT 1 FROM cases c");
    select.where("c.id = ?", id);
    see(select, TRY(sight_of(tx, library, caller)));
    if (TRY(tx.query(select)).empty()) return fail(Kind::not_found, "not-found");
    return {};
}

}  // namespace keepword::cases
