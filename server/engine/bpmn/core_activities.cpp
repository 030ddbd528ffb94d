#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Tasks, scripts, sub-processes, calls.
namespace keepword::bpmn {
namespace {

constexpr int max_levels = 64;  // of lists and objects within each other

bool fits_into(json::value const& value, int levels) {
    auto const inner = [&](json::value const& v) { return fits_into(v, levels - 1); };
    if (value.is_array()) return levels > 0 && std::ranges::all_of(value.get_array(), inner);
    if (!value.is_object()) return true;
    return levels > 0 && std::ranges::all_of(value.get_object(), [&](auto const& pair) { return inner(pair.value()); });
}

}  // namespace

void Machine::user_task(Here here) {
    emit(TaskCreated{here.instance, here.element});
    trace(Trace::create, here.element, here.instance);
    boundary_timers(here);
    rest(std::move(here), Wait::task);
}

// What passes by itself, unless a simulation holds it back.
void Machine::automatic_task(Here here) {
    if (!d_.at(here.element).held) return pass(std::move(here));
    boundary_timers(here);
    rest(std::move(here), Wait::held);
}

void Machine::pass(Here here) {
    Type const type = d_.at(here.element).type;
    if (type == Type::service_task) emit(ServiceCalled{here.instance, here.element});
    if (type == Type::send_task) send(here);
    if (type == Type::script_task) script(here);
    finish_activity(std::move(here));
}

void Machine::script(Here const& here) {
    Element const& element = d_.at(here.element);
    auto const result = element.attribute("resultVariable");
    if (!element.script || result.empty()) return;
    variables_at(here.instance, here.scope)[result] = not_too_deep(evaluate(*element.script, inner_scope(here)));
}

// A value put into itself again and again would at some time be too deep to be read again; it is nothing before that.
json::value Machine::not_too_deep(json::value value) {
    return fits_into(value, max_levels) ? value : json::value();
}

// The sub-process runs in a scope with its token's number; a round of a multi-instance one has that scope already.
void Machine::sub_process(Here here, Index caught) {
    boundary_timers(here);
    Index const element = here.element;
    Instance const scope = here.instance;
    if (scope_of(scope) == nullptr) open_scope(element, scope, here.scope);
    rest(std::move(here), Wait::inside);
    event_start_timers(scope);
    for (Index const node : beginnings(element, caught))
        moves_.push_back({.element = node, .flow = none, .scope = scope});
    gone(scope, none);  // one with nothing in it is over at once
}

void Machine::call(Here const& here) {
    emit(CallStarted{here.instance, here.element, d_.at(here.element).called, call_variables(here)});
    rest(here, Wait::call);
}

// What the called process starts with: the variables named in kw:in, or all; never our outcome, which is not its own.
json::object Machine::call_variables(Here const& here) {
    auto const names = d_.at(here.element).attribute("in");
    json::object given = state_.visible_in(inner_scope(here));
    if (!names.empty()) {
        json::object const all = std::exchange(given, {});
        copy_named(names, all, given);
    }
    given.erase("outcome");
    given["called"] = true;
    return given;
}

// `names` are separated by blanks.
void Machine::copy_named(std::string_view names, json::object const& from, json::object& to) {
    while (!names.empty()) {
        auto const end = std::min(names.find(' '), names.size());
        auto const* value = from.if_contains(names.substr(0, end));
        if (value != nullptr) to[names.substr(0, end)] = *value;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
}

// What goes along with a message or signal: the variables named in kw:out, and no others. Whoever hears it may be
// another case, whose people may not see this one.
json::object Machine::sent_variables(Here const& here) {
    json::object out;
    auto const names = d_.at(here.element).attribute("out");
    if (!names.empty()) copy_named(names, state_.visible_in(inner_scope(here)), out);
    return out;
}

void Machine::send(Here const& here) {
    trace(Trace::throw_, here.element, here.instance);
    emit(MessageSent{here.instance, here.element, d_.at(here.element).about, sent_variables(here)});
}

// A plain task or none event from which a message flow leads sends that message, although it is not drawn as sending.
void Machine::send_along_message_flows(Here const& here) {
    Element const& element = d_.at(here.element);
    if (element.type == Type::send_task || element.trigger == Trigger::message) return;
    for (Index const flow : element.message_flows) {
        trace(Trace::throw_, here.element, here.instance);
        emit(MessageSent{here.instance, here.element, d_.message_flows[flow].message, sent_variables(here)});
    }
}

void Machine::leave_mark(Here const& here) {
    auto const marks = d_.at(here.element).attribute("marks");
    if (!marks.empty()) variables_at(here.instance, here.scope)[marks] = now_.str();
}

// What an activity was for is done: it leaves its mark and goes on.
void Machine::finish_activity(Here here) {
    leave_mark(here);
    send_along_message_flows(here);
    if (is_round(here.element, here.scope)) return finish_round(std::move(here));
    leave(std::move(here));
}

std::vector<Index> Machine::with_step(std::vector<Index> back, Index task) {
    if (back.size() == max_back) back.erase(back.begin());
    back.push_back(task);
    return back;
}

}  // namespace keepword::bpmn
