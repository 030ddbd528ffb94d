#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Clocks: the core sets and stops them and is told when one is due; when that is, is its caller's business.
namespace keepword::bpmn {

// What is told when the timer starts; nullopt where its expression gives no ISO 8601 text.
std::optional<TimerSet> Machine::timer_set(Index event, Instance attached, Instance scope) {
    TimerSet set{
        .instance = 0, .element = event, .attached = attached, .kind = {}, .text = {}, .since = now_, .fired = 0};
    auto const& spec = d_.at(event).timer;
    if (!spec) return set;  // a drawing that says no length: fired by hand
    set.kind = spec->kind;
    set.text = spec->text;
    if (spec->expression) {
        auto const value = evaluate(*spec->expression, scope);
        if (!value.is_string()) return std::nullopt;
        auto const text = parse_timer(spec->kind, value.get_string());
        // What deployment refuses as a text an expression may not give either.
        if (!text || !fits_a_calendar(*text)) return std::nullopt;
        set.text = value.get_string();
    }
    if (spec->from) {
        auto const value = evaluate(*spec->from, scope);
        // What was never done has no time to count from; then the clock starts now.
        auto const from = value.is_string() ? Instant::parse(value.get_string()) : Result<Instant>(now_);
        if (from) set.since = *from;
    }
    return set;
}

// Asked before a token enters: a task whose clock cannot run must not look as if it ran.
bool Machine::timers_can_run(Here const& here) {
    Element const& e = d_.at(here.element);
    bool const round = is_round(here.element, here.scope);
    Instance const scope = round ? here.instance : here.scope;
    auto const can = [&](Index event) { return !d_.at(event).timer || timer_set(event, 0, scope).has_value(); };
    if (e.type == Type::intermediate_catch_event && !can(here.element)) return false;
    // The boundary is the whole activity's, the clocks inside are each round's.
    if (!round && !std::ranges::all_of(e.boundary, can)) return false;
    if ((round || !e.loop) && !std::ranges::all_of(e.event_starts, can)) return false;
    if (e.type != Type::event_based_gateway) return true;
    return std::ranges::all_of(e.outgoing, [&](Index flow) { return can(d_.flows[flow].target); });
}

void Machine::start_timer(Index event, Instance attached, Instance scope) {
    auto set = timer_set(event, attached, scope);
    // Asked before the token entered (timers_can_run); the variables may have changed in a simulation only.
    if (!set) return;
    set->instance = next_instance();
    state_.timers.push_back({.instance = set->instance,
                             .attached = attached,
                             .element = event,
                             .since = set->since,
                             .fired = 0,
                             .text = set->text});
    emit(std::move(*set));
}

void Machine::boundary_timers(Here const& here) {
    auto const& boundary = d_.at(here.element).boundary;
    if (boundary.empty() || is_round(here.element, here.scope)) return;
    for (Index const event : boundary) {
        if (d_.at(event).trigger == Trigger::timer) start_timer(event, here.instance, here.scope);
    }
}

// The clocks of a scope's event sub-processes run from when it begins.
void Machine::event_start_timers(Instance scope) {
    for (Index const start : d_.at(scope_of(scope)->element).event_starts) {
        if (d_.at(start).trigger == Trigger::timer) start_timer(start, scope, scope);
    }
}

void Machine::stop_timers(Instance attached) {
    std::erase_if(state_.timers, [&](Timer const& timer) {
        if (timer.attached != attached) return false;
        emit(TimerCancelled{timer.instance, timer.element});
        return true;
    });
}

// Not those of the boundary, which have the same number: they are the business of who is outside.
void Machine::stop_event_start_timers(Instance scope) {
    std::erase_if(state_.timers, [&](Timer const& timer) {
        if (timer.attached != scope || d_.at(timer.element).type != Type::start_event) return false;
        emit(TimerCancelled{timer.instance, timer.element});
        return true;
    });
}

Timer const* Machine::timer_of(Catcher const& catcher) const {
    auto const found = std::ranges::find_if(state_.timers, [&](Timer const& timer) {
        return timer.element == catcher.event && timer.attached == catcher.holder;
    });
    return found == state_.timers.end() ? nullptr : &*found;
}

// The clock of what happens is used up, or set again where it repeats: before it happens, because what happens may
// take the task away, and its clock with it.
void Machine::time_is_up(Catcher const& catcher, std::uint32_t missed_periods) {
    auto const* found = timer_of(catcher);
    if (found == nullptr) return;
    Timer timer = *found;
    std::erase_if(state_.timers, [&](Timer const& t) { return t.instance == timer.instance; });
    if (!interrupts(catcher)) rearm(std::move(timer), missed_periods);
}

// The next period counts from where the first one did, so that the phase stays; periods that went by while nobody was
// there are over and not caught up. The length is the one it started with.
void Machine::rearm(Timer timer, std::uint32_t missed_periods) {
    auto const& spec = d_.at(timer.element).timer;
    bool const on_a_border = d_.at(timer.element).type != Type::intermediate_catch_event;
    if (!spec || spec->kind != TimerKind::cycle || !on_a_border) return;
    timer.fired += 1 + missed_periods;
    auto const text = parse_timer(spec->kind, timer.text);
    if (!text || (text->repetitions && timer.fired >= *text->repetitions)) return;
    emit(TimerSet{timer.instance, timer.element, timer.attached, spec->kind, timer.text, timer.since, timer.fired});
    state_.timers.push_back(std::move(timer));
}

}  // namespace keepword::bpmn
