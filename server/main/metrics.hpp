#pragma once
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "engine/api/app.hpp"
#include "storage/database.hpp"
#include "transport/server.hpp"

namespace keepword {

// Counts the requests that were answered, by route, method and status. All of these are the program's own words, so
// that the number of series is bounded whatever is asked. Any thread.
class RequestMeter {
  public:
    void count(api::Handled const& handled);
    void write(std::string& out) const;

  private:
    static constexpr std::array<double, 11> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                      0.1,   0.25,   0.5,   1,    5};  // seconds
    struct Took {
        std::array<std::uint64_t, bounds.size() + 1> buckets{};  // each counts what is above the bound before it
        double sum = 0;
    };
    using Route = std::pair<std::string, std::string>;  // route, method

    mutable std::mutex mutex_;
    std::map<std::tuple<std::string, std::string, int>, std::uint64_t> answered_;
    std::map<Route, Took> took_;
};

// Whom /metrics asks.
struct MetricSources {
    storage::Database& database;
    RequestMeter const& requests;
    transport::Load connections;
    std::size_t streams = 0;
    std::string version;
    Instant now;
};

// The Prometheus text of /metrics: how much there is to do and how long it waits. No names and no texts of people.
std::string metrics_text(MetricSources const& from);

}  // namespace keepword
