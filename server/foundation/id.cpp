#include "foundation/id.hpp"

namespace keepword {

std::int64_t IdSource::next_value() {
    constexpr std::int64_t epoch = 1'704'067'200'000;  // 2024-01-01T00:00:00Z
    std::int64_t const now = (clock_.now().ms - epoch) << 12;
    std::int64_t last = last_.load(std::memory_order_relaxed);
    std::int64_t mine = 0;
    // A clock that stands still or goes back only makes the counter run ahead of it: ids never repeat in a process.
    do {
        mine = now > last ? now : last + 1;
    } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));
    return ((mine >> 12) << 22) | (static_cast<std::int64_t>(process_) << 12) | (mine & 4095);
}

}  // namespace keepword
