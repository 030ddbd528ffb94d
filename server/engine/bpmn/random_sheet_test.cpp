#include <algorithm>
#include <iterator>

#include "engine/bpmn/random_defects_test.hpp"

// A drawing in which something is found and spoilt.
namespace keepword::bpmn::testing_aid {

std::vector<Defect> defects() {
    std::vector<Defect> out;
    for (auto const* some : {&defects_of_flows, &defects_of_gateways, &defects_of_events, &defects_of_activities}) {
        std::ranges::copy(*some, std::back_inserter(out));
    }
    return out;
}

// ---- finding -----------------------------------------------------------------------------------------------------

std::vector<pugi::xml_node> Sheet::all(Names const& names) {
    std::vector<pugi::xml_node> out;
    auto const wanted = [&](pugi::xml_node node) {
        return names.empty() ? !node.attribute("id").empty() : std::ranges::find(names, node.name()) != names.end();
    };
    for (auto const& found : xml.select_nodes("//*")) {
        if (wanted(found.node())) out.push_back(found.node());
    }
    return out;
}

pugi::xml_node Sheet::any(Names const& names) {
    auto const found = all(names);
    return found.empty() ? pugi::xml_node() : dice.one_of(found);
}

pugi::xml_node Sheet::with_id(std::string const& id) {
    auto const found = all({});
    auto const at = std::ranges::find_if(found, [&](auto const node) { return node.attribute("id").value() == id; });
    return at == found.end() ? pugi::xml_node() : *at;
}

pugi::xml_node Sheet::beside(pugi::xml_node node, Names const& names) {
    auto found = all(names);
    std::erase_if(found, [&](auto const other) {
        return other == node || other.parent() != node.parent() || other.attribute("triggeredByEvent").as_bool();
    });
    return found.empty() ? pugi::xml_node() : dice.one_of(found);
}

pugi::xml_node Sheet::any_with(Names const& names, char const* child) {
    auto found = all(names);
    std::erase_if(found, [&](auto const node) { return node.child(child).empty(); });
    return found.empty() ? pugi::xml_node() : dice.one_of(found);
}

std::vector<pugi::xml_node> Sheet::flows(pugi::xml_node node, char const* end) {
    auto found = all({"sequenceFlow"});
    std::string const id = node.attribute("id").value();
    std::erase_if(found, [&](auto const flow) { return flow.attribute(end).value() != id; });
    return found;
}

pugi::xml_node Sheet::gateway_with(std::size_t in, std::size_t out) {
    for (auto const gateway : all({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})) {
        if (flows(gateway, "targetRef").size() > in && flows(gateway, "sourceRef").size() > out) return gateway;
    }
    return {};
}

pugi::xml_node Sheet::sub_process(bool by_event) {
    for (auto const node : all({"subProcess"})) {
        if (node.attribute("triggeredByEvent").as_bool() == by_event) return node;
    }
    return {};
}

// ---- spoiling ----------------------------------------------------------------------------------------------------

bool Sheet::set(pugi::xml_node node, char const* attribute, char const* value) {
    if (!node) return false;
    node.remove_attribute(attribute);
    return node.append_attribute(attribute).set_value(value);
}

bool Sheet::same_as(pugi::xml_node node, char const* attribute, pugi::xml_node other) {
    return other && set(node, attribute, other.attribute("id").value());
}

bool Sheet::text(pugi::xml_node node, char const* value) {
    return node && node.text().set(value);
}

bool Sheet::about(pugi::xml_node event, char const* definition) {
    return !event.append_child(definition).empty();
}

bool Sheet::about_instead(pugi::xml_node event, char const* definition) {
    return event.remove_children() && about(event, definition);
}

bool Sheet::condition(pugi::xml_node flow) {
    return text(flow.append_child("conditionExpression"), "n = 1");
}

bool Sheet::refer_nowhere(std::string const& kind) {
    auto const reference = kind + "Ref";
    auto const definition = kind + "EventDefinition";
    // What rounds throw stands elsewhere.
    auto const node =
        any_with({"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"},
                 definition.c_str())
            .child(definition.c_str());
    return node.attribute(reference.c_str()) && set(node, reference.c_str(), "nowhere");
}

bool Sheet::connect(pugi::xml_node source, pugi::xml_node target) {
    auto const flow = put(source.parent(), "sequenceFlow", "planted");
    return source && target && same_as(flow, "sourceRef", source) && same_as(flow, "targetRef", target);
}

pugi::xml_node Sheet::put(pugi::xml_node parent, char const* name, char const* id) {
    auto const node = parent.append_child(name);
    set(node, "id", id);
    return node;
}

}  // namespace keepword::bpmn::testing_aid
