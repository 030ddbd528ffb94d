#pragma once
#include <filesystem>

#include "foundation/result.hpp"
#include "main/settings.hpp"

namespace keepword {

// The folder everything of a centre lies in. Whoever writes holds its lock, so that two programs never do at once.
class DataFolder {
  public:
    // Makes the folder where it is missing and takes the lock. Errors: data.locked (a keepword serves it), data.folder.
    static Result<DataFolder> open(std::filesystem::path path);
    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&&) = delete;
    ~DataFolder();

    std::filesystem::path const& path() const { return path_; }
    std::filesystem::path database() const { return path_ / database_name; }
    std::filesystem::path blobs() const { return path_ / "blobs"; }
    std::filesystem::path spool() const { return path_ / "spool"; }
    std::filesystem::path imports() const { return path_ / "imports"; }  // files on their way in, for a day
    std::filesystem::path keys() const { return path_ / "keys"; }
    std::filesystem::path mark() const { return path_ / "centre"; }  // see belonging.hpp

    static constexpr char const* database_name = "keepword.db";  // where that is SQLite

  private:
    DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
    std::filesystem::path path_;
    int lock_;
};

// data.none where the folder holds no centre: one with a slip in its name is not to be made, and found in order.
Result<> expect_centre(Home const& home);
// The database as storage::open has it.
std::string database_url(Home const& home);

// Writes a small file: whole under its name or not there at all, durable, readable by its owner only. Error:
// file.unwritable.
Result<> write_durably(std::filesystem::path const& file, std::string_view bytes);

}  // namespace keepword
