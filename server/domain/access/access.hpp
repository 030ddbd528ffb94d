#pragma once
#include <mutex>
#include <optional>
#include <string>

#include "domain/people/people.hpp"
#include "engine/api/app.hpp"

// How people get in: passwords, sessions of browsers, API tokens, and the first run of an empty centre.
namespace keepword::access {

struct SessionTag;
using SessionId = Id<SessionTag>;
struct TokenTag;
using TokenId = Id<TokenTag>;

// A session ends after 12 hours without a request, and 14 days after it began.
constexpr Duration idle_limit = hours(12);
constexpr Duration session_limit = days(14);

// The code that opens the first-run page, printed in the terminal of whoever started the server. There is one only as
// long as nobody can sign in.
class FirstRun {
  public:
    // Makes a code where `needed`; otherwise there is none.
    explicit FirstRun(bool needed);
    std::string const& code() const { return code_; }
    bool matches(std::string_view code) const;
    void done();

  private:
    mutable std::mutex mutex_;
    std::string code_;
};

struct Parts {
    storage::Database& database;
    IdSource& ids;
    people::RoleBook const& roles;
    FirstRun& first_run;
};

// Who makes a request: by the session cookie or a bearer token. Errors: session.none (Kind::unauthorised) where one was
// given that does not count.
api::Identify identify(Parts const& parts, Clock const& clock);

// The rules of a password: 10 to 200 characters, not the login, none of the commonest. Hashes it; on the pool only.
Result<std::string> hash_password(std::string_view login, Secret const& password);
// Sets a person's password and ends their sessions.
Result<> set_password(storage::Transaction& tx, PersonId person, std::string const& hash, Instant now);
// Ends sessions and tokens.
Result<> shut_out(storage::Transaction& tx, PersonId person);
// The functions that domain/people asks for.
people::SignIns sign_ins();

// The owner of an empty centre (`init`, and the first-run page). access.owner-exists (conflict).
Result<PersonId> create_owner(storage::Transaction& tx, people::Act const& act, people::RoleBook const& roles,
                              people::RegionBook const& regions, std::string const& login, std::string const& name,
                              std::string const& password_hash);

// API tokens, for the command line too.
struct NewToken {
    TokenId id;
    Secret token;  // shown once
};
Result<NewToken> create_token(storage::Transaction& tx, people::Act const& act, PersonId person, std::string const& name,
                              std::optional<Instant> expires_at);
struct TokenRow {
    TokenId id;
    std::string name;
    std::string login;
    Instant created_at;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenRow, (), (id, name, login, created_at, expires_at))
// Of one person, or of everybody (person 0).
Result<std::vector<TokenRow>> list_tokens(storage::Transaction& tx, PersonId person);
// not-found where the token is not the person's (person 0: anybody's).
Result<> revoke_token(storage::Transaction& tx, people::Act const& act, PersonId person, TokenId token);

api::Routes routes(Parts const& parts, people::RegionBook const& regions, Clock const& clock);

}  // namespace keepword::access
