#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/crypto.hpp"
#include "foundation/result.hpp"

struct archive;

// A tar archive packed with zstd, written and read from its beginning to its end. The only home of libarchive.
namespace keepword::backup {

// A running hash over "SHA-256 SIZE PATH" of each file in their order: what a manifest says of them all.
class Roll {
  public:
    void add(std::string_view path, std::int64_t size, crypto::Digest const& hash);
    std::string result();  // hexadecimal; once
    std::int64_t files() const { return files_; }
    std::int64_t bytes() const { return bytes_; }

  private:
    crypto::Sha256 hash_;
    std::int64_t files_ = 0;
    std::int64_t bytes_ = 0;
};

struct CloseArchive {
    void operator()(archive* one) const;
};
using ArchivePtr = std::unique_ptr<archive, CloseArchive>;

class Packer {
  public:
    // file.exists, file.unwritable. Without finish() the file is taken away again.
    static Result<Packer> open(std::filesystem::path const& file);
    Packer(Packer&&) noexcept;
    Packer& operator=(Packer&&) = delete;
    ~Packer();

    // A file of the disk under a name in the archive; one that has vanished or changed its size is an error.
    Result<> add_file(std::string const& path, std::filesystem::path const& from);
    // What says something of the rest, and so is not of its Roll.
    Result<> add_text(std::string const& path, std::string_view text);
    Roll& roll() { return roll_; }
    Result<> finish();  // durable

  private:
    Packer(std::filesystem::path file, ArchivePtr to, int descriptor);
    Result<> begin_entry(std::string const& path, std::int64_t size);
    Error trouble() const;

    std::filesystem::path file_;
    ArchivePtr to_;
    int descriptor_;
    Roll roll_;
};

// One file on its way out of an archive.
class Entry {
  public:
    Entry(archive* from, std::string path, std::int64_t size) : from_(from), path_(std::move(path)), size_(size) {}
    std::string const& path() const { return path_; }
    std::int64_t size() const { return size_; }
    // To the disk, readable by its owner only; its hash.
    Result<crypto::Digest> unpack_to(std::filesystem::path const& file);
    Result<std::string> text(std::size_t limit);  // backup.invalid above the limit

  private:
    Result<> each_block(std::function<Result<>(std::string_view)> const& use);
    archive* from_;
    std::string path_;
    std::int64_t size_;
};

// Calls `use` with every file of an archive in their order. Errors: file.unreadable, backup.invalid, those of `use`.
Result<> each_entry(std::filesystem::path const& file, std::function<Result<>(Entry&)> const& use);

Error invalid_backup(std::string what);

}  // namespace keepword::backup
