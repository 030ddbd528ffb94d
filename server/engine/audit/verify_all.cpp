#include <algorithm>

#include "engine/audit/rows.hpp"

namespace keepword::audit {
namespace {

constexpr std::int64_t page = 1'000;
constexpr std::int64_t entry_page = 200;  // an entry can be 256 KiB

struct Head {
    std::string chain;
    std::int64_t seq = 0;
    Digest hash{};
    std::optional<std::int64_t> leaf;
    std::int64_t covered = 0;
};

using Found = std::optional<Broken>;

// One pass over everything, stopping at the first thing that is broken.
class Audit {
  public:
    Audit(storage::Transaction& tx, std::vector<std::string> const& keys, Report& report)
        : tx_(tx), keys_(keys), report_(report) {}

    Result<Found> run() {
        if (auto found = TRY(chains())) return found;
        if (auto found = TRY(strays())) return found;
        if (auto found = TRY(checkpoints())) return found;
        return tree();
    }

  private:
    Result<Found> chains();
    Result<Found> chain(Head const& head);
    Result<Found> strays();
    Result<Found> checkpoints();
    Result<Found> tree();
    Result<Found> level_above(int level, std::int64_t width);
    bool signed_by_us(Checkpoint const& checkpoint) const;

    storage::Transaction& tx_;
    std::vector<std::string> const& keys_;
    Report& report_;
    std::optional<Checkpoint> newest_;
};

Damage damage_of(Error const& error) {
    if (error.code == "audit.gap") return Damage::gap;
    return error.code == "audit.order" ? Damage::order : Damage::hash;
}

Result<Found> Audit::chains() {
    std::string after;
    for (;;) {
        auto const rows =
            TRY(tx_.query("SELECT chain, seq, hash, leaf, covered FROM audit_chain WHERE chain > ? "
                          "ORDER BY chain LIMIT ?",
                          after, page));
        for (auto const& row : rows) {
            Head const head{row.text(0), row.integer(1), digest_at(row, 2),
                            row.null(3) ? std::nullopt : std::optional(row.integer(3)), row.integer(4)};
            ++report_.chains;
            if (auto found = TRY(chain(head))) return found;
            after = head.chain;
        }
        if (static_cast<std::int64_t>(rows.size()) < page) return Found();
    }
}

Result<Found> Audit::chain(Head const& head) {
    if (head.leaf && head.covered < 1) return Found({head.chain, head.covered, Damage::covered});
    ChainVerifier verifier(head.chain);
    for (bool more = true; more;) {
        auto const next = TRY(entries(tx_, head.chain, verifier.seq(), entry_page));
        for (auto const& entry : next) {
            if (auto added = verifier.add(entry); !added) {
                return Found({head.chain, verifier.seq() + 1, damage_of(added.error())});
            }
            ++report_.entries;
            if (entry.seq != head.covered || !head.leaf) continue;
            if (TRY(node_at(tx_, 0, *head.leaf)) != leaf_hash(head.chain, entry.seq, entry.hash)) {
                return Found({head.chain, entry.seq, Damage::covered});
            }
        }
        more = static_cast<std::int64_t>(next.size()) == entry_page;
    }
    if (verifier.seq() < std::max(head.seq, head.covered)) {
        return Found({head.chain, verifier.seq() + 1, Damage::truncated});
    }
    if (verifier.seq() != head.seq || verifier.head() != head.hash) {
        return Found({head.chain, verifier.seq(), Damage::head});
    }
    return Found();
}

// Entries before the first one, and whole chains, that the pass over the heads does not meet.
Result<Found> Audit::strays() {
    auto const row =
        TRY(tx_.one("SELECT chain, seq FROM audit WHERE seq < 1 OR NOT EXISTS "
                    "(SELECT 1 FROM audit_chain WHERE audit_chain.chain = audit.chain) "
                    "ORDER BY chain, seq LIMIT 1"));
    return row ? Found({row->text(0), row->integer(1), Damage::head}) : Found();
}

bool Audit::signed_by_us(Checkpoint const& checkpoint) const {
    if (!keys_.empty() && std::ranges::find(keys_, checkpoint.public_key) == keys_.end()) return false;
    return crypto::verify(checkpoint.public_key, signed_bytes(checkpoint), checkpoint.signature);
}

Result<Found> Audit::checkpoints() {
    std::int64_t number = 0;
    Digest previous{};
    for (;;) {
        auto const next = TRY(checkpoints_after(tx_, number, page));
        for (auto const& checkpoint : next) {
            ++number;
            if (checkpoint.number != number) return Found({"checkpoint", number, Damage::gap});
            if (!signed_by_us(checkpoint)) return Found({"checkpoint", number, Damage::signature});
            if (checkpoint.previous != previous) return Found({"checkpoint", number, Damage::order});
            previous = checkpoint_hash(checkpoint);
            newest_ = checkpoint;
            ++report_.checkpoints;
        }
        if (static_cast<std::int64_t>(next.size()) < page) return Found();
    }
}

// The nodes of one level against those of the level above, page by page; a page holds whole pairs.
Result<Found> Audit::level_above(int level, std::int64_t width) {
    for (std::int64_t from = 0; from < width; from += page) {
        auto const nodes =
            TRY(tx_.query("SELECT hash FROM audit_node WHERE level = ? AND position >= ? AND position < ? "
                          "ORDER BY position",
                          level, from, std::min(from + page, width)));
        auto const parents =
            TRY(tx_.query("SELECT hash FROM audit_node WHERE level = ? AND position >= ? AND "
                          "position < ? ORDER BY position",
                          level + 1, from / 2, (std::min(from + page, width) + 1) / 2));
        auto const count = static_cast<std::size_t>(std::min(page, width - from));
        if (nodes.size() != count || parents.size() != (count + 1) / 2)
            return Found({"checkpoint", from, Damage::tree});
        for (std::size_t i = 0; i < count; i += 2) {
            auto const left = digest_at(nodes[i], 0);
            auto const parent = i + 1 < count ? node_hash(left, digest_at(nodes[i + 1], 0)) : left;
            if (parent == digest_at(parents[i / 2], 0)) continue;
            return Found({"checkpoint", from + static_cast<std::int64_t>(i), Damage::tree});
        }
    }
    return Found();
}

Result<Found> Audit::tree() {
    if (!newest_) {
        auto const node = TRY(tx_.one("SELECT position FROM audit_node LIMIT 1"));
        return node ? Found({"checkpoint", 0, Damage::gap}) : Found();
    }
    // Every leaf belongs to a chain; a chain that vanished with all its entries leaves its place empty.
    auto const places = TRY(tx_.one("SELECT count(leaf) FROM audit_chain"));
    if (places->integer(0) != newest_->chains) {
        auto const gap =
            TRY(tx_.one("SELECT position FROM audit_node WHERE level = 0 AND NOT EXISTS (SELECT 1 FROM "
                        "audit_chain WHERE leaf = position) ORDER BY position LIMIT 1"));
        return Found({"", gap ? gap->integer(0) : newest_->chains, Damage::truncated});
    }
    int level = 0;
    for (std::int64_t width = newest_->chains; width > 1; width = (width + 1) / 2, ++level) {
        if (auto found = TRY(level_above(level, width))) return found;
    }
    auto const root = newest_->chains == 0 ? std::optional(empty_root()) : TRY(node_at(tx_, level, 0));
    return root == newest_->root ? Found() : Found({"checkpoint", newest_->number, Damage::root});
}

}  // namespace

Result<Report> verify_all(storage::Transaction& tx, std::vector<std::string> const& keys) {
    Report report;
    report.first_broken = TRY(Audit(tx, keys, report).run());
    return report;
}

Result<Report> verify_all(storage::Database& database, std::vector<std::string> const& keys) {
    return database.read([&](storage::Transaction& tx) { return verify_all(tx, keys); });
}

}  // namespace keepword::audit
