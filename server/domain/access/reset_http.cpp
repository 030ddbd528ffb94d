#include "domain/access/access_store.hpp"
#include "domain/access/codes.hpp"
#include "domain/access/proof.hpp"
#include "engine/jobs/jobs.hpp"

// A forgotten password: a code goes by mail to whoever the login or address belongs to. The letter has no link, since
// what the program is called from outside is known only from what a request says, and anybody may make requests.
namespace keepword::access {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

struct ResetTag;
using ResetId = Id<ResetTag>;

constexpr std::int64_t most_of_a_person = 3;    // in an hour: nobody's mailbox is filled from here
constexpr std::int64_t most_of_an_address = 3;  // people who share one

struct Forgotten {
    json::Text<200> login;  // or mail address
};
BOOST_DESCRIBE_STRUCT(Forgotten, (), (login))

struct Renewal {
    json::Text<60> code;
    json::Text<200> password;
};
BOOST_DESCRIBE_STRUCT(Renewal, (), (code, password))

// The same each time for a reset, so that it need be kept nowhere.
std::string code_of(Sealing const& sealing, ResetId id) {
    return spelled(crypto::view(sealing.mac("password reset\n" + id.str())), 4);
}
crypto::Digest hash_of(std::string_view code) {
    return crypto::sha256(plain_code(code));
}

Result<std::vector<PersonId>> whose(Transaction& tx, std::string const& typed) {
    std::vector<PersonId> out;
    for (auto const& row : TRY(tx.query(
             "SELECT p.id FROM person p JOIN password w ON w.person = p.id WHERE p.active = 1 AND p.login IS NOT NULL "
             "AND p.email IS NOT NULL AND (p.login_key = ? OR lower(p.email) = ?) ORDER BY p.id LIMIT ?",
             people::login_key(typed), text::ascii_lower(text::trim(typed)), most_of_an_address)))
        out.push_back(row.id<PersonTag>(0));
    return out;
}

Result<> begin_reset(Inside const& parts, Call const& call, Transaction& tx, PersonId person) {
    auto const lately =
        TRY(tx.one("SELECT count(*) FROM password_reset WHERE person = ? AND created_at > ? AND created_at <= ?",
                   person, call.now - hours(1), call.now));
    if (lately->integer(0) >= most_of_a_person) return {};
    auto const id = parts.ids.next<ResetTag>();
    TRY(tx.execute("INSERT INTO password_reset (id, person, code_hash, created_at, expires_at) VALUES (?,?,?,?,?)", id,
                   person, hash_of(code_of(parts.sealing, id)), call.now, call.now + reset_lasts));
    TRY(jobs::enqueue(tx, reset_job, id.str(), json::object{{"reset", id.str()}}, call.now));
    return people::record(tx, {.by = {}, .now = call.now, .ids = parts.ids}, "person.reset-asked",
                          people::subject("person", person), nullptr, json::object{{"remote", call.remote}});
}

// Answers the same whether anybody has that login or address or not, and whatever became of it. That no letter goes out
// at all is the same for everybody and may be said.
Result<Nothing> ask(Inside const& parts, Call const& call, Forgotten const& in, Transaction& tx) {
    if (!TRY(parts.letters_go(tx))) return fail(Kind::conflict, "reset.no-mail");
    TRY(begin_try(tx, {"forgotten " + people::login_key(in.login.value), call.remote}, call.now));
    for (auto const person : TRY(whose(tx, in.login.value))) TRY(begin_reset(parts, call, tx, person));
    return Nothing{};
}

struct Open {
    ResetId id;
    PersonId person;
    std::string login;
};
Result<Open> open_reset(Transaction& tx, std::string_view code, Instant now) {
    auto const row = TRY(tx.one(
        "SELECT r.id, p.id, p.login FROM password_reset r JOIN person p ON p.id = r.person WHERE r.code_hash = ? "
        "AND r.used_at IS NULL AND r.expires_at > ? AND r.created_at <= ? AND p.active = 1 AND p.login IS NOT NULL",
        hash_of(code), now, now));
    if (!row) return fail(Kind::forbidden, "reset.code");
    return Open{row->id<ResetTag>(0), row->id<PersonTag>(1), row->text(2)};
}

// The code is used up with the new password, so that one that is refused costs none.
Result<Nothing> renew(Inside const& parts, Call& call, Renewal in) {
    auto const password = people::take_secret(in.password.value, call.body, "password");
    Try const attempt{"reset code", call.remote};
    auto const open = TRY(parts.database.write([&](Transaction& tx) -> Result<std::optional<Open>> {
        TRY(begin_try(tx, attempt, call.now));
        auto found = open_reset(tx, in.code.value, call.now);
        if (!found && found.error().kind == Kind::forbidden) return std::optional<Open>();
        return TRY(std::move(found));
    }));
    if (!open) return fail(Kind::forbidden, "reset.code");
    auto const hash = TRY(hash_password(open->login, password));
    return parts.database.write([&](Transaction& tx) -> Result<Nothing> {
        TRY(open_reset(tx, in.code.value, call.now));
        TRY(forgive_try(tx, attempt));
        TRY(set_password(tx, open->person, hash, call.now));
        // Whatever else was asked for is void with it.
        TRY(tx.execute("UPDATE password_reset SET used_at = ? WHERE person = ? AND used_at IS NULL", call.now,
                       open->person));
        TRY(people::record(tx, {.by = open->person, .now = call.now, .ids = parts.ids}, "person.password-reset",
                           people::subject("person", open->person), nullptr, json::object{{"remote", call.remote}}));
        return Nothing{};
    });
}

}  // namespace

Result<std::optional<ResetLetter>> reset_letter(Transaction& tx, Sealing const& sealing, json::value const& payload,
                                                Instant now) {
    auto const* given = payload.is_object() ? payload.get_object().if_contains("reset") : nullptr;
    auto const id = given != nullptr && given->is_string() ? ResetId::parse(given->get_string()) : std::nullopt;
    if (!id) return fail(Kind::invalid, "reset.job");
    auto const row =
        TRY(tx.one("SELECT p.email, p.name, p.locale FROM password_reset r JOIN person p ON p.id = r.person WHERE "
                   "r.id = ? AND r.used_at IS NULL AND r.expires_at > ? AND p.active = 1 AND p.email IS NOT NULL",
                   *id, now));
    if (!row) return std::optional<ResetLetter>();
    return ResetLetter{row->text(0), row->text(1), row->word<Locale>(2), code_of(sealing, *id)};
}

void add_reset_routes(api::Routes& routes, Inside const& parts) {
    routes.push_back(api::post<Forgotten>(
        "/password-resets",
        {.right = "public",
         .help = "Send a code by mail to whoever has this login or address; answers the same where nobody has",
         .keep_answer = false,
         .needs_csrf = false},
        [parts](Call const& call, Forgotten const& in, Transaction& tx) { return ask(parts, call, in, tx); }));
    routes.push_back(
        api::work<Renewal>("POST", "/password-resets/complete",
                           {.right = "public",
                            .help = "Set a new password with the code that came by mail; ends all sessions",
                            .keep_answer = false,
                            .needs_csrf = false},
                           [parts](Call& call, Renewal&& in) { return renew(parts, call, std::move(in)); }));
}

}  // namespace keepword::access
