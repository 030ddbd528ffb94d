#pragma once
#include <filesystem>
#include <string>

namespace keepword::testkit {

// A new empty folder in the system's place for such, gone with everything in it at the end.
class TempDir {
  public:
    TempDir();
    TempDir(TempDir const&) = delete;
    TempDir& operator=(TempDir const&) = delete;
    ~TempDir();

    std::filesystem::path const& path() const { return path_; }
    std::filesystem::path operator/(std::string const& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

}  // namespace keepword::testkit
