#include <algorithm>

#include "domain/case/case_run.hpp"
#include "engine/bpmn/timer.hpp"
#include "engine/jobs/jobs.hpp"
#include "foundation/log.hpp"

// What a case's process says to other cases, and the processes that start by themselves.
namespace keepword::cases {
namespace {

constexpr std::int64_t hearers_at_a_time = 50;  // cases that hear a signal in one transaction
constexpr int max_hops = 16;                    // cases that tell each other, one after the other

bool waits_for(Running const& running, bpmn::Trigger trigger, std::string const& name) {
    auto const found = bpmn::catchers(running.definition(), running.engine);
    return std::ranges::any_of(found, [&](bpmn::Catcher const& catcher) {
        return bpmn::is_about(running.definition().at(catcher.event), trigger, name);
    });
}

// The start event of this kind and name in the process that a case of this version runs, or none.
bpmn::Index start_about(bpmn::Definition const& d, bpmn::Trigger trigger, std::string const& name) {
    for (bpmn::Index const start : d.starts(d.process)) {
        if (bpmn::is_about(d.at(start), trigger, name)) return start;
    }
    return bpmn::none;
}

// A case that a process starts has the process's name until somebody gives it a better one.
Result<CaseId> open_by_event(Desk& desk, Act const& act, process::Version const& version, bpmn::Index start,
                             json::object variables) {
    auto const& d = *version.definition;
    NewCase fresh{.kind = d.key(),
                  .channel = Channel::api,
                  .facts = {},
                  .start = d.at(start).id,
                  .variables = std::move(variables)};
    fresh.facts.title = json::Text<200>{d.at(d.process).name};
    return desk.open(act, fresh);
}

}  // namespace

// ---- signals -----------------------------------------------------------------------------------------------------

Result<> remember_what_it_hears(Act const& act, Running const& running) {
    auto const& d = running.definition();
    for (auto const& element : d.elements) {
        bool const starts = element.type == bpmn::Type::start_event && element.scope == d.process;
        bool const throws =
            element.type == bpmn::Type::end_event || element.type == bpmn::Type::intermediate_throw_event;
        if (element.trigger != bpmn::Trigger::signal || starts || throws) continue;
        TRY(act.tx.execute("INSERT INTO case_hears (signal, case_id) VALUES (?,?) ON CONFLICT DO NOTHING",
                           element.about, running.record.id));
    }
    return {};
}

Result<> forget_what_it_hears(Act const& act, CaseId id) {
    TRY(act.tx.execute("DELETE FROM case_hears WHERE case_id = ?", id));
    return {};
}

namespace {

// Cases that tell each other without end, nobody doing anything between, are told no further; it stands in the
// timeline.
Result<bool> may_tell(Act const& act, Parts const& parts, Running const& from, bpmn::Index element) {
    if (act.hops < max_hops) return true;
    auto const& e = from.definition().at(element);
    log::warning("case {} tells nobody any more at {}: cases tell each other without end", from.record.number, e.id);
    TRY(add_entry(act, parts.ids, from.record.id,
                  {.kind = "incident",
                   .element = e.id,
                   .name_zh = e.name,
                   .name_en = e.name_en,
                   .data = {{"code", "process.loop"}}}));
    return false;
}

// Whoever hears it does so after this act: there may be thousands of cases, and one act stays small.
Result<> tell_later(Act const& act, Parts const& parts, Running const& from, bpmn::Index element, char const* kind,
                    std::string const& name, json::object const& variables) {
    if (!TRY(may_tell(act, parts, from, element))) return {};
    auto const id = std::string(kind) + ":" + parts.ids.next<EntryTag>().str();
    return jobs::set_alarm(act.tx, id, kind, act.now,
                           json::object{{"name", name},
                                        {"variables", variables},
                                        {"from", from.record.id.str()},
                                        {"after", "0"},
                                        {"hops", act.hops + 1}});
}

// The act in which somebody hears what was told.
Act hearing(Act const& act, json::value const& payload) {
    Act out = act;
    out.hops = payload.at("hops").to_number<int>();
    return out;
}

}  // namespace

Result<> spread_signal(Act const& act, Parts const& parts, Running const& from, bpmn::SignalThrown const& thrown) {
    return tell_later(act, parts, from, thrown.element, "signal", thrown.name, thrown.variables);
}

Result<> Desk::signal_due(Act const& alarm_act, std::string const& alarm, json::value const& payload) {
    Act const act = hearing(alarm_act, payload);
    std::string const name(payload.at("name").as_string());
    auto const& variables = payload.at("variables").as_object();
    auto const from = CaseId::parse(payload.at("from").as_string());
    auto after = CaseId::parse(payload.at("after").as_string());
    auto const rows =
        TRY(act.tx.query("SELECT case_id FROM case_hears WHERE signal = ? AND case_id > ? "
                         "ORDER BY case_id LIMIT ?",
                         name, after.value_or(CaseId{}).value, hearers_at_a_time));
    for (auto const& row : rows) {
        after = row.id<CaseTag>(0);
        if (from && *after == *from) continue;  // it has heard itself already
        auto running = load_running(act, parts_, *after);
        if (!running && running.error().kind == Kind::unavailable) return std::unexpected(running.error());
        if (!running) {
            // One that cannot be read keeps nobody else from hearing.
            log::error("case {} cannot hear {}: {}", after->str(), name, running.error().code);
            continue;
        }
        if (!waits_for(*running, bpmn::Trigger::signal, name)) continue;
        TRY(run(*this, act, *running, bpmn::SignalArrived{name, variables}));
    }
    if (static_cast<std::int64_t>(rows.size()) == hearers_at_a_time) {
        json::object rest = payload.as_object();
        rest["after"] = after->str();
        return jobs::set_alarm(act.tx, alarm, "signal", act.now, rest);
    }
    for (auto const& version : TRY(parts_.library.all_current(act.tx))) {
        auto const start = start_about(*version->definition, bpmn::Trigger::signal, name);
        if (start != bpmn::none) TRY(open_by_event(*this, act, *version, start, variables));
    }
    return {};
}

// ---- messages ----------------------------------------------------------------------------------------------------

Result<> send_message(Act const& act, Parts const& parts, Running const& from, bpmn::MessageSent const& sent) {
    return tell_later(act, parts, from, sent.element, "message", sent.name, sent.variables);
}

// To the first linked case that waits for it, else to a process that it starts, linked; else it is for the timeline.
Result<> Desk::message_due(Act const& alarm_act, json::value const& payload) {
    Act const act = hearing(alarm_act, payload);
    std::string const name(payload.at("name").as_string());
    auto const& variables = payload.at("variables").as_object();
    auto const from = CaseId::parse(payload.at("from").as_string());
    if (!from) return fail(Kind::internal, "message.payload", json::serialize(payload));
    auto const linked = TRY(act.tx.query(
        "SELECT c.id FROM cases c WHERE c.state IN ('open','waiting') AND c.id IN "
        "(SELECT to_case FROM case_link WHERE from_case = ? UNION SELECT from_case FROM case_link WHERE to_case = ?) "
        "ORDER BY c.id LIMIT 100",
        *from, *from));
    for (auto const& row : linked) {
        auto running = TRY(load_running(act, parts_, row.id<CaseTag>(0)));
        if (!waits_for(running, bpmn::Trigger::message, name)) continue;
        return run(*this, act, running, bpmn::MessageArrived{name, 0, variables});
    }
    for (auto const& version : TRY(parts_.library.all_current(act.tx))) {
        auto const start = start_about(*version->definition, bpmn::Trigger::message, name);
        if (start == bpmn::none) continue;
        auto const opened = TRY(open_by_event(*this, act, *version, start, variables));
        return link(act, *from, opened, "related");
    }
    return {};
}

// ---- processes that start by a timer -----------------------------------------------------------------------------

namespace {

std::string start_alarm(std::string const& key, std::string const& element) {
    return "start:" + key + ":" + element;
}

Result<> set_start_alarm(Act const& act, bpmn::Definition const& d, bpmn::Element const& start, Instant since,
                         std::uint32_t fired) {
    auto const& spec = *start.timer;
    auto const due = TRY(bpmn::due(TRY(bpmn::parse_timer(spec.kind, spec.text)), since, fired));
    auto const alarm = start_alarm(d.key(), start.id);
    // A date that was past when the process was deployed starts nothing: it has been, in an earlier version or never.
    bool const past = spec.kind == bpmn::TimerKind::date && due && *due <= since;
    if (!due || past || (fired > 0 && spec.kind != bpmn::TimerKind::cycle)) return jobs::cancel_alarm(act.tx, alarm);
    return jobs::set_alarm(act.tx, alarm, "start", *due, json::object{{"key", d.key()}, {"element", start.id}});
}

// A start's length is a fixed text: before there is a case there is nothing an expression could speak of.
bool starts_by_clock(bpmn::Element const& start) {
    return start.trigger == bpmn::Trigger::timer && start.timer && !start.timer->expression;
}

}  // namespace

Result<> Desk::plan_starts(Act const& act) {
    auto gone = TRY(act.tx.query("SELECT key, element, hash FROM process_timer ORDER BY key, element"));
    for (auto const& version : TRY(parts_.library.all_current(act.tx))) {
        auto const& d = *version->definition;
        for (bpmn::Index const index : d.starts(d.process)) {
            auto const& start = d.at(index);
            if (!starts_by_clock(start)) continue;
            auto const is_it = [&](storage::Row const& row) {
                return row.text(0) == d.key() && row.text(1) == start.id;
            };
            auto const known = std::ranges::find_if(gone, is_it);
            bool const same = known != gone.end() && known->text(2) == d.hash;
            if (known != gone.end()) gone.erase(known);
            if (same) continue;
            TRY(
                act.tx.execute("INSERT INTO process_timer (key, element, hash, since, fired) VALUES (?,?,?,?,0) "
                               "ON CONFLICT (key, element) DO UPDATE SET hash = excluded.hash, since = excluded.since, "
                               "fired = 0",
                               d.key(), start.id, d.hash, act.now));
            TRY(set_start_alarm(act, d, start, act.now, 0));
        }
    }
    for (auto const& row : gone) {
        TRY(act.tx.execute("DELETE FROM process_timer WHERE key = ? AND element = ?", row.text(0), row.text(1)));
        TRY(jobs::cancel_alarm(act.tx, start_alarm(row.text(0), row.text(1))));
    }
    return {};
}

Result<> Desk::start_due(Act const& act, json::value const& payload) {
    std::string const key(payload.at("key").as_string());
    std::string const element(payload.at("element").as_string());
    auto const row =
        TRY(act.tx.one("SELECT since, fired FROM process_timer WHERE key = ? AND element = ?", key, element));
    if (!row) return {};
    auto const version = TRY(parts_.library.current(act.tx, key));
    auto const& d = *version->definition;
    auto const index = d.find(element);
    if (index == bpmn::none || !starts_by_clock(d.at(index))) return {};
    TRY(open_by_event(*this, act, *version, index, {}));
    // Periods that went by while the machine was off are over: one case is started, and the phase stays.
    auto const& spec = *d.at(index).timer;
    auto const timer = TRY(bpmn::parse_timer(spec.kind, spec.text));
    auto const before = static_cast<std::uint32_t>(row->integer(1));
    auto const fired = before + 1 + TRY(bpmn::missed(timer, row->instant(0), before, act.now));
    TRY(act.tx.execute("UPDATE process_timer SET fired = ? WHERE key = ? AND element = ?", fired, key, element));
    return set_start_alarm(act, d, d.at(index), row->instant(0), fired);
}

}  // namespace keepword::cases
