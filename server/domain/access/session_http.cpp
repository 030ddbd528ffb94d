#include "domain/access/access_http.hpp"
#include "domain/access/access_store.hpp"
#include "domain/access/cookie.hpp"
#include "domain/access/factor.hpp"
#include "domain/access/password.hpp"
#include "domain/access/proof.hpp"

namespace keepword::access {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

struct SignIn {
    json::Text<200> login;  // longer than one can be: a wrong one is told as any wrong one
    json::Text<200> password;
    std::optional<json::Text<40>> totp;  // what the authenticator shows, or a recovery code
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (login, password, totp))

struct FirstOwner {
    json::Text<40> code;
    json::Text<64> login;
    json::Text<100> name;
    json::Text<200> password;
};
BOOST_DESCRIBE_STRUCT(FirstOwner, (), (code, login, name, password))

struct FirstRunState {
    bool needed = false;
};
BOOST_DESCRIBE_STRUCT(FirstRunState, (), (needed))

// A failed try stands on the audit, without the login where nobody has it: it may be a password in the wrong field.
Result<> note_refusal(Inside const& parts, Call const& call, std::optional<SignInRecord> const& known) {
    return parts.database.write([&](Transaction& tx) {
        auto const whom = known ? people::subject("person", known->person) : std::string("person:0");
        return people::record(tx, {.by = {}, .now = call.now, .ids = parts.ids}, "session.refused", whom, nullptr,
                              json::object{{"remote", call.remote}});
    });
}

// Somebody may have been shut out, or their password changed, while this one was being verified.
Result<> expect_still(Transaction& tx, SignInRecord const& known) {
    auto const still = TRY(sign_in_of(tx, known.person));
    if (!still || still->hash != known.hash) return fail(Kind::unauthorised, "session.wrong");
    return {};
}

// The password was right; where there is a second factor, a code must be too.
Result<api::Reply> sign_in_with_code(Inside const& parts, Call const& call, SignIn const& in,
                                     SignInRecord const& known) {
    if (!in.totp || in.totp->value.empty()) return fail(Kind::unauthorised, "totp-required");
    auto reply = with_code(parts, known.person, in.totp->value, call.now, [&](Transaction& tx) -> Result<api::Reply> {
        TRY(expect_still(tx, known));
        return begin_session(parts, call, known.person, tx);
    });
    if (reply || reply.error().code != "totp.wrong") return reply;
    TRY(note_refusal(parts, call, known));
    return fail(Kind::unauthorised, "totp.wrong");
}

// The wrong login and the wrong password are told alike, and take the same time.
Result<api::Reply> sign_in(Inside const& parts, Call& call, SignIn in) {
    auto const password = people::take_secret(in.password.value, call.body, "password");
    Try const attempt{people::login_key(in.login.value), call.remote};
    auto const known = TRY(parts.database.write([&](Transaction& tx) -> Result<std::optional<SignInRecord>> {
        TRY(begin_try(tx, attempt, call.now));
        return find_sign_in(tx, in.login.value);
    }));
    bool const right = crypto::verify_password(known ? known->hash : std::string(nobodys_hash), password) && known;
    if (!right) {
        TRY(note_refusal(parts, call, known));
        return fail(Kind::unauthorised, "session.wrong");
    }
    auto reply = TRY(parts.database.write([&](Transaction& tx) -> Result<std::optional<api::Reply>> {
        TRY(expect_still(tx, *known));
        TRY(forgive_try(tx, attempt));
        if (TRY(has_factor(tx, known->person))) return std::optional<api::Reply>();
        return TRY(begin_session(parts, call, known->person, tx));
    }));
    if (!reply) return sign_in_with_code(parts, call, in, *known);
    return *std::move(reply);
}

Result<api::Reply> sign_out(Inside const& parts, Call const& call, Transaction& tx) {
    SessionId const session{call.caller.session};
    if (session && TRY(delete_session(tx, session, call.caller.person, call.now))) {
        TRY(people::record(tx, act_of(parts, call), "session.ended", people::subject("person", call.caller.person),
                           json::object{{"session", session.str()}}, nullptr));
    }
    api::Reply reply{.status = 204};
    reply.headers.emplace_back("set-cookie", no_cookie(call.secure));
    return reply;
}

Result<api::Reply> first_run(Inside const& parts, Call& call, FirstOwner in) {
    auto const password = people::take_secret(in.password.value, call.body, "password");
    Try const attempt{"first run", call.remote};
    auto const begun = parts.database.write([&](Transaction& tx) -> Result<> {
        if (TRY(people::anybody_signs_in(tx))) return fail(Kind::conflict, "first-run.done");
        return begin_try(tx, attempt, call.now);
    });
    TRY(begun);
    if (!parts.first_run.matches(in.code.value)) return fail(Kind::forbidden, "first-run.code");
    auto const hash = TRY(hash_password(in.login.value, password));
    auto reply = parts.database.write([&](Transaction& tx) -> Result<api::Reply> {
        TRY(forgive_try(tx, attempt));
        people::Act const act{.by = {}, .now = call.now, .ids = parts.ids};
        auto const owner = TRY(create_owner(tx, act, parts.roles, parts.regions, in.login.value, in.name.value, hash));
        return begin_session(parts, call, owner, tx);
    });
    if (reply) parts.first_run.done();
    return reply;
}

}  // namespace

