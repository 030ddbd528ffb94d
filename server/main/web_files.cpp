#include "main/web_files.hpp"

#include <array>

#include "embedded/embedded.hpp"
#include "foundation/crypto.hpp"

namespace keepword {
namespace {

constexpr std::string_view root = "web";

std::string type_of(std::string_view path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> types{
        {{".html", "text/html; charset=utf-8"},
         {".js", "text/javascript; charset=utf-8"},
         {".css", "text/css; charset=utf-8"},
         {".svg", "image/svg+xml"},
         {".png", "image/png"},
         {".ico", "image/x-icon"},
         {".json", "application/json"},
         {".webmanifest", "application/manifest+json"},
         {".woff2", "font/woff2"},
         {".woff", "font/woff"},
         {".ttf", "font/ttf"},
         {".txt", "text/plain; charset=utf-8"}}};
    for (auto const& [ending, type] : types) {
        if (path.ends_with(ending)) return std::string(type);
    }
    return "application/octet-stream";
}

}  // namespace

WebFiles::WebFiles() {
    for (auto const& file : embedded::below("web/")) {
        auto const path = file.path.substr(root.size());
        bool const packed = path.ends_with(".gz");
        auto& entry = files_[std::string(packed ? path.substr(0, path.size() - 3) : path)];
        if (packed) {
            entry.packed = file.bytes;
            continue;
        }
        entry.bytes = file.bytes;
        entry.type = type_of(path);
        entry.etag = "\"" + crypto::hex(crypto::sha256(file.bytes)).substr(0, 32) + "\"";
        // Vite puts a hash of the content into every name below assets/.
        entry.immutable = path.starts_with("/assets/");
    }
}

std::optional<api::Asset> WebFiles::find(std::string_view path, bool gzip) const {
    auto const found = files_.find(path == "/" ? std::string_view("/index.html") : path);
    if (found == files_.end() || found->second.bytes.empty()) return std::nullopt;
    auto const& entry = found->second;
    bool const packed = gzip && !entry.packed.empty();
    return api::Asset{packed ? entry.packed : entry.bytes, entry.type, entry.etag, entry.immutable, packed};
}

}  // namespace keepword
