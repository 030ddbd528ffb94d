#pragma once
#include <string>

#include "storage/database.hpp"

namespace keepword {

// The Prometheus text of /metrics: how much there is to do and how long it waits. No names and no texts of people.
std::string metrics_text(storage::Database& database);

}  // namespace keepword
