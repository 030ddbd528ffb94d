#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Starts, ends, thrown and caught events, timers.
namespace keepword::bpmn {

// ---- starts ------------------------------------------------------------------------------------------------------

// Where the first tokens appear: at the start event that is named, at the none start event, or, in a drawing without
// start events, at everything that nothing flows into.
Result<std::vector<Index>> Machine::start_nodes(Start const& event, Index process) const {
    auto const wrong = [] { return fail(Kind::invalid, "process.start"); };
    auto const starts = d_.starts(process);
    if (!event.element.empty()) {
        Index const named = d_.find(event.element);
        if (std::ranges::find(starts, named) == starts.end()) return wrong();
        return std::vector{named};
    }
    std::vector<Index> nodes;
    for (Index const start : starts) {
        if (d_.at(start).trigger == Trigger::nothing) nodes.push_back(start);
    }
    if (nodes.size() == 1) return nodes;
    if (!starts.empty()) return wrong();
    std::ranges::copy_if(d_.at(process).children, std::back_inserter(nodes),
                         [&](Index node) { return starts_by_itself(node); });
    if (nodes.empty()) return wrong();
    return nodes;
}

bool Machine::starts_by_itself(Index node) const {
    Element const& element = d_.at(node);
    return element.incoming.empty() && element.type != Type::boundary_event && !element.by_event;
}

// ---- ends, thrown and caught -------------------------------------------------------------------------------------

void Machine::end_event(Here here) {
    Element const& element = d_.at(here.element);
    if (element.trigger == Trigger::message) send(here);
    trace(Trace::leave, here.element, here.instance);
    if (element.trigger != Trigger::terminate) return gone(here.scope, here.element);
    empty_scope(here.scope, Why::terminated);
    end_process(here.element, Status::terminated);
}

void Machine::throw_event(Here here) {
    if (d_.at(here.element).trigger == Trigger::message) send(here);
    leave(std::move(here));
}

void Machine::catch_event(Here here) {
    if (d_.at(here.element).trigger != Trigger::timer) return rest(std::move(here), Wait::message);
    start_timer(here.element, here.instance, here.scope);
    rest(std::move(here), Wait::timer);
}

// ---- timers: being set -------------------------------------------------------------------------------------------

// What is told when the timer starts; nullopt where its expression gives no ISO 8601 text.
std::optional<TimerSet> Machine::timer_set(Index event, Instance attached, Instance scope) {
    TimerSet set{
        .instance = 0, .element = event, .attached = attached, .kind = {}, .text = {}, .since = now_, .fired = 0};
    auto const& spec = d_.at(event).timer;
    if (!spec) return set;  // a drawing that says no length: fired by hand
    set.kind = spec->kind;
    set.text = spec->text;
    if (spec->expression) {
        auto const value = feel::evaluate(*spec->expression, scopes_of(scope));
        if (!value.is_string() || !parse_timer(spec->kind, value.get_string())) return std::nullopt;
        set.text = value.get_string();
    }
    if (spec->from) {
        auto const value = feel::evaluate(*spec->from, scopes_of(scope));
        // What was never done has no time to count from; then the clock starts now.
        auto const from = value.is_string() ? Instant::parse(value.get_string()) : Result<Instant>(now_);
        if (from) set.since = *from;
    }
    return set;
}

// Asked before a token enters: a task whose clock cannot run must not look as if it ran.
bool Machine::timers_can_run(Index element, Instance scope) {
    Element const& e = d_.at(element);
    auto const can = [&](Index event) { return !d_.at(event).timer || timer_set(event, 0, scope).has_value(); };
    return (e.type != Type::intermediate_catch_event || can(element)) && std::ranges::all_of(e.boundary, can);
}

void Machine::start_timer(Index event, Instance attached, Instance scope) {
    auto set = timer_set(event, attached, scope);
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
    for (Index const event : d_.at(here.element).boundary) {
        if (d_.at(event).trigger == Trigger::timer) start_timer(event, here.instance, here.scope);
    }
}

void Machine::stop_timers(Instance attached) {
    std::erase_if(state_.timers, [&](Timer const& timer) {
        if (timer.attached != attached) return false;
        emit(TimerCancelled{timer.instance, timer.element});
        return true;
    });
}

// ---- timers: firing ----------------------------------------------------------------------------------------------

void Machine::fire(Timer timer, std::uint32_t missed_periods) {
    if (d_.at(timer.element).type == Type::boundary_event) return fire_boundary(timer, missed_periods);
    auto token = take_waiting(timer.attached, Wait::timer);
    if (!token) return;
    trace(Trace::catch_, token->element, token->instance);
    leave({token->element, token->instance, token->scope, std::move(token->back)});
}

// An interrupting one takes its task and the task's other timers away before its own path goes on. One that does not
// interrupt goes its path beside the task, and a repeating one is set again.
void Machine::fire_boundary(Timer const& timer, std::uint32_t missed_periods) {
    auto const host = std::ranges::find(state_.tokens, timer.attached, &Token::instance);
    if (host == state_.tokens.end()) return;
    Move move{.element = timer.element, .flow = none, .scope = host->scope};
    if (!d_.at(timer.element).interrupting) {
        rearm(timer, missed_periods);
    } else {
        Token token = std::move(*host);
        state_.tokens.erase(host);
        bool const task = token.wait == Wait::task;
        move.back = task ? with_step(token.back, token.element) : token.back;
        take_away(std::move(token), Why::interrupted);
    }
    moves_.push_back(std::move(move));
}

// The next period counts from where the first one did, so that the phase stays; periods that went by while nobody was
// there are over and not caught up. The length is the one it started with.
void Machine::rearm(Timer timer, std::uint32_t missed_periods) {
    auto const& spec = d_.at(timer.element).timer;
    if (!spec || spec->kind != TimerKind::cycle) return;
    timer.fired += 1 + missed_periods;
    auto const text = parse_timer(spec->kind, timer.text);
    if (!text || (text->repetitions && timer.fired >= *text->repetitions)) return;
    emit(TimerSet{timer.instance, timer.element, timer.attached, spec->kind, timer.text, timer.since, timer.fired});
    state_.timers.push_back(std::move(timer));
}

}  // namespace keepword::bpmn
