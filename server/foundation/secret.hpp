#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace keepword {

// A password, a key or a token: cannot be copied, formatted or logged, and is wiped when it goes.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    // The bytes, for the one call that needs them; never kept.
    std::string_view reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

  private:
    void wipe() noexcept;
    std::string value_;
};

// Overwrites the bytes of a text in a way the compiler may not leave out.
void wipe(std::string& text) noexcept;

}  // namespace keepword
