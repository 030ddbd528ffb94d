#include "storage/blobs.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "foundation/durable.hpp"
#include "foundation/log.hpp"
#include "foundation/system_error.hpp"

namespace keepword::storage {
namespace {

namespace fs = std::filesystem;

Error disk_error(std::string const& what) {
    return {Kind::unavailable, "blobs.disk", what + ": " + system_error()};
}

// A name that is no hash (it may have come from outside) leads to no file.
bool is_name(std::string_view sha256) {
    return sha256.size() == 64 &&
           std::ranges::all_of(sha256, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// 256 folders, so that none of them grows too long to list.
fs::path path_of(fs::path const& folder, std::string const& sha256) {
    return folder / sha256.substr(0, 2) / sha256;
}

Result<> sync(fs::path const& file_or_folder) {
    if (!sync_to_disk(file_or_folder)) return fail(disk_error(file_or_folder));
    return {};
}

Result<> make_folder(fs::path const& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0) return sync(folder.parent_path());
    if (errno != EEXIST) return fail(disk_error(folder));
    return {};
}

// What a killed program left. A file being written is locked by its writer, so that of a running one stays.
void remove_leftovers(fs::path const& incoming) {
    std::error_code ignored;
    for (auto const& entry : fs::directory_iterator(incoming, ignored)) {
        int const descriptor = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
        if (descriptor < 0) continue;
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
        ::close(descriptor);
    }
}

Result<> move_into_place(fs::path const& temporary, fs::path const& folder, std::string const& sha256) {
    fs::path const target = path_of(folder, sha256);
    TRY(make_folder(target.parent_path()));
    // The same bytes may already be there; replacing them by themselves changes nothing for who reads them.
    if (::rename(temporary.c_str(), target.c_str()) != 0) return fail(disk_error(target));
    return sync(target.parent_path());
}

}  // namespace

Blobs::Blobs(fs::path folder) : folder_(std::move(folder)) {
    std::error_code ignored;  // what cannot be made is reported by the first writer, with the reason
    fs::create_directories(folder_ / "incoming", ignored);
    fs::permissions(folder_, fs::perms::owner_all, ignored);
    remove_leftovers(folder_ / "incoming");
}

Blobs::Writer::Writer(Blobs const& home, fs::path temporary, int descriptor, std::int64_t limit)
    : home_(&home), temporary_(std::move(temporary)), descriptor_(descriptor), limit_(limit) {}

Blobs::Writer::Writer(Writer&& other) noexcept
    : home_(other.home_),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      limit_(other.limit_),
      size_(other.size_),
      hash_(std::move(other.hash_)) {}

Blobs::Writer::~Writer() {
    if (descriptor_ < 0) return;
    ::unlink(temporary_.c_str());
    ::close(descriptor_);
}

Result<> Blobs::Writer::write(std::string_view bytes) {
    if (static_cast<std::int64_t>(bytes.size()) > limit_ - size_) {
        return fail(Error(Kind::too_large, "blobs.too-large").with("limit", std::to_string(limit_)));
    }
    hash_.add(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
        auto const written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(disk_error(temporary_));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<BlobName> Blobs::Writer::commit() {
    BlobName name{crypto::hex(hash_.finish()), size_};
    if (::fsync(descriptor_) != 0) return fail(disk_error(temporary_));
    TRY(move_into_place(temporary_, home_->folder_, name.sha256));
    ::close(std::exchange(descriptor_, -1));
    return name;
}

Result<Blobs::Writer> Blobs::writer(std::int64_t limit) const {
    fs::path temporary = folder_ / "incoming" / crypto::hex(crypto::random_bytes(16));
    int const descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(disk_error(temporary));
    Writer writer(*this, std::move(temporary), descriptor, limit);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return fail(disk_error("lock"));
    return writer;
}

Result<BlobName> Blobs::put(std::string_view bytes) const {
    auto writer = TRY(this->writer(static_cast<std::int64_t>(bytes.size())));
    TRY(writer.write(bytes));
    return writer.commit();
}

Result<BlobName> Blobs::adopt(fs::path const& file, BlobName const& name) const {
    if (!is_name(name.sha256)) return fail(Kind::internal, "blobs.missing", "no hash: " + name.sha256);
    TRY(sync(file));
    TRY(move_into_place(file, folder_, name.sha256));
    return name;
}

Result<std::string> Blobs::get(std::string const& sha256) const {
    fs::path const file = TRY(path(sha256));
    std::ifstream in(file, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    if (!in) return fail(disk_error(file));
    if (crypto::hex(crypto::sha256(bytes)) == sha256) return bytes;
    log::error("The file {} has been damaged", file.string());
    return fail(Kind::internal, "blobs.damaged", file.string());
}

Result<fs::path> Blobs::path(std::string const& sha256) const {
    std::error_code ignored;
    if (is_name(sha256)) {
        if (auto file = path_of(folder_, sha256); fs::is_regular_file(file, ignored)) return file;
    }
    return fail(Kind::not_found, "blobs.missing", sha256);
}

}  // namespace keepword::storage
