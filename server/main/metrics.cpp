#include "main/metrics.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace keepword {
namespace {

// Proportional and resident memory in bytes: the kernel's own sums.
struct Memory {
    std::int64_t resident = 0;
    std::int64_t proportional = 0;
};

Memory memory_now() {
    Memory out;
    std::ifstream file("/proc/self/smaps_rollup");
    for (std::string word; file >> word;) {
        if (word == "Rss:" && file >> out.resident) out.resident *= 1024;
        if (word == "Pss:" && file >> out.proportional) out.proportional *= 1024;
    }
    return out;
}

// When the program was started, in seconds of the epoch: field 22 of stat, counted in ticks from the machine's start.
double started_at() {
    std::ifstream stat("/proc/self/stat");
    std::string line;
    std::getline(stat, line);
    std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 1)));
    std::string field;
    for (int i = 3; i <= 22; ++i) fields >> field;
    double booted = 0;
    std::ifstream machine("/proc/stat");
    for (std::string word; machine >> word;) {
        if (word == "btime") machine >> booted;
    }
    return booted + std::strtod(field.c_str(), nullptr) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct Counted {
    std::int64_t open_cases = 0;
    std::int64_t open_tasks = 0;
    std::int64_t alarms = 0;
    std::int64_t alarms_due = 0;
    std::int64_t alarms_failed = 0;
    std::int64_t waiting = 0;
    std::int64_t leased = 0;
    std::int64_t dead = 0;
    std::vector<std::pair<std::string, std::int64_t>> mailboxes;  // id, seconds since it was last looked into well
};

Result<Counted> count(storage::Transaction& tx, Instant now) {
    constexpr std::int64_t most_mailboxes = 100;
    auto const row =
        TRY(tx.one("SELECT (SELECT count(*) FROM cases WHERE state IN ('open','waiting')), "
                   "(SELECT count(*) FROM task WHERE state IN ('open','claimed')), "
                   "(SELECT count(*) FROM alarm WHERE due IS NOT NULL), (SELECT count(*) FROM alarm WHERE due <= ?), "
                   "(SELECT count(*) FROM alarm WHERE due IS NULL), "
                   "(SELECT count(*) FROM job WHERE state = 'waiting'), "
                   "(SELECT count(*) FROM job WHERE state = 'leased'), (SELECT count(*) FROM job WHERE state = 'dead')",
                   now));
    Counted out{row->integer(0), row->integer(1), row->integer(2),
                row->integer(3), row->integer(4), row->integer(5),
                row->integer(6), row->integer(7), {}};
    for (auto const& box : TRY(tx.query("SELECT id, last_checked_at FROM mailbox WHERE active = 1 AND "
                                        "last_error IS NULL AND last_checked_at IS NOT NULL ORDER BY id LIMIT ?",
                                        most_mailboxes)))
        out.mailboxes.emplace_back(std::to_string(box.integer(0)), (now - box.instant(1)).ms / 1000);
    return out;
}

class Text {
  public:
    void head(std::string_view name, std::string_view help, std::string_view type) {
        out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
    }
    void one(std::string_view name, std::string_view help, std::string_view type, auto value) {
        head(name, help, type);
        out += fmt::format("{} {}\n", name, value);
    }
    void gauge(std::string_view name, std::string_view help, auto value) { one(name, help, "gauge", value); }
    void counter(std::string_view name, std::string_view help, auto value) { one(name, help, "counter", value); }
    std::string out;
};

