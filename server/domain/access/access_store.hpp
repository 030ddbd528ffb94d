#pragma once
#include "domain/access/access.hpp"

// The SQL of sessions, tokens and failed tries. Inside of the slice only.
namespace keepword::access {

struct SessionRecord {
    SessionId id;
    PersonId person;
    Instant created_at;
    Instant seen_at;
};
// The session of this token that still counts.
Result<std::optional<SessionRecord>> find_session(storage::Transaction& tx, std::string_view token, Instant now);
Result<SessionId> insert_session(storage::Transaction& tx, IdSource& ids, PersonId person, Secret const& token,
                                 std::string const& remote, std::string const& agent, Instant now);
Result<> delete_session(storage::Transaction& tx, SessionId id);

Result<std::optional<PersonId>> find_token(storage::Transaction& tx, std::string_view token, Instant now);

// How long to wait before the next try of this login from this address; nothing where one may be made now.
Result<std::optional<Duration>> wait_before_try(storage::Transaction& tx, std::string const& login_key,
                                                std::string const& remote, Instant now);
Result<> count_failure(storage::Transaction& tx, std::string const& login_key, std::string const& remote, Instant now);
Result<> forget_failures(storage::Transaction& tx, std::string const& login_key, std::string const& remote);

}  // namespace keepword::access
