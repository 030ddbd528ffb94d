#pragma once
#include <thread>

#include "storage/database.hpp"

namespace keepword {

// Makes what was there before the search had its present tables findable again, beside everything else: in small
// transactions, going on after a restart where it was (search_rebuild).
class Rebuild {
  public:
    explicit Rebuild(storage::Database& database) : database_(database) {}

    // Begins, where something is to be done.
    void start();
    // Breaks off between two transactions.
    void stop();

  private:
    storage::Database& database_;
    std::jthread thread_;
};

// One piece of it; false when nothing is left.
Result<bool> rebuild_some(storage::Transaction& tx);

}  // namespace keepword
