#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/audit/format.hpp"
#include "storage/database.hpp"

// What happened in the system, for proof. Every entry is written in the transaction of what it records, at the end of
// its case's chain (or of the system's), so that cases do not wait for each other. At intervals a checkpoint signs a
// Merkle root over the heads of all chains: from then on nothing below it can be changed without being found, and one
// chain with its path and the checkpoint can be verified anywhere (format.hpp).
//
// What is not found, because nothing outside the database speaks against it: that whoever can write the database forges
// or cuts off entries newer than the newest checkpoint, or sets everything back to an older state.
namespace keepword::audit {

inline constexpr char const* system_chain = "system";
inline std::string case_chain(std::int64_t case_id) {
    return "case:" + std::to_string(case_id);
}

struct Entry {
    std::string chain;  // case_chain(id) or system_chain
    Instant at;
    std::string actor;    // who: a person's id, or "system"
    std::string action;   // what was done: "task.complete"
    std::string subject;  // to what: "task:12"
    json::value data;     // whatever else is to be proved
};

// Adds an entry at its chain's end. audit.too-large where its texts go beyond 300 bytes or its data beyond 256 KiB.
Result<> append(storage::Transaction& tx, Entry const& entry);
// The same for several of one chain, in their order.
Result<> append_all(storage::Transaction& tx, std::span<Entry const> entries);

// At most `limit` entries of a chain behind entry number `after`, in order; none for an unknown chain.
Result<std::vector<Recorded>> entries(storage::Transaction& tx, std::string const& chain, std::int64_t after,
                                      std::int64_t limit);

// Signs with a key that this room does not see.
struct Signer {
    std::string public_key;                                     // 32 bytes
    std::function<Result<std::string>(std::string_view)> sign;  // Ed25519: 64 bytes
};

// Brings at most `limit` changed chains into the tree and signs its root. Where nothing has changed since the newest
// checkpoint, that one is the answer. With more changed chains than `limit` the rest stays for the next call.
Result<Checkpoint> checkpoint(storage::Transaction& tx, Instant now, Signer const& signer, std::int64_t limit = 4096);

// The proof of a chain as it stands; audit.not-covered (Kind::conflict) where it has grown since the newest checkpoint,
// audit.no-chain (Kind::not_found).
Result<Proof> prove(storage::Transaction& tx, std::string const& chain);

enum class Damage {
    hash,       // an entry is not what its hash says
    order,      // an entry does not follow the one before it
    gap,        // an entry is missing before others
    truncated,  // entries are missing at a chain's end, or the whole chain
    head,       // the chain's recorded end is not its last entry
    covered,    // the chain is not what the newest checkpoint covers
    tree,       // the tree does not lead from its leaves to its root
    root,       // the tree's root is not the one the newest checkpoint signed
    signature,  // a checkpoint is not signed by a key of the centre
};
BOOST_DESCRIBE_ENUM(Damage, hash, order, gap, truncated, head, covered, tree, root, signature)

struct Broken {
    std::string chain;     // or "checkpoint"
    std::int64_t seq = 0;  // the entry's or the checkpoint's number; with `tree`, and for a vanished chain, the leaf's
    Damage damage = Damage::hash;
    bool operator==(Broken const&) const = default;
};

struct Report {
    std::int64_t chains = 0;
    std::int64_t entries = 0;
    std::int64_t checkpoints = 0;
    std::optional<Broken> first_broken;
};

// Verifies everything there is in one read transaction, in pages. Checkpoints must be signed by one of `keys`; where
// none is given each is held against the key it names itself, which proves much less.
Result<Report> verify_all(storage::Transaction& tx, std::vector<std::string> const& keys);
Result<Report> verify_all(storage::Database& database, std::vector<std::string> const& keys);

}  // namespace keepword::audit
