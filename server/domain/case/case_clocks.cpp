#include "domain/case/case_clocks.hpp"

#include "engine/bpmn/timer.hpp"
#include "engine/jobs/jobs.hpp"

namespace keepword::cases {
namespace {

// What decides when a clock is due; kept with the clock, so that it can be worked out again and explained.
struct Plan {
    bpmn::TimerKind kind = bpmn::TimerKind::duration;
    std::string length;
    std::string calendar;
    Instant since;
    std::int64_t fired = 0;
};

struct ClockRow {
    ClockId id{};
    CaseId case_id{};
    bpmn::Instance instance = 0;
    Plan plan;
    Instant due;
    std::string state;
    std::string name_zh;
    std::string name_en;
};

Result<std::vector<calendar::Pause>> pauses_of(storage::Transaction& tx, CaseId id, Instant now) {
    std::vector<calendar::Pause> out;
    for (auto const& row :
         TRY(tx.query("SELECT from_at, to_at FROM case_pause WHERE case_id = ? ORDER BY from_at LIMIT 1000", id))) {
        out.push_back({row.instant(0), row.optional_instant(1).value_or(now)});
    }
    return out;
}

// "R3/PT10M" and "R/PT10M" run PT10M again and again; anything else is the length itself.
std::string_view period_of(std::string_view length) {
    auto const slash = length.find('/');
    return slash == std::string_view::npos ? length : length.substr(slash + 1);
}

Result<calendar::Length> length_of(Plan const& plan) {
    auto const length = TRY(calendar::Length::parse(period_of(plan.length)));
    return plan.kind == bpmn::TimerKind::cycle ? length.times(plan.fired + 1) : length;
}

Result<Instant> due_of(storage::Transaction& tx, Parts const& parts, CaseId id, Plan const& plan, Instant now) {
    if (plan.kind == bpmn::TimerKind::date) return Instant::parse(plan.length);
    auto const length = TRY(length_of(plan));
    auto const pauses = TRY(pauses_of(tx, id, now));
    return TRY(parts.calendar(tx, plan.calendar))->due(plan.since, length, pauses);
}

Result<> set_alarm(storage::Transaction& tx, ClockId id, CaseId case_id, bpmn::Instance timer, Instant due) {
    return jobs::set_alarm(tx, "clock:" + id.str(), "clock", due,
                           json::object{{"case", case_id.str()}, {"timer", timer}});
}

Result<> cancel_alarm(storage::Transaction& tx, ClockId id) {
    return jobs::cancel_alarm(tx, "clock:" + id.str());
}

ClockRow clock_from(storage::Row const& r) {
    return {.id = r.id<ClockTag>(0),
            .case_id = r.id<CaseTag>(1),
            .instance = r.integer(2),
            .plan = {.kind = r.word<bpmn::TimerKind>(3),
                     .length = r.text(4),
                     .calendar = r.text(5),
                     .since = r.instant(6),
                     .fired = r.integer(7)},
            .due = r.instant(8),
            .state = r.text(9),
            .name_zh = r.text(10),
            .name_en = r.text(11)};
}

// `case` is the calendar that goes with the urgency: urgent and grave matters run day and night.
std::string calendar_of(bpmn::TimerSpec const& spec, Record const& record) {
    if (!spec.calendar.empty() && spec.calendar != "case") return spec.calendar;
    return record.urgency == Urgency::normal ? "office" : "duty";
}

Result<> end_clock(Act const& act, storage::Row const& row, bool kept) {
    auto const id = row.id<ClockTag>(0);
    auto const& state = row.text(1);
    TRY(cancel_alarm(act.tx, id));
    std::string next = state;
    // Done after the due instant, though the alarm had not come yet, is late all the same.
    if (state == "running" || state == "paused") {
        next = !kept ? "stopped" : state == "running" && act.now > row.instant(2) ? "broken" : "kept";
    }
    TRY(act.tx.execute("UPDATE clock SET state = ?, ended_at = ? WHERE id = ?", next, act.now, id));
    return {};
}

}  // namespace

std::string clock_setting(bpmn::Definition const& definition, bpmn::Element const& element) {
    auto const& name = element.timer->clock.empty() ? element.id : element.timer->clock;
    return "clock." + definition.key() + "." + name;
}

Result<> start_clock(Act const& act, Parts const& parts, Record const& record, bpmn::Definition const& definition,
                     bpmn::TimerSet const& timer) {
    auto const& element = definition.at(timer.element);
    auto const& spec = *element.timer;
    auto const key = clock_setting(definition, element);
    Plan plan{.kind = timer.kind,
              .length = timer.text,
              .calendar = calendar_of(spec, record),
              .since = timer.since,
              .fired = timer.fired};
    if (timer.kind == bpmn::TimerKind::duration) plan.length = TRY(setting(act.tx, key, timer.text));
    auto const due = TRY(due_of(act.tx, parts, record.id, plan, act.now));
    bool const paused = record.paused_at.has_value();

    auto const known =
        TRY(act.tx.one("SELECT id FROM clock WHERE case_id = ? AND instance = ?", record.id, timer.instance));
    auto const id = known ? known->id<ClockTag>(0) : parts.ids.next<ClockTag>();
    if (known) {
        TRY(act.tx.execute("UPDATE clock SET fired = ?, due_at = ?, state = ?, ended_at = NULL WHERE id = ?",
                           timer.fired, due, paused ? "paused" : "running", id));
    } else {
        TRY(act.tx.execute(
            "INSERT INTO clock (id, case_id, instance, attached, element, name_zh, name_en, kind, length, "
            "calendar, since, fired, started_at, due_at, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            id, record.id, timer.instance, timer.attached, element.id, element.name, element.name_en, plan.kind,
            plan.length, plan.calendar, plan.since, plan.fired, act.now, due, paused ? "paused" : "running"));
    }
    return paused ? Result<>{} : set_alarm(act.tx, id, record.id, timer.instance, due);
}

Result<> stop_clock(Act const& act, CaseId id, bpmn::Instance timer, bool kept) {
    auto const row = TRY(act.tx.one(
        "SELECT id, state, due_at FROM clock WHERE case_id = ? AND instance = ? AND ended_at IS NULL", id, timer));
    return row ? end_clock(act, *row, kept) : Result<>{};
}

Result<> stop_clocks_of(Act const& act, CaseId id, bpmn::Instance attached, bool kept) {
    for (auto const& row :
         TRY(act.tx.query("SELECT id, state, due_at FROM clock WHERE case_id = ? AND attached = ? AND ended_at IS NULL",
                          id, attached))) {
        TRY(end_clock(act, row, kept));
    }
    return {};
}

Result<> stop_clocks(Act const& act, CaseId id) {
    for (auto const& row :
         TRY(act.tx.query("SELECT id, state, due_at FROM clock WHERE case_id = ? AND ended_at IS NULL", id))) {
        TRY(end_clock(act, row, true));
    }
    return {};
}

// How many further periods of a repeating clock went by while nobody was there, in the time its calendar counts.
Result<std::uint32_t> missed_periods(Act const& act, Parts const& parts, CaseId id, bpmn::Instance timer) {
    auto const row =
        TRY(act.tx.one("SELECT id, case_id, instance, kind, length, calendar, since, fired, due_at, state, name_zh, "
                       "name_en FROM clock WHERE case_id = ? AND instance = ?",
                       id, timer));
    if (!row) return 0U;
    auto const clock = clock_from(*row);
    if (clock.plan.kind != bpmn::TimerKind::cycle) return 0U;
    return bpmn::periods_over([&](std::uint32_t more) -> Result<bool> {
        Plan plan = clock.plan;
        plan.fired += more;
        return TRY(due_of(act.tx, parts, id, plan, act.now)) <= act.now;
    });
}

Result<> break_clock(Act const& act, CaseId id, bpmn::Instance timer, bool watches) {
    auto const ended = watches ? std::optional<Instant>() : act.now;
    TRY(act.tx.execute(
        "UPDATE clock SET state = 'broken', ended_at = ? WHERE case_id = ? AND instance = ? AND ended_at IS NULL",
        ended, id, timer));
    return {};
}

Result<> refresh_due(storage::Transaction& tx, Record& record) {
    TRY(
        tx.execute("UPDATE task SET due_at = (SELECT min(c.due_at) FROM clock c WHERE c.case_id = task.case_id "
                   "AND c.attached = task.instance AND c.ended_at IS NULL AND c.state <> 'paused') "
                   "WHERE case_id = ? AND state IN ('open','claimed')",
                   record.id));
    auto const row = TRY(tx.one(
        "SELECT min(due_at) FROM clock WHERE case_id = ? AND ended_at IS NULL AND state <> 'paused'", record.id));
    record.due_at = row ? row->optional_instant(0) : std::nullopt;
    return {};
}

Result<> pause_clocks(Act const& act, CaseId id) {
    for (auto const& row : TRY(act.tx.query("SELECT id FROM clock WHERE case_id = ? AND state = 'running'", id))) {
        TRY(cancel_alarm(act.tx, row.id<ClockTag>(0)));
    }
    TRY(act.tx.execute("UPDATE clock SET state = 'paused' WHERE case_id = ? AND state = 'running'", id));
    return {};
}

namespace {

Result<std::vector<ClockRow>> clocks_in(storage::Transaction& tx, CaseId id, std::string_view state) {
    std::vector<ClockRow> out;
    for (auto const& row : TRY(tx.query("SELECT id, case_id, instance, kind, length, calendar, since, fired, due_at, "
                                        "state, name_zh, name_en FROM clock WHERE case_id = ? AND state = ?",
                                        id, state))) {
        out.push_back(clock_from(row));
    }
    return out;
}

}  // namespace

Result<> resume_clocks(Act const& act, Parts const& parts, CaseId id) {
    for (auto const& clock : TRY(clocks_in(act.tx, id, "paused"))) {
        auto const due = TRY(due_of(act.tx, parts, id, clock.plan, act.now));
        TRY(act.tx.execute("UPDATE clock SET state = 'running', due_at = ? WHERE id = ?", due, clock.id));
        TRY(set_alarm(act.tx, clock.id, id, clock.instance, due));
    }
    return {};
}

Result<calendars::Explanation> explain_clock(storage::Transaction& tx, Parts const& parts, ClockId id, Instant now) {
    auto const row =
        TRY(tx.one("SELECT id, case_id, instance, kind, length, calendar, since, fired, due_at, state, "
                   "name_zh, name_en FROM clock WHERE id = ?",
                   id));
    if (!row) return fail(Kind::not_found, "not-found");
    auto const clock = clock_from(*row);
    if (clock.plan.kind == bpmn::TimerKind::date) {
        return calendars::Explanation{
            .from = clock.plan.since, .due = clock.due, .length = {}, .calendar = clock.plan.calendar, .steps = {}};
    }
    auto const length = TRY(length_of(clock.plan));
    auto const pauses = TRY(pauses_of(tx, clock.case_id, now));
    auto const calendar = TRY(parts.calendar(tx, clock.plan.calendar));
    return calendars::shown(TRY(calendar->explain(clock.plan.since, length, pauses)), *calendar);
}

Result<std::vector<Moved>> recompute_due(Act const& act, Parts const& parts, std::string const& calendar) {
    std::vector<Moved> moved;
    auto const rows =
        TRY(act.tx.query("SELECT id, case_id, instance, kind, length, calendar, since, fired, due_at, state, "
                         "name_zh, name_en FROM clock WHERE calendar = ? AND state = 'running'",
                         calendar));
    for (auto const& row : rows) {
        auto const clock = clock_from(row);
        auto const due = TRY(due_of(act.tx, parts, clock.case_id, clock.plan, act.now));
        if (due == clock.due) continue;
        TRY(act.tx.execute("UPDATE clock SET due_at = ? WHERE id = ?", due, clock.id));
        TRY(set_alarm(act.tx, clock.id, clock.case_id, clock.instance, due));
        moved.push_back({clock.case_id, clock.name_zh, clock.name_en, clock.due, due});
    }
    return moved;
}

}  // namespace keepword::cases
