#pragma once
#include "storage/database.hpp"

namespace keepword::storage {

Result<std::unique_ptr<Database>> open_sqlite(Options const& options);
Result<std::unique_ptr<Database>> open_postgres(Options const& options);

}  // namespace keepword::storage
