#include "domain/access/access_store.hpp"
#include "domain/access/factor.hpp"
#include "domain/access/proof.hpp"

// Step-up: what is sensitive asks whoever is signed in to prove once more that it is they.
namespace keepword::access {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

struct Proof {
    std::optional<json::Text<200>> password;
    std::optional<json::Text<40>> code;  // of the authenticator, or a recovery code
};
BOOST_DESCRIBE_STRUCT(Proof, (), (password, code))

Result<Nothing> proven(Inside const& parts, Call const& call, Transaction& tx) {
    TRY(tx.execute("UPDATE browser_session SET proven_at = ? WHERE id = ?", call.now, call.caller.session));
    TRY(people::record(tx, act_of(parts, call), "session.proven", people::subject("person", call.caller.person),
                       nullptr, json::object{{"session", std::to_string(call.caller.session)}}));
    return Nothing{};
}

// Somebody at a browser that was left open is seen trying.
Result<Nothing> refused(Inside const& parts, Call const& call, Error error) {
    TRY(parts.database.write([&](Transaction& tx) {
        return people::record(tx, act_of(parts, call), "session.step-up-refused",
                              people::subject("person", call.caller.person), nullptr,
                              json::object{{"session", std::to_string(call.caller.session)}, {"remote", call.remote}});
    }));
    return std::unexpected(std::move(error));
}

Result<Nothing> by_password(Inside const& parts, Call const& call, Secret const& password) {
    Try const attempt{people::login_key(call.caller.login), call.remote};
    auto const known = TRY(parts.database.write([&](Transaction& tx) -> Result<std::optional<SignInRecord>> {
        TRY(begin_try(tx, attempt, call.now));
        return sign_in_of(tx, call.caller.person);
    }));
    if (!known || !crypto::verify_password(known->hash, password))
        return refused(parts, call, Error(Kind::forbidden, "password.wrong"));
    return parts.database.write([&](Transaction& tx) -> Result<Nothing> {
        TRY(forgive_try(tx, attempt));
        return proven(parts, call, tx);
    });
}

Result<Nothing> step_up(Inside const& parts, Call& call, Proof in) {
    TRY(expect_browser(call));
    if (in.password) return by_password(parts, call, people::take_secret(in.password->value, call.body, "password"));
    if (!in.code) return invalid("password", "required");
    auto done = with_code(parts, call.caller.person, in.code->value, call.now,
                          [&](Transaction& tx) { return proven(parts, call, tx); });
    return done || done.error().code != "totp.wrong" ? std::move(done) : refused(parts, call, std::move(done).error());
}

}  // namespace

void add_proof_routes(api::Routes& routes, Inside const& parts) {
    routes.push_back(api::work<Proof>(
        "POST", "/session/step-up",
        {.right = "signed-in",
         .help = "Prove by password or code who uses this session; what is sensitive asks for it every ten minutes",
         .keep_answer = false},
        [parts](Call& call, Proof&& in) { return step_up(parts, call, std::move(in)); }));
}

}  // namespace keepword::access
