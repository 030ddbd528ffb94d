#include "engine/audit/audit.hpp"

#include "engine/audit/rows.hpp"

namespace keepword::audit {
namespace {

constexpr std::size_t max_text = 300;
constexpr std::size_t max_data = 256 * 1024;

Result<> check(Entry const& entry, std::string const& data) {
    for (auto const* text : {&entry.chain, &entry.actor, &entry.action, &entry.subject}) {
        if (text->size() > max_text) return fail(Kind::too_large, "audit.too-large", *text);
    }
    if (data.size() > max_data) return fail(Kind::too_large, "audit.too-large", entry.action);
    return {};
}

}  // namespace

Recorded recorded_of(storage::Row const& row) {
    return {row.integer(0), row.instant(1), row.text(2),       row.text(3),
            row.text(4),    row.text(5),    digest_at(row, 6), digest_at(row, 7)};
}

Result<> append(storage::Transaction& tx, Entry const& entry) {
    Recorded recorded{1, entry.at, entry.actor, entry.action, entry.subject, json::serialize(entry.data), {}, {}};
    TRY(check(entry, recorded.data));
    auto const end = TRY(tx.one("SELECT seq, hash FROM audit_chain WHERE chain = ?", entry.chain));
    if (end) {
        recorded.seq = end->integer(0) + 1;
        recorded.previous = digest_at(*end, 1);
    }
    recorded.hash = entry_hash(entry.chain, recorded);
    TRY(
        tx.execute("INSERT INTO audit (chain, seq, at, actor, action, subject, data, previous, hash) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   entry.chain, recorded.seq, recorded.at, recorded.actor, recorded.action, recorded.subject,
                   recorded.data, recorded.previous, recorded.hash));
    if (end) {
        TRY(tx.execute("UPDATE audit_chain SET seq = ?, hash = ?, changed = 1 WHERE chain = ?", recorded.seq,
                       recorded.hash, entry.chain));
    } else {
        TRY(tx.execute("INSERT INTO audit_chain (chain, seq, hash) VALUES (?, ?, ?)", entry.chain, recorded.seq,
                       recorded.hash));
    }
    return {};
}

Result<std::vector<Recorded>> entries(storage::Transaction& tx, std::string const& chain, std::int64_t after,
                                      std::int64_t limit) {
    auto const rows =
        TRY(tx.query("SELECT seq, at, actor, action, subject, data, previous, hash FROM audit "
                     "WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?",
                     chain, after, limit));
    std::vector<Recorded> found;
    found.reserve(rows.size());
    for (auto const& row : rows) found.push_back(recorded_of(row));
    return found;
}

}  // namespace keepword::audit
