#include "domain/access/access_store.hpp"
#include "domain/access/cookie.hpp"

namespace keepword::access {
namespace {

using api::Call;
using storage::Transaction;

struct RoleShown {
    std::string role;
    std::string scope_kind;
    std::optional<std::string> scope_name;
    std::optional<Instant> until;
    std::optional<api::Ref> deputy_for;
};
BOOST_DESCRIBE_STRUCT(RoleShown, (), (role, scope_kind, scope_name, until, deputy_for))

struct Me {
    PersonId id;
    std::string login;
    std::string name;
    Locale locale = Locale::zh;
    std::optional<api::Ref> department;
    std::vector<std::string> rights;
    std::vector<RoleShown> roles;
};
BOOST_DESCRIBE_STRUCT(Me, (), (id, login, name, locale, department, rights, roles))

struct Session {
    std::string csrf;
    Me me;
};
BOOST_DESCRIBE_STRUCT(Session, (), (csrf, me))

struct Credentials {
    json::Text<64> login;
    json::Text<200> password;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (login, password))

struct FirstRunState {
    bool needed = false;
};
BOOST_DESCRIBE_STRUCT(FirstRunState, (), (needed))
struct FirstRunBody {
    json::Text<60> code;
    json::Text<64> login;
    json::Text<100> name;
    json::Text<200> password;
};
BOOST_DESCRIBE_STRUCT(FirstRunBody, (), (code, login, name, password))

struct PasswordBody {
    json::Text<200> current;
    json::Text<200> next;
};
BOOST_DESCRIBE_STRUCT(PasswordBody, (), (current, next))
struct MeChange {
    std::optional<Locale> locale;
};
BOOST_DESCRIBE_STRUCT(MeChange, (), (locale))

struct SessionRow {
    SessionId id;
    Instant created_at;
    Instant seen_at;
    std::string remote;
    std::string agent;
    bool current = false;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (id, created_at, seen_at, remote, agent, current))

struct TokenBody {
    json::Text<100> name;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenBody, (), (name, expires_at))
struct TokenShown {
    TokenId id;
    std::string token;
    std::string name;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenShown, (), (id, token, name, expires_at))

struct Inside {
    Parts parts;
    people::RegionBook const& regions;
    Clock const& clock;
    // Verified where there is no such login, so that the time an answer takes does not tell.
    std::string nobodys_hash;
};

Result<Me> me_of(Inside const& in, Transaction& tx, PersonId person, Instant now) {
    auto const caller = TRY(people::caller_of(tx, person, now, in.parts.roles));
    auto const row = TRY(people::person_row(tx, person, now));
    Me me{.id = person, .login = caller.login, .name = caller.name, .locale = caller.locale, .department = row.department, .rights = caller.rights, .roles = {}};
    for (auto const& held : TRY(people::held_roles(tx, person, now))) {
        RoleShown shown{.role = held.holding.role, .scope_kind = held.holding.scope_kind, .scope_name = {}, .until = held.until, .deputy_for = {}};
        auto const kind = json::from_word<people::ScopeKind>(held.holding.scope_kind).value_or(people::ScopeKind::all);
        if (auto const scope = TRY(people::scope_ref(tx, in.regions, kind, held.holding.scope))) shown.scope_name = scope->name;
        if (held.holding.deputy_for) shown.deputy_for = TRY(people::person_ref(tx, held.holding.deputy_for));
        me.roles.push_back(std::move(shown));
    }
    return me;
}

// Opens a session and answers with its cookie; in one transaction with what let the person in.
Result<api::Reply> open_session(Inside const& in, Transaction& tx, Call const& call, PersonId person, Instant now) {
    auto const token = crypto::random_token();
    auto const id = TRY(insert_session(tx, in.parts.ids, person, token, call.remote,
                                       std::string(api::header(call.headers, "user-agent")), now));
    people::Act const act{person, now, in.parts.ids};
    TRY(people::record(tx, act, "session.opened", people::subject("session", id), nullptr,
                       json::object{{"person", person.str()}, {"remote", call.remote}}));
    api::Reply reply;
    reply.body = json::encode(Session{csrf_of(token.reveal()), TRY(me_of(in, tx, person, now))});
    reply.headers = {{"set-cookie", set_cookie(token, call.secure)}};
    return reply;
}

struct Found {
    std::optional<PersonId> person;
    std::string hash;
};

Result<Found> find_login(Inside const& in, Transaction& tx, std::string const& key, Call const& call) {
    if (auto const wait = TRY(wait_before_try(tx, key, call.remote, call.now))) {
        return fail(Error(Kind::too_many, "session.too-many-tries").with("seconds", std::to_string(wait->ms / 1000 + 1)));
    }
    auto const row = TRY(tx.one("SELECT p.id, s.password_hash FROM person p JOIN sign_in s ON s.person = p.id "
                                "WHERE p.login_key = ? AND p.active = 1",
                                key));
    if (!row) return Found{std::nullopt, in.nobodys_hash};
    return Found{row->id<PersonTag>(0), row->text(1)};
}

Result<api::Reply> sign_in(Inside const& in, Call& call, Credentials&& credentials) {
    auto const key = people::login_key(credentials.login.value);
    Secret const password(std::move(credentials.password.value));
    auto& database = in.parts.database;
    auto const found = TRY(database.read([&](Transaction& tx) { return find_login(in, tx, key, call); }));
    bool const right = crypto::verify_password(found.hash, password) && found.person.has_value();
    if (!right) {
        TRY(database.write([&](Transaction& tx) { return count_failure(tx, key, call.remote, call.now); }));
        return fail(Kind::unauthorised, "session.wrong");
    }
    return database.write([&](Transaction& tx) -> Result<api::Reply> {
        TRY(forget_failures(tx, key, call.remote));
        return open_session(in, tx, call, *found.person, call.now);
    });
}

Result<api::Reply> first_run(Inside const& in, Call& call, FirstRunBody&& body) {
    if (!in.parts.first_run.matches(body.code.value)) return fail(Kind::forbidden, "first-run.code");
    if (text::trim(body.name.value).empty()) return invalid("name", "required");
    Secret const password(std::move(body.password.value));
    auto const hash = TRY(hash_password(body.login.value, password));
    auto reply = TRY(in.parts.database.write([&](Transaction& tx) -> Result<api::Reply> {
        people::Act const act{{}, call.now, in.parts.ids};
        auto const owner = TRY(create_owner(tx, act, in.parts.roles, in.regions, body.login.value, body.name.value, hash));
        return open_session(in, tx, call, owner, call.now);
    }));
    in.parts.first_run.done();
    return reply;
}

Result<api::Reply> sign_out(Inside const& in, Call const& call, Transaction& tx) {
    TRY(delete_session(tx, {call.caller.session}));
    people::Act const act{call.caller.person, call.now, in.parts.ids};
    TRY(people::record(tx, act, "session.closed", people::subject("session", SessionId{call.caller.session}),
                       json::object{{"person", call.caller.person.str()}}, nullptr));
    api::Reply reply{.status = 204, .body = {}};
    reply.headers = {{"set-cookie", set_cookie(Secret(), call.secure)}};
    return reply;
}

Result<api::Nothing> change_password(Inside const& in, Call& call, PasswordBody&& body) {
    auto& database = in.parts.database;
    auto const me = call.caller.person;
    Secret const current(std::move(body.current.value));
    Secret const next(std::move(body.next.value));
    auto const row = TRY(database.read([&](Transaction& tx) { return tx.one("SELECT password_hash FROM sign_in WHERE person = ?", me); }));
    if (!row || !crypto::verify_password(row->text(0), current)) return invalid("current", "wrong");
    auto hash = hash_password(call.caller.login, next);
    if (!hash) {
        for (auto& field : hash.error().fields) field.field = "next";
        return std::unexpected(std::move(hash).error());
    }
    TRY(database.write([&](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE sign_in SET password_hash = ?, changed_at = ? WHERE person = ?", *hash, call.now, me));
        // Every other browser is out; this one stays.
        TRY(tx.execute("DELETE FROM session WHERE person = ? AND id <> ?", me, call.caller.session));
        people::Act const act{me, call.now, in.parts.ids};
        return people::record(tx, act, "password.changed", people::subject("person", me), nullptr, json::object{{"by", "oneself"}});
    }));
    return api::Nothing{};
}

Result<api::Page<SessionRow>> sessions(Call const& call, Transaction& tx) {
    api::Page<SessionRow> page;
    for (auto const& row : TRY(tx.query("SELECT id, created_at, seen_at, remote, agent FROM session WHERE person = ? AND seen_at > ? "
                                        "ORDER BY seen_at DESC LIMIT 200",
                                        call.caller.person, call.now - idle_limit))) {
        page.items.push_back({row.id<SessionTag>(0), row.instant(1), row.instant(2), row.text(3), row.text(4), row.integer(0) == call.caller.session});
    }
    return page;
}

Result<api::Nothing> end_session(Call const& call, Transaction& tx) {
    auto const id = TRY(call.id<SessionTag>());
    auto const gone = TRY(tx.execute("DELETE FROM session WHERE id = ? AND person = ?", id, call.caller.person));
    if (gone == 0) return fail(Kind::not_found, "not-found");
    return api::Nothing{};
}

void add_session_routes(api::Routes& out, std::shared_ptr<Inside const> in) {
    out.push_back(api::work<Credentials>("POST", "/session", {.right = "public", .help = "Sign in", .keep_answer = false, .needs_csrf = false},
                                         [in](Call& call, Credentials&& body) { return sign_in(*in, call, std::move(body)); }));
    out.push_back(api::get("/session", {.right = "signed-in", .help = "Who is signed in"},
                           [in](Call const& call, Transaction& tx) -> Result<Session> {
                               return Session{call.caller.csrf, TRY(me_of(*in, tx, call.caller.person, call.now))};
                           }));
    out.push_back(api::remove("/session", {.right = "signed-in", .help = "Sign out"},
                              [in](Call const& call, api::Nothing const&, Transaction& tx) { return sign_out(*in, call, tx); }));
    out.push_back(api::get("/first-run", {.right = "public", .help = "Whether the centre has an owner yet"},
                           [](Call const&, Transaction& tx) -> Result<FirstRunState> {
                               return FirstRunState{!TRY(people::anybody_signs_in(tx))};
                           }));
    out.push_back(api::work<FirstRunBody>("POST", "/first-run",
                                          {.right = "public", .help = "Make the owner, with the code from the terminal", .keep_answer = false, .needs_csrf = false},
                                          [in](Call& call, FirstRunBody&& body) { return first_run(*in, call, std::move(body)); }));
}

void add_me_routes(api::Routes& out, std::shared_ptr<Inside const> in) {
    out.push_back(api::patch<MeChange>("/me", {.right = "signed-in", .help = "My language"},
                                       [in](Call const& call, MeChange const& change, Transaction& tx) -> Result<Me> {
                                           if (change.locale) TRY(tx.execute("UPDATE person SET locale = ? WHERE id = ?", *change.locale, call.caller.person));
                                           return me_of(*in, tx, call.caller.person, call.now);
                                       }));
    out.push_back(api::work<PasswordBody>("POST", "/me/password", {.right = "signed-in", .help = "Change my password; my other sessions end"},
                                          [in](Call& call, PasswordBody&& body) { return change_password(*in, call, std::move(body)); }));
    out.push_back(api::get("/me/sessions", {.right = "signed-in", .help = "Where I am signed in"}, sessions));
    out.push_back(api::remove("/me/sessions/{id}", {.right = "signed-in", .help = "End one of my sessions"},
                              [](Call const& call, api::Nothing const&, Transaction& tx) { return end_session(call, tx); }));
}

void add_token_routes(api::Routes& out, std::shared_ptr<Inside const> in) {
    out.push_back(api::get("/tokens", {.right = "signed-in", .help = "My API tokens"},
                           [](Call const& call, Transaction& tx) -> Result<api::Page<TokenRow>> {
                               return api::Page<TokenRow>{TRY(list_tokens(tx, call.caller.person)), {}};
                           }));
    out.push_back(api::post<TokenBody>("/tokens", {.right = "signed-in", .help = "A new API token, shown once", .status = 201, .keep_answer = false},
                                       [in](Call const& call, TokenBody const& body, Transaction& tx) -> Result<TokenShown> {
                                           if (body.expires_at && *body.expires_at <= call.now) return invalid("expires_at", "past");
                                           people::Act const act{call.caller.person, call.now, in->parts.ids};
                                           auto made = TRY(create_token(tx, act, call.caller.person, body.name.value, body.expires_at));
                                           return TokenShown{made.id, std::string(made.token.reveal()), body.name.value, body.expires_at};
                                       }));
    out.push_back(api::remove("/tokens/{id}", {.right = "signed-in", .help = "Revoke one of my API tokens"},
                              [in](Call const& call, api::Nothing const&, Transaction& tx) -> Result<api::Nothing> {
                                  people::Act const act{call.caller.person, call.now, in->parts.ids};
                                  TRY(revoke_token(tx, act, call.caller.person, TRY(call.id<TokenTag>())));
                                  return api::Nothing{};
                              }));
}

}  // namespace

api::Routes routes(Parts const& parts, people::RegionBook const& regions, Clock const& clock) {
    auto const nobody = crypto::hash_password(Secret(crypto::random_bytes(16)));
    auto const in = std::make_shared<Inside const>(Inside{parts, regions, clock, nobody.value_or("")});
    api::Routes out;
    add_session_routes(out, in);
    add_me_routes(out, in);
    add_token_routes(out, in);
    return out;
}

}  // namespace keepword::access
