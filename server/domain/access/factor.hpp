#pragma once
#include "domain/access/access.hpp"

// The second factor: what an authenticator shows, and the recovery codes for when it is lost. Inside of the slice only.
namespace keepword::access {

constexpr std::size_t recovery_codes = 10;
constexpr Duration code_step = seconds(30);

struct Factor {
    std::string sealed;
    std::optional<Instant> confirmed_at;
    std::int64_t last_step = 0;  // codes up to here are used up
};
Result<std::optional<Factor>> factor_of(storage::Transaction& tx, PersonId person);
// Whether signing in takes a code.
Result<bool> has_factor(storage::Transaction& tx, PersonId person);

// A new secret of 20 bytes that does not count yet; totp.already where one does.
Result<Secret> begin_factor(storage::Transaction& tx, Sealing const& sealing, PersonId person, Instant now);
// It counts from now on. totp.setup where the code is none of it, totp.none where nothing was begun.
Result<> confirm_factor(storage::Transaction& tx, Sealing const& sealing, PersonId person, std::string_view code,
                        Instant now);
// Whether there was one.
Result<bool> remove_factor(storage::Transaction& tx, PersonId person);

// Uses up a code of the authenticator, of now, the half minute before or after, or a recovery code. totp.wrong
// (Kind::forbidden) where it is neither or was used before. Says whether it was a recovery code.
Result<bool> use_code(storage::Transaction& tx, Sealing const& sealing, PersonId person, std::string_view entered,
                      Instant now);

// Ten new ones in place of those there were; shown this once.
Result<std::vector<std::string>> renew_recovery_codes(storage::Transaction& tx, PersonId person);
Result<std::int64_t> recovery_codes_left(storage::Transaction& tx, PersonId person);

// What an authenticator reads: "otpauth://totp/…".
std::string factor_uri(std::string_view issuer, std::string_view login, Secret const& secret);

}  // namespace keepword::access
