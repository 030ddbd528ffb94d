#pragma once
#include "domain/people/people.hpp"

// The routes of the slice, by subject. Inside of the slice only.
namespace keepword::people {

struct Grant {
    GrantId id;
    std::string role;
    ScopeKind scope_kind = ScopeKind::all;
    std::optional<api::Ref> scope;
    Instant from;
    std::optional<Instant> until;
    std::optional<api::Ref> given_by;
};
BOOST_DESCRIBE_STRUCT(Grant, (), (id, role, scope_kind, scope, from, until, given_by))

struct Deputy {
    DeputyId id;
    api::Ref deputy;
    std::optional<std::string> role;
    Instant from;
    Instant until;
};
BOOST_DESCRIBE_STRUCT(Deputy, (), (id, deputy, role, from, until))

struct Person {
    PersonId id;
    std::optional<std::string> login;
    std::string name;
    PersonKind kind = PersonKind::staff;
    std::optional<api::Ref> department;
    std::optional<api::Ref> organisation;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::vector<std::string> roles;
    bool active = true;
    std::int64_t version = 1;
    Locale locale = Locale::zh;
    std::vector<Grant> grants;     // in force or still to begin
    std::vector<Deputy> deputies;  // likewise
};
BOOST_DESCRIBE_STRUCT(Person, (),
                      (id, login, name, kind, department, organisation, phone, email, roles, active, version, locale,
                       grants, deputies))

Result<Person> show_person(storage::Transaction& tx, RegionBook const& regions, PersonId id, Instant now);

inline Act act_of(PeopleParts const& parts, api::Call const& call) {
    return {.by = call.caller.person, .now = call.now, .ids = parts.ids};
}

void add_person_routes(api::Routes& routes, PeopleParts const& parts);
void add_grant_routes(api::Routes& routes, PeopleParts const& parts);
void add_unit_routes(api::Routes& routes, PeopleParts const& parts);

}  // namespace keepword::people
