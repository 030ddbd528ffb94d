#pragma once
#include <map>
#include <string>

#include "engine/api/app.hpp"

namespace keepword {

// The web client's files in the binary, with type and tag, plain and packed.
class WebFiles {
  public:
    WebFiles();
    std::optional<api::Asset> find(std::string_view path, bool gzip) const;

  private:
    struct Entry {
        std::string_view bytes;
        std::string_view packed;  // empty where there is no packed one
        std::string type;
        std::string etag;
        bool immutable = false;
    };
    std::map<std::string, Entry, std::less<>> files_;
};

}  // namespace keepword
