#include "testkit/temp_dir.hpp"

#include <cstdlib>
#include <stdexcept>

namespace keepword::testkit {

TempDir::TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "keepword-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder: " + name);
    path_ = name;
}

TempDir::~TempDir() {
    std::error_code ignored;  // what cannot be removed is the system's to clear
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace keepword::testkit
