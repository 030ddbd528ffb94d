#pragma once
#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/api/http.hpp"
#include "foundation/crypto.hpp"
#include "transport/refusal.hpp"

namespace keepword::transport {

// How many bytes all requests together may hold; shared by threads.
class Budget {
  public:
    explicit Budget(std::int64_t limit) : limit_(limit) {}
    bool take(std::int64_t bytes) {
        if (used_.fetch_add(bytes) + bytes <= limit_) return true;
        used_ -= bytes;
        return false;
    }
    void give_back(std::int64_t bytes) { used_ -= bytes; }

  private:
    std::int64_t const limit_;
    std::atomic<std::int64_t> used_{0};
};

// The two budgets that outlive the server when a handler answers late.
struct Budgets {
    Budgets(std::int64_t memory_limit, std::int64_t spool_limit) : memory(memory_limit), spool(spool_limit) {}
    Budget memory;
    Budget spool;
};

// A request's body while it comes in: in memory, or in a file of the spool folder, hashed on its way. The file is
// deleted with this object unless somebody has moved it.
class Body {
  public:
    // Fails with `failed` where the spool folder cannot be written.
    static std::expected<std::unique_ptr<Body>, Refusal> open(api::BodyRule rule, std::filesystem::path const& spool,
                                                              std::shared_ptr<Budgets> budgets);
    ~Body();
    Body(Body const&) = delete;
    Body& operator=(Body const&) = delete;

    // The next bytes; too_large over the rule's limit, busy where the budget or the disk is used up.
    std::optional<Refusal> add(std::string_view bytes);
    // Puts what has come into the request.
    void finish(api::HttpRequest& request);
    std::int64_t size() const { return size_; }

  private:
    Body(api::BodyRule rule, std::shared_ptr<Budgets> budgets);
    Budget& budget() { return rule_.to_file ? budgets_->spool : budgets_->memory; }
    std::optional<Refusal> write(std::string_view bytes);

    api::BodyRule rule_;
    std::shared_ptr<Budgets> budgets_;
    std::int64_t size_ = 0;
    std::string memory_;
    std::filesystem::path path_;
    int file_ = -1;
    std::optional<crypto::Sha256> hash_;
};

// Makes the spool folder if need be and removes what an earlier run left in it. False: it cannot be written.
bool prepare_spool(std::filesystem::path const& spool);

}  // namespace keepword::transport
