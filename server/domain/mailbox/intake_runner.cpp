#include <algorithm>

#include "domain/mailbox/mailbox_store.hpp"
#include "foundation/log.hpp"

namespace keepword::mailbox {
namespace {

constexpr unsigned longest_skip = 20;  // passes: five minutes, at one in fifteen seconds

}  // namespace

IntakeRunner::IntakeRunner(Parts const& parts, cases::Desk& desk, Duration every)
    : parts_(parts), desk_(desk), every_(every) {}

void IntakeRunner::start() {
    thread_ = std::jthread([this](std::stop_token const& stop) { run(stop); });
}

void IntakeRunner::wake() {
    {
        std::lock_guard const lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

void IntakeRunner::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

// Waits by the machine's own time: mails come in while a manual clock stands still, too.
void IntakeRunner::run(std::stop_token const& stop) {
    bool all = true;
    while (!stop.stop_requested()) {
        pass(stop, all);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, std::chrono::milliseconds(every_.ms), [this] { return woken_; });
        all = std::exchange(woken_, false);
    }
}

Result<> IntakeRunner::look_into(Connection& connection, MailboxId id, std::int64_t version,
                                 std::stop_token const& stop) {
    // The edge of this thread: an exception is a bug or the machine's, and must not take the program with it.
    try {
        if (!connection.inbox || connection.version != version) {
            connection.inbox.reset();
            connection.version = version;
            auto opened = open_inbox(parts_, id, stop);
            if (!opened) {
                TRY(parts_.database.write([&](storage::Transaction& tx) {
                    return save_check(tx, id, parts_.clock.now(), opened.error().code);
                }));
                return fail(opened.error());
            }
            connection.inbox = *std::move(opened);
        }
        TRY(take_mails(parts_, desk_, id, *connection.inbox, stop));
        return {};
    } catch (std::exception const& thrown) {
        return fail(Kind::internal, "mailbox.exception", thrown.what());
    }
}

void IntakeRunner::pass(std::stop_token const& stop, bool all) {
    auto const boxes = parts_.database.read([](storage::Transaction& tx) { return all_mailboxes(tx); });
    if (!boxes) return log::error("mailboxes could not be read: {}", boxes.error().code);
    std::erase_if(connections_, [&](auto const& one) {
        return std::none_of(boxes->begin(), boxes->end(),
                            [&](Record const& box) { return box.id.value == one.first && box.active; });
    });
    for (auto const& box : *boxes) {
        if (!box.active || stop.stop_requested()) continue;
        auto& connection = connections_[box.id.value];
        if (all || connection.version != box.version) connection.skip = 0;
        if (connection.skip > 0) {
            --connection.skip;
            continue;
        }
        auto const passed = look_into(connection, box.id, box.version, stop);
        connection.failures = passed ? 0 : connection.failures + 1;
        if (passed || stop.stop_requested()) continue;
        connection.skip = std::min(longest_skip, (1U << std::min(connection.failures, 5U)) - 1);
        log::warning("mailbox {}: {} {}", box.id.str(), passed.error().code, passed.error().detail);
    }
}

}  // namespace keepword::mailbox
