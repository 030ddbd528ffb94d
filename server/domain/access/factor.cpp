#include "domain/access/factor.hpp"

#include "domain/access/codes.hpp"
#include "foundation/otp.hpp"

namespace keepword::access {
namespace {

constexpr std::size_t secret_size = 20;  // what RFC 4226 recommends
constexpr std::size_t digits = 6;

std::unexpected<Error> wrong_code() {
    return fail(Kind::forbidden, "totp.wrong");
}

std::string only_digits(std::string_view entered) {
    std::string out;
    for (char c : text::fold(entered)) {
        if (c != ' ') out.push_back(c);
    }
    bool const all = out.size() == digits && out.find_first_not_of("0123456789") == std::string::npos;
    return all ? out : std::string();
}

// The step a code is of: of now, or of a clock half a minute off; none that was used or lies before one that was.
Result<std::optional<std::int64_t>> step_of(Sealing const& sealing, Factor const& factor, std::string_view code,
                                            Instant now) {
    auto const bytes = TRY(crypto::from_hex(factor.sealed));
    auto const secret = TRY(sealing.open(bytes));
    auto const current = now.ms / code_step.ms;
    // A step used a day ahead of now was used by a clock that has been put back: nobody waits until it comes.
    auto const last = factor.last_step - current < days(1).ms / code_step.ms ? factor.last_step : 0;
    for (auto const step : {current, current - 1, current + 1}) {
        if (step > last && crypto::equal(otp::code(secret.reveal(), step), code)) return std::optional(step);
    }
    return std::optional<std::int64_t>();
}

// Compare-and-set: of two who send the same code at once one is let in.
Result<> use_step(storage::Transaction& tx, PersonId person, Factor const& known, std::int64_t step) {
    auto const changed = TRY(tx.execute("UPDATE second_factor SET last_step = ? WHERE person = ? AND last_step = ?",
                                        step, person, known.last_step));
    if (changed != 1) return wrong_code();
    return {};
}

crypto::Digest hash_of_code(std::string_view entered) {
    return crypto::sha256(plain_code(entered));
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (char c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_')
            out.push_back(c);
        else
            out += "%" + crypto::hex(std::string_view(&c, 1));
    }
    return out;
}

}  // namespace

Result<std::optional<Factor>> factor_of(storage::Transaction& tx, PersonId person) {
    auto const row = TRY(tx.one("SELECT secret, confirmed_at, last_step FROM second_factor WHERE person = ?", person));
    if (!row) return std::optional<Factor>();
    return Factor{row->text(0), row->optional_instant(1), row->integer(2)};
}

Result<bool> has_factor(storage::Transaction& tx, PersonId person) {
    auto const factor = TRY(factor_of(tx, person));
    return factor && factor->confirmed_at.has_value();
}

Result<Secret> begin_factor(storage::Transaction& tx, Sealing const& sealing, PersonId person, Instant now) {
    if (TRY(has_factor(tx, person))) return fail(Kind::conflict, "totp.already");
    Secret secret(crypto::random_bytes(secret_size));
    TRY(
        tx.execute("INSERT INTO second_factor (person, secret, created_at, confirmed_at, last_step) "
                   "VALUES (?,?,?,NULL,0) ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, "
                   "created_at = excluded.created_at, last_step = 0",
                   person, crypto::hex(sealing.seal(secret.reveal())), now));
    return secret;
}

Result<> confirm_factor(storage::Transaction& tx, Sealing const& sealing, PersonId person, std::string_view code,
                        Instant now) {
    auto const factor = TRY(factor_of(tx, person));
    if (!factor) return fail(Kind::conflict, "totp.none");
    if (factor->confirmed_at) return fail(Kind::conflict, "totp.already");
    auto const step = TRY(step_of(sealing, *factor, only_digits(code), now));
    if (!step) return fail(Kind::forbidden, "totp.setup");
    TRY(use_step(tx, person, *factor, *step));
    TRY(tx.execute("UPDATE second_factor SET confirmed_at = ? WHERE person = ?", now, person));
    return {};
}

Result<bool> remove_factor(storage::Transaction& tx, PersonId person) {
    TRY(tx.execute("DELETE FROM recovery_code WHERE person = ?", person));
    return TRY(tx.execute("DELETE FROM second_factor WHERE person = ?", person)) > 0;
}

Result<bool> use_code(storage::Transaction& tx, Sealing const& sealing, PersonId person, std::string_view entered,
                      Instant now) {
    auto const factor = TRY(factor_of(tx, person));
    if (!factor || !factor->confirmed_at) return wrong_code();
    if (auto const code = only_digits(entered); !code.empty()) {
        auto const step = TRY(step_of(sealing, *factor, code, now));
        if (!step) return wrong_code();
        TRY(use_step(tx, person, *factor, *step));
        return false;
    }
    auto const used =
        TRY(tx.execute("UPDATE recovery_code SET used_at = ? WHERE person = ? AND code_hash = ? AND used_at IS NULL",
                       now, person, hash_of_code(entered)));
    if (used != 1) return wrong_code();
    return true;
}

Result<std::vector<std::string>> renew_recovery_codes(storage::Transaction& tx, PersonId person) {
    TRY(tx.execute("DELETE FROM recovery_code WHERE person = ?", person));
    std::vector<std::string> codes;
    while (codes.size() < recovery_codes) {
        codes.push_back(random_code(4));
        TRY(tx.execute("INSERT INTO recovery_code (person, code_hash) VALUES (?,?)", person,
                       hash_of_code(codes.back())));
    }
    return codes;
}

Result<std::int64_t> recovery_codes_left(storage::Transaction& tx, PersonId person) {
    auto const row = TRY(tx.one("SELECT count(*) FROM recovery_code WHERE person = ? AND used_at IS NULL", person));
    return row->integer(0);
}

std::string factor_uri(std::string_view issuer, std::string_view login, Secret const& secret) {
    auto const name = percent_encoded(issuer);
    return "otpauth://totp/" + name + ":" + percent_encoded(login) + "?secret=" + otp::base32(secret.reveal()) +
           "&issuer=" + name;
}

}  // namespace keepword::access
