#include "domain/people/people_http.hpp"
#include "domain/people/people_rules.hpp"

namespace keepword::people {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

Result<Person> give(PeopleParts const& parts, Call const& call, NewGrant const& in, Transaction& tx) {
    auto const id = TRY(call.id<PersonTag>());
    TRY(give_role(tx, act_of(parts, call), parts.roles, parts.regions, id, in));
    return show_person(tx, parts.regions, id, call.now);
}

Result<Person> take_back(PeopleParts const& parts, Call const& call, Transaction& tx) {
    auto const id = TRY(call.id<PersonTag>());
    auto const grant_id = TRY(call.id<GrantTag>("grant"));
    for (auto const& grant : TRY(grants_of(tx, id, call.now))) {
        if (grant.id != grant_id) continue;
        TRY(delete_grant(tx, grant_id));
        TRY(rights_changed(tx, id, call.now));
        if (grant.role == owner_role) TRY(keep_an_owner(tx, call.now));
        TRY(touch_person(tx, id));
        TRY(record(tx, act_of(parts, call), "grant.taken", subject("person", id), json::encode(grant), nullptr));
        return show_person(tx, parts.regions, id, call.now);
    }
    return fail(Kind::not_found, "not-found");
}

Result<Person> name(PeopleParts const& parts, Call const& call, NewDeputy const& in, Transaction& tx) {
    auto const id = TRY(call.id<PersonTag>());
    TRY(name_deputy(tx, act_of(parts, call), parts.roles, id, in));
    return show_person(tx, parts.regions, id, call.now);
}

Result<Person> dismiss(PeopleParts const& parts, Call const& call, Transaction& tx) {
    auto const id = TRY(call.id<PersonTag>());
    auto const deputy_id = TRY(call.id<DeputyTag>("deputy"));
    for (auto const& deputy : TRY(deputies_of(tx, id, call.now))) {
        if (deputy.id != deputy_id) continue;
        TRY(rights_changed(tx, id, call.now));
        TRY(delete_deputy(tx, deputy_id));
        TRY(touch_person(tx, id));
        TRY(record(tx, act_of(parts, call), "deputy.dismissed", subject("person", id), json::encode(deputy), nullptr));
        return show_person(tx, parts.regions, id, call.now);
    }
    return fail(Kind::not_found, "not-found");
}

}  // namespace

void add_grant_routes(api::Routes& routes, PeopleParts const& parts) {
    routes.push_back(api::post<NewGrant>(
        "/people/{id}/grants",
        {.right = "people.manage", .help = "Give somebody else a role, within a scope and dates", .step_up = true},
        [parts](Call const& call, NewGrant const& in, Transaction& tx) { return give(parts, call, in, tx); }));
    routes.push_back(api::remove(
        "/people/{id}/grants/{grant}", {.right = "people.manage", .help = "Take a role back", .step_up = true},
        [parts](Call const& call, Nothing const&, Transaction& tx) { return take_back(parts, call, tx); }));
    routes.push_back(api::post<NewDeputy>(
        "/people/{id}/deputies",
        {.right = "people.manage",
         .help = "Name who holds this person's roles in their stead, between dates",
         .step_up = true},
        [parts](Call const& call, NewDeputy const& in, Transaction& tx) { return name(parts, call, in, tx); }));
    routes.push_back(
        api::remove("/people/{id}/deputies/{deputy}", {.right = "people.manage", .help = "Dismiss a deputy"},
                    [parts](Call const& call, Nothing const&, Transaction& tx) { return dismiss(parts, call, tx); }));
}

}  // namespace keepword::people
