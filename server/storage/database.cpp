#include "storage/database.hpp"

#include <future>

#include "storage/open.hpp"

namespace keepword::storage {
namespace {

using Submit = void (Database::*)(Database::Work, Database::Done);

// The promise is shared, because the worker may still be inside set_value() when the waiting thread has gone on.
Result<> wait_for(Database& database, Submit submit, Database::Work work) {
    auto promise = std::make_shared<std::promise<Result<>>>();
    auto answer = promise->get_future();
    (database.*submit)(std::move(work), [promise](Result<> result) { promise->set_value(std::move(result)); });
    return answer.get();
}

}  // namespace

Result<> Database::read(Work work) {
    return wait_for(*this, &Database::submit_read, std::move(work));
}
Result<> Database::write(Work work) {
    return wait_for(*this, &Database::submit_write, std::move(work));
}

Result<std::unique_ptr<Database>> open(Options options) {
    if (options.readers == 0 || options.queue == 0 || options.group == 0) {
        return fail(Kind::invalid, "storage.options", "readers, queue and group are at least 1");
    }
    if (options.url.starts_with("sqlite:") && options.url.size() > std::string_view("sqlite:").size()) {
        return open_sqlite(options);
    }
    if (options.url.starts_with("postgresql://") || options.url.starts_with("postgres://")) {
        return open_postgres(options);
    }
    return fail(Kind::invalid, "storage.url", "neither sqlite:PATH nor postgresql://…");
}

Result<> refresh_statistics(Transaction& tx) {
    if (tx.dialect() != Dialect::sqlite) return {};
    return tx.script("PRAGMA analysis_limit = 400; ANALYZE");
}

}  // namespace keepword::storage
