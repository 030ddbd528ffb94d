#pragma once
#include "domain/access/access.hpp"

// The SQL of passwords, sessions and tokens. Inside of the slice only.
namespace keepword::access {

// Who may sign in with a login: an active person with a password.
struct SignInRecord {
    PersonId person;
    std::string login;
    std::string hash;
};
Result<std::optional<SignInRecord>> find_sign_in(storage::Transaction& tx, std::string_view login);
Result<std::optional<SignInRecord>> sign_in_of(storage::Transaction& tx, PersonId person);

// set_password without its ending the sessions.
Result<> store_password(storage::Transaction& tx, PersonId person, std::string const& hash, Instant now);

struct SessionRecord {
    SessionId id;
    PersonId person;
    Instant created_at;
    Instant seen_at;
    std::string remote;
    std::string agent;
    Instant proven_at;  // by password or code, last
};
// Also ends the person's oldest sessions beyond the number one may have.
Result<> insert_session(storage::Transaction& tx, SessionRecord const& session, crypto::Digest const& token_hash);
Result<std::optional<SessionRecord>> find_session(storage::Transaction& tx, crypto::Digest const& token_hash);
Result<std::vector<SessionRecord>> sessions_of(storage::Transaction& tx, PersonId person, Instant now);
Result<> see_session(storage::Transaction& tx, SessionId id, Instant now);
// Whether there was one of that person's.
Result<bool> delete_session(storage::Transaction& tx, SessionId id, PersonId person, Instant now);
Result<> delete_sessions_but(storage::Transaction& tx, PersonId person, std::int64_t kept, Instant now);

struct TokenRecord {
    TokenId id;
    PersonId person;
    std::optional<Instant> expires_at;
    std::optional<Instant> seen_at;
};
Result<> insert_token(storage::Transaction& tx, TokenRow const& token, PersonId person,
                      crypto::Digest const& token_hash);
Result<std::optional<TokenRecord>> find_token(storage::Transaction& tx, crypto::Digest const& token_hash);
Result<> see_token(storage::Transaction& tx, TokenId id, Instant now);

// Whether a session that was begun and last seen then is still good.
bool is_alive(Instant created_at, Instant seen_at, Instant now);

}  // namespace keepword::access
