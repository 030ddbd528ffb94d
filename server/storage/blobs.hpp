#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "foundation/crypto.hpp"
#include "foundation/result.hpp"

// Files (attachments, mails, papers), named by the SHA-256 of their bytes, in a folder: written once, never changed.
namespace keepword::storage {

struct BlobName {
    std::string sha256;  // 64 hex digits
    std::int64_t size = 0;
};

class Blobs {  // the folder of them
  public:
    explicit Blobs(std::filesystem::path folder);

    // A file being written: in `incoming/` until commit() has made it durable (fsync of file and folder) under its
    // name.
    class Writer {
      public:
        Writer(Writer&&) noexcept;
        Writer& operator=(Writer&&) = delete;
        ~Writer();                               // without commit() nothing stays
        Result<> write(std::string_view bytes);  // blobs.too-large above the limit, blobs.disk
        Result<BlobName> commit();

      private:
        friend class Blobs;
        Writer(Blobs const& home, std::filesystem::path temporary, int descriptor, std::int64_t limit);
        Blobs const* home_;
        std::filesystem::path temporary_;
        int descriptor_;
        std::int64_t limit_;
        std::int64_t size_ = 0;
        crypto::Sha256 hash_;
    };

    // `limit` in bytes.
    Result<Writer> writer(std::int64_t limit) const;
    Result<BlobName> put(std::string_view bytes) const;
    // Takes over a file that is on disk and hashed already (an upload), by renaming it; on another file system than the
    // folder's that fails with blobs.disk, so spool folders stand beside this one.
    Result<BlobName> adopt(std::filesystem::path const& file, BlobName const& name) const;
    // The whole content; blobs.missing, or blobs.damaged when the bytes do not have their name's hash.
    Result<std::string> get(std::string const& sha256) const;
    // Where the file is, for sending it without reading it into memory; blobs.missing.
    Result<std::filesystem::path> path(std::string const& sha256) const;

  private:
    std::filesystem::path folder_;
};

}  // namespace keepword::storage
