#pragma once
#include <pugixml.hpp>

#include <string>
#include <vector>

#include "engine/bpmn/random_blocks_test.hpp"

// Mistakes that people make in drawings, planted into good ones. Only for tests.
namespace keepword::bpmn::testing_aid {

using Names = std::vector<std::string>;
inline Names const gateways{"exclusiveGateway", "parallelGateway", "inclusiveGateway"};

// A good drawing as XML, with what is needed to spoil it.
struct Sheet {
    pugi::xml_document xml;
    Dice& dice;

    pugi::xml_node root() { return xml.document_element(); }
    pugi::xml_node process() { return root().child("process"); }
    // All elements with one of these names (no name: all with an id), in the order of the file.
    std::vector<pugi::xml_node> all(Names const& names);
    // Any of them; a null node where there is none. Whatever is done to a null node fails and says so.
    pugi::xml_node any(Names const& names);
    pugi::xml_node with_id(std::string const& id);
    pugi::xml_node beside(pugi::xml_node node, Names const& names);
    // Those that have a child of this name.
    pugi::xml_node any_with(Names const& names, char const* child);
    // The flows that have this node at this end (`sourceRef`, `targetRef`).
    std::vector<pugi::xml_node> flows(pugi::xml_node node, char const* end);
    // A gateway with more flows in and out than these.
    pugi::xml_node gateway_with(std::size_t in, std::size_t out);
    // An event sub-process, or one that a flow leads to.
    pugi::xml_node sub_process(bool by_event);

    // All that follows says whether it could be done.
    static bool set(pugi::xml_node node, char const* attribute, char const* value);
    static bool same_as(pugi::xml_node node, char const* attribute, pugi::xml_node other);
    static bool text(pugi::xml_node node, char const* value);
    static bool about(pugi::xml_node event, char const* definition);
    static bool about_instead(pugi::xml_node event, char const* definition);
    static bool condition(pugi::xml_node flow);
    bool refer_nowhere(std::string const& kind);
    static bool connect(pugi::xml_node source, pugi::xml_node target);
    static pugi::xml_node put(pugi::xml_node parent, char const* name, char const* id);
};

// One kind of mistake: a line in one of the tables in random_defects_test.cpp and random_defects_events_test.cpp.
struct Defect {
    char const* what;
    // False where the drawing has nothing that could be spoilt in this way.
    bool (*plant)(Sheet&);
    Names rules;  // at least one of these has to refuse it
};
extern std::vector<Defect> const defects_of_flows;
extern std::vector<Defect> const defects_of_gateways;
extern std::vector<Defect> const defects_of_events;
extern std::vector<Defect> const defects_of_activities;
std::vector<Defect> defects();

}  // namespace keepword::bpmn::testing_aid
