#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/bpmn/import.hpp"
#include "engine/bpmn/parts.hpp"
#include "engine/bpmn/xml.hpp"

// A definition in the making, with where everything stands and what is wrong so far. Private to this folder: import
// fills it, the checks read it.
namespace keepword::bpmn {

struct Draft {
    explicit Draft(Document const& d) : document(d), parts(d.root()) {}

    Document const& document;
    Parts parts;
    Definition definition;
    std::vector<pugi::xml_node> element_nodes;                   // one per element
    std::vector<pugi::xml_node> flow_nodes;                      // one per sequence flow
    std::vector<pugi::xml_node> lane_nodes;                      // one per lane
    std::vector<std::vector<pugi::xml_node>> event_definitions;  // of each element
    std::vector<std::set<Trigger>> triggers;                     // what each event is about: `nothing`, or all of it
    // Messages, signals, errors and escalations of the file: (kind, id) → name.
    std::map<std::pair<std::string, std::string>, std::string> named;
    std::vector<Violation> violations;

    void add(pugi::xml_node at, std::string rule, std::string message) {
        auto const place = document.place(at);
        violations.push_back({place.line, place.column, std::move(rule), std::move(message)});
    }
};

// `exclusiveGateway` is `exclusive-gateway` in rule ids.
std::string kebab(std::string_view camel);

// Whether this is the local name of a flow node.
bool is_node_name(std::string_view name);

// Fills the draft from the document. What it cannot understand becomes a violation.
void import(Draft& draft);

// Parts of the import: import_events.cpp, import_activities.cpp.
void read_event(Draft& draft, pugi::xml_node node, Index element);
void read_script(Draft& draft, pugi::xml_node node, Element& element);
std::optional<Loop> read_loop(Draft& draft, pugi::xml_node activity);
// The expression in this text, or a violation at the node.
std::optional<feel::Expression> read_feel(Draft& draft, pugi::xml_node at, std::string const& text);
// The same for an element with an expression in it, which may say in which language it is.
std::optional<feel::Expression> read_condition(Draft& draft, pugi::xml_node node);
// The name or code of what the node's messageRef, signalRef, errorRef or escalationRef refers to.
std::string name_of(Draft const& draft, pugi::xml_node node, std::string const& kind, std::string const& otherwise);
// Fills in what the events are about, be it written in them or only referred to.
void find_triggers(Draft& draft);

// The rules, by what they are about. Each adds its violations.
void check_ids(Draft& draft);
void check_references(Draft& draft);
void check_flows(Draft& draft);
void check_gateways(Draft& draft);
void check_events(Draft& draft);
void check_activities(Draft& draft);
void check_loops(Draft& draft);
void check_data(Draft& draft);
void check_processes(Draft& draft);
void check_collaborations(Draft& draft);
void check_lanes(Draft& draft);
void check_support(Draft& draft);     // what the engine does not execute
void check_complete(Draft& draft);    // what a sketch may leave open
void check_deployment(Draft& draft);  // roles, names, clocks, services

}  // namespace keepword::bpmn
