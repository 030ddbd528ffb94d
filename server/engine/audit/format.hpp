#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foundation/crypto.hpp"
#include "foundation/json.hpp"
#include "foundation/result.hpp"
#include "foundation/time.hpp"

// The form of the audit's proofs, with no database: all that an offline verifier needs. docs/audit-format.md says the
// same in words; whoever changes a byte here makes every exported proof worthless.
//
//   u64(n)   8 bytes, most significant first (two's complement)
//   text(s)  u64(length in bytes), then the bytes
//
//   entry       SHA-256( text("keepword audit entry 1") text(chain) u64(seq) u64(at) text(actor) text(action)
//                        text(subject) text(data) previous )            previous: the entry before it, or 32 zeros
//   leaf        SHA-256( 00 text(chain) u64(seq) entry )                 a chain's head
//   node        SHA-256( 01 left right )                                 as in RFC 6962: a lone node goes up as it is
//   checkpoint  text("keepword audit checkpoint 1") u64(number) u64(at) u64(chains) root previous
//               previous: SHA-256 of the checkpoint before it in this form, or 32 zeros; signed with Ed25519
namespace keepword::audit {

using crypto::Digest;

// One entry as it is kept. `data` is JSON text and hashed byte for byte, so it is never parsed and written again.
struct Recorded {
    std::int64_t seq = 0;  // 1, 2, 3 … in its chain
    Instant at;
    std::string actor;    // who: a person's id, or "system"
    std::string action;   // what was done: "task.complete"
    std::string subject;  // to what: "task:12"
    std::string data;
    Digest previous{};
    Digest hash{};
};

struct Checkpoint {
    std::int64_t number = 0;  // 1, 2, 3 …
    Instant at;
    std::int64_t chains = 0;  // leaves of the tree
    Digest root{};
    Digest previous{};
    std::string signature;   // 64 bytes
    std::string public_key;  // 32 bytes
};

// That a chain ended with a certain entry when a checkpoint was signed.
struct Proof {
    std::string chain;
    std::int64_t seq = 0;  // of the chain's last entry
    Digest head{};         // its hash
    std::int64_t leaf = 0;
    std::vector<Digest> path;  // the siblings from the leaf up
    Checkpoint checkpoint;
};

Digest entry_hash(std::string_view chain, Recorded const& entry);
Digest leaf_hash(std::string_view chain, std::int64_t seq, Digest const& head);
Digest node_hash(Digest const& left, Digest const& right);
Digest empty_root();
// What is signed.
std::string signed_bytes(Checkpoint const& checkpoint);
Digest checkpoint_hash(Checkpoint const& checkpoint);

// Holds the whole chain against its proof and the centre's public key (32 bytes), with nothing but these. Errors
// (Kind::conflict), each with `seq` where one entry is meant: audit.gap, audit.order, audit.hash, audit.truncated
// (entries are missing at the end, or there are more than the proof speaks of), audit.root, audit.signature.
Result<> verify(Proof const& proof, std::span<Recorded const> entries, std::string_view public_key);

// Entries one after the other, for chains that do not fit into memory: add() each in order, then finish().
class ChainVerifier {
  public:
    explicit ChainVerifier(std::string chain) : chain_(std::move(chain)) {}
    Result<> add(Recorded const& entry);
    std::int64_t seq() const { return seq_; }
    Digest const& head() const { return head_; }

  private:
    std::string chain_;
    std::int64_t seq_ = 0;
    Digest head_{};
};

// Only the proof's own parts: path, root, signature. Used by verify().
Result<> verify_checkpoint(Proof const& proof, std::string_view public_key);

json::value to_json(Proof const& proof);
Result<Proof> proof_from_json(json::value const& value);
json::value to_json(Recorded const& entry);
Result<Recorded> recorded_from_json(json::value const& value);

}  // namespace keepword::audit
