#include <fmt/core.h>

#include <algorithm>

#include "engine/bpmn/draft.hpp"

// Rules about ids and sequence flows.
namespace keepword::bpmn {
namespace {

bool is_id(std::string_view id) {
    auto const letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    };
    auto const further = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    return !id.empty() && letter(id[0]) && std::ranges::all_of(id, further);
}

void check_has_id(Draft& draft, std::vector<pugi::xml_node> const& nodes) {
    for (auto const node : nodes) {
        if (!node.attribute("id")) draft.add(node, "bpmn.id.missing", fmt::format("{} has no id", local(node.name())));
    }
}

bool is_node(Definition const& d, Index i) {
    return i != none && d.at(i).type != Type::process;
}

Index process_of(Definition const& d, Index i) {
    while (d.at(i).scope != none) i = d.at(i).scope;
    return i;
}

void check_end(Draft& draft, pugi::xml_node node, Index end, char const* attribute) {
    if (is_node(draft.definition, end)) return;
    std::string_view const named = node.attribute(attribute).value();
    Index const part = draft.parts.find(local(named));
    draft.add(node, "bpmn.flow.dangling",
              named.empty()  ? fmt::format("the sequence flow has no {}", attribute)
              : part == none ? fmt::format("{} “{}” is no node of the file", attribute, named)
                             : fmt::format("{} “{}” is a {}: sequence flows join activities, gateways and events",
                                           attribute, named, draft.parts[part].name));
}

void check_flow(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Flow const& flow = d.flows[i];
    auto const node = draft.flow_nodes[i];
    check_end(draft, node, flow.source, "sourceRef");
    check_end(draft, node, flow.target, "targetRef");
    if (!is_node(d, flow.source) || !is_node(d, flow.target)) return;
    Element const& source = d.at(flow.source);
    Element const& target = d.at(flow.target);
    if (process_of(d, flow.source) != process_of(d, flow.target)) {
        draft.add(node, "bpmn.flow.crosses-pool",
                  "a sequence flow stays in its pool; between pools there are message flows");
    } else if (source.scope != target.scope) {
        draft.add(node, "bpmn.flow.crosses-sub-process", "a sequence flow does not cross the border of a sub-process");
    }
    if (target.type == Type::start_event) draft.add(node, "bpmn.flow.into-start", "nothing flows into a start event");
    if (source.type == Type::end_event) draft.add(node, "bpmn.flow.out-of-end", "nothing flows out of an end event");
    if (target.type == Type::boundary_event) {
        draft.add(node, "bpmn.flow.into-boundary", "nothing flows into a boundary event");
    }
    auto const event_sub_process = [](Element const& e) { return e.type == Type::sub_process && e.by_event; };
    if (event_sub_process(source) || event_sub_process(target)) {
        draft.add(node, "bpmn.flow.event-sub-process", "an event sub-process has no sequence flows");
    }
}

// <incoming> and <outgoing> repeat what the flows say; where they say something else the drawing is broken.
void check_flow_references(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    for (auto const inner : draft.element_nodes[i].children()) {
        auto const name = bpmn_name(inner);
        bool const incoming = name == "incoming";
        if (!incoming && name != "outgoing") continue;
        auto const id = text_of(inner);
        Index const flow = d.find_flow(local(id));
        if (flow == none) {
            draft.add(inner, "bpmn.flow.reference",
                      fmt::format("{} names the flow “{}”, which is not there", name, id));
        } else if ((incoming ? d.flows[flow].target : d.flows[flow].source) != i) {
            draft.add(inner, "bpmn.flow.reference",
                      fmt::format("{} names the flow {}, which runs elsewhere", name, id));
        }
    }
}

}  // namespace

void check_ids(Draft& draft) {
    // Ids of the model and of the diagram share one space.
    for (Index i = 0; i < draft.parts.size(); ++i) {
        auto const node = draft.parts[i].node;
        auto const attribute = node.attribute("id");
        if (!attribute) continue;
        std::string_view const id = attribute.value();
        if (!is_id(id)) draft.add(node, "bpmn.id.invalid", fmt::format("“{}” is not an XML id", id));
        if (Index const first = draft.parts.find(id); first != i) {
            draft.add(node, "bpmn.id.duplicate",
                      fmt::format("the id {} is already used in line {}", id,
                                  draft.document.place(draft.parts[first].node).line));
        }
    }
    check_has_id(draft, draft.element_nodes);
    check_has_id(draft, draft.flow_nodes);
    check_has_id(draft, draft.lane_nodes);
}

void check_flows(Draft& draft) {
    for (Index i = 0; i < draft.definition.flows.size(); ++i) check_flow(draft, i);
    for (Index i = 0; i < draft.definition.elements.size(); ++i) check_flow_references(draft, i);
}

}  // namespace keepword::bpmn
