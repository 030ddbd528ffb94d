#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/route.hpp"
#include "engine/calendar/calendar.hpp"

// Working calendars (工作日历) as data that an administrator edits: hours of the week, and per year the public holidays
// with their shifted workdays (调休).
namespace keepword::calendars {

// ---- the answer to "why is it due then?" as the API gives it ----------------------------------------------------

enum class StepKind { work, break_, night, weekend, holiday, shifted_workday, pause, unpublished };
BOOST_DESCRIBE_ENUM(StepKind, work, break_, night, weekend, holiday, shifted_workday, pause, unpublished)

// One stretch of time. `unpublished` is a free day of the week in a year whose holidays are not published yet.
struct ExplanationStep {
    Instant from;
    Instant to;
    StepKind kind = StepKind::work;
    std::optional<std::string> name_zh;  // of a holiday
    std::optional<std::string> name_en;
    std::int64_t counted_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ExplanationStep, (), (from, to, kind, name_zh, name_en, counted_ms))

struct Explanation {
    Instant from;
    Instant due;
    std::string length;    // ISO 8601
    std::string calendar;  // its key
    bool complete = true;  // false: a year on the way is not published yet, and the deadline may still move
    std::vector<ExplanationStep> steps;
};
BOOST_DESCRIBE_STRUCT(Explanation, (), (from, due, length, calendar, complete, steps))

// The engine's explanation of a deadline by this calendar, as the API shows it.
Explanation shown(calendar::Explanation const& explanation, calendar::Calendar const& calendar);

// ---- reading and keeping -----------------------------------------------------------------------------------------

// Reads calendars for whoever computes deadlines; keeps the parsed ones as long as their data does not change.
class Calendars {
  public:
    // calendar.unknown (Kind::not_found) where there is none of this key.
    Result<std::shared_ptr<calendar::Calendar const>> load(storage::Transaction& tx, std::string const& key);

  private:
    struct Kept {
        crypto::Digest stamp{};  // of the data it was parsed from
        std::shared_ptr<calendar::Calendar const> calendar;
    };
    std::mutex mutex_;
    std::map<std::string, Kept> kept_;
};

// Puts the calendars and years that came with the program into a centre that does not have them yet; what somebody has
// edited is left alone. The texts are files of data/calendars and data/holidays.
Result<> seed(storage::Transaction& tx, std::vector<std::string_view> const& calendars,
              std::vector<std::string_view> const& years);

// Called in the transaction that changed a calendar's data, once for each calendar whose deadlines may move; answers
// how many did.
using Changed =
    std::function<Result<std::int64_t>(storage::Transaction&, Instant now, PersonId by, std::string const& key)>;

api::Routes routes(Calendars& calendars, Changed changed);

}  // namespace keepword::calendars
