#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "engine/bpmn/draft.hpp"

// Rules about ids, sequence flows and gateways.
namespace keepword::bpmn {
namespace {

constexpr std::string_view diagram_namespace = "http://www.omg.org/spec/BPMN/20100524/DI";

bool is_id(std::string_view id) {
    auto const letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    };
    auto const further = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    return !id.empty() && letter(id[0]) && std::ranges::all_of(id, further);
}

// Ids of the model and of the diagram share one space; what stands in foreign extension elements is not ours to judge.
void check_id_attributes(Draft& draft, pugi::xml_node node, std::map<std::string_view, pugi::xml_node>& seen) {
    auto const name = std::string_view(node.name());
    auto const prefix = name.find(':') == name.npos ? std::string_view() : name.substr(0, name.find(':'));
    auto const space = namespace_of(node, prefix);
    if (space == model_namespace || space == diagram_namespace) {
        if (auto const attribute = node.attribute("id")) {
            std::string_view const id = attribute.value();
            if (!is_id(id)) draft.add(node, "bpmn.id.invalid", fmt::format("“{}” is not an XML id", id));
            auto const [first, added] = seen.emplace(id, node);
            if (!added) {
                draft.add(
                    node, "bpmn.id.duplicate",
                    fmt::format("the id {} is already used in line {}", id, draft.document.place(first->second).line));
            }
        }
    }
    for (auto const inner : node.children()) {
        if (inner.type() == pugi::node_element) check_id_attributes(draft, inner, seen);
    }
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
    draft.add(node, "bpmn.flow.dangling",
              named.empty() ? fmt::format("the sequence flow has no {}", attribute)
                            : fmt::format("{} “{}” is no node of the file", attribute, named));
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

bool may_decide(Type type) {
    return is_activity(type) || type == Type::exclusive_gateway || type == Type::inclusive_gateway ||
           type == Type::complex_gateway;
}

void check_default(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    auto const node = draft.element_nodes[i];
    auto const attribute = node.attribute("default");
    if (!attribute) return;
    if (!may_decide(element.type)) {
        return draft.add(node, "bpmn.default.misplaced",
                         fmt::format("{} has no default flow", json::word(element.type)));
    }
    Index const flow = element.default_flow;
    if (flow == none || d.flows[flow].source != i) {
        return draft.add(node, "bpmn.default.dangling",
                         fmt::format("the default flow “{}” does not leave this node", attribute.value()));
    }
    if (child(draft.flow_nodes[flow], "conditionExpression")) {
        draft.add(draft.flow_nodes[flow], "bpmn.default.condition", "a default flow has no condition");
    }
}

void check_conditions(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    for (Index const flow : element.outgoing) {
        if (!child(draft.flow_nodes[flow], "conditionExpression")) continue;
        if (!may_decide(element.type)) {
            draft.add(draft.flow_nodes[flow], "bpmn.condition.misplaced",
                      fmt::format("a flow out of {} has no condition", json::word(element.type)));
        } else if (is_activity(element.type) && element.outgoing.size() == 1) {
            draft.add(draft.flow_nodes[flow], "bpmn.condition.alone",
                      "a conditional flow out of an activity needs another flow beside it");
        }
    }
}

void check_direction(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    if (!is_gateway(element.type)) return;
    auto const node = draft.element_nodes[i];
    std::string_view const direction = node.attribute("gatewayDirection").value();
    std::size_t const in = element.incoming.size();
    std::size_t const out = element.outgoing.size();
    bool const fits = direction.empty() || direction == "Unspecified" || (direction == "Converging" && out <= 1) ||
                      (direction == "Diverging" && in <= 1) || (direction == "Mixed" && in > 1 && out > 1);
    if (!fits) {
        draft.add(node, "bpmn.gateway.direction",
                  fmt::format("gatewayDirection “{}” does not fit {} flows in and {} out", direction, in, out));
    }
    if (in == 0 && out == 0) draft.add(node, "bpmn.gateway.alone", "no flow touches this gateway");
}

}  // namespace

void check_ids(Draft& draft) {
    std::map<std::string_view, pugi::xml_node> seen;
    check_id_attributes(draft, draft.document.root(), seen);
    check_has_id(draft, draft.element_nodes);
    check_has_id(draft, draft.flow_nodes);
    check_has_id(draft, draft.lane_nodes);
}

void check_flows(Draft& draft) {
    for (Index i = 0; i < draft.definition.flows.size(); ++i) check_flow(draft, i);
    for (Index i = 0; i < draft.definition.elements.size(); ++i) check_flow_references(draft, i);
}

void check_gateways(Draft& draft) {
    for (Index i = 0; i < draft.definition.elements.size(); ++i) {
        check_default(draft, i);
        check_conditions(draft, i);
        check_direction(draft, i);
    }
}

}  // namespace keepword::bpmn
