#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>

#include "engine/bpmn/draft.hpp"

// What the engine does not execute is refused, never passed over: a box that silently does nothing is worse than one
// that cannot be deployed.
namespace keepword::bpmn {
namespace {

using Names = std::span<std::string_view const>;

// Parts that mean nothing to execution: text, types, artifacts and data as drawn.
constexpr std::array<std::string_view, 17> in_definitions{
    "documentation", "extensionElements", "process",        "collaboration", "message",  "signal",
    "error",         "escalation",        "itemDefinition", "import",        "category", "dataStore",
    "resource",      "interface",         "partnerRole",    "relationship",  "extension"};
// Event definitions that stand alone are referred to by multi-instance activities.
constexpr std::array<std::string_view, 3> thrown_by_rounds{"messageEventDefinition", "signalEventDefinition",
                                                           "escalationEventDefinition"};
constexpr std::array<std::string_view, 8> in_collaboration{"documentation", "extensionElements", "participant",
                                                           "messageFlow",   "textAnnotation",    "association",
                                                           "group",         "correlationKey"};
constexpr std::array<std::string_view, 14> in_scope{"documentation",
                                                    "extensionElements",
                                                    "laneSet",
                                                    "sequenceFlow",
                                                    "incoming",
                                                    "outgoing",
                                                    "textAnnotation",
                                                    "association",
                                                    "group",
                                                    "dataObject",
                                                    "dataObjectReference",
                                                    "dataStoreReference",
                                                    "property",
                                                    "ioSpecification"};
constexpr std::array<std::string_view, 15> in_node{"documentation",
                                                   "extensionElements",
                                                   "incoming",
                                                   "outgoing",
                                                   "property",
                                                   "ioSpecification",
                                                   "dataInputAssociation",
                                                   "dataOutputAssociation",
                                                   "dataInput",
                                                   "dataOutput",
                                                   "inputSet",
                                                   "outputSet",
                                                   "rendering",
                                                   "auditing",
                                                   "monitoring"};

bool contains(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

constexpr std::array supported_types{Type::process,
                                     Type::sub_process,
                                     Type::call_activity,
                                     Type::task,
                                     Type::manual_task,
                                     Type::user_task,
                                     Type::service_task,
                                     Type::send_task,
                                     Type::receive_task,
                                     Type::script_task,
                                     Type::exclusive_gateway,
                                     Type::parallel_gateway,
                                     Type::inclusive_gateway,
                                     Type::event_based_gateway,
                                     Type::start_event,
                                     Type::end_event,
                                     Type::intermediate_throw_event,
                                     Type::intermediate_catch_event,
                                     Type::boundary_event};

// Of what the standard allows (check_events.cpp) the engine leaves out compensation, transactions and events with
// several definitions. Nobody would evaluate a condition before there is an instance.
bool supported_trigger(Definition const& d, Element const& element) {
    bool const of_process = element.scope != none && d.at(element.scope).type == Type::process;
    switch (element.trigger) {
        case Trigger::compensation:
        case Trigger::cancel:
        case Trigger::multiple:
            return false;
        case Trigger::conditional:
            return !(element.type == Type::start_event && of_process);
        default:
            return true;
    }
}

// What does not interrupt would happen again and again as long as its condition holds.
bool repeats_without_end(Element const& element) {
    bool const on_a_border = element.type == Type::boundary_event || element.type == Type::start_event;
    return element.trigger == Trigger::conditional && element.condition && on_a_border && !element.interrupting;
}

void refuse(Draft& draft, pugi::xml_node node, std::string_view what) {
    draft.add(node, fmt::format("bpmn.unsupported.{}", what),
              fmt::format("the engine does not execute this: {}", what));
}

void check_children(Draft& draft, pugi::xml_node node, Names allowed) {
    for (auto const inner : node.children()) {
        auto const name = bpmn_name(inner);
        if (!name.empty() && !contains(allowed, name)) refuse(draft, inner, kebab(name));
    }
}

// A data association that computes something is an instruction; one that only points is drawing.
void check_data(Draft& draft, pugi::xml_node node) {
    for (auto const association : node.children()) {
        auto const name = bpmn_name(association);
        if (name != "dataInputAssociation" && name != "dataOutputAssociation") continue;
        for (auto const* part : {"transformation", "assignment"}) {
            if (auto const inner = child(association, part)) refuse(draft, inner, part);
        }
    }
}

void check_attributes(Draft& draft, Index i) {
    auto const node = draft.element_nodes[i];
    if (is_true(node, "isForCompensation")) refuse(draft, node, "compensation");
    for (char const* quantity : {"startQuantity", "completionQuantity"}) {
        std::string_view const value = node.attribute(quantity).value();
        if (!value.empty() && value != "1") refuse(draft, node, kebab(quantity));
    }
}

void check_gateway(Draft& draft, Index i) {
    auto const node = draft.element_nodes[i];
    if (draft.definition.at(i).type != Type::event_based_gateway) return;
    if (is_true(node, "instantiate")) refuse(draft, node, "instantiating-event-based-gateway");
    if (std::string_view(node.attribute("eventGatewayType").value()) == "Parallel") {
        refuse(draft, node, "parallel-event-based-gateway");
    }
    // What happens first happens once.
    for (Index const flow : draft.definition.at(i).outgoing) {
        Index const target = draft.definition.flows[flow].target;
        if (draft.definition.at(target).loop) refuse(draft, draft.element_nodes[target], "rounds-behind-event-gateway");
    }
}

// A link that leads nowhere would lose its token.
void check_link(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    bool const throws = element.trigger == Trigger::link && element.type == Type::intermediate_throw_event;
    if (!throws || element.link != none) return;
    draft.add(draft.element_nodes[i], "bpmn.link.target",
              fmt::format("no catching link event beside it has the name “{}”", element.about));
}

void check_element(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    auto const node = draft.element_nodes[i];
    if (std::ranges::find(supported_types, element.type) == supported_types.end()) {
        return refuse(draft, node, json::word(element.type));
    }
    if (!supported_trigger(draft.definition, element)) {
        refuse(draft, node, json::word(element.trigger) + "-" + json::word(element.type));
    }
    if (repeats_without_end(element)) refuse(draft, node, "conditional-non-interrupting");
    if (element.timer && element.timer->kind == TimerKind::cycle && element.type == Type::intermediate_catch_event) {
        refuse(draft, node, "time-cycle-of-a-catch-event");
    }
    check_attributes(draft, i);
    check_gateway(draft, i);
    check_link(draft, i);
    check_data(draft, node);
    for (auto const inner : node.children()) {
        auto const name = bpmn_name(inner);
        bool const part =
            is_scope(element.type) ? contains(in_scope, name) || is_node_name(name) : contains(in_node, name);
        bool const event = name.ends_with("EventDefinition") || name == "eventDefinitionRef";
        bool const loop = name == "standardLoopCharacteristics" || name == "multiInstanceLoopCharacteristics";
        bool const script = name == "script" && element.type == Type::script_task;
        if (!name.empty() && !part && !event && !loop && !script) refuse(draft, inner, kebab(name));
    }
}

}  // namespace

void check_support(Draft& draft) {
    auto const root = draft.document.root();
    for (auto const inner : root.children()) {
        auto const name = bpmn_name(inner);
        bool const known = contains(in_definitions, name) || contains(thrown_by_rounds, name);
        if (!name.empty() && !known) refuse(draft, inner, kebab(name));
    }
    for (auto const node : root.children()) {
        if (bpmn_name(node) == "collaboration") check_children(draft, node, in_collaboration);
    }
    for (Index i = 0; i < draft.definition.elements.size(); ++i) check_element(draft, i);
}

}  // namespace keepword::bpmn
