#include "backup/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "foundation/durable.hpp"
#include "foundation/system_error.hpp"

namespace keepword::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block = 256 * 1024;

struct FreeEntry {
    void operator()(archive_entry* one) const { archive_entry_free(one); }
};

Error unwritable(fs::path const& file, std::string const& why) {
    return {Kind::unavailable, "file.unwritable", file.string() + ": " + why};
}

std::string said(archive* one) {
    char const* text = archive_error_string(one);
    return text == nullptr ? "" : text;
}

}  // namespace

void CloseArchive::operator()(archive* one) const {
    archive_free(one);
}

Error invalid_backup(std::string what) {
    return Error(Kind::invalid, "backup.invalid").with("what", std::move(what));
}

void Roll::add(std::string_view path, std::int64_t size, crypto::Digest const& hash) {
    hash_.add(crypto::hex(hash) + " " + std::to_string(size) + " " + std::string(path) + "\n");
    ++files_;
    bytes_ += size;
}

std::string Roll::result() {
    return crypto::hex(hash_.finish());
}

// ---- packing ----

Result<Packer> Packer::open(fs::path const& file) {
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST) return fail(Error(Kind::invalid, "file.exists").with("file", file.string()));
    if (descriptor < 0) return fail(unwritable(file, system_error()));
    ArchivePtr to(archive_write_new());
    Packer packer(file, std::move(to), descriptor);
    auto* const one = packer.to_.get();
    if (archive_write_set_format_pax_restricted(one) != ARCHIVE_OK ||
        archive_write_add_filter_zstd(one) != ARCHIVE_OK || archive_write_open_fd(one, descriptor) != ARCHIVE_OK)
        return fail(packer.trouble());
    return packer;
}

Packer::Packer(fs::path file, ArchivePtr to, int descriptor)
    : file_(std::move(file)), to_(std::move(to)), descriptor_(descriptor) {}

Packer::Packer(Packer&& other) noexcept
    : file_(std::move(other.file_)),
      to_(std::move(other.to_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      roll_(std::move(other.roll_)) {}

Packer::~Packer() {
    if (descriptor_ < 0) return;
    to_.reset();
    ::close(descriptor_);
    ::unlink(file_.c_str());
}

Error Packer::trouble() const {
    return unwritable(file_, said(to_.get()));
}

Result<> Packer::begin_entry(std::string const& path, std::int64_t size) {
    std::unique_ptr<archive_entry, FreeEntry> const entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_size(entry.get(), size);
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    return archive_write_header(to_.get(), entry.get()) == ARCHIVE_OK ? Result<>() : fail(trouble());
}

Result<> Packer::add_file(std::string const& path, fs::path const& from) {
    std::error_code error;
    auto const size = static_cast<std::int64_t>(fs::file_size(from, error));
    std::ifstream in(from, std::ios::binary);
    if (error || !in) return fail(Kind::internal, "file.unreadable", from.string());
    TRY(begin_entry(path, size));
    crypto::Sha256 hash;
    std::string bytes(block, '\0');
    std::int64_t left = size;
    while (left > 0 && in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())).gcount() > 0) {
        std::string_view const part(bytes.data(), static_cast<std::size_t>(in.gcount()));
        if (archive_write_data(to_.get(), part.data(), part.size()) != static_cast<la_ssize_t>(part.size()))
            return fail(trouble());
        hash.add(part);
        left -= static_cast<std::int64_t>(part.size());
    }
    if (left != 0) return fail(Kind::internal, "file.unreadable", from.string() + " is not as long as it was");
    roll_.add(path, size, hash.finish());
    return {};
}

Result<> Packer::add_text(std::string const& path, std::string_view text) {
    TRY(begin_entry(path, static_cast<std::int64_t>(text.size())));
    if (archive_write_data(to_.get(), text.data(), text.size()) != static_cast<la_ssize_t>(text.size()))
        return fail(trouble());
    return {};
}

Result<> Packer::finish() {
    if (archive_write_close(to_.get()) != ARCHIVE_OK) return fail(trouble());
    if (::fsync(descriptor_) != 0) return fail(unwritable(file_, system_error()));
    ::close(std::exchange(descriptor_, -1));
    return sync_to_disk(fs::absolute(file_).parent_path()) ? Result<>() : fail(unwritable(file_, system_error()));
}

// ---- unpacking ----

Result<> Entry::each_block(std::function<Result<>(std::string_view)> const& use) {
    for (;;) {
        void const* bytes = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        int const code = archive_read_data_block(from_, &bytes, &size, &offset);
        if (code == ARCHIVE_EOF) return {};
        if (code != ARCHIVE_OK) return fail(invalid_backup(path_ + ": " + said(from_)));
        TRY(use({static_cast<char const*>(bytes), size}));
    }
}

Result<crypto::Digest> Entry::unpack_to(fs::path const& file) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(unwritable(file, system_error()));
    crypto::Sha256 hash;
    auto written = each_block([&](std::string_view bytes) -> Result<> {
        hash.add(bytes);
        while (!bytes.empty()) {
            auto const count = ::write(descriptor, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail(unwritable(file, system_error()));
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return {};
    });
    if (written && ::fsync(descriptor) != 0) written = fail(unwritable(file, system_error()));
    ::close(descriptor);
    if (!written) return fail(written.error());
    return hash.finish();
}

Result<std::string> Entry::text(std::size_t limit) {
    std::string out;
    TRY(each_block([&](std::string_view bytes) -> Result<> {
        out += bytes;
        return out.size() <= limit ? Result<>() : fail(invalid_backup(path_));
    }));
    return out;
}

Result<> each_entry(fs::path const& file, std::function<Result<>(Entry&)> const& use) {
    ArchivePtr const from(archive_read_new());
    archive_read_support_filter_zstd(from.get());
    archive_read_support_format_tar(from.get());
    if (archive_read_open_filename(from.get(), file.c_str(), block) != ARCHIVE_OK) {
        bool const there = std::ifstream(file).good() && !fs::is_directory(file);
        return there ? fail(invalid_backup(said(from.get()))) : fail(Kind::invalid, "file.unreadable", file.string());
    }
    for (;;) {
        archive_entry* next = nullptr;
        int const code = archive_read_next_header(from.get(), &next);
        if (code == ARCHIVE_EOF) return {};
        if (code != ARCHIVE_OK) return fail(invalid_backup(said(from.get())));
        char const* const path = archive_entry_pathname(next);
        if (path == nullptr || archive_entry_filetype(next) != AE_IFREG) return fail(invalid_backup("an odd entry"));
        Entry entry(from.get(), path, archive_entry_size(next));
        TRY(use(entry));
    }
}

}  // namespace keepword::backup
