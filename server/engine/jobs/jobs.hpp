#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.hpp"
#include "foundation/time.hpp"
#include "storage/database.hpp"

// Work for later. Jobs reach outside (mail, webhooks) and are done after the commit of the transaction that wants them,
// at least once: the sender passes the key on (Message-ID, Idempotency-Key) so that a repetition can be recognised.
// Alarms stay inside: their handler's changes and the alarm's end are one transaction, exactly once.
namespace keepword::jobs {

struct Job {
    std::string kind;
    std::string key;
    json::value payload;
    std::int64_t tries = 0;  // this one included
};

struct Alarm {
    std::string id;
    std::string kind;
    json::value payload;
    Instant due;
    std::int64_t tries = 0;  // that failed before
};

// A job (or alarm) that has failed for good, for people to look at.
struct Dead {
    std::string kind;
    std::string key;  // of an alarm its id
    json::value payload;
    std::int64_t tries = 0;
    std::string error;  // the last one's code
};

// Puts a job into the outbox; false where one with this kind and key was put there before, whatever became of it.
// `due` is now or at most longest_backoff later. Kind, key and id up to 300 bytes, payload up to 256 KiB of JSON
// (jobs.too-large).
Result<bool> enqueue(storage::Transaction& tx, std::string_view kind, std::string_view key, json::value const& payload,
                     Instant due);

// Sets an alarm, or sets it anew where one of this id is set.
Result<> set_alarm(storage::Transaction& tx, std::string_view id, std::string_view kind, Instant due,
                   json::value const& payload);
// An alarm that is not set (any more) is nothing to cancel.
Result<> cancel_alarm(storage::Transaction& tx, std::string_view id);

// When the next job or alarm falls due; nothing where there is none.
Result<std::optional<Instant>> next_due(storage::Transaction& tx);

// The jobs and alarms that have failed for good, at most `limit` each.
Result<std::vector<Dead>> dead_jobs(storage::Transaction& tx, std::int64_t limit);
Result<std::vector<Dead>> dead_alarms(storage::Transaction& tx, std::int64_t limit);
// Tries a dead one again from the beginning; jobs.not-dead (Kind::not_found).
Result<> revive_job(storage::Transaction& tx, std::string_view kind, std::string_view key, Instant now);
Result<> revive_alarm(storage::Transaction& tx, std::string_view id, Instant now);

// Forgets jobs done before an instant; until then their keys keep them from being done twice.
Result<> prune(storage::Transaction& tx, Instant before);

inline constexpr std::int64_t max_tries = 20;

// The longest pause before the next try, and the furthest ahead that a job may be put.
inline constexpr Duration longest_backoff = hours(1);

// How long to wait after a try that failed: 1 minute, doubled each time, 1 hour at most.
Duration backoff(std::int64_t tries);

}  // namespace keepword::jobs
