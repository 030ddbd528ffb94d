#include "engine/audit/format.hpp"

#include <algorithm>

namespace keepword::audit {
namespace {

// Writes values one after the other in a form that no two different lists of values share.
class Writer {
  public:
    Writer& u64(std::int64_t number) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            out_.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> shift));
        }
        return *this;
    }
    Writer& text(std::string_view text) {
        u64(static_cast<std::int64_t>(text.size()));
        out_ += text;
        return *this;
    }
    Writer& raw(std::string_view bytes) {
        out_ += bytes;
        return *this;
    }
    Writer& digest(Digest const& digest) { return raw(crypto::view(digest)); }
    std::string const& bytes() const { return out_; }

  private:
    std::string out_;
};

std::unexpected<Error> broken(char const* code, std::int64_t seq) {
    return fail(Error(Kind::conflict, code).with("seq", std::to_string(seq)));
}

// The root that a leaf and its path lead to (RFC 9162, 2.1.3.2), or nothing where the path has the wrong length.
std::optional<Digest> root_of(Proof const& proof, Digest const& leaf) {
    std::int64_t position = proof.leaf;
    std::int64_t last = proof.checkpoint.chains - 1;
    if (position < 0 || position > last) return std::nullopt;
    Digest hash = leaf;
    for (auto const& sibling : proof.path) {
        if (last == 0) return std::nullopt;
        // A lone node on the right edge goes up as it is, until it has a sibling.
        while (position == last && position % 2 == 0 && last != 0) {
            position /= 2;
            last /= 2;
        }
        hash = position % 2 == 1 ? node_hash(sibling, hash) : node_hash(hash, sibling);
        position /= 2;
        last /= 2;
    }
    if (last != 0) return std::nullopt;
    return hash;
}

}  // namespace

Digest entry_hash(std::string_view chain, Recorded const& entry) {
    Writer writer;
    writer.text("keepword audit entry 1").text(chain).u64(entry.seq).u64(entry.at.ms).text(entry.actor);
    writer.text(entry.action).text(entry.subject).text(entry.data).digest(entry.previous);
    return crypto::sha256(writer.bytes());
}

Digest leaf_hash(std::string_view chain, std::int64_t seq, Digest const& head) {
    Writer writer;
    writer.raw(std::string_view("\0", 1)).text(chain).u64(seq).digest(head);
    return crypto::sha256(writer.bytes());
}

Digest node_hash(Digest const& left, Digest const& right) {
    Writer writer;
    writer.raw("\1").digest(left).digest(right);
    return crypto::sha256(writer.bytes());
}

Digest empty_root() {
    return crypto::sha256("");
}

std::string signed_bytes(Checkpoint const& checkpoint) {
    Writer writer;
    writer.text("keepword audit checkpoint 1").u64(checkpoint.number).u64(checkpoint.at.ms).u64(checkpoint.chains);
    writer.digest(checkpoint.root).digest(checkpoint.previous);
    return writer.bytes();
}

Digest checkpoint_hash(Checkpoint const& checkpoint) {
    return crypto::sha256(signed_bytes(checkpoint));
}

Result<> ChainVerifier::add(Recorded const& entry) {
    if (entry.seq != seq_ + 1) return broken("audit.gap", seq_ + 1);
    if (entry.previous != head_) return broken("audit.order", entry.seq);
    if (entry.hash != entry_hash(chain_, entry)) return broken("audit.hash", entry.seq);
    seq_ = entry.seq;
    head_ = entry.hash;
    return {};
}

Result<> verify_checkpoint(Proof const& proof, std::string_view public_key) {
    auto const root = root_of(proof, leaf_hash(proof.chain, proof.seq, proof.head));
    if (root != proof.checkpoint.root) return fail(Kind::conflict, "audit.root");
    if (!crypto::verify(public_key, signed_bytes(proof.checkpoint), proof.checkpoint.signature)) {
        return fail(Kind::conflict, "audit.signature");
    }
    return {};
}

Result<> verify(Proof const& proof, std::span<Recorded const> entries, std::string_view public_key) {
    ChainVerifier chain(proof.chain);
    for (auto const& entry : entries) TRY(chain.add(entry));
    if (chain.seq() != proof.seq) return broken("audit.truncated", std::min(chain.seq(), proof.seq) + 1);
    if (chain.head() != proof.head) return broken("audit.hash", chain.seq());
    return verify_checkpoint(proof, public_key);
}

}  // namespace keepword::audit
