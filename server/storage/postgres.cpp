#include "storage/open.hpp"
namespace keepword::storage {
Result<std::unique_ptr<Database>> open_postgres(Options const&) { return fail(Kind::unavailable, "storage.connection"); }
}
