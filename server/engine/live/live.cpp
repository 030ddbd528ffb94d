#include "engine/live/live.hpp"

#include <algorithm>
#include <limits>

namespace keepword::live {
namespace {

constexpr std::size_t max_topic = 60;
constexpr std::size_t max_data = 16 * 1024;

// The number from which on events may still be missing that belong before visible ones. On SQLite there is one writer
// at a time, so what is visible is complete.
Result<std::int64_t> horizon(storage::Transaction& tx) {
    if (tx.dialect() == storage::Dialect::sqlite) return std::numeric_limits<std::int64_t>::max();
    return TRY(tx.one("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) << 16"))
        ->integer(0);
}

Result<std::int64_t> pruned(storage::Transaction& tx) {
    return TRY(tx.one("SELECT number FROM live_pruned"))->integer(0);
}

Event event_of(storage::Row const& row) {
    return {row.integer(0), row.instant(1), row.text(2), row.integer(3), row.json(4)};
}

}  // namespace

Result<> publish(storage::Transaction& tx, Instant at, std::string_view topic, std::int64_t case_id,
                 json::value const& data) {
    std::string const text = json::serialize(data);
    if (topic.size() > max_topic || text.size() > max_data) {
        return fail(Kind::internal, "live.too-large", std::string(topic));
    }
    std::optional<std::int64_t> const of_case = case_id == 0 ? std::nullopt : std::optional(case_id);
    TRY(tx.execute("INSERT INTO live_event (at, topic, case_id, data) VALUES (?, ?, ?, ?)", at, topic, of_case, text));
    return {};
}

Result<std::vector<Event>> since(storage::Transaction& tx, std::int64_t number, std::int64_t limit) {
    // A number from the future is one of another database: a backup was restored meanwhile.
    if (number < TRY(pruned(tx)) || number > TRY(newest(tx))) return fail(Kind::stale, "live.lost");
    auto const rows =
        TRY(tx.query("SELECT number, at, topic, case_id, data FROM live_event "
                     "WHERE number > ? AND number < ? ORDER BY number LIMIT ?",
                     number, TRY(horizon(tx)), limit));
    std::vector<Event> events;
    events.reserve(rows.size());
    for (auto const& row : rows) events.push_back(event_of(row));
    return events;
}

Result<std::int64_t> newest(storage::Transaction& tx) {
    if (tx.dialect() == storage::Dialect::postgresql) return TRY(horizon(tx)) - 1;
    // Of the counter, not of the rows: those may all be pruned.
    auto const row = TRY(tx.one("SELECT seq FROM sqlite_sequence WHERE name = 'live_event'"));
    return row ? row->integer(0) : 0;
}

Result<> forget_all(storage::Transaction& tx) {
    TRY(tx.execute("DELETE FROM live_event"));
    TRY(tx.execute("UPDATE live_pruned SET number = 0"));
    return {};
}

Result<> prune(storage::Transaction& tx, Instant before, std::int64_t most) {
    auto const old = TRY(tx.one("SELECT max(number) FROM live_event WHERE at < ?", before))->integer(0);
    auto const surplus = TRY(tx.one("SELECT number FROM live_event ORDER BY number DESC LIMIT 1 OFFSET ?", most));
    auto const last = std::max(old, surplus ? surplus->integer(0) : 0);
    if (last == 0) return {};
    TRY(tx.execute("DELETE FROM live_event WHERE number <= ?", last));
    TRY(tx.execute("UPDATE live_pruned SET number = ? WHERE number < ?", last, last));
    return {};
}

}  // namespace keepword::live
