#pragma once
#include <optional>
#include <string>

#include "engine/api/call.hpp"
#include "engine/api/route.hpp"

namespace keepword::api {

// The key of a request, if it has one; input error where it is not 1 to 200 printable characters.
Result<std::optional<std::string>> idempotency_key(Headers const& headers);

// Runs a write once per (person, key): the same request again gets the kept answer, another one with the same key
// idempotency.other-body. The answer is kept in the transaction of the act itself, so both are there or neither.
Result<Reply> act_once(Route const& route, Call const& call, std::string const& key, storage::Transaction& tx);

// Forgets answers older than a day; called now and then by the house-keeping.
Result<> forget_old_answers(storage::Transaction& tx, Instant now);

}  // namespace keepword::api
