#include "transport/body.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "foundation/log.hpp"
#include "foundation/system_error.hpp"

namespace keepword::transport {
namespace {

constexpr std::string_view suffix = ".upload";

}  // namespace

Body::Body(api::BodyRule rule, std::shared_ptr<Budgets> budgets) : rule_(rule), budgets_(std::move(budgets)) {}

std::expected<std::unique_ptr<Body>, Refusal> Body::open(api::BodyRule rule, std::filesystem::path const& spool,
                                                         std::shared_ptr<Budgets> budgets) {
    std::unique_ptr<Body> body(new Body(rule, std::move(budgets)));
    if (!rule.to_file) return body;
    body->path_ = spool / (crypto::hex(crypto::random_bytes(16)) + std::string(suffix));
    body->file_ = ::open(body->path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (body->file_ < 0) {
        log::error("cannot create an upload in the spool folder: {}", system_error());
        return std::unexpected(busy);
    }
    body->hash_.emplace();
    return body;
}

Body::~Body() {
    budget().give_back(size_);
    if (file_ >= 0) ::close(file_);
    // Whoever took the upload has moved it: then there is nothing here to delete.
    if (!path_.empty()) ::unlink(path_.c_str());
}

std::optional<Refusal> Body::add(std::string_view bytes) {
    auto const count = static_cast<std::int64_t>(bytes.size());
    if (count > rule_.limit - size_) return too_large;
    if (!budget().take(count)) return busy;
    size_ += count;
    if (rule_.to_file) return write(bytes);
    memory_.append(bytes);
    return std::nullopt;
}

// Writes on the I/O thread: it goes to the page cache, pieces are small, and a pool of its own would only move the
// wait.
std::optional<Refusal> Body::write(std::string_view bytes) {
    hash_->add(bytes);
    while (!bytes.empty()) {
        auto const written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            log::error("cannot write an upload to the spool folder: {}", system_error());
            return busy;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return std::nullopt;
}

void Body::finish(api::HttpRequest& request) {
    if (!rule_.to_file) {
        request.body = std::move(memory_);
        return;
    }
    ::close(file_);
    file_ = -1;
    request.upload = api::Upload{path_, size_, crypto::hex(hash_->finish())};
}

bool prepare_spool(std::filesystem::path const& spool) {
    std::error_code error;
    std::filesystem::create_directories(spool, error);
    if (error || ::access(spool.c_str(), W_OK | X_OK) != 0) return false;
    for (auto const& entry : std::filesystem::directory_iterator(spool, error)) {
        std::error_code ignored;
        if (entry.path().extension() == suffix) std::filesystem::remove(entry.path(), ignored);
    }
    return !error;
}

}  // namespace keepword::transport
