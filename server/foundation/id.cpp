#include "foundation/id.hpp"

namespace keepword {

std::int64_t IdSource::next_value() {
    using namespace id_layout;
    std::int64_t const now = (clock_.now().ms - epoch) << process_shift;
    std::int64_t last = last_.load(std::memory_order_relaxed);
    std::int64_t mine = 0;
    // A clock that stands still or goes back only makes the counter run ahead of it: ids never repeat in a process.
    do {
        mine = now > last ? now : last + 1;
    } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));
    return ((mine >> process_shift) << time_shift) | (static_cast<std::int64_t>(process_) << process_shift) |
           (mine & counter_mask);
}

}  // namespace keepword
