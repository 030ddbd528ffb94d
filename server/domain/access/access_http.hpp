#pragma once
#include "domain/access/access.hpp"

// The routes of the slice, by subject. Inside of the slice only.
namespace keepword::access {

struct MyRole {
    std::string role;
    people::ScopeKind scope_kind = people::ScopeKind::all;
    std::optional<std::string> scope_name;
    std::optional<Instant> until;
    std::optional<api::Ref> deputy_for;
};
BOOST_DESCRIBE_STRUCT(MyRole, (), (role, scope_kind, scope_name, until, deputy_for))

struct Me {
    PersonId id;
    std::string login;
    std::string name;
    Locale locale = Locale::zh;
    std::optional<api::Ref> department;
    std::vector<std::string> rights;
    std::vector<MyRole> roles;
};
BOOST_DESCRIBE_STRUCT(Me, (), (id, login, name, locale, department, rights, roles))

struct Session {
    std::string csrf;  // empty for a program with a token
    Me me;
};
BOOST_DESCRIBE_STRUCT(Session, (), (csrf, me))

// What the routes work with.
struct Inside {
    storage::Database& database;
    IdSource& ids;
    people::RoleBook const& roles;
    people::RegionBook const& regions;
    FirstRun& first_run;
    Sealing sealing;
    LettersGo letters_go;
};

Result<Me> show_me(storage::Transaction& tx, Inside const& parts, PersonId person, Instant now);

inline people::Act act_of(Inside const& parts, api::Call const& call) {
    return {.by = call.caller.person, .now = call.now, .ids = parts.ids};
}

// How somebody signs in is changed from where they are signed in: a token that leaked must not take over its person.
inline Result<> expect_browser(api::Call const& call) {
    return people::expect_browser_for(call, call.caller.person);
}

void add_session_routes(api::Routes& routes, Inside const& parts);
void add_factor_routes(api::Routes& routes, Inside const& parts);
void add_reset_routes(api::Routes& routes, Inside const& parts);
void add_proof_routes(api::Routes& routes, Inside const& parts);
// Begins the browser's session; the one it had before ends.
Result<api::Reply> begin_session(Inside const& parts, api::Call const& call, PersonId person, storage::Transaction& tx);

void add_me_routes(api::Routes& routes, Inside const& parts);

}  // namespace keepword::access
