#pragma once
#include <atomic>
#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/time.hpp"

namespace keepword {

// The id of one kind of thing; `Id<CaseTag>` and `Id<TaskTag>` do not mix. Zero is no id. JSON carries ids as strings,
// because a 64-bit number does not survive JavaScript.
template <class Tag>
struct Id {
    std::int64_t value = 0;

    constexpr explicit operator bool() const { return value != 0; }
    auto operator<=>(Id const&) const = default;
    std::string str() const { return std::to_string(value); }

    // Digits only, no sign, no blanks; anything else is no id.
    static std::optional<Id> parse(std::string_view text) {
        Id id;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
        if (error != std::errc{} || end != text.data() + text.size() || id.value <= 0) return std::nullopt;
        return id;
    }
};

// Where an id has what it is made of.
namespace id_layout {
constexpr std::int64_t epoch = 1'704'067'200'000;  // milliseconds: 2024-01-01T00:00:00Z
constexpr int time_shift = 22;
constexpr int process_shift = 12;
constexpr std::int64_t counter_mask = 4095;
}  // namespace id_layout

// Makes ids that grow with time (so that indexes are filled at their end and a list by id is a list by age) and do not
// collide between processes: 41 bits of milliseconds since 2024, 10 bits of process, 12 bits of counter.
class IdSource {
  public:
    // `process` 0 to 1023: random per process in service, fixed in tests.
    IdSource(Clock const& clock, unsigned process) : clock_(clock), process_(process & 1023U) {}

    template <class Tag>
    Id<Tag> next() {
        return Id<Tag>{next_value()};
    }
    std::int64_t next_value();

  private:
    Clock const& clock_;
    unsigned process_;
    std::atomic<std::int64_t> last_{0};  // milliseconds and counter of the newest id
};

}  // namespace keepword

template <class Tag>
struct std::hash<keepword::Id<Tag>> {
    std::size_t operator()(keepword::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
