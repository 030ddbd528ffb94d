#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"

// Zip files in memory; the only home of libzip.
namespace keepword::zip {

struct Entry {
    std::string name;
    std::string bytes;
};

class Writer {  // makes a whole file in memory
  public:
    Result<> add(std::string name, std::string bytes);
    // The whole file. Its last `seal` bytes are the archive's comment, filled with '0': room for a signature over all
    // that stands before it.
    Result<std::string> finish(std::size_t seal) &&;

  private:
    std::vector<Entry> entries_;
};

// All files of a zip that came from anywhere: at most `max_entries`, together at most 1 GiB unpacked, each checked
// against its CRC. Error zip.broken.
Result<std::vector<Entry>> read(std::string_view bytes, std::size_t max_entries);

// A zip of which single files are wanted, in any order. `bytes` must live as long.
class Reader {
  public:
    // zip.broken
    static Result<Reader> open(std::string_view bytes, std::size_t max_entries);
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) = delete;
    ~Reader();

    bool has(std::string const& name) const;
    // Whether any file in it is enciphered.
    bool enciphered() const;
    // One file, unpacked as far as `limit` bytes, whatever size it says it has, and checked against its CRC. Errors:
    // zip.broken (also where it is not there), zip.too-large.
    Result<std::string> text(std::string const& name, std::size_t limit) const;

  private:
    struct Open;
    explicit Reader(std::unique_ptr<Open> open);
    std::unique_ptr<Open> open_;
};

}  // namespace keepword::zip
