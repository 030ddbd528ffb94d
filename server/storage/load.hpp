#pragma once
#include <cstddef>
#include <cstdint>

#include "storage/database.hpp"

namespace keepword::storage {

// How much waits for a database's workers now, and how it has committed since it was opened.
struct Load {
    std::size_t reads_waiting = 0;
    std::size_t writes_waiting = 0;  // 0 on PostgreSQL, where reads and writes wait together, as reads
    std::uint64_t commits = 0;       // durable ones
    std::uint64_t committed = 0;     // works in them: more than one to a commit where they were grouped
};

Load load_of(Database const& database);

// What a database of this room can be asked besides its works.
class Loaded {
  public:
    virtual ~Loaded() = default;
    virtual Load load() const = 0;
};

}  // namespace keepword::storage
