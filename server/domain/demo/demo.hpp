#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "domain/case/case.hpp"
#include "domain/people/people.hpp"

// A demo centre: a province with its cities and counties, a service centre with 40 people in every role, 60 customers,
// 300 sites, 2,000 assets and some months of cases that ran through the real processes; at its present, a case stands
// before every step of every flowchart. The same seed, day and months give the same centre.
namespace keepword::demo {

struct Parts {
    storage::Database& database;
    cases::Desk& desk;
    IdSource& ids;
    people::RoleBook const& roles;
    people::RegionBook const& regions;
    // Makes everybody's password; the hash is made once, before any transaction.
    std::string password_hash;
    std::function<Result<>(storage::Transaction&, PersonId, std::string const& hash, Instant now)> set_password;
    std::function<Result<std::shared_ptr<calendar::Calendar const>>(storage::Transaction&, std::string const&)>
        calendar;
    // The alarms that went off by `now`, in the order they were due: deadlines act as they would have.
    std::function<Result<>(storage::Transaction&, Instant now)> ring_alarms;
    std::function<void(Instant)> set_clock;  // ids grow with the demo's own time, not with the machine's
    std::string_view material;               // data/demo.json
    std::string_view province;               // data/regions.json
};

struct Made {
    std::int64_t people = 0;
    std::int64_t customers = 0;
    std::int64_t sites = 0;
    std::int64_t assets = 0;
    std::int64_t cases = 0;
};

constexpr std::int64_t days_of_a_month = 30;

// Fills an empty centre with so many months that end at `now`. Error demo.not-empty (conflict) where there are people.
Result<Made> fill(Parts const& parts, Instant now, std::int64_t months, std::uint64_t seed);

// Copies the closed cases of the history that ends at `now` into the time before it until there are `wanted` more;
// `progress` hears how many there are so far. Returns how many were made. Error demo.too-large.
Result<std::int64_t> scale(Parts const& parts, Instant now, std::int64_t wanted,
                           std::function<void(std::int64_t)> const& progress);

}  // namespace keepword::demo
