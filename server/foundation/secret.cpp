#include "foundation/secret.hpp"

#include <sodium.h>

namespace keepword {

void wipe(std::string& text) noexcept {
    if (!text.empty()) sodium_memzero(text.data(), text.size());
    text.clear();
}

// A short text lives inside the string object itself, so a move leaves it behind in the source: wipe that too.
Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
    other.wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
    }
    return *this;
}

void Secret::wipe() noexcept {
    value_.resize(value_.capacity());
    keepword::wipe(value_);
}

}  // namespace keepword
