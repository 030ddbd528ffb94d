#include "zip/zip.hpp"

#include <zip.h>

#include <cstring>
#include <ctime>
#include <memory>

namespace keepword::zip {
namespace {

constexpr std::uint64_t max_unpacked = 1ULL << 30;
// Every file carries the same time: the same case exported twice differs only where the case does.
constexpr std::time_t packed_at = 1'704'067'200;

struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

std::unexpected<Error> broken(std::string what) {
    return fail(Kind::invalid, "zip.broken", std::move(what));
}

Result<std::string> read_one(zip_t* archive, zip_uint64_t index, zip_stat_t const& stat) {
    std::string out(stat.size, '\0');
    auto* file = zip_fopen_index(archive, index, 0);
    if (file == nullptr) return broken(zip_strerror(archive));
    std::uint64_t got = 0;
    while (got < stat.size) {
        auto const n = zip_fread(file, out.data() + got, stat.size - got);
        if (n <= 0) break;
        got += static_cast<std::uint64_t>(n);
    }
    // Reading once more makes libzip compare the CRC.
    char extra = 0;
    bool const more = zip_fread(file, &extra, 1) != 0;
    int const closed = zip_fclose(file);
    if (got != stat.size || more || closed != 0) return broken(std::string(stat.name) + " does not have its checksum");
    return out;
}

}  // namespace

Result<> Writer::add(std::string name, std::string bytes) {
    entries_.push_back({std::move(name), std::move(bytes)});
    return {};
}

Result<std::string> Writer::finish(std::size_t seal) && {
    zip_error_t error;
    zip_error_init(&error);
    auto* source = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (source == nullptr) return fail(Kind::internal, "zip.write", zip_error_strerror(&error));
    zip_source_keep(source);  // it outlives the archive, because the bytes are read from it afterwards
    std::unique_ptr<zip_source_t, decltype(&zip_source_free)> const kept(source, &zip_source_free);
    Archive archive(zip_open_from_source(source, ZIP_TRUNCATE, &error));
    if (!archive) return fail(Kind::internal, "zip.write", zip_error_strerror(&error));
    for (auto const& entry : entries_) {
        auto* content = zip_source_buffer(archive.get(), entry.bytes.data(), entry.bytes.size(), 0);
        auto const index = zip_file_add(archive.get(), entry.name.c_str(), content, ZIP_FL_ENC_UTF_8);
        if (index < 0) return fail(Kind::internal, "zip.write", zip_strerror(archive.get()));
        zip_file_set_mtime(archive.get(), static_cast<zip_uint64_t>(index), packed_at, 0);
    }
    std::string const room(seal, '0');
    zip_set_archive_comment(archive.get(), room.data(), static_cast<zip_uint16_t>(room.size()));
    if (zip_close(archive.get()) != 0) return fail(Kind::internal, "zip.write", zip_strerror(archive.get()));
    (void)archive.release();
    zip_stat_t stat;
    if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) return fail(Kind::internal, "zip.write");
    std::string out(stat.size, '\0');
    auto const n = zip_source_read(source, out.data(), out.size());
    zip_source_close(source);
    if (n != static_cast<zip_int64_t>(out.size())) return fail(Kind::internal, "zip.write", "short read");
    return out;
}

Result<std::vector<Entry>> read(std::string_view bytes, std::size_t max_entries) {
    zip_error_t error;
    zip_error_init(&error);
    auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source == nullptr) return broken(zip_error_strerror(&error));
    Archive archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
    if (!archive) {
        zip_source_free(source);
        return broken(zip_error_strerror(&error));
    }
    auto const count = static_cast<std::size_t>(zip_get_num_entries(archive.get(), 0));
    if (count > max_entries) return broken("too many files");
    std::vector<Entry> out;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        zip_stat_t stat;
        if (zip_stat_index(archive.get(), i, 0, &stat) != 0) return broken(zip_strerror(archive.get()));
        total += stat.size;
        if (total > max_unpacked) return broken("too large unpacked");
        auto bytes = TRY(read_one(archive.get(), i, stat));
        out.push_back({stat.name, std::move(bytes)});
    }
    return out;
}

// ---- single files ----

struct Reader::Open {
    Archive archive;
};

Reader::Reader(std::unique_ptr<Open> open) : open_(std::move(open)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(std::string_view bytes, std::size_t max_entries) {
    zip_error_t error;
    zip_error_init(&error);
    auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source == nullptr) return broken(zip_error_strerror(&error));
    // Not held to be consistent throughout: programs that write while they pack leave sizes out of the local heads.
    Archive archive(zip_open_from_source(source, ZIP_RDONLY, &error));
    if (!archive) {
        zip_source_free(source);
        return broken(zip_error_strerror(&error));
    }
    auto const count = zip_get_num_entries(archive.get(), 0);
    if (count < 0 || static_cast<std::size_t>(count) > max_entries) return broken("too many files");
    auto open = std::make_unique<Open>();
    open->archive = std::move(archive);
    return Reader(std::move(open));
}

bool Reader::has(std::string const& name) const {
    return zip_name_locate(open_->archive.get(), name.c_str(), ZIP_FL_NOCASE) >= 0;
}

bool Reader::enciphered() const {
    auto const count = zip_get_num_entries(open_->archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        zip_stat_t stat;
        if (zip_stat_index(open_->archive.get(), static_cast<zip_uint64_t>(i), 0, &stat) != 0) continue;
        if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) return true;
    }
    return false;
}

Result<std::string> Reader::text(std::string const& name, std::size_t limit) const {
    auto* const archive = open_->archive.get();
    auto const index = zip_name_locate(archive, name.c_str(), ZIP_FL_NOCASE);
    if (index < 0) return broken(name + " is not in it");
    std::unique_ptr<zip_file_t, decltype(&zip_fclose)> const file(
        zip_fopen_index(archive, static_cast<zip_uint64_t>(index), 0), &zip_fclose);
    if (!file) return broken(zip_strerror(archive));
    std::string out;
    constexpr std::size_t block = 256 * 1024;
    std::string bytes(block, '\0');
    for (;;) {
        auto const got = zip_fread(file.get(), bytes.data(), bytes.size());
        if (got < 0) return broken(name + " does not have its checksum");
        if (got == 0) return out;
        if (out.size() + static_cast<std::size_t>(got) > limit) return fail(Kind::too_large, "zip.too-large", name);
        out.append(bytes, 0, static_cast<std::size_t>(got));
    }
}

}  // namespace keepword::zip
