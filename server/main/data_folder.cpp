#include "main/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "foundation/durable.hpp"
#include "foundation/system_error.hpp"

namespace keepword {
namespace {

Error unusable(std::filesystem::path const& folder, std::string why) {
    return Error(Kind::internal, "data.folder", std::move(why)).with("folder", folder.string());
}

}  // namespace

Result<DataFolder> DataFolder::open(std::filesystem::path path) {
    std::error_code error;
    std::filesystem::create_directories(path / "spool", error);
    std::filesystem::create_directories(path / "blobs", error);
    if (error) return fail(unusable(path, error.message()));
    ::chmod(path.c_str(), 0700);
    int const lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return fail(unusable(path, system_error()));
    // The kernel lets go of it when the process ends, however it ends: no stale lock after kill -9.
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return fail(Kind::conflict, "data.locked", path.string());
    }
    // Exports that the command line never fetched, and backups that were broken off: nobody but the holder of the lock
    // makes any.
    for (auto const& left : std::filesystem::directory_iterator(path / "spool", error)) {
        std::error_code ignored;
        auto const name = left.path().filename().string();
        if (name.starts_with("export-") || name.starts_with("backup-") || name.starts_with("audit-"))
            std::filesystem::remove_all(left.path(), ignored);
    }
    return DataFolder(std::move(path), lock);
}

DataFolder::DataFolder(DataFolder&& other) noexcept : path_(std::move(other.path_)), lock_(other.lock_) {
    other.lock_ = -1;
}

DataFolder::~DataFolder() {
    if (lock_ >= 0) ::close(lock_);
}

Result<> expect_centre(Home const& home) {
    if (std::filesystem::exists(home.data / "keys")) return {};
    return fail(Error(Kind::not_found, "data.none").with("folder", home.data.string()));
}

std::string database_url(Home const& home) {
    return home.database.empty() ? "sqlite:" + (home.data / DataFolder::database_name).string() : home.database;
}

Result<> write_durably(std::filesystem::path const& file, std::string_view bytes) {
    auto const fresh = file.string() + ".new";
    int const fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return fail(Kind::internal, "file.unwritable", fresh);
    bool written = ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
    ::close(fd);
    written = written && ::rename(fresh.c_str(), file.c_str()) == 0;
    // The name is as durable as the bytes.
    written = written && sync_to_disk(file.parent_path());
    if (!written) return fail(Kind::internal, "file.unwritable", file.string());
    return {};
}

}  // namespace keepword
