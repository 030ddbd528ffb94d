#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/bpmn/draft.hpp"

// Rules about events: what they may be about, where boundary events stand, links and compensation.
namespace keepword::bpmn {
namespace {

using Triggers = std::vector<Trigger>;

// What the event definition with this name is about.
std::optional<Trigger> trigger_called(std::string_view name) {
    constexpr std::string_view suffix = "EventDefinition";
    if (!name.ends_with(suffix)) return std::nullopt;
    name.remove_suffix(suffix.size());
    return name == "compensate" ? Trigger::compensation : json::from_word<Trigger>(name);
}

// Which event definitions the standard allows where (BPMN 2.0, table 10.93); `nothing` is an event without one.
Triggers allowed_at_start(Element const& scope) {
    using enum Trigger;
    if (scope.type == Type::process) return {nothing, message, timer, conditional, signal};
    if (!scope.by_event) return {nothing};
    return {message, timer, escalation, error, compensation, conditional, signal};
}

Triggers allowed(Draft const& draft, Element const& element) {
    using enum Trigger;
    switch (element.type) {
        case Type::start_event:
            return allowed_at_start(draft.definition.at(element.scope));
        case Type::end_event:
            return {nothing, message, error, escalation, cancel, compensation, signal, terminate};
        case Type::intermediate_throw_event:
            return {nothing, message, escalation, link, compensation, signal};
        case Type::intermediate_catch_event:
            return {message, timer, conditional, link, signal};
        default:
            return {message, timer, escalation, error, conditional, signal, compensation, cancel};
    }
}

void check_definitions(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    auto const may_be = allowed(draft, element);
    for (Trigger const trigger : draft.triggers[i]) {
        if (std::ranges::find(may_be, trigger) != may_be.end()) continue;
        std::vector<std::string> words;
        for (Trigger const each : may_be) {
            if (each != Trigger::nothing) words.push_back(json::word(each));
        }
        auto const instead = words.empty() ? "it has none here" : fmt::format("it may be {}", fmt::join(words, ", "));
        draft.add(
            draft.element_nodes[i], "bpmn.event.definition",
            trigger == Trigger::nothing
                ? fmt::format("{} needs an event definition; {}", json::word(element.type), instead)
                : fmt::format("{} may not be about {}; {}", json::word(element.type), json::word(trigger), instead));
    }
}

bool in_transaction(Definition const& d, Index i) {
    while (i != none && d.at(i).type != Type::transaction) i = d.at(i).scope;
    return i != none;
}

void check_boundary(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    auto const node = draft.element_nodes[i];
    Index const to = element.attached_to;
    bool const attached = to != none && is_activity(d.at(to).type) && d.at(to).scope == element.scope;
    if (!attached) {
        draft.add(node, "bpmn.boundary.attached",
                  fmt::format("attachedToRef “{}” is no activity beside it", node.attribute("attachedToRef").value()));
    }
    bool const compensates = draft.triggers[i].contains(Trigger::compensation);
    if (element.outgoing.empty() && !compensates) {
        draft.add(node, "bpmn.boundary.no-flow", "no flow leaves the boundary event");
    }
    if (!element.outgoing.empty() && compensates) {
        draft.add(node, "bpmn.compensation.flow",
                  "no flow leaves an event for compensation; an association leads to what compensates");
    }
    for (Trigger const trigger : draft.triggers[i]) {
        using enum Trigger;
        if (!element.interrupting && (trigger == error || trigger == cancel || trigger == compensation)) {
            draft.add(node, "bpmn.boundary.interrupting",
                      fmt::format("a boundary event for {} always interrupts: leave out cancelActivity",
                                  json::word(trigger)));
        }
        if (trigger == cancel && attached && d.at(to).type != Type::transaction) {
            draft.add(node, "bpmn.event.cancel", "only a transaction is cancelled, and this is attached to none");
        }
    }
}

void check_start(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    if (element.interrupting || !draft.definition.at(element.scope).by_event) return;
    for (Trigger const trigger : draft.triggers[i]) {
        if (trigger != Trigger::error && trigger != Trigger::compensation) continue;
        draft.add(draft.element_nodes[i], "bpmn.start.interrupting",
                  fmt::format("an event sub-process for {} always interrupts: leave out isInterrupting",
                              json::word(trigger)));
    }
}

void check_end(Draft& draft, Index i) {
    if (draft.triggers[i].contains(Trigger::cancel) && !in_transaction(draft.definition, i)) {
        draft.add(draft.element_nodes[i], "bpmn.event.cancel", "only a transaction is cancelled, and this is in none");
    }
}

// A link is one flow in two pieces: into what throws it and out of the one event in the same place that catches it.
void check_link(Draft& draft, Index i, std::set<std::pair<Index, std::string_view>>& caught) {
    Element const& element = draft.definition.at(i);
    bool const catches = element.type == Type::intermediate_catch_event;
    if (element.trigger != Trigger::link || (!catches && element.type != Type::intermediate_throw_event)) return;
    auto const node = draft.element_nodes[i];
    if (catches && !element.incoming.empty()) {
        draft.add(node, "bpmn.link.flow", "nothing flows into the end of a link; what throws the link leads here");
    }
    if (!catches && !element.outgoing.empty()) {
        draft.add(node, "bpmn.link.flow",
                  "nothing flows out of the beginning of a link; it goes on where it is caught");
    }
    std::string_view const name = draft.event_definitions[i].front().attribute("name").value();
    if (catches && !name.empty() && !caught.emplace(element.scope, name).second) {
        draft.add(node, "bpmn.link.twice", fmt::format("another event here already catches the link “{}”", name));
    }
}

void check_compensator(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    if (!is_true(draft.element_nodes[i], "isForCompensation")) return;
    if (element.incoming.empty() && element.outgoing.empty()) return;
    draft.add(draft.element_nodes[i], "bpmn.compensation.flow",
              "no flow touches an activity for compensation; an association leads to it from a boundary event");
}

// The association out of a compensation event leads to an activity that is there for nothing else.
void check_association(Draft& draft, Index association) {
    Definition const& d = draft.definition;
    auto const node = draft.parts[association].node;
    Index const source = d.find(local(node.attribute("sourceRef").value()));
    Index const target = d.find(local(node.attribute("targetRef").value()));
    if (source == none || target == none || d.at(source).type != Type::boundary_event) return;
    if (d.at(source).trigger != Trigger::compensation || !is_activity(d.at(target).type)) return;
    if (is_true(draft.element_nodes[target], "isForCompensation")) return;
    draft.add(node, "bpmn.compensation.activity",
              fmt::format("{} compensates, so it needs isForCompensation=\"true\"", d.at(target).id));
}

}  // namespace

void find_triggers(Draft& draft) {
    for (Index i = 0; i < draft.event_definitions.size(); ++i) {
        auto& triggers = draft.triggers.emplace_back();
        for (auto const node : draft.event_definitions[i]) {
            auto name = bpmn_name(node);
            if (name == "eventDefinitionRef") {
                auto const target = draft.parts.resolve(node, text_of(node));
                name = target.part == none ? std::string_view() : draft.parts[target.part].name;
            }
            if (auto const trigger = trigger_called(name)) triggers.insert(*trigger);
        }
        if (draft.event_definitions[i].empty()) triggers.insert(Trigger::nothing);
    }
}

void check_events(Draft& draft) {
    Definition const& d = draft.definition;
    std::set<std::pair<Index, std::string_view>> caught;
    for (Index i = 0; i < d.elements.size(); ++i) {
        check_compensator(draft, i);
        Type const type = d.at(i).type;
        if (!is_event(type)) continue;
        check_definitions(draft, i);
        check_link(draft, i, caught);
        if (type == Type::boundary_event) check_boundary(draft, i);
        if (type == Type::start_event) check_start(draft, i);
        if (type == Type::end_event) check_end(draft, i);
    }
    for (Index i = 0; i < draft.parts.size(); ++i) {
        if (draft.parts[i].name == "association") check_association(draft, i);
    }
}

}  // namespace keepword::bpmn
