#include "domain/access/access_http.hpp"
#include "domain/access/access_store.hpp"
#include "domain/access/tries.hpp"

namespace keepword::access {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

struct MeChange {
    json::Given<Locale> locale;
};
BOOST_DESCRIBE_STRUCT(MeChange, (), (locale))

struct OwnPassword {
    json::Text<200> current;
    json::Text<200> next;
};
BOOST_DESCRIBE_STRUCT(OwnPassword, (), (current, next))

struct SignedIn {
    SessionId id;
    Instant created_at;
    Instant seen_at;
    std::string remote;
    std::string agent;
    bool current = false;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (id, created_at, seen_at, remote, agent, current))

struct TokenWish {
    json::Text<100> name;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenWish, (), (name, expires_at))

struct IssuedToken {
    TokenId id;
    std::string token;
    std::string name;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(IssuedToken, (), (id, token, name, expires_at))

Result<Me> change_me(Inside const& parts, Call const& call, MeChange const& in, Transaction& tx) {
    if (in.locale.value) TRY(people::set_locale(tx, act_of(parts, call), call.caller.person, *in.locale.value));
    return show_me(tx, parts, call.caller.person, call.now);
}

// The rules speak of `password`; here that field is called `next`.
Result<std::string> hash_of_next(std::string const& login, Secret const& next) {
    auto hash = hash_password(login, next);
    if (!hash) {
        for (auto& field : hash.error().fields) field.field = "next";
    }
    return hash;
}

// Tries count here too: whoever finds a browser open must not find out the password with it.
Result<Nothing> change_password(Inside const& parts, Call& call, OwnPassword in) {
    auto const current = people::take_secret(in.current.value, call.body, "current");
    auto const next = people::take_secret(in.next.value, call.body, "next");
    auto const person = call.caller.person;
    Try const attempt{people::login_key(call.caller.login), call.remote};
    auto const known = TRY(parts.database.write([&](Transaction& tx) -> Result<std::optional<SignInRecord>> {
        TRY(begin_try(tx, attempt, call.now));
        return sign_in_of(tx, person);
    }));
    if (!known || !crypto::verify_password(known->hash, current)) return fail(Kind::forbidden, "password.wrong");
    if (current.reveal() == next.reveal()) return invalid("next", "password-same");
    auto const hash = TRY(hash_of_next(known->login, next));
    return parts.database.write([&](Transaction& tx) -> Result<Nothing> {
        TRY(forgive_try(tx, attempt));
        TRY(store_password(tx, person, hash, call.now));
        TRY(delete_sessions_but(tx, person, call.caller.session, call.now));
        TRY(people::record(tx, act_of(parts, call), "person.password-changed", people::subject("person", person),
                           nullptr, json::object()));
        return Nothing{};
    });
}

Result<api::Page<SignedIn>> sessions(Call const& call, Transaction& tx, PersonId person) {
    api::Page<SignedIn> page;
    for (auto& session : TRY(sessions_of(tx, person, call.now))) {
        page.items.push_back({session.id, session.created_at, session.seen_at, std::move(session.remote),
                              std::move(session.agent), session.id.value == call.caller.session});
    }
    return page;
}

Result<Nothing> end_session(Inside const& parts, Call const& call, Transaction& tx, PersonId person, SessionId id) {
    if (!TRY(delete_session(tx, id, person, call.now))) return fail(Kind::not_found, "not-found");
    TRY(people::record(tx, act_of(parts, call), "session.ended", people::subject("person", person),
                       json::object{{"session", id.str()}}, nullptr));
    return Nothing{};
}

Result<Nothing> end_other_sessions(Inside const& parts, Call const& call, Transaction& tx) {
    TRY(expect_browser(call));
    TRY(delete_sessions_but(tx, call.caller.person, call.caller.session, call.now));
    TRY(people::record(tx, act_of(parts, call), "session.others-ended", people::subject("person", call.caller.person),
                       nullptr, json::object()));
    return Nothing{};
}

// Somebody's telephone is lost, or they have left: whoever manages people sees where they are signed in and ends it.
Result<Nothing> end_all_sessions(Inside const& parts, Call const& call, Transaction& tx) {
    auto const person = TRY(call.id<PersonTag>());
    TRY(people::person_row(tx, person, call.now));
    auto const kept = person == call.caller.person ? call.caller.session : 0;
    TRY(delete_sessions_but(tx, person, kept, call.now));
    TRY(people::record(tx, act_of(parts, call), "session.all-ended", people::subject("person", person), nullptr,
                       json::object()));
    return Nothing{};
}

void add_session_routes_of_people(api::Routes& routes, Inside const& parts) {
    routes.push_back(api::get("/people/{id}/sessions",
                              {.right = "people.manage", .help = "Where somebody is signed in"},
                              [](Call const& call, Transaction& tx) -> Result<api::Page<SignedIn>> {
                                  auto const person = TRY(call.id<PersonTag>());
                                  TRY(people::person_row(tx, person, call.now));
                                  return sessions(call, tx, person);
                              }));
    routes.push_back(api::remove("/people/{id}/sessions/{session}",
                                 {.right = "people.manage", .help = "Sign one of somebody's browsers out"},
                                 [parts](Call const& call, Nothing const&, Transaction& tx) -> Result<Nothing> {
                                     auto const person = TRY(call.id<PersonTag>());
                                     auto const session = TRY(call.id<SessionTag>("session"));
                                     return end_session(parts, call, tx, person, session);
                                 }));
    routes.push_back(api::remove(
        "/people/{id}/sessions",
        {.right = "people.manage", .help = "Sign somebody out everywhere; oneself everywhere but here"},
        [parts](Call const& call, Nothing const&, Transaction& tx) { return end_all_sessions(parts, call, tx); }));
}

void add_token_routes(api::Routes& routes, Inside const& parts) {
    routes.push_back(api::get("/tokens", {.right = "signed-in", .help = "One's own tokens"},
                              [](Call const& call, Transaction& tx) -> Result<api::Page<TokenRow>> {
                                  return api::Page<TokenRow>{TRY(list_tokens(tx, call.caller.person)), std::nullopt};
                              }));
    routes.push_back(api::post<TokenWish>(
        "/tokens",
        {.right = "signed-in",
         .help = "Make a token for a program that acts in one's name; it is shown this once",
         .status = 201,
         .keep_answer = false,
         .step_up = true},
        [parts](Call const& call, TokenWish const& in, Transaction& tx) -> Result<IssuedToken> {
            // Otherwise a token that leaked could make itself successors, and revoking it would be in vain.
            if (call.caller.session == 0) return fail(Kind::forbidden, "token.needs-session");
            auto const made =
                TRY(create_token(tx, act_of(parts, call), call.caller.person, in.name.value, in.expires_at));
            return IssuedToken{made.id, std::string(made.token.reveal()), in.name.value, in.expires_at};
        }));
    routes.push_back(api::remove("/tokens/{id}", {.right = "signed-in", .help = "Revoke one of one's own tokens"},
                                 [parts](Call const& call, Nothing const&, Transaction& tx) -> Result<Nothing> {
                                     auto const id = TRY(call.id<TokenTag>());
                                     TRY(revoke_token(tx, act_of(parts, call), call.caller.person, id));
                                     return Nothing{};
                                 }));
}

}  // namespace

void add_me_routes(api::Routes& routes, Inside const& parts) {
    routes.push_back(api::patch<MeChange>(
        "/me", {.right = "signed-in", .help = "Choose one's language"},
        [parts](Call const& call, MeChange const& in, Transaction& tx) { return change_me(parts, call, in, tx); }));
    routes.push_back(api::work<OwnPassword>(
        "POST", "/me/password",
        {.right = "signed-in", .help = "Change one's password; ends all other sessions", .keep_answer = false},
        [parts](Call& call, OwnPassword&& in) { return change_password(parts, call, std::move(in)); }));
    routes.push_back(
        api::get("/me/sessions", {.right = "signed-in", .help = "Where one is signed in"},
                 [](Call const& call, Transaction& tx) { return sessions(call, tx, call.caller.person); }));
    routes.push_back(api::remove("/me/sessions/{id}", {.right = "signed-in", .help = "Sign another browser out"},
                                 [parts](Call const& call, Nothing const&, Transaction& tx) -> Result<Nothing> {
                                     auto const id = TRY(call.id<SessionTag>());
                                     return end_session(parts, call, tx, call.caller.person, id);
                                 }));
    routes.push_back(api::remove(
        "/me/sessions", {.right = "signed-in", .help = "Sign out everywhere but here"},
        [parts](Call const& call, Nothing const&, Transaction& tx) { return end_other_sessions(parts, call, tx); }));
    add_session_routes_of_people(routes, parts);
    add_token_routes(routes, parts);
}

}  // namespace keepword::access
