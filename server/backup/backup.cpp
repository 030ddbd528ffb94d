#include "backup/backup.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "backup/archive.hpp"
#include "foundation/durable.hpp"
#include "foundation/json.hpp"
#include "storage/snapshot.hpp"

namespace keepword::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t format = 1;
constexpr std::size_t max_manifest = 64 * 1024;
constexpr std::size_t max_signature = 1024;

// What stands in the archive's last but one entry. `contents` is the Roll over all before it.
struct Manifest {
    std::int64_t format = 0;
    Instant at;
    std::string version;
    std::string database;
    std::string public_key;
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::string contents;
};
BOOST_DESCRIBE_STRUCT(Manifest, (), (format, at, version, database, public_key, files, bytes, contents))

// Every file below a folder of the centre, by name, so that two backups of the same are alike.
Result<> add_folder(Packer& packer, fs::path const& base, std::string const& name, std::stop_token const& stop) {
    std::vector<fs::path> files;
    std::error_code error;
    for (auto const& entry : fs::directory_iterator(base / name, error)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    if (error) return fail(Kind::internal, "file.unreadable", (base / name).string() + ": " + error.message());
    std::ranges::sort(files);
    for (auto const& file : files) {
        if (stop.stop_requested()) return fail(Kind::unavailable, "stopping");
        TRY(packer.add_file(name + "/" + file.filename().string(), file));
    }
    return {};
}

// Files are never changed and never deleted, so whatever the database's copy names is there; what came since comes
// along.
Result<> add_blobs(Packer& packer, fs::path const& data, std::stop_token const& stop) {
    std::vector<std::string> folders;
    std::error_code error;
    for (auto const& entry : fs::directory_iterator(data / "blobs", error)) {
        auto const name = entry.path().filename().string();
        if (name.size() == 2) folders.push_back("blobs/" + name);
    }
    if (error) return fail(Kind::internal, "file.unreadable", data.string() + ": " + error.message());
    std::ranges::sort(folders);
    for (auto const& folder : folders) TRY(add_folder(packer, data, folder, stop));
    return {};
}

bool all_of(std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// A backup may have been in anybody's hands: nothing is unpacked but what create() packs, where it packs it from.
bool has_a_place(std::string_view path) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view hex = "0123456789abcdef";
    if (path == "centre") return true;
    if (path.starts_with("keys/") && path.ends_with(".key"))
        return all_of(path.substr(5, path.size() - 9), "abcdefghijklmnopqrstuvwxyz-");
    if (path == "database/keepword.db" || path == "database/tables.json") return true;
    if (path.starts_with("database/") && path.ends_with(".copy"))
        return all_of(path.substr(9, path.size() - 14), std::string(letters) + "_0123456789");
    return path.starts_with("blobs/") && path.size() == 73 && path[8] == '/' && all_of(path.substr(6, 2), hex) &&
           all_of(path.substr(9), hex) && path.substr(6, 2) == path.substr(9, 2);
}

Contents contents_of(Manifest const& manifest) {
    return {.at = manifest.at,
            .version = manifest.version,
            .database = manifest.database,
            .public_key = manifest.public_key,
            .files = manifest.files,
            .bytes = manifest.bytes};
}

class Unpacking {
  public:
    explicit Unpacking(fs::path folder) : folder_(std::move(folder)) {}

    Result<> take(Entry& entry) {
        if (entry.path() == "manifest.json") {
            manifest_ = TRY(entry.text(max_manifest));
            return {};
        }
        if (entry.path() == "manifest.signature") {
            signature_ = TRY(entry.text(max_signature));
            return {};
        }
        if (manifest_ || !has_a_place(entry.path())) return fail(invalid_backup(entry.path()));
        auto const hash = TRY(entry.unpack_to(folder_ / entry.path()));
        bool const is_blob = entry.path().starts_with("blobs/");
        if (is_blob && !entry.path().ends_with(crypto::hex(hash))) return fail(invalid_backup(entry.path()));
        roll_.add(entry.path(), entry.size(), hash);
        return {};
    }

    Result<Contents> end() {
        if (!manifest_ || !signature_) return fail(invalid_backup("manifest.json"));
        auto const manifest = read();
        if (!manifest || manifest->format != format) return fail(invalid_backup("manifest.json"));
        auto const key = crypto::from_hex(manifest->public_key);
        if (!key || !crypto::verify(*key, *manifest_, *signature_)) return fail(invalid_backup("manifest.signature"));
        bool const whole = manifest->files == roll_.files() && manifest->bytes == roll_.bytes();
        if (!whole || roll_.result() != manifest->contents) return fail(invalid_backup("contents"));
        return contents_of(*manifest);
    }

  private:
    Result<Manifest> read() const { return json::decode<Manifest>(TRY(json::parse(*manifest_))); }

    fs::path folder_;
    Roll roll_;
    std::optional<std::string> manifest_;
    std::optional<std::string> signature_;
};

}  // namespace

Result<Contents> create(Source const& source, fs::path const& file) {
    auto packer = TRY(Packer::open(file));
    Scratch const scratch(source.spool / ("backup-" + crypto::hex(crypto::random_bytes(8))));
    auto const snapshot = scratch.path() / "database";
    std::error_code error;
    fs::create_directories(snapshot, error);
    if (error) return fail(Kind::unavailable, "file.unwritable", snapshot.string() + ": " + error.message());
    fs::permissions(scratch.path(), fs::perms::owner_all, error);
    TRY(storage::take_snapshot(source.database, snapshot, source.stop));
    TRY(add_folder(packer, scratch.path(), "database", source.stop));
    TRY(packer.add_file("centre", source.data / "centre"));
    TRY(add_folder(packer, source.data, "keys", source.stop));
    TRY(add_blobs(packer, source.data, source.stop));
    Manifest const manifest{.format = format,
                            .at = source.now,
                            .version = source.version,
                            .database = source.database.starts_with("sqlite:") ? "sqlite" : "postgresql",
                            .public_key = crypto::hex(source.signing_key.public_key),
                            .files = packer.roll().files(),
                            .bytes = packer.roll().bytes(),
                            .contents = packer.roll().result()};
    auto const text = json::text_of(manifest);
    TRY(packer.add_text("manifest.json", text));
    TRY(packer.add_text("manifest.signature", crypto::sign(source.signing_key.private_key, text)));
    TRY(packer.finish());
    return contents_of(manifest);
}

Result<Contents> unpack(fs::path const& file, fs::path const& folder) {
    Unpacking unpacking(folder);
    TRY(each_entry(file, [&](Entry& entry) { return unpacking.take(entry); }));
    return unpacking.end();
}

}  // namespace keepword::backup
