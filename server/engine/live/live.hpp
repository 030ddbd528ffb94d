#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.hpp"
#include "foundation/time.hpp"
#include "storage/database.hpp"

// Live updates: what happened, told to whoever is looking. Events are written in the transaction of what they tell of,
// so that there is neither an event without its change nor a change without its event.
namespace keepword::live {

struct Event {
    std::int64_t number = 0;  // grows; a browser resumes behind the last one it saw (Last-Event-ID)
    Instant at;
    std::string topic;         // "case", "task", or one of the two below
    std::int64_t case_id = 0;  // 0: belongs to no case
    json::value data;
    bool operator==(Event const&) const = default;
};

// The first event of a stream that does not resume another: no news, only the number to resume behind later.
inline constexpr char const* start_topic = "start";
// Events were lost to this stream: the screen must load anew.
inline constexpr char const* reset_topic = "reset";

// `topic` up to 60 bytes, `data` up to 16 KiB of JSON (live.too-large): say what has changed, not everything it now is.
Result<> publish(storage::Transaction& tx, Instant at, std::string_view topic, std::int64_t case_id,
                 json::value const& data);

// At most `limit` events behind a number, in order; live.lost (Kind::stale) where some of them are kept no more.
Result<std::vector<Event>> since(storage::Transaction& tx, std::int64_t number, std::int64_t limit);

// The number behind which everything still to come will be.
Result<std::int64_t> newest(storage::Transaction& tx);

// For a database whose events were written in another one, with that one's numbers: nobody who looks has seen any of
// it.
Result<> forget_all(storage::Transaction& tx);

// Throws away events older than `before`, and the oldest of more than `most`.
Result<> prune(storage::Transaction& tx, Instant before, std::int64_t most);

}  // namespace keepword::live
