#include "engine/jobs/jobs.hpp"

#include <algorithm>

namespace keepword::jobs {
namespace {

constexpr std::size_t max_name = 300;
constexpr std::size_t max_payload = 256 * 1024;

Result<std::string> checked(std::string_view kind, std::string_view name, json::value const& payload) {
    std::string text = json::serialize(payload);
    if (kind.size() <= max_name && name.size() <= max_name && text.size() <= max_payload) return text;
    return fail(Kind::too_large, "jobs.too-large", std::string(kind));
}

std::vector<Dead> dead_of(storage::Rows const& rows) {
    std::vector<Dead> dead;
    dead.reserve(rows.size());
    for (auto const& row : rows) dead.push_back({row.text(0), row.text(1), row.json(2), row.integer(3), row.text(4)});
    return dead;
}

Result<> revived(std::int64_t changed) {
    if (changed == 0) return fail(Kind::not_found, "jobs.not-dead");
    return {};
}

}  // namespace

Result<bool> enqueue(storage::Transaction& tx, std::string_view kind, std::string_view key, json::value const& payload,
                     Instant due) {
    auto const text = TRY(checked(kind, key, payload));
    return TRY(tx.execute("INSERT INTO job (kind, key, payload, due, changed) VALUES (?, ?, ?, ?, ?) "
                          "ON CONFLICT (kind, key) DO NOTHING",
                          kind, key, text, due, due)) == 1;
}

Result<> set_alarm(storage::Transaction& tx, std::string_view id, std::string_view kind, Instant due,
                   json::value const& payload) {
    auto const text = TRY(checked(kind, id, payload));
    TRY(
        tx.execute("INSERT INTO alarm (id, kind, payload, due) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                   "kind = excluded.kind, payload = excluded.payload, due = excluded.due, tries = 0, error = NULL",
                   id, kind, text, due));
    return {};
}

Result<> cancel_alarm(storage::Transaction& tx, std::string_view id) {
    TRY(tx.execute("DELETE FROM alarm WHERE id = ?", id));
    return {};
}

Result<std::optional<Instant>> next_due(storage::Transaction& tx) {
    auto const row =
        TRY(tx.one("SELECT min(due) FROM (SELECT min(due) AS due FROM job WHERE due IS NOT NULL UNION ALL "
                   "SELECT min(due) AS due FROM alarm WHERE due IS NOT NULL) AS either"));
    return row->optional_instant(0);
}

Result<std::vector<Dead>> dead_jobs(storage::Transaction& tx, std::int64_t limit) {
    return dead_of(
        TRY(tx.query("SELECT kind, key, payload, tries, error FROM job "
                     "WHERE due IS NULL AND state = 'dead' ORDER BY changed DESC LIMIT ?",
                     limit)));
}

Result<std::vector<Dead>> dead_alarms(storage::Transaction& tx, std::int64_t limit) {
    return dead_of(TRY(
        tx.query("SELECT kind, id, payload, tries, error FROM alarm WHERE due IS NULL ORDER BY id LIMIT ?", limit)));
}

Result<> revive_job(storage::Transaction& tx, std::string_view kind, std::string_view key, Instant now) {
    return revived(
        TRY(tx.execute("UPDATE job SET state = 'waiting', due = ?, tries = 0, changed = ? "
                       "WHERE kind = ? AND key = ? AND state = 'dead'",
                       now, now, kind, key)));
}

Result<> revive_alarm(storage::Transaction& tx, std::string_view id, Instant now) {
    return revived(TRY(tx.execute("UPDATE alarm SET due = ?, tries = 0 WHERE id = ? AND due IS NULL", now, id)));
}

Result<> prune(storage::Transaction& tx, Instant before) {
    TRY(tx.execute("DELETE FROM job WHERE due IS NULL AND state = 'done' AND changed < ?", before));
    return {};
}

Duration backoff(std::int64_t tries) {
    std::int64_t const doublings = std::clamp<std::int64_t>(tries - 1, 0, 6);
    return std::min(minutes(1) * (std::int64_t{1} << doublings), longest_backoff);
}

}  // namespace keepword::jobs
