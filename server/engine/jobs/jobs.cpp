#include "engine/jobs/jobs.hpp"

namespace keepword::jobs {

Result<> set_alarm(storage::Transaction& tx, std::string const& id, std::string const& kind, Instant due,
                   json::value const& payload) {
    TRY(tx.execute("INSERT INTO alarm (id, kind, due, payload, tries) VALUES (?,?,?,?,0) "
                   "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, due = excluded.due, payload = excluded.payload, tries = 0",
                   id, kind, due, payload));
    return {};
}

Result<> cancel_alarm(storage::Transaction& tx, std::string const& id) {
    TRY(tx.execute("DELETE FROM alarm WHERE id = ?", id));
    return {};
}

Result<> enqueue(storage::Transaction& tx, std::string const& kind, std::string const& key, json::value const& payload,
                 Instant now) {
    TRY(tx.execute("INSERT INTO outbox (key, kind, payload, state, tries, next_at, created_at) VALUES (?,?,?,'waiting',0,?,?) "
                   "ON CONFLICT (key) DO NOTHING",
                   key, kind, payload, now, now));
    return {};
}

}  // namespace keepword::jobs
