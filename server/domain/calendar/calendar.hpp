#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/route.hpp"
#include "engine/calendar/calendar.hpp"

// Working calendars (工作日历) as data that an administrator edits: hours of the week, and per year the public holidays
// with their shifted workdays (调休).
namespace keepword::calendars {

// Reads calendars for whoever computes deadlines; keeps the parsed ones as long as their data does not change.
class Calendars {
  public:
    // calendar.unknown (Kind::not_found) where there is none of this key.
    Result<std::shared_ptr<calendar::Calendar const>> load(storage::Transaction& tx, std::string const& key);

  private:
    struct Kept {
        std::string stamp;  // of the data it was parsed from
        std::shared_ptr<calendar::Calendar const> calendar;
    };
    std::mutex mutex_;
    std::map<std::string, Kept> kept_;
};

// Puts the calendars and years that came with the program into a centre that does not have them yet; what somebody has
// edited is left alone. The texts are files of data/calendars and data/holidays.
Result<> seed(storage::Transaction& tx, std::vector<std::string_view> const& calendars,
              std::vector<std::string_view> const& years);

// Called in the transaction that changed a calendar's data, once for each calendar whose deadlines may move.
using Changed = std::function<Result<>(storage::Transaction&, Instant now, PersonId by, std::string const& key)>;

api::Routes routes(Calendars& calendars, Changed changed);

}  // namespace keepword::calendars
