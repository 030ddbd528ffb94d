#include "main/readiness.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "foundation/system_error.hpp"
#include "storage/move.hpp"

namespace keepword {
namespace {

constexpr std::uint64_t least_room = 32ULL << 20;  // bytes: what some uploads and a log not yet folded in can take

Result<> answers(storage::Database& database) {
    return database.read([](storage::Transaction& tx) -> Result<> {
        TRY(tx.one("SELECT 1"));
        return {};
    });
}

Result<> schema_fits(storage::Database& database, std::vector<storage::Migration> const& migrations) {
    TRY(storage::migration_state(database, migrations));
    if (TRY(storage::being_moved(database))) return fail(Kind::conflict, "storage.moving");
    return {};
}

// A file without a name is the only way to know that one could be written; it is gone when it is closed.
Result<> writable(std::filesystem::path const& folder) {
    int const file = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
    // Not every file system knows files without names.
    if (file < 0 && errno != EOPNOTSUPP && errno != EISDIR)
        return fail(Kind::unavailable, "storage.disk", system_error());
    struct statvfs disk{};
    if (::statvfs(folder.c_str(), &disk) != 0) return fail(Kind::unavailable, "storage.disk", system_error());
    if (disk.f_bavail * disk.f_frsize < least_room) return fail(Kind::unavailable, "disk.low");
    return {};
}

}  // namespace

std::vector<api::Check> readiness(storage::Database& database, std::vector<storage::Migration> const& migrations,
                                  std::filesystem::path const& folder) {
    std::vector<api::Check> out;
    out.push_back({"database", answers(database)});
    // Of a database that does not answer nothing more can be said, and asking again would only take as long again.
    out.push_back({"schema", out.back().holds ? schema_fits(database, migrations) : out.back().holds});
    out.push_back({"disk", writable(folder)});
    return out;
}

}  // namespace keepword
