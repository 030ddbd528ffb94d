#include "transport/service.hpp"

namespace keepword::transport {
namespace {

constexpr std::size_t told_at_once = 256;

}  // namespace

Connections::Welcome Connections::enter(std::string const& address, bool many_behind) {
    std::lock_guard const lock(mutex_);
    auto const most = many_behind ? 0 : limits_.connections_per_address;
    auto const found = by_address_.find(address);
    bool const crowded = most != 0 && found != by_address_.end() && found->second >= most;
    if (!crowded && served_ < limits_.connections) {
        ++served_;
        ++by_address_[address];
        return Welcome::serve;
    }
    ++turned_away_;
    if (refused_ >= told_at_once) return Welcome::drop;
    ++refused_;
    return Welcome::refuse;
}

void Connections::leave(std::string const& address, bool refused) {
    std::lock_guard const lock(mutex_);
    if (refused) {
        --refused_;
    } else {
        --served_;
        auto const found = by_address_.find(address);
        if (--found->second == 0) by_address_.erase(found);
    }
    if (served_ + refused_ == 0) empty_.notify_all();
}

Load Connections::load() const {
    std::lock_guard const lock(mutex_);
    return {.connections = served_, .in_handler = 0, .turned_away = turned_away_};
}

bool Connections::wait_empty(Duration at_most) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, steady(at_most), [this] { return served_ + refused_ == 0; });
}

}  // namespace keepword::transport
