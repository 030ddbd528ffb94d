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
                                     Type::call_activity,
                                     Type::task,
                                     Type::manual_task,
                                     Type::user_task,
                                     Type::service_task,
                                     Type::send_task,
                                     Type::receive_task,
                                     Type::exclusive_gateway,
                                     Type::parallel_gateway,
                                     Type::start_event,
                                     Type::end_event,
                                     Type::intermediate_throw_event,
                                     Type::intermediate_catch_event,
                                     Type::boundary_event};

bool supported_trigger(Element const& element) {
    switch (element.type) {
        case Type::start_event:
        case Type::intermediate_catch_event:
            return element.trigger == Trigger::nothing || element.trigger == Trigger::message ||
                   element.trigger == Trigger::timer;
        case Type::boundary_event:
            return element.trigger == Trigger::timer;
        case Type::end_event:
            return element.trigger == Trigger::nothing || element.trigger == Trigger::message ||
                   element.trigger == Trigger::terminate;
        case Type::intermediate_throw_event:
            return element.trigger == Trigger::nothing || element.trigger == Trigger::message;
        default:
            return true;
    }
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
    if (std::string_view(node.attribute("isForCompensation").value()) == "true") refuse(draft, node, "compensation");
    for (char const* quantity : {"startQuantity", "completionQuantity"}) {
        std::string_view const value = node.attribute(quantity).value();
        if (!value.empty() && value != "1") refuse(draft, node, kebab(quantity));
    }
}

void check_element(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    auto const node = draft.element_nodes[i];
    if (std::ranges::find(supported_types, element.type) == supported_types.end()) {
        return refuse(draft, node, element.by_event ? "event-sub-process" : json::word(element.type));
    }
    if (!supported_trigger(element)) refuse(draft, node, json::word(element.trigger) + "-" + json::word(element.type));
    if (element.timer && element.timer->kind == TimerKind::cycle && element.type == Type::intermediate_catch_event) {
        refuse(draft, node, "time-cycle-of-a-catch-event");
    }
    check_attributes(draft, i);
    check_data(draft, node);
    for (auto const inner : node.children()) {
        auto const name = bpmn_name(inner);
        bool const part =
            is_scope(element.type) ? contains(in_scope, name) || is_node_name(name) : contains(in_node, name);
        bool const event = name.ends_with("EventDefinition") || name == "eventDefinitionRef";
        if (!name.empty() && !part && !event) refuse(draft, inner, kebab(name));
    }
}

}  // namespace

void check_support(Draft& draft) {
    auto const root = draft.document.root();
    check_children(draft, root, in_definitions);
    for (auto const node : root.children()) {
        if (bpmn_name(node) == "collaboration") check_children(draft, node, in_collaboration);
    }
    std::size_t running = 0;
    for (Index i = 0; i < draft.definition.elements.size(); ++i) {
        Element const& element = draft.definition.at(i);
        if (element.type == Type::process && !element.children.empty() && ++running > 1) {
            refuse(draft, draft.element_nodes[i], "several-processes");
        }
        check_element(draft, i);
    }
}

}  // namespace keepword::bpmn
