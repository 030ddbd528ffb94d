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

Result<> append_all(storage::Transaction& tx, std::span<Entry const> entries) {
    if (entries.empty()) return {};
    auto const& chain = entries.front().chain;
    auto const end = TRY(tx.one("SELECT seq, hash FROM audit_chain WHERE chain = ?", chain));
    std::int64_t seq = end ? end->integer(0) : 0;
    Digest head = end ? digest_at(*end, 1) : Digest{};
    std::vector<Recorded> made;
    for (auto const& entry : entries) {
        if (entry.chain != chain) return fail(Kind::internal, "audit.chains", entry.chain);
        auto& recorded = made.emplace_back(
            Recorded{++seq, entry.at, entry.actor, entry.action, entry.subject, json::serialize(entry.data), head, {}});
        TRY(check(entry, recorded.data));
        recorded.hash = head = entry_hash(chain, recorded);
    }
    // The chain's own row first: of two transactions that go on from the same end one waits here and is run again.
    // Entries first, and it would hear that its number is taken, as if somebody had asked for that.
    if (end) {
        TRY(tx.execute("UPDATE audit_chain SET seq = ?, hash = ?, changed = 1 WHERE chain = ?", seq, head, chain));
    } else {
        TRY(tx.execute("INSERT INTO audit_chain (chain, seq, hash) VALUES (?, ?, ?)", chain, seq, head));
    }
    for (auto const& recorded : made) {
        TRY(
            tx.execute("INSERT INTO audit (chain, seq, at, actor, action, subject, data, previous, hash) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       chain, recorded.seq, recorded.at, recorded.actor, recorded.action, recorded.subject,
                       recorded.data, recorded.previous, recorded.hash));
    }
    return {};
}

Result<> append(storage::Transaction& tx, Entry const& entry) {
    return append_all(tx, {&entry, 1});
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
