#include "engine/live/hub.hpp"

#include <algorithm>
#include <utility>

#include "foundation/log.hpp"

namespace keepword::live {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t page = 500;
// How often to look without having been woken: on PostgreSQL other processes publish too, and an event becomes visible
// only when the oldest transaction beside it has ended.
constexpr std::chrono::milliseconds look_around{1'000};
constexpr Duration prune_every = minutes(5);

}  // namespace

void Subscription::next(Ready ready) {
    std::unique_lock lock(mutex_);
    if (closed_) return;
    ready_ = std::move(ready);
    asked_at_ = steady_clock::now();
    if (over_ || !waiting_.empty()) deliver(std::move(lock));
}

void Subscription::close() {
    Ready dropped;  // destroyed outside the lock: it may own what calls close()
    std::lock_guard const lock(mutex_);
    closed_ = true;
    waiting_.clear();
    dropped.swap(ready_);
}

bool Subscription::closed() const {
    std::lock_guard const lock(mutex_);
    return closed_;
}

// Hands over what waits and lets go of the lock before calling, since the receiver asks for more at once.
void Subscription::deliver(std::unique_lock<std::mutex> lock) {
    Ready ready;
    ready.swap(ready_);
    std::optional<Events> events;
    if (!waiting_.empty() || !over_) events.emplace().swap(waiting_);
    lock.unlock();
    ready(std::move(events));
}

void Subscription::offer(std::shared_ptr<Event const> const& event) {
    if (event->number <= last_) return;
    last_ = event->number;
    if (!visible_(*event)) return;
    std::unique_lock lock(mutex_);
    if (closed_) return;
    if (waiting_.size() >= backlog_) {
        lock.unlock();
        return tell(reset_topic, last_);
    }
    waiting_.push_back(event);
    if (ready_) deliver(std::move(lock));
}

// Puts a word of the hub's own in place of whatever waits.
void Subscription::tell(char const* topic, std::int64_t number) {
    Event word;
    word.number = number;
    word.topic = topic;
    last_ = number;
    std::unique_lock lock(mutex_);
    if (closed_) return;
    waiting_.clear();
    waiting_.push_back(std::make_shared<Event const>(std::move(word)));
    if (ready_) deliver(std::move(lock));
}

void Subscription::end() {
    std::unique_lock lock(mutex_);
    over_ = true;
    if (ready_) deliver(std::move(lock));
}

void Subscription::keep_alive(steady_clock::time_point if_silent_since) {
    std::unique_lock lock(mutex_);
    if (ready_ && asked_at_ <= if_silent_since) deliver(std::move(lock));
}

Hub::Hub(storage::Database& database, Clock const& clock, HubOptions options)
    : database_(database), clock_(clock), options_(options), pruned_at_(clock.now()) {
    database_.on_commit([signal = signal_] { signal->raise(); });
    find_position();
    thread_ = std::thread([this] { run(); });
}

Hub::~Hub() {
    stop();
}

void Hub::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    signal_->raise();
    if (thread_.joinable()) thread_.join();
}

Result<std::shared_ptr<Subscription>> Hub::subscribe(std::optional<std::int64_t> after, Visible visible) {
    // Where the hub is now: whatever is committed from here on has a higher number.
    std::int64_t const position = position_;
    if (position == unknown) return fail(Kind::unavailable, "live.not-ready");
    std::shared_ptr<Subscription> subscription(
        new Subscription(std::move(visible), after.value_or(position), !after, options_.backlog));
    {
        std::lock_guard const lock(mutex_);
        std::erase_if(subscribers_, [](auto const& other) { return other->closed(); });
        if (stopping_ || subscribers_.size() >= options_.subscribers) return fail(Kind::unavailable, "live.full");
        subscribers_.push_back(subscription);
    }
    signal_->raise();
    return subscription;
}

Hub::Subscribers Hub::current() {
    std::lock_guard const lock(mutex_);
    std::erase_if(subscribers_, [](auto const& subscription) { return subscription->closed(); });
    return subscribers_;
}

void Hub::run() {
    auto const stopping = [this] {
        std::lock_guard const lock(mutex_);
        return stopping_;
    };
    bool const alone = database_.dialect() == storage::Dialect::sqlite;
    for (bool look = true; !stopping();) {
        // What failed is tried again when the time to look around has come.
        bool const whole = !look || (find_position() && turn());
        bool const woken = signal_->wait(std::min(look_around, options_.keep_alive));
        for (auto const& subscription : current()) subscription->keep_alive(steady_clock::now() - options_.keep_alive);
        look = woken || !whole || !alone;
        prune_now_and_then();
    }
    for (auto const& subscription : current()) subscription->end();
}

bool Hub::find_position() {
    if (position_ != unknown) return true;
    auto const found = database_.read([](storage::Transaction& tx) { return newest(tx); });
    if (found) position_ = *found;
    return found.has_value();
}

// After more was pruned than had been handed out: everybody must load anew.
bool Hub::renew_position(Subscribers const& subscribers) {
    position_ = unknown;
    if (!find_position()) return false;
    for (auto const& subscription : subscribers) subscription->tell(reset_topic, position_);
    return true;
}

Result<std::vector<Event>> Hub::read(std::int64_t after) const {
    return database_.read([&](storage::Transaction& tx) { return since(tx, after, page); });
}

// Brings everybody to where the database is. False where the database could not be read.
bool Hub::turn() {
    auto const subscribers = current();
    for (auto const& subscription : subscribers) {
        if (!subscription->caught_up_ && !catch_up(*subscription)) return false;
    }
    for (;;) {
        auto events = read(position_);
        if (!events) return events.error().code == "live.lost" && renew_position(subscribers);
        for (auto& event : *events) {
            auto const shared = std::make_shared<Event const>(std::move(event));
            for (auto const& subscription : subscribers) subscription->offer(shared);
            position_ = shared->number;
        }
        if (static_cast<std::int64_t>(events->size()) < page) return true;
    }
}

// Gives one subscriber what it has missed, up to where the hub is; what comes later it gets with the others.
bool Hub::catch_up(Subscription& subscription) {
    if (std::exchange(subscription.fresh_, false)) subscription.tell(start_topic, subscription.last_);
    for (bool more = true; more;) {
        auto events = read(subscription.last_);
        if (!events) {
            if (events.error().code != "live.lost") return false;
            subscription.tell(reset_topic, position_);
            break;
        }
        for (auto& event : *events) subscription.offer(std::make_shared<Event const>(std::move(event)));
        more = static_cast<std::int64_t>(events->size()) == page;
    }
    subscription.caught_up_ = true;
    return true;
}

void Hub::prune_now_and_then() {
    Instant const now = clock_.now();
    if (now - pruned_at_ < prune_every) return;
    pruned_at_ = now;
    auto const done =
        database_.write([&](storage::Transaction& tx) { return prune(tx, now - options_.keep, options_.most); });
    if (!done && done.error().code != "storage.stopped")
        log::warning("Old live events could not be thrown away: {} {}", done.error().code, done.error().detail);
}

}  // namespace keepword::live
