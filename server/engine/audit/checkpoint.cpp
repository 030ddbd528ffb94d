#include <map>
#include <set>

#include "engine/audit/rows.hpp"

namespace keepword::audit {
namespace {

using Nodes = std::map<std::int64_t, Digest>;  // of one level, by position

Checkpoint checkpoint_of(storage::Row const& row) {
    Checkpoint checkpoint;
    checkpoint.number = row.integer(0);
    checkpoint.at = row.instant(1);
    checkpoint.chains = row.integer(2);
    checkpoint.root = digest_at(row, 3);
    checkpoint.previous = digest_at(row, 4);
    checkpoint.signature = row.blob(5);
    checkpoint.public_key = row.blob(6);
    return checkpoint;
}

Result<> put(storage::Transaction& tx, int level, Nodes const& nodes) {
    for (auto const& [position, hash] : nodes) {
        TRY(
            tx.execute("INSERT INTO audit_node (level, position, hash) VALUES (?, ?, ?) "
                       "ON CONFLICT (level, position) DO UPDATE SET hash = excluded.hash",
                       level, position, hash));
    }
    return {};
}

// A node just made, or the one kept. The caller knows that it is there.
Result<Digest> node(storage::Transaction& tx, int level, Nodes const& made, std::int64_t position) {
    if (auto const found = made.find(position); found != made.end()) return found->second;
    if (auto const kept = TRY(node_at(tx, level, position))) return *kept;
    return fail(Kind::internal, "audit.tree", "node " + std::to_string(level) + "/" + std::to_string(position));
}

// Makes the changed leaves of this call: each chain that has grown, with its place in the tree.
Result<Nodes> take_changed(storage::Transaction& tx, std::int64_t limit, std::int64_t& chains) {
    auto const rows =
        TRY(tx.query("SELECT chain, seq, hash, leaf FROM audit_chain WHERE changed = 1 "
                     "ORDER BY chain LIMIT ?",
                     limit));
    Nodes leaves;
    for (auto const& row : rows) {
        std::int64_t const leaf = row.null(3) ? chains++ : row.integer(3);
        leaves[leaf] = leaf_hash(row.text(0), row.integer(1), digest_at(row, 2));
        TRY(tx.execute("UPDATE audit_chain SET leaf = ?, covered = ?, changed = 0 WHERE chain = ?", leaf,
                       row.integer(1), row.text(0)));
    }
    return leaves;
}

// Carries changed leaves up to the root, touching nothing but what stands above them.
Result<Digest> update_tree(storage::Transaction& tx, Nodes changed, std::int64_t chains) {
    int level = 0;
    for (std::int64_t width = chains; width > 1; width = (width + 1) / 2, ++level) {
        TRY(put(tx, level, changed));
        Nodes parents;
        for (auto const& [position, _] : changed) {
            std::int64_t const left = position / 2 * 2;
            if (parents.contains(left / 2)) continue;
            Digest hash = TRY(node(tx, level, changed, left));
            // A lone node at the right edge goes up as it is.
            if (left + 1 < width) hash = node_hash(hash, TRY(node(tx, level, changed, left + 1)));
            parents[left / 2] = hash;
        }
        changed = std::move(parents);
    }
    TRY(put(tx, level, changed));
    return changed.begin()->second;
}

Result<> sign_and_keep(storage::Transaction& tx, Signer const& signer, Checkpoint& checkpoint) {
    checkpoint.public_key = signer.public_key;
    checkpoint.signature = TRY(signer.sign(signed_bytes(checkpoint)));
    TRY(
        tx.execute("INSERT INTO audit_checkpoint (number, at, chains, root, previous, signature, public_key) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)",
                   checkpoint.number, checkpoint.at, checkpoint.chains, checkpoint.root, checkpoint.previous,
                   storage::Blob{checkpoint.signature}, storage::Blob{checkpoint.public_key}));
    return {};
}

}  // namespace

Result<std::optional<Digest>> node_at(storage::Transaction& tx, int level, std::int64_t position) {
    auto const row = TRY(tx.one("SELECT hash FROM audit_node WHERE level = ? AND position = ?", level, position));
    return row ? std::optional(digest_at(*row, 0)) : std::nullopt;
}

Result<std::vector<Checkpoint>> checkpoints_after(storage::Transaction& tx, std::int64_t number, std::int64_t limit) {
    auto const rows =
        TRY(tx.query("SELECT number, at, chains, root, previous, signature, public_key "
                     "FROM audit_checkpoint WHERE number > ? ORDER BY number LIMIT ?",
                     number, limit));
    std::vector<Checkpoint> found;
    for (auto const& row : rows) found.push_back(checkpoint_of(row));
    return found;
}

Result<std::optional<Checkpoint>> newest_checkpoint(storage::Transaction& tx) {
    auto const row =
        TRY(tx.one("SELECT number, at, chains, root, previous, signature, public_key "
                   "FROM audit_checkpoint ORDER BY number DESC LIMIT 1"));
    return row ? std::optional(checkpoint_of(*row)) : std::nullopt;
}

Result<Checkpoint> checkpoint(storage::Transaction& tx, Instant now, Signer const& signer, std::int64_t limit) {
    auto const newest = TRY(newest_checkpoint(tx));
    Checkpoint next;
    next.number = 1;
    next.at = now;
    if (newest) {
        next.number = newest->number + 1;
        next.chains = newest->chains;
        next.previous = checkpoint_hash(*newest);
    }
    auto leaves = TRY(take_changed(tx, limit, next.chains));
    if (leaves.empty() && newest) return *newest;
    next.root = leaves.empty() ? empty_root() : TRY(update_tree(tx, std::move(leaves), next.chains));
    TRY(sign_and_keep(tx, signer, next));
    return next;
}

Result<Proof> prove(storage::Transaction& tx, std::string const& chain) {
    auto const row = TRY(tx.one("SELECT seq, hash, leaf, covered FROM audit_chain WHERE chain = ?", chain));
    if (!row) return fail(Kind::not_found, "audit.no-chain", chain);
    auto newest = TRY(newest_checkpoint(tx));
    if (!newest || row->null(2) || row->integer(3) != row->integer(0)) return fail(Kind::conflict, "audit.not-covered");
    Proof proof{chain, row->integer(0), digest_at(*row, 1), row->integer(2), {}, *std::move(newest)};
    std::int64_t position = proof.leaf;
    int level = 0;
    for (std::int64_t width = proof.checkpoint.chains; width > 1; width = (width + 1) / 2, ++level, position /= 2) {
        std::int64_t const sibling = position % 2 == 0 ? position + 1 : position - 1;
        if (sibling < width) proof.path.push_back(TRY(node(tx, level, {}, sibling)));
    }
    return proof;
}

}  // namespace keepword::audit
