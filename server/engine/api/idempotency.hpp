#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/api/call.hpp"
#include "storage/database.hpp"

namespace keepword::api {

// The key of a request, if it has one; input error where it is not 1 to 200 printable characters.
Result<std::optional<std::string>> idempotency_key(Headers const& headers);

// Acts once per (person, key of the call): the same request again gets the kept answer, another one with the same key
// idempotency.other-body; a call without a key simply acts. `route` is "POST /people"; the path's values and the call's
// body as it is now make the request. The answer is kept in the transaction of the act, so both are there or neither.
Result<Reply> act_once(Call const& call, std::string_view route, storage::Transaction& tx,
                       std::function<Result<Reply>()> const& act);

// Forgets answers older than a day; called now and then by the house-keeping.
Result<> forget_old_answers(storage::Transaction& tx, Instant now);

}  // namespace keepword::api
