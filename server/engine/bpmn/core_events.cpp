#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Starts, ends, and what is thrown.
namespace keepword::bpmn {

// ---- starts ------------------------------------------------------------------------------------------------------

// Where the first tokens appear: at the start event that is named, or the none start event, and at everything that
// nothing flows into, which begins with its process (BPMN 2.0, 10.5.2).
Result<std::vector<Index>> Machine::start_nodes(Start const& event, Index process) const {
    auto const wrong = [] { return fail(Kind::invalid, "process.start"); };
    auto const starts = d_.starts(process);
    std::vector<Index> nodes;
    for (Index const child : d_.at(process).children) {
        if (d_.begins_by_itself(child)) nodes.push_back(child);
    }
    Index const named = event.element.empty() ? none : d_.find(event.element);
    if (!event.element.empty()) {
        if (std::ranges::find(nodes, named) != nodes.end()) return nodes;
        if (std::ranges::find(starts, named) == starts.end()) return wrong();
        nodes.push_back(named);
        return nodes;
    }
    auto const is_none = [&](Index start) { return d_.at(start).trigger == Trigger::nothing; };
    auto const plain = std::ranges::count_if(starts, is_none);
    // Which of several is meant, or by what else it starts, has to be said.
    if (plain > 1 || (plain == 0 && (!starts.empty() || nodes.empty()))) return wrong();
    std::ranges::copy_if(starts, std::back_inserter(nodes), is_none);
    return nodes;
}

// Where the tokens of a sub-process appear. An event sub-process begins with the start that caught something; one that
// could not begin then, and is tried again, with its first.
std::vector<Index> Machine::beginnings(Index scope_element, Index caught) const {
    Element const& around = d_.at(scope_element);
    std::vector<Index> nodes;
    for (Index const child : around.children) {
        bool const start = d_.at(child).type == Type::start_event;
        if (start && around.by_event && caught == none) caught = child;
        bool const begins = start && (around.by_event ? child == caught : d_.at(child).trigger == Trigger::nothing);
        if (begins || d_.begins_by_itself(child)) nodes.push_back(child);
    }
    return nodes;
}

// ---- ends, thrown and waited for ---------------------------------------------------------------------------------

void Machine::end_event(Here here) {
    Element const& element = d_.at(here.element);
    if (element.trigger == Trigger::terminate) {
        trace(Trace::leave, here.element, here.instance);
        empty_scope(here.scope, Why::terminated);
        return scope_ended(here.scope, here.element, Status::terminated);
    }
    throw_event(std::move(here));
}

// Whatever is thrown happens before the thrower goes on: it may be the thrower itself that is taken away.
void Machine::throw_event(Here here) {
    Trigger const trigger = d_.at(here.element).trigger;
    if (trigger == Trigger::nothing || trigger == Trigger::message || trigger == Trigger::link) {
        if (trigger == Trigger::message) send(here);
        send_along_message_flows(here);
        return trigger == Trigger::link ? follow_link(here) : leave(std::move(here));
    }
    Instance const thrower = here.instance;
    rest(here, Wait::throwing);
    throw_it(here);
    if (auto token = take_waiting(thrower, Wait::throwing)) leave(here_of(std::move(*token)));
}

// A link is a sequence flow that is not drawn.
void Machine::follow_link(Here const& here) {
    trace(Trace::leave, here.element, here.instance);
    moves_.push_back(
        {.element = d_.at(here.element).link, .flow = none, .scope = here.scope, .instance = 0, .back = here.back});
}

void Machine::throw_it(Here const& here) {
    Element const& element = d_.at(here.element);
    trace(Trace::throw_, here.element, here.instance);
    if (element.trigger == Trigger::signal) return throw_signal(here, element.about);
    if (element.trigger == Trigger::escalation) return throw_escalation(here, element.about, 0);
    if (auto const caught = handler(Trigger::error, element.about, 0, here.scope)) return happen(*caught, {});
    uncaught_error(here_of(*take_token(here.instance)), element.about, Wait::arriving);
}

void Machine::throw_signal(Here const& here, std::string const& name) {
    auto const variables = sent_variables(here);
    emit(SignalThrown{here.instance, here.element, name, variables});
    broadcast(name, variables);
}

// The innermost that catches it, the activity itself first where an activity throws it; else the caller's business.
// Nobody need catch an escalation.
void Machine::throw_escalation(Here const& here, std::string const& code, Instance activity) {
    if (auto const caught = handler(Trigger::escalation, code, activity, here.scope)) return happen(*caught, {});
    if (state_.called) emit(Escalated{here.instance, here.element, code});
}

// An error nobody catches ends a called process: its caller may catch it. Otherwise the token stays as an incident.
void Machine::uncaught_error(Here here, std::string const& code, Wait wait) {
    if (!state_.called) return incident(std::move(here), wait, "process.error");
    trace(Trace::leave, here.element, here.instance);
    stop_timers(here.instance);
    if (is_round(here.element, here.scope)) close_scope(here.instance);
    empty_scope(state_.scopes.front().instance, Why::failed);
    end_process(here.element, Status::failed, code);
}

void Machine::catch_event(Here here) {
    switch (d_.at(here.element).trigger) {
        case Trigger::link:
            return leave(std::move(here));
        case Trigger::timer:
            start_timer(here.element, here.instance, here.scope);
            return rest(std::move(here), Wait::timer);
        case Trigger::signal:
            return rest(std::move(here), Wait::signal);
        case Trigger::conditional:
            return rest(std::move(here), Wait::condition);
        default:
            return rest(std::move(here), Wait::message);
    }
}

// The token waits at the gateway for the first of the events behind it.
void Machine::event_gateway(Here here) {
    for (Index const flow : d_.at(here.element).outgoing) {
        Index const target = d_.flows[flow].target;
        if (d_.at(target).trigger == Trigger::timer) start_timer(target, here.instance, here.scope);
    }
    rest(std::move(here), Wait::events);
}

}  // namespace keepword::bpmn