Result<api::Reply> begin_session(Inside const& parts, Call const& call, PersonId person, Transaction& tx) {
    if (call.caller.session != 0) TRY(delete_session(tx, SessionId{call.caller.session}, call.caller.person, call.now));
    auto const token = crypto::random_token();
    auto const agent = text::repair_utf8(api::header(call.headers, "user-agent"));
    SessionRecord const session{.id = parts.ids.next<SessionTag>(),
                                .person = person,
                                .created_at = call.now,
                                .seen_at = call.now,
                                .remote = call.remote,
                                .agent = std::string(text::head(agent, 300)),
                                .proven_at = call.now};
    TRY(insert_session(tx, session, crypto::sha256(token.reveal())));
    TRY(people::record(tx, {.by = person, .now = call.now, .ids = parts.ids}, "session.opened",
                       people::subject("person", person), nullptr,
                       json::object{{"session", session.id.str()}, {"remote", session.remote}}));
    auto me = TRY(show_me(tx, parts, person, call.now));
    Session const answer{csrf_of(token.reveal()), std::move(me)};
    api::Reply reply{.body = json::text_of(answer)};
    reply.headers.emplace_back("set-cookie", cookie_for(token.reveal(), call.secure));
    return reply;
}

Result<Me> show_me(Transaction& tx, Inside const& parts, PersonId person, Instant now) {
    auto const caller = TRY(people::caller_of(tx, person, now, parts.roles));
    Me me{.id = person, .login = caller.login, .name = caller.name, .locale = caller.locale, .rights = caller.rights};
    me.department = TRY(people::person_row(tx, person, now)).department;
    for (auto const& held : TRY(people::held_roles(tx, person, now))) {
        MyRole role{.role = held.holding.role, .until = held.until};
        role.scope_kind = json::from_word<people::ScopeKind>(held.holding.scope_kind).value_or(people::ScopeKind::all);
        auto const scope = TRY(people::scope_ref(tx, parts.regions, role.scope_kind, held.holding.scope));
        if (scope) role.scope_name = scope->name;
        if (held.holding.deputy_for) role.deputy_for = TRY(people::person_ref(tx, held.holding.deputy_for));
        me.roles.push_back(std::move(role));
    }
    return me;
}

void add_session_routes(api::Routes& routes, Inside const& parts) {
    auto const answers_session = [](json::object& components) { return json::schema<Session>(components); };
    auto in = api::work<SignIn>(
        "POST", "/session",
        {.right = "public", .help = "Sign in: sets the session's cookie", .keep_answer = false, .needs_csrf = false},
        [parts](Call& call, SignIn&& body) { return sign_in(parts, call, std::move(body)); });
    in.reply = answers_session;
    routes.push_back(std::move(in));
    routes.push_back(api::get("/session", {.right = "signed-in", .help = "Who is signed in"},
                              [parts](Call const& call, Transaction& tx) -> Result<Session> {
                                  auto me = TRY(show_me(tx, parts, call.caller.person, call.now));
                                  return Session{call.caller.csrf, std::move(me)};
                              }));
    routes.push_back(
        api::remove("/session", {.right = "signed-in", .help = "Sign out"},
                    [parts](Call const& call, Nothing const&, Transaction& tx) { return sign_out(parts, call, tx); }));
    routes.push_back(api::get("/first-run",
                              {.right = "public", .help = "Whether the centre has nobody yet who signs in"},
                              [](Call const&, Transaction& tx) -> Result<FirstRunState> {
                                  return FirstRunState{!TRY(people::anybody_signs_in(tx))};
                              }));
    auto first = api::work<FirstOwner>(
        "POST", "/first-run",
        {.right = "public",
         .help = "Enter the owner of a new centre, with the code printed where it was started",
         .keep_answer = false,
         .needs_csrf = false},
        [parts](Call& call, FirstOwner&& body) { return first_run(parts, call, std::move(body)); });
    first.reply = answers_session;
    routes.push_back(std::move(first));
}

api::Routes routes(Parts const& parts, people::RegionBook const& regions, LettersGo letters_go) {
    Inside const inside{parts.database,  parts.ids,     parts.roles,          regions,
                        parts.first_run, parts.sealing, std::move(letters_go)};
    api::Routes out;
    add_session_routes(out, inside);
    add_proof_routes(out, inside);
    add_reset_routes(out, inside);
    add_factor_routes(out, inside);
    add_me_routes(out, inside);
    return out;
}

}  // namespace keepword::access
