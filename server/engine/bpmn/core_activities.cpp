#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Tasks and calls.
namespace keepword::bpmn {

void Machine::user_task(Here here) {
    emit(TaskCreated{here.instance, here.element});
    trace(Trace::create, here.element, here.instance);
    boundary_timers(here);
    rest(std::move(here), Wait::task);
}

void Machine::call(Here const& here) {
    Element const& element = d_.at(here.element);
    emit(CallStarted{here.instance, here.element, element.called, call_variables(element)});
    rest(here, Wait::call);
}

// What the called process starts with: the variables named in kw:in, or all; never our outcome, which is not its own.
json::object Machine::call_variables(Element const& element) {
    json::object given;
    std::string_view names = element.attribute("in");
    if (names.empty()) given = variables();
    while (!names.empty()) {
        auto const end = std::min(names.find(' '), names.size());
        auto const* value = variables().if_contains(names.substr(0, end));
        if (value != nullptr) given[names.substr(0, end)] = *value;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    given.erase("outcome");
    given["called"] = true;
    return given;
}

void Machine::send(Here const& here) {
    trace(Trace::throw_, here.element, here.instance);
    emit(MessageSent{here.instance, here.element, d_.at(here.element).message, variables()});
}

// What an activity was for is done: it leaves its mark and goes on.
void Machine::finish_activity(Here here) {
    auto const marks = d_.at(here.element).attribute("marks");
    if (!marks.empty()) variables()[marks] = now_.str();
    leave(std::move(here));
}

std::vector<Index> Machine::with_step(std::vector<Index> back, Index task) {
    if (back.size() == max_back) back.erase(back.begin());
    back.push_back(task);
    return back;
}

}  // namespace keepword::bpmn
