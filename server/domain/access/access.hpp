#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/people/people.hpp"
#include "engine/api/app.hpp"
#include "foundation/secret.hpp"

// How people get in: passwords, sessions of browsers, tokens of programs, and the first run of a new centre.
namespace keepword::access {

struct SessionTag;
using SessionId = Id<SessionTag>;
struct TokenTag;
using TokenId = Id<TokenTag>;

// A session ends when nobody has used it for 12 hours, and 14 days after it began in any case.
constexpr Duration idle_limit = hours(12);
constexpr Duration session_limit = days(14);

// ---- passwords ---------------------------------------------------------------------------------------------------

// Checks the rules for a new password and hashes it (on the pool or the command line, never in a transaction).
// input.invalid, field `password`: password-short (under 10 characters), too-long (over 200), password-login (the login
// with next to nothing added), password-common.
Result<std::string> hash_password(std::string_view login, Secret const& password);

// The person's password from now on; ends all their sessions. `hash` is of hash_password.
Result<> set_password(storage::Transaction& tx, PersonId person, std::string const& hash, Instant now);

// Ends a person's sessions and tokens.
Result<> shut_out(storage::Transaction& tx, PersonId person);
// What the people slice needs of this one.
people::SignIns sign_ins();

// The first person of an empty centre, who holds the owner's role for good (`init`, the first-run page);
// first-run.done (conflict) where somebody signs in already.
Result<PersonId> create_owner(storage::Transaction& tx, people::Act const& act, people::RoleBook const& roles,
                              people::RegionBook const& regions, std::string const& login, std::string const& name,
                              std::string const& password_hash);

// ---- tokens ------------------------------------------------------------------------------------------------------

struct TokenRow {
    TokenId id;
    std::string name;
    std::string login;  // whose it is
    Instant created_at;
    std::optional<Instant> expires_at;
    std::optional<Instant> seen_at;  // within five minutes
};
BOOST_DESCRIBE_STRUCT(TokenRow, (), (id, name, login, created_at, expires_at, seen_at))

struct NewToken {
    TokenId id;
    Secret token;  // shown this once; its hash is kept
};

// A token that makes calls as the person. Errors: input.invalid (name, expires_at), token.too-many, people.no-login.
Result<NewToken> create_token(storage::Transaction& tx, people::Act const& act, PersonId person,
                              std::string const& name, std::optional<Instant> expires_at);
// A person's tokens, or everybody's (person 0); expired ones among them.
Result<std::vector<TokenRow>> list_tokens(storage::Transaction& tx, PersonId person);
// Ends a token of that person (person 0: anybody's). Kind::not_found.
Result<> revoke_token(storage::Transaction& tx, people::Act const& act, PersonId person, TokenId token);

// ---- the first run -----------------------------------------------------------------------------------------------

// The code that guards the first-run page: whoever reads the terminal owns the machine. New with every start, and gone
// with the first owner.
class FirstRun {
  public:
    // Makes a code where `needed` (nobody can sign in yet); otherwise there is none and nothing matches.
    explicit FirstRun(bool needed);
    // Twelve letters and digits in groups of four, none that look alike; empty where there is none.
    std::string code() const;
    // Whatever the case and the dashes; takes the same time for every wrong one of that length.
    bool matches(std::string_view entered) const;
    void done();

  private:
    mutable std::mutex mutex_;
    std::string code_;
};

// ---- calls -------------------------------------------------------------------------------------------------------

// Seals what must be read again, and makes codes that are then kept by their hash only: under keys that the database
// does not hold (crypto::seal, open_sealed, hmac_sha256).
struct Sealing {
    std::function<std::string(std::string_view)> seal;
    std::function<Result<Secret>(std::string_view)> open;
    std::function<crypto::Digest(std::string_view)> mac;
};

struct Parts {
    storage::Database& database;
    IdSource& ids;
    people::RoleBook const& roles;
    FirstRun& first_run;
    Sealing sealing;
};

// Says who makes a request: by the session's cookie ("keepword", over TLS "__Host-keepword") or by
// `Authorization: Bearer`. session.ended where one is there and no longer good.
api::Identify identify(Parts const& parts, Clock const& clock);

// Whether letters can go out at all, without which no code for a forgotten password arrives.
using LettersGo = std::function<Result<bool>(storage::Transaction&)>;

// /session, /me, /tokens, /first-run, /password-resets. What the parts refer to must live as long as the routes.
api::Routes routes(Parts const& parts, people::RegionBook const& regions, LettersGo letters_go);

// ---- a forgotten password ----------------------------------------------------------------------------------------

// The job that sends somebody the code by which they set a new password. It holds no code: that is made anew when the
// letter is written.
inline constexpr char const* reset_job = "password-reset";
constexpr Duration reset_lasts = minutes(30);

// To whom a code goes, and in which words.
struct ResetLetter {
    std::string address;
    std::string name;
    Locale locale = Locale::zh;
    std::string code;
};
// Nothing where it was used meanwhile, has expired, or the person is gone.
Result<std::optional<ResetLetter>> reset_letter(storage::Transaction& tx, Sealing const& sealing,
                                                json::value const& payload, Instant now);

// Forgets sessions that have ended, tries that no longer count and tokens that expired 30 days ago: house-keeping.
Result<> forget_ended(storage::Transaction& tx, Instant now);

}  // namespace keepword::access
