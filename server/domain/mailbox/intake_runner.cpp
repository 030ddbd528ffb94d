#include <algorithm>

#include "domain/mailbox/mailbox_store.hpp"
#include "foundation/log.hpp"

namespace keepword::mailbox {
namespace {

constexpr unsigned longest_wait = 20;  // pauses: five minutes, at one in fifteen seconds

}  // namespace

IntakeRunner::IntakeRunner(Parts const& parts, cases::Desk& desk, Duration every)
    : parts_(parts), desk_(desk), every_(every) {}

void IntakeRunner::start() {
    thread_ = std::jthread([this](std::stop_token const& stop) { run(stop); });
}

void IntakeRunner::wake() {
    {
        std::lock_guard const lock(mutex_);
        ++wakes_;
    }
    changed_.notify_all();
}

void IntakeRunner::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    // All of them first, so that they end at the same time.
    for (auto& [id, worker] : workers_) worker.thread.request_stop();
    workers_.clear();
}

void IntakeRunner::run(std::stop_token const& stop) {
    std::uint64_t wakes = 0;
    while (!stop.stop_requested()) {
        // The edge of this thread: an exception is a bug or the machine's, and must not take the program with it.
        try {
            if (auto const kept_up = keep_up(); !kept_up)
                log::error("mailboxes could not be read: {}", kept_up.error().code);
        } catch (std::exception const& thrown) {
            log::error("mailboxes could not be read: {}", thrown.what());
        }
        wait(stop, 1, wakes);
    }
}

Result<> IntakeRunner::keep_up() {
    auto const boxes = TRY(parts_.database.read([](storage::Transaction& tx) { return all_mailboxes(tx); }));
    std::erase_if(workers_, [&](auto const& one) {
        return std::none_of(boxes.begin(), boxes.end(), [&](Record const& box) {
            return box.id.value == one.first && box.active && box.version == one.second.version;
        });
    });
    for (auto const& box : boxes) {
        if (!box.active || workers_.contains(box.id.value)) continue;
        workers_.emplace(
            box.id.value,
            Worker{box.version, std::jthread([this, id = box.id](std::stop_token const& s) { work(s, id); })});
    }
    return {};
}

void IntakeRunner::work(std::stop_token const& stop, MailboxId id) {
    std::unique_ptr<Inbox> inbox;
    std::uint64_t wakes = 0;
    for (unsigned failures = 0; !stop.stop_requested();) {
        auto const passed = [&]() -> Result<> {
            // The edge of this thread, too.
            try {
                return look_into(inbox, id, stop);
            } catch (std::exception const& thrown) {
                return fail(Kind::internal, "mailbox.exception", thrown.what());
            }
        }();
        if (stop.stop_requested()) return;
        failures = passed ? 0 : failures + 1;
        if (!passed) log::warning("mailbox {}: {}", id.str(), passed.error().code);
        wait(stop, std::min(longest_wait, 1U << std::min(failures, 5U)), wakes);
    }
}

Result<> IntakeRunner::look_into(std::unique_ptr<Inbox>& inbox, MailboxId id, std::stop_token const& stop) {
    if (!inbox) {
        auto opened = open_inbox(parts_, id, stop);
        if (!opened) {
            TRY(parts_.database.write(
                [&](storage::Transaction& tx) { return save_check(tx, id, parts_.clock.now(), opened.error().code); }));
            return fail(opened.error());
        }
        inbox = *std::move(opened);
    }
    TRY(take_mails(parts_, desk_, id, *inbox, stop));
    return {};
}

// By the machine's own time: mails come in while a manual clock stands still, too.
void IntakeRunner::wait(std::stop_token const& stop, unsigned pauses, std::uint64_t& wakes) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(every_.ms * pauses), [&] { return wakes_ != wakes; });
    wakes = wakes_;
}

}  // namespace keepword::mailbox
