#include "domain/access/factor.hpp"

#include "domain/access/proof.hpp"
#include "domain/access/qr.hpp"
#include "foundation/otp.hpp"

// The routes of the second factor: setting it up, its recovery codes, and its end.
namespace keepword::access {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

constexpr char const* issuer = "守诺 Keepword";

struct FactorState {
    std::optional<Instant> confirmed_at;
    std::int64_t codes_left = 0;
};
BOOST_DESCRIBE_STRUCT(FactorState, (), (confirmed_at, codes_left))

struct NewFactor {
    std::string secret;  // base 32, for typing
    std::string uri;
    std::string qr;  // SVG
};
BOOST_DESCRIBE_STRUCT(NewFactor, (), (secret, uri, qr))

struct Code {
    json::Text<40> code;
};
BOOST_DESCRIBE_STRUCT(Code, (), (code))

struct RecoveryCodes {
    std::vector<std::string> codes;
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (codes))

Result<> note(Inside const& parts, Call const& call, Transaction& tx, char const* action, PersonId person) {
    return people::record(tx, act_of(parts, call), action, people::subject("person", person), nullptr, json::object());
}

Result<FactorState> state(Transaction& tx, PersonId person) {
    auto const factor = TRY(factor_of(tx, person));
    if (!factor || !factor->confirmed_at) return FactorState{};
    auto const left = TRY(recovery_codes_left(tx, person));
    return FactorState{factor->confirmed_at, left};
}

Result<NewFactor> begin(Inside const& parts, Call const& call, Transaction& tx) {
    TRY(expect_browser(call));
    auto const secret = TRY(begin_factor(tx, parts.sealing, call.caller.person, call.now));
    auto uri = factor_uri(issuer, call.caller.login, secret);
    auto qr = TRY(qr_svg(uri));
    return NewFactor{otp::base32(secret.reveal()), std::move(uri), std::move(qr)};
}

// Tries count here too: a browser left open must not be where codes are gone through.
Result<RecoveryCodes> confirm(Inside const& parts, Call& call, Code const& in) {
    auto const person = call.caller.person;
    TRY(expect_browser(call));
    TRY(parts.database.write([&](Transaction& tx) -> Result<> { return begin_try(tx, code_try(person), call.now); }));
    return parts.database.write([&](Transaction& tx) -> Result<RecoveryCodes> {
        TRY(confirm_factor(tx, parts.sealing, person, in.code.value, call.now));
        TRY(forgive_try(tx, code_try(person)));
        TRY(note(parts, call, tx, "person.second-factor-set", person));
        return RecoveryCodes{TRY(renew_recovery_codes(tx, person))};
    });
}

Result<RecoveryCodes> renew(Inside const& parts, Call const& call, Transaction& tx) {
    TRY(expect_browser(call));
    if (!TRY(has_factor(tx, call.caller.person))) return fail(Kind::conflict, "totp.none");
    TRY(note(parts, call, tx, "person.recovery-codes-renewed", call.caller.person));
    return RecoveryCodes{TRY(renew_recovery_codes(tx, call.caller.person))};
}

Result<Nothing> remove(Inside const& parts, Call const& call, Transaction& tx, PersonId person) {
    if (!TRY(remove_factor(tx, person))) return fail(Kind::not_found, "not-found");
    TRY(note(parts, call, tx, "person.second-factor-removed", person));
    return Nothing{};
}

}  // namespace

void add_factor_routes(api::Routes& routes, Inside const& parts) {
    routes.push_back(api::get("/me/totp", {.right = "signed-in", .help = "Whether signing in takes a code"},
                              [](Call const& call, Transaction& tx) { return state(tx, call.caller.person); }));
    routes.push_back(api::post<Nothing>(
        "/me/totp",
        {.right = "signed-in",
         .help = "Begin a second factor: its secret and QR code, shown this once; it counts when a code confirms it",
         .keep_answer = false,
         .step_up = true},
        [parts](Call const& call, Nothing const&, Transaction& tx) { return begin(parts, call, tx); }));
    routes.push_back(
        api::work<Code>("POST", "/me/totp/confirm",
                        {.right = "signed-in",
                         .help = "Confirm the second factor with a code; answers ten recovery codes, shown this once",
                         .keep_answer = false},
                        [parts](Call& call, Code&& in) { return confirm(parts, call, in); }));
    routes.push_back(api::remove("/me/totp",
                                 {.right = "signed-in", .help = "Sign in without codes from now on", .step_up = true},
                                 [parts](Call const& call, Nothing const&, Transaction& tx) -> Result<Nothing> {
                                     TRY(expect_browser(call));
                                     return remove(parts, call, tx, call.caller.person);
                                 }));
    routes.push_back(api::post<Nothing>(
        "/me/recovery-codes",
        {.right = "signed-in",
         .help = "Ten new recovery codes in place of the old ones, shown this once",
         .keep_answer = false,
         .step_up = true},
        [parts](Call const& call, Nothing const&, Transaction& tx) { return renew(parts, call, tx); }));
    routes.push_back(api::get("/people/{id}/totp",
                              {.right = "people.manage", .help = "Whether somebody's signing in takes a code"},
                              [](Call const& call, Transaction& tx) -> Result<FactorState> {
                                  auto const id = TRY(call.id<PersonTag>());
                                  TRY(people::person_row(tx, id, call.now));
                                  return state(tx, id);
                              }));
    routes.push_back(api::remove(
        "/people/{id}/totp",
        {.right = "people.manage", .help = "Take away somebody's second factor, which they lost", .step_up = true},
        [parts](Call const& call, Nothing const&, Transaction& tx) -> Result<Nothing> {
            auto const person = TRY(call.id<PersonTag>());
            TRY(people::expect_browser_for(call, person));
            return remove(parts, call, tx, person);
        }));
}

}  // namespace keepword::access
