#pragma once
#include <filesystem>
#include <stop_token>
#include <string>

#include "foundation/crypto.hpp"
#include "foundation/time.hpp"

// A backup: one file with everything of a centre, taken while it is served. A tar archive packed with zstd, so that it
// can be looked into without this program: `database/` (storage/snapshot.hpp), `centre`, `keys/`, `blobs/`, and at its
// end `manifest.json` with a hash over all of them and `manifest.signature` by the centre's key. It holds the keys, and
// is to be kept like them.
namespace keepword::backup {

struct Source {
    std::filesystem::path data;   // the folder of the centre
    std::string database;         // its url as storage::open has it
    std::filesystem::path spool;  // a folder on a disk with room for a copy of the database
    crypto::KeyPair const& signing_key;
    std::string version;  // of the program
    Instant now;
    std::stop_token stop = {};  // breaks it off
};

struct Contents {
    Instant at;
    std::string version;
    std::string database;    // "sqlite" or "postgresql"
    std::string public_key;  // hexadecimal: whose centre it says it is
    std::int64_t files = 0;
    std::int64_t bytes = 0;  // of the files in it
};

// Readable by its owner only; durable when this returns. Errors: file.exists, file.unwritable (nothing is left of it),
// stopping, storage.….
Result<Contents> create(Source const& source, std::filesystem::path const& file);

// Unpacks into an empty folder, in the places where a centre has them, with `database/` among them. Every byte is
// compared with what the manifest says. Errors: file.unreadable, file.unwritable, backup.invalid (parameter what).
Result<Contents> unpack(std::filesystem::path const& file, std::filesystem::path const& folder);

}  // namespace keepword::backup
