#pragma once
#include "domain/calendar/calendar.hpp"
#include "domain/case/case_store.hpp"

// The running deadlines of a case (时限): from the engine's timers to due instants in working time, and back.
namespace keepword::cases {

// The setting under which a centre keeps another length for this timer: clock.PROCESS.NAME.
std::string clock_setting(bpmn::Definition const& definition, bpmn::Element const& element);
// A timer was set: works out when it is due and sets its alarm. The same timer again is its next period.
Result<> start_clock(Act const& act, Parts const& parts, Record const& record, bpmn::Definition const& definition,
                     bpmn::TimerSet const& timer);
// A timer was taken away. `kept`: because what it watched was done.
Result<> stop_clock(Act const& act, CaseId id, bpmn::Instance timer, bool kept);
// Everything that watched this task (or event) ends with it.
Result<> stop_clocks_of(Act const& act, CaseId id, bpmn::Instance attached, bool kept);
// With a case, what went off and was still there ends.
Result<> stop_clocks(Act const& act, CaseId id);
// For bpmn::TimerFired::missed.
Result<std::uint32_t> missed_periods(Act const& act, Parts const& parts, CaseId id, bpmn::Instance timer);
// The alarm went off: the promise is broken. A clock that watches something stays on the case until that has ended.
Result<> break_clock(Act const& act, CaseId id, bpmn::Instance timer, bool watches);

// What is due next, on the open tasks and on the record (which the caller then saves).
Result<> refresh_due(storage::Transaction& tx, Record& record);

// All clocks of a case stand still, or run again from where they stood.
Result<> pause_clocks(Act const& act, CaseId id);
Result<> resume_clocks(Act const& act, Parts const& parts, CaseId id);

// Why a clock is due when it is.
Result<calendars::Explanation> explain_clock(storage::Transaction& tx, Parts const& parts, ClockId id, Instant now);

// Due times of a calendar's running clocks, worked out anew; answers the cases in which one moved, with old and new.
struct Moved {
    CaseId id{};
    std::string name_zh;
    std::string name_en;
    Instant old_due;
    Instant new_due;
};
Result<std::vector<Moved>> recompute_due(Act const& act, Parts const& parts, std::string const& calendar);

}  // namespace keepword::cases
