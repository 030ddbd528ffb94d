#include "engine/audit/format.hpp"

namespace keepword::audit {
namespace {

// How entries and proofs stand in an export: hashes, keys and signatures in hexadecimal, instants as everywhere.
struct EntryText {
    std::int64_t seq = 0;
    Instant at;
    std::string actor;
    std::string action;
    std::string subject;
    json::Text<400'000> data;  // JSON text inside a JSON text: it is hashed byte for byte
    json::Text<64> previous;
    json::Text<64> hash;
};
BOOST_DESCRIBE_STRUCT(EntryText, (), (seq, at, actor, action, subject, data, previous, hash))

struct CheckpointText {
    std::int64_t number = 0;
    Instant at;
    std::int64_t chains = 0;
    json::Text<64> root;
    json::Text<64> previous;
    json::Text<128> signature;
    json::Text<64> public_key;
};
BOOST_DESCRIBE_STRUCT(CheckpointText, (), (number, at, chains, root, previous, signature, public_key))

struct ProofText {
    std::string chain;
    std::int64_t seq = 0;
    json::Text<64> head;
    std::int64_t leaf = 0;
    std::vector<json::Text<64>> path;
    CheckpointText checkpoint;
};
BOOST_DESCRIBE_STRUCT(ProofText, (), (chain, seq, head, leaf, path, checkpoint))

Result<std::string> bytes_of(std::string const& hex, std::size_t size, char const* field) {
    auto bytes = crypto::from_hex(hex);
    if (!bytes || bytes->size() != size) return invalid(field, "hex");
    return *std::move(bytes);
}

Result<Digest> digest_of(std::string const& hex, char const* field) {
    Digest digest;
    auto const bytes = TRY(bytes_of(hex, digest.size(), field));
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

Result<Checkpoint> checkpoint_of(CheckpointText const& text) {
    Checkpoint checkpoint;
    checkpoint.number = text.number;
    checkpoint.at = text.at;
    checkpoint.chains = text.chains;
    checkpoint.root = TRY(digest_of(text.root, "checkpoint.root"));
    checkpoint.previous = TRY(digest_of(text.previous, "checkpoint.previous"));
    checkpoint.signature = TRY(bytes_of(text.signature, 64, "checkpoint.signature"));
    checkpoint.public_key = TRY(bytes_of(text.public_key, 32, "checkpoint.public_key"));
    return checkpoint;
}

}  // namespace

json::value to_json(Recorded const& entry) {
    return json::encode(EntryText{entry.seq,
                                  entry.at,
                                  entry.actor,
                                  entry.action,
                                  entry.subject,
                                  {entry.data},
                                  {crypto::hex(entry.previous)},
                                  {crypto::hex(entry.hash)}});
}

Result<Recorded> recorded_from_json(json::value const& value) {
    auto text = TRY(json::decode<EntryText>(value));
    Recorded entry{text.seq, text.at, text.actor, text.action, text.subject, text.data.value, {}, {}};
    entry.previous = TRY(digest_of(text.previous, "previous"));
    entry.hash = TRY(digest_of(text.hash, "hash"));
    return entry;
}

json::value to_json(Proof const& proof) {
    ProofText text{proof.chain, proof.seq, {crypto::hex(proof.head)}, proof.leaf, {}, {}};
    for (auto const& sibling : proof.path) text.path.push_back({crypto::hex(sibling)});
    auto const& from = proof.checkpoint;
    text.checkpoint = {from.number,
                       from.at,
                       from.chains,
                       {crypto::hex(from.root)},
                       {crypto::hex(from.previous)},
                       {crypto::hex(from.signature)},
                       {crypto::hex(from.public_key)}};
    return json::encode(text);
}

Result<Proof> proof_from_json(json::value const& value) {
    auto const text = TRY(json::decode<ProofText>(value));
    Proof proof{text.chain, text.seq, {}, text.leaf, {}, {}};
    proof.head = TRY(digest_of(text.head, "head"));
    for (auto const& sibling : text.path) proof.path.push_back(TRY(digest_of(sibling, "path")));
    proof.checkpoint = TRY(checkpoint_of(text.checkpoint));
    return proof;
}

}  // namespace keepword::audit
