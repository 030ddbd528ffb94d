#pragma once
#include <filesystem>

namespace keepword {

// Waits until a file's bytes, or the names in a folder, are on the disk. False where that failed; errno says why.
bool sync_to_disk(std::filesystem::path const& file_or_folder);

// A folder that goes away with everything in it.
class Scratch {
  public:
    explicit Scratch(std::filesystem::path folder) : folder_(std::move(folder)) {}
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;
    ~Scratch();
    std::filesystem::path const& path() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

}  // namespace keepword
