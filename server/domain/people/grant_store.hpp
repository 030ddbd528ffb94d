#pragma once
#include "domain/people/people.hpp"

// The SQL of role grants and deputies. Inside of the slice only.
namespace keepword::people {

struct GrantRecord {
    GrantId id;
    PersonId person;
    std::string role;
    ScopeKind scope_kind = ScopeKind::all;
    std::string scope;
    Instant from;
    std::optional<Instant> until;
    std::optional<PersonId> given_by;
};
BOOST_DESCRIBE_STRUCT(GrantRecord, (), (id, person, role, scope_kind, scope, from, until, given_by))

struct DeputyRecord {
    DeputyId id;
    PersonId person;
    PersonId deputy;
    std::optional<std::string> role;
    Instant from;
    Instant until;
    std::optional<PersonId> given_by;
};
BOOST_DESCRIBE_STRUCT(DeputyRecord, (), (id, person, deputy, role, from, until, given_by))

Result<> insert_grant(storage::Transaction& tx, GrantRecord const& grant);
Result<> delete_grant(storage::Transaction& tx, GrantId id);
// All of a person that have not run out, also those still to begin.
Result<std::vector<GrantRecord>> grants_of(storage::Transaction& tx, PersonId person, Instant now);

Result<> insert_deputy(storage::Transaction& tx, DeputyRecord const& deputy);
Result<> delete_deputy(storage::Transaction& tx, DeputyId id);
Result<std::vector<DeputyRecord>> deputies_of(storage::Transaction& tx, PersonId person, Instant now);

// Whether somebody can sign in and holds the owner's role now, without end.
Result<bool> has_owner(storage::Transaction& tx, Instant now);

}  // namespace keepword::people
