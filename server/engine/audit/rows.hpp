#pragma once
#include <algorithm>

#include "engine/audit/audit.hpp"

// Rows of the audit's tables as values, for this room only.
namespace keepword::audit {

// All zeros where the column does not hold a digest, which then fits nothing.
inline Digest digest_at(storage::Row const& row, std::size_t i) {
    Digest digest{};
    if (row.blob(i).size() == digest.size()) std::copy(row.blob(i).begin(), row.blob(i).end(), digest.begin());
    return digest;
}

// Columns seq, at, actor, action, subject, data, previous, hash.
Recorded recorded_of(storage::Row const& row);

// The checkpoints behind a number, in order.
Result<std::vector<Checkpoint>> checkpoints_after(storage::Transaction& tx, std::int64_t number, std::int64_t limit);
Result<std::optional<Checkpoint>> newest_checkpoint(storage::Transaction& tx);

Result<std::optional<Digest>> node_at(storage::Transaction& tx, int level, std::int64_t position);

}  // namespace keepword::audit
