#include "main/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keepword {

Result<DataFolder> DataFolder::open(std::filesystem::path path) {
    std::error_code error;
    std::filesystem::create_directories(path / "spool", error);
    std::filesystem::create_directories(path / "blobs", error);
    if (error) return fail(Kind::internal, "data.folder", path.string() + ": " + error.message());
    ::chmod(path.c_str(), 0700);
    int const lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return fail(Kind::internal, "data.folder", path.string());
    // The kernel lets go of it when the process ends, however it ends: no stale lock after kill -9.
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return fail(Kind::conflict, "data.locked", path.string());
    }
    // Exports that the command line never fetched: nobody but the holder of the lock makes any.
    for (auto const& left : std::filesystem::directory_iterator(path / "spool", error)) {
        std::error_code ignored;
        if (left.path().filename().string().starts_with("export-")) std::filesystem::remove(left.path(), ignored);
    }
    return DataFolder(std::move(path), lock);
}

DataFolder::DataFolder(DataFolder&& other) noexcept : path_(std::move(other.path_)), lock_(other.lock_) {
    other.lock_ = -1;
}

DataFolder::~DataFolder() {
    if (lock_ >= 0) ::close(lock_);
}

}  // namespace keepword