void write_process(Text& text, MetricSources const& from) {
    auto const memory = memory_now();
    text.gauge("process_resident_memory_bytes", "Resident memory in bytes.", memory.resident);
    text.gauge("keepword_proportional_memory_bytes", "Memory with shared pages by share (PSS), in bytes.",
               memory.proportional);
    text.gauge("process_start_time_seconds", "When the program was started, in seconds of the epoch.",
               fmt::format("{:.2f}", started_at()));
    text.head("keepword_build_info", "The program's version.", "gauge");
    text.out += fmt::format("keepword_build_info{{version=\"{}\"}} 1\n", from.version);
    text.gauge("keepword_http_connections", "Connections that are open.", from.connections.connections);
    text.counter("keepword_http_connections_refused_total", "Connections turned away for want of room.",
                 from.connections.turned_away);
    text.gauge("keepword_http_requests_in_progress", "Requests that are not answered yet.",
               from.connections.in_handler);
    text.gauge("keepword_live_streams", "Browsers that hear of changes.", from.streams);
    auto const load = from.database.load();
    text.gauge("keepword_database_reads_waiting", "Works waiting for a reader.", load.reads_waiting);
    text.gauge("keepword_database_writes_waiting", "Works waiting for the writer.", load.writes_waiting);
    text.head("keepword_database_commit_group_size", "Works in one durable commit.", "summary");
    text.out +=
        fmt::format("keepword_database_commit_group_size_sum {}\nkeepword_database_commit_group_size_count {}\n",
                    load.committed, load.commits);
}

void write_work(Text& text, Counted const& counted) {
    text.gauge("keepword_cases_open", "Cases that are open or waiting.", counted.open_cases);
    text.gauge("keepword_tasks_open", "Tasks that are open or claimed.", counted.open_tasks);
    text.gauge("keepword_alarms", "Alarms that are set.", counted.alarms);
    text.gauge("keepword_alarms_due", "Alarms that are due and have not acted.", counted.alarms_due);
    text.gauge("keepword_alarms_failed", "Alarms that have failed for good.", counted.alarms_failed);
    text.head("keepword_jobs", "Jobs of the outbox.", "gauge");
    text.out += fmt::format(
        "keepword_jobs{{state=\"waiting\"}} {}\nkeepword_jobs{{state=\"leased\"}} {}\n"
        "keepword_jobs{{state=\"dead\"}} {}\n",
        counted.waiting, counted.leased, counted.dead);
    text.head("keepword_mailbox_last_success_age_seconds", "Since mails were last taken in; none where it fails now.",
              "gauge");
    for (auto const& [id, age] : counted.mailboxes)
        text.out += fmt::format("keepword_mailbox_last_success_age_seconds{{mailbox=\"{}\"}} {}\n", id, age);
}

}  // namespace

void RequestMeter::count(api::Handled const& handled) {
    auto const took = std::chrono::duration<double>(handled.took).count();
    auto const bucket = static_cast<std::size_t>(std::ranges::lower_bound(bounds, took) - bounds.begin());
    std::string route(handled.route);
    std::string method(handled.method);
    std::lock_guard const lock(mutex_);
    ++answered_[{route, method, handled.status}];
    auto& of_route = took_[{std::move(route), std::move(method)}];
    ++of_route.buckets[bucket];
    of_route.sum += took;
}

void RequestMeter::write(std::string& out) const {
    Text text;
    std::lock_guard const lock(mutex_);
    text.head("keepword_http_requests_total", "Requests that were answered.", "counter");
    for (auto const& [key, times] : answered_) {
        auto const& [route, method, status] = key;
        text.out += fmt::format("keepword_http_requests_total{{route=\"{}\",method=\"{}\",status=\"{}\"}} {}\n", route,
                                method, status, times);
    }
    constexpr std::string_view name = "keepword_http_request_duration_seconds";
    text.head(name, "From the request's last byte to its answer.", "histogram");
    for (auto const& [route, took] : took_) {
        auto const labels = fmt::format("route=\"{}\",method=\"{}\"", route.first, route.second);
        std::uint64_t so_far = 0;
        for (std::size_t i = 0; i < bounds.size(); ++i)
            text.out +=
                fmt::format("{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bounds[i], so_far += took.buckets[i]);
        so_far += took.buckets.back();
        text.out += fmt::format("{0}_bucket{{{1},le=\"+Inf\"}} {2}\n{0}_sum{{{1}}} {3}\n{0}_count{{{1}}} {2}\n", name,
                                labels, so_far, took.sum);
    }
    out += text.out;
}

std::string metrics_text(MetricSources const& from) {
    Text text;
    write_process(text, from);
    from.requests.write(text.out);
    auto const counted = from.database.read([&](storage::Transaction& tx) { return count(tx, from.now); });
    text.gauge("keepword_database_up", "Whether the database answers.", counted ? 1 : 0);
    if (counted) write_work(text, *counted);
    return std::move(text.out);
}

}  // namespace keepword
