#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

#include "engine/bpmn/draft.hpp"

// Rules about events, activities, processes and lanes.
namespace keepword::bpmn {
namespace {

bool one_of(Trigger trigger, std::initializer_list<Trigger> allowed) {
    return std::ranges::find(allowed, trigger) != allowed.end();
}

// Which event definitions the standard allows where (BPMN 2.0, table 10.93).
bool start_may(Draft const& draft, Element const& element) {
    Element const& scope = draft.definition.at(element.scope);
    using enum Trigger;
    if (scope.type == Type::process)
        return one_of(element.trigger, {nothing, message, timer, conditional, signal, multiple});
    if (!scope.by_event) return element.trigger == nothing;
    return one_of(element.trigger, {message, timer, escalation, error, compensation, conditional, signal, multiple});
}

bool may_be(Draft const& draft, Element const& element) {
    using enum Trigger;
    switch (element.type) {
        case Type::start_event:
            return start_may(draft, element);
        case Type::end_event:
            return one_of(element.trigger,
                          {nothing, message, error, escalation, cancel, compensation, signal, terminate, multiple});
        case Type::intermediate_throw_event:
            return one_of(element.trigger, {nothing, message, escalation, link, compensation, signal, multiple});
        case Type::intermediate_catch_event:
            return one_of(element.trigger, {message, timer, conditional, link, signal, multiple});
        case Type::boundary_event:
            return one_of(element.trigger,
                          {message, timer, escalation, error, conditional, signal, compensation, cancel, multiple});
        default:
            return true;
    }
}

void check_boundary(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    auto const node = draft.element_nodes[i];
    Index const to = element.attached_to;
    if (to == none || !is_activity(d.at(to).type) || d.at(to).scope != element.scope) {
        draft.add(node, "bpmn.boundary.attached",
                  fmt::format("attachedToRef “{}” is no activity beside it", node.attribute("attachedToRef").value()));
    }
    if (element.outgoing.empty() && element.trigger != Trigger::compensation) {
        draft.add(node, "bpmn.boundary.no-flow", "no flow leaves the boundary event");
    }
    if (!element.interrupting && one_of(element.trigger, {Trigger::error, Trigger::cancel})) {
        draft.add(node, "bpmn.boundary.interrupting",
                  fmt::format("a boundary event for {} always interrupts", json::word(element.trigger)));
    }
}

void check_reference(Draft& draft, Index i, pugi::xml_node node, char const* attribute, std::string_view kind) {
    auto const reference = node.attribute(attribute);
    if (!reference) return;
    if (draft.named.contains({std::string(kind), std::string(local(reference.value()))})) return;
    draft.add(draft.element_nodes[i], fmt::format("bpmn.{}.dangling", kind),
              fmt::format("{} “{}” is not there", attribute, reference.value()));
}

void check_references(Draft& draft, Index i) {
    auto const& definitions = draft.event_definitions[i];
    for (auto const node : definitions) {
        check_reference(draft, i, node, "messageRef", "message");
        check_reference(draft, i, node, "signalRef", "signal");
        check_reference(draft, i, node, "errorRef", "error");
        check_reference(draft, i, node, "escalationRef", "escalation");
    }
    Type const type = draft.definition.at(i).type;
    if (type == Type::send_task || type == Type::receive_task) {
        check_reference(draft, i, draft.element_nodes[i], "messageRef", "message");
    }
}

// Once there is a start event, everything else is reached from it: what nothing flows into would never run.
void check_reached(Draft& draft, Index scope) {
    Definition const& d = draft.definition;
    auto const& children = d.at(scope).children;
    bool const has_start = std::ranges::any_of(children, [&](Index c) { return d.at(c).type == Type::start_event; });
    if (!has_start) return;
    for (Index const c : children) {
        Element const& element = d.at(c);
        bool const begins = element.type == Type::start_event || element.type == Type::boundary_event ||
                            element.by_event || element.trigger == Trigger::link;
        bool const compensates =
            std::string_view(draft.element_nodes[c].attribute("isForCompensation").value()) == "true";
        if (element.incoming.empty() && !begins && !compensates) {
            draft.add(draft.element_nodes[c], "bpmn.node.unreached", "no flow leads here");
        }
    }
}

void check_lane(Draft& draft, pugi::xml_node lane, std::vector<int>& depth_of, int depth) {
    Definition const& d = draft.definition;
    for (auto const inner : lane.children()) {
        if (bpmn_name(inner) != "flowNodeRef") continue;
        auto const id = text_of(inner);
        Index const element = d.find(local(id));
        if (element == none || d.at(element).type == Type::process) {
            draft.add(inner, "bpmn.lane.dangling", fmt::format("the lane names “{}”, which is not there", id));
            continue;
        }
        // A node stands in one lane of a set; the lanes around that one may name it as well.
        if (depth_of[element] == depth) draft.add(inner, "bpmn.lane.twice", fmt::format("{} stands in two lanes", id));
        depth_of[element] = depth;
    }
    if (auto const set = child(lane, "childLaneSet")) {
        for (auto const inner : set.children()) {
            if (bpmn_name(inner) == "lane") check_lane(draft, inner, depth_of, depth + 1);
        }
    }
}

}  // namespace

void check_events(Draft& draft) {
    Definition const& d = draft.definition;
    for (Index i = 0; i < d.elements.size(); ++i) {
        Element const& element = d.at(i);
        check_references(draft, i);
        if (!is_event(element.type)) continue;
        if (!may_be(draft, element)) {
            draft.add(
                draft.element_nodes[i], "bpmn.event.definition",
                element.trigger == Trigger::nothing
                    ? fmt::format("{} needs an event definition", json::word(element.type))
                    : fmt::format("{} may not be about {}", json::word(element.type), json::word(element.trigger)));
        }
        if (element.type == Type::boundary_event) check_boundary(draft, i);
    }
}

void check_activities(Draft& draft) {
    Definition const& d = draft.definition;
    for (Index i = 0; i < d.elements.size(); ++i) {
        if (d.at(i).type == Type::call_activity && d.at(i).called.empty()) {
            draft.add(draft.element_nodes[i], "bpmn.call.target", "the call activity names no calledElement");
        }
    }
}

void check_processes(Draft& draft) {
    Definition const& d = draft.definition;
    for (Index i = 0; i < d.elements.size(); ++i) {
        if (d.at(i).type == Type::process || d.at(i).type == Type::sub_process) check_reached(draft, i);
        if (d.at(i).executable && d.at(i).children.empty()) {
            draft.add(draft.element_nodes[i], "bpmn.process.empty", "an executable process has something in it");
        }
    }
    for (auto const node : draft.document.root().children()) {
        if (bpmn_name(node) != "collaboration") continue;
        for (auto const participant : node.children()) {
            auto const reference = participant.attribute("processRef");
            if (bpmn_name(participant) != "participant" || !reference) continue;
            Index const process = d.find(local(reference.value()));
            if (process == none || d.at(process).type != Type::process) {
                draft.add(participant, "bpmn.participant.dangling",
                          fmt::format("processRef “{}” is no process of the file", reference.value()));
            }
        }
    }
}

void check_lanes(Draft& draft) {
    std::vector<int> depth_of(draft.definition.elements.size(), 0);
    for (Index i = 0; i < draft.definition.lanes.size(); ++i) {
        if (draft.definition.lanes[i].parent == none) check_lane(draft, draft.lane_nodes[i], depth_of, 1);
    }
}

}  // namespace keepword::bpmn
