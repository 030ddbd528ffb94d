#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>

#include "engine/bpmn/draft.hpp"
#include "engine/bpmn/timer.hpp"

// What the service centre needs beyond the standard: who acts, in which words, against which clock.
namespace keepword::bpmn {
namespace {

constexpr std::array<std::string_view, 3> calendars{"office", "duty", "case"};
constexpr std::string_view services = "pass-on escalate warn";  // what case_services.cpp does

// Of these the core reads `marks`; the others are for those who show and hand out the task.
constexpr std::array<std::string_view, 4> of_user_tasks{"marks", "form", "assignee", "answer"};

// A misspelt attribute would do nothing and nobody would notice; so every one of ours is known by its place. Service
// and send tasks are different: what they carry is for the service.
bool known_attribute(Type type, std::string_view name) {
    switch (type) {
        case Type::service_task:
        case Type::send_task:
            return true;
        case Type::boundary_event:
        case Type::intermediate_catch_event:
        case Type::start_event:
            return name == "clock" || name == "calendar" || name == "from";
        case Type::call_activity:
            return name == "in" || name == "out" || name == "marks";
        case Type::user_task:
            return std::ranges::find(of_user_tasks, name) != of_user_tasks.end();
        case Type::process:
            return name == "number";
        case Type::task:
        case Type::manual_task:
        case Type::receive_task:
        case Type::sub_process:
            return name == "marks";
        case Type::end_event:
        case Type::intermediate_throw_event:
            return name == "out";
        case Type::script_task:
            return name == "marks" || name == "resultVariable";
        default:
            return false;
    }
}

void check_our_attributes(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    for (auto const& [name, value] : element.kw) {
        if (!known_attribute(element.type, name)) {
            draft.add(draft.element_nodes[i], "kw.attribute.unknown",
                      fmt::format("kw:{} means nothing on {}", name, json::word(element.type)));
        }
        if (name == "calendar" && std::ranges::find(calendars, value) == calendars.end()) {
            draft.add(draft.element_nodes[i], "kw.calendar",
                      fmt::format("kw:calendar “{}” is not office, duty or case", value));
        }
    }
    if (element.type == Type::service_task && element.attribute("service").empty()) {
        draft.add(draft.element_nodes[i], "kw.service.missing", "the service task names no kw:service");
    } else if (element.type == Type::service_task && !has_word(services, element.attribute("service"))) {
        draft.add(draft.element_nodes[i], "kw.service.unknown",
                  fmt::format("kw:service “{}” is none of {}", element.attribute("service"), services));
    }
}

void check_names(Draft& draft, pugi::xml_node node, std::string const& name, std::string const& name_en) {
    if (name.empty()) draft.add(node, "kw.name.missing", fmt::format("{} has no name", local(node.name())));
    if (name_en.empty()) draft.add(node, "kw.name.english", fmt::format("{} has no kw:nameEn", local(node.name())));
}

void check_user_task(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    auto const node = draft.element_nodes[i];
    Lane const* lane = d.lane_of(i);
    if (lane == nullptr) {
        draft.add(node, "kw.task.lane", "the user task stands in no lane, so that nobody may act");
    } else if (lane->roles.empty()) {
        draft.add(node, "kw.lane.role", fmt::format("its lane {} has no kw:role, so that nobody may act", lane->id));
    }
}

// What is decided in a round stays in it, so that a choice drawn behind the rounds would have nothing to go by.
void check_rounds(Draft& draft, Index i) {
    Element const& task = draft.definition.at(i);
    if (!task.loop || task.loop->rounds == Rounds::standard || task.outcomes.empty()) return;
    draft.add(draft.element_nodes[i], "kw.rounds.outcome",
              "each round has an outcome of its own: draw the choice inside a sub-process with the rounds");
}

// The flows that offer outcomes are buttons: their names are what people press.
void check_buttons(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    for (Index const flow : d.decision_behind(i)) {
        bool const offers =
            d.flows[flow].condition && !feel::compared_texts(*d.flows[flow].condition, "outcome").empty();
        if (offers) check_names(draft, draft.flow_nodes[flow], d.flows[flow].name, d.flows[flow].name_en);
    }
}

// In a drawing a flow without a condition is a choice left open; what is deployed must decide by itself.
void check_decides(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    bool const decides = element.type == Type::exclusive_gateway || element.type == Type::inclusive_gateway;
    if (!decides || element.outgoing.size() < 2) return;
    for (Index const flow : element.outgoing) {
        if (flow == element.default_flow || child(draft.flow_nodes[flow], "conditionExpression")) continue;
        draft.add(draft.flow_nodes[flow], "bpmn.gateway.condition",
                  fmt::format("a flow out of an {} needs a condition, or is its default", json::word(element.type)));
    }
}

void check_timer(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    bool const starts = element.type == Type::start_event && draft.definition.at(element.scope).type == Type::process;
    if (starts && element.timer && element.timer->expression) {
        draft.add(draft.element_nodes[i], "kw.start.timer",
                  "before there is a case there are no variables: write the length as ISO 8601");
    }
    if (starts && element.timer && !element.kw.empty()) {
        draft.add(draft.element_nodes[i], "kw.start.timer",
                  "a process starts by the clock on the wall: it has no kw:calendar, kw:clock or kw:from");
    }
    if (!starts && element.timer && !element.timer->expression) {
        auto const text = parse_timer(element.timer->kind, element.timer->text);
        if (text && !fits_a_calendar(*text)) {
            draft.add(draft.element_nodes[i], "kw.timer.length",
                      fmt::format("“{}” cannot be counted in working time: write time (PT30M) or days (P1D), not both",
                                  element.timer->text));
        }
    }
    if (element.trigger != Trigger::timer || element.timer) return;
    draft.add(draft.element_nodes[i], "bpmn.timer.missing", "the timer has no timeDuration, timeDate or timeCycle");
}

// What is sent and waited for is found by its name; what has none would meet whatever else has none.
void check_messages(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    auto const node = draft.element_nodes[i];
    auto const missing = [&](bool message) {
        std::string const kind = message ? "message" : "signal";
        draft.add(node, fmt::format("bpmn.{}.missing", kind), fmt::format("it names no {0} ({0}Ref)", kind));
    };
    bool const task = element.type == Type::send_task || element.type == Type::receive_task;
    bool const message = task || element.trigger == Trigger::message;
    if (message || element.trigger == Trigger::signal) {
        auto const carrier = task ? node : draft.event_definitions[i].front();
        if (!carrier.attribute(message ? "messageRef" : "signalRef")) missing(message);
    }
    // What its finished rounds throw.
    for (auto const& event : element.loop ? element.loop->events : std::vector<RoundEvent>()) {
        if (event.trigger != Trigger::escalation && event.about.empty()) missing(event.trigger == Trigger::message);
    }
}

// What a drawing may leave open and a program may not.
void check_expressions(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    auto const node = draft.element_nodes[i];
    if (element.trigger == Trigger::conditional && !child(draft.event_definitions[i].front(), "condition")) {
        draft.add(node, "bpmn.conditional.missing", "the conditional event has no condition");
    }
    if (element.type != Type::script_task) return;
    if (!child(node, "script")) draft.add(node, "bpmn.script.missing", "the script task has no script");
    if (element.attribute("resultVariable").empty()) {
        draft.add(node, "kw.script.result", "the script's value goes nowhere: it has no kw:resultVariable");
    }
}

void check_lane_attributes(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    auto const node = draft.lane_nodes[i];
    for (auto const attribute : node.attributes()) {
        auto const name = our_name(node, attribute);
        constexpr std::array<std::string_view, 4> known{"nameEn", "role", "scope", "not-by"};
        if (!name.empty() && std::ranges::find(known, name) == known.end()) {
            draft.add(node, "kw.attribute.unknown", fmt::format("kw:{} means nothing on a lane", name));
        }
    }
    for (auto const& id : d.lanes[i].not_by) {
        Index const task = d.find(id);
        if (task == none || d.at(task).type != Type::user_task) {
            draft.add(node, "kw.lane.not-by", fmt::format("kw:not-by names “{}”, which is no user task", id));
        }
    }
    check_names(draft, node, d.lanes[i].name, d.lanes[i].name_en);
}

}  // namespace

void check_deployment(Draft& draft) {
    Definition const& d = draft.definition;
    for (Index i = 0; i < d.elements.size(); ++i) {
        Element const& element = d.at(i);
        check_our_attributes(draft, i);
        check_decides(draft, i);
        check_timer(draft, i);
        check_messages(draft, i);
        check_expressions(draft, i);
        if (element.type == Type::user_task) {
            check_user_task(draft, i);
            check_buttons(draft, i);
            check_rounds(draft, i);
        }
        if (element.type == Type::user_task || element.type == Type::process) {
            check_names(draft, draft.element_nodes[i], element.name, element.name_en);
        }
    }
    for (Index i = 0; i < d.lanes.size(); ++i) check_lane_attributes(draft, i);
    int executable = 0;
    for (Index i = 0; i < d.elements.size(); ++i) {
        bool const runs = d.at(i).executable && !d.at(i).children.empty();
        if (!runs || ++executable == 1) continue;
        draft.add(draft.element_nodes[i], "kw.process.several",
                  "a case runs one process: deploy each from its own file");
    }
    if (!d.at(d.process).executable) {
        draft.add(draft.element_nodes[d.process], "bpmn.process.not-executable",
                  "no process has isExecutable=\"true\"");
    }
}

}  // namespace keepword::bpmn
