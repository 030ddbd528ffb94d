#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"

// A zip file in memory, by libzip.
namespace keepword::zip {

struct Entry {
    std::string name;
    std::string bytes;
};

class Writer {
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

}  // namespace keepword::zip
