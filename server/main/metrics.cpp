#include "main/metrics.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <fstream>

namespace keepword {
namespace {

// Resident memory in bytes, from the kernel's own count of pages.
long resident_bytes() {
    std::ifstream file("/proc/self/statm");
    long pages = 0;
    file >> pages >> pages;
    return pages * ::sysconf(_SC_PAGESIZE);
}

struct Counted {
    std::int64_t open_cases = 0;
    std::int64_t open_tasks = 0;
    std::int64_t alarms = 0;
    std::int64_t outbox_waiting = 0;
    std::int64_t outbox_dead = 0;
};

Result<Counted> count(storage::Transaction& tx) {
    auto const row =
        TRY(tx.one("SELECT (SELECT count(*) FROM cases WHERE state IN ('open','waiting')), "
                   "(SELECT count(*) FROM task WHERE state IN ('open','claimed')), "
                   "(SELECT count(*) FROM alarm), (SELECT count(*) FROM job WHERE state IN ('waiting','leased')), "
                   "(SELECT count(*) FROM job WHERE state = 'dead')"));
    return Counted{row->integer(0), row->integer(1), row->integer(2), row->integer(3), row->integer(4)};
}

}  // namespace

std::string metrics_text(storage::Database& database) {
    std::string out;
    auto const gauge = [&out](std::string_view name, std::string_view help, std::int64_t value) {
        out += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", name, help, value);
    };
    gauge("process_resident_memory_bytes", "Resident memory in bytes.", resident_bytes());
    auto const counted = database.read([](storage::Transaction& tx) { return count(tx); });
    gauge("keepword_database_up", "Whether the database answers.", counted ? 1 : 0);
    if (!counted) return out;
    gauge("keepword_cases_open", "Cases that are open or waiting.", counted->open_cases);
    gauge("keepword_tasks_open", "Tasks that are open or claimed.", counted->open_tasks);
    gauge("keepword_alarms", "Alarms that are set.", counted->alarms);
    gauge("keepword_outbox_waiting", "Messages waiting to be sent.", counted->outbox_waiting);
    gauge("keepword_outbox_dead", "Messages that could not be sent.", counted->outbox_dead);
    return out;
}

}  // namespace keepword
