#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/bpmn/draft.hpp"
#include "foundation/text.hpp"

namespace keepword::bpmn {
namespace {

struct Named {
    std::string_view name;
    Type type;
};
constexpr std::array<Named, 22> node_types{{
    {"subProcess", Type::sub_process},
    {"transaction", Type::transaction},
    {"adHocSubProcess", Type::ad_hoc_sub_process},
    {"callActivity", Type::call_activity},
    {"task", Type::task},
    {"manualTask", Type::manual_task},
    {"userTask", Type::user_task},
    {"serviceTask", Type::service_task},
    {"sendTask", Type::send_task},
    {"receiveTask", Type::receive_task},
    {"scriptTask", Type::script_task},
    {"businessRuleTask", Type::business_rule_task},
    {"exclusiveGateway", Type::exclusive_gateway},
    {"parallelGateway", Type::parallel_gateway},
    {"inclusiveGateway", Type::inclusive_gateway},
    {"eventBasedGateway", Type::event_based_gateway},
    {"complexGateway", Type::complex_gateway},
    {"startEvent", Type::start_event},
    {"endEvent", Type::end_event},
    {"intermediateThrowEvent", Type::intermediate_throw_event},
    {"intermediateCatchEvent", Type::intermediate_catch_event},
    {"boundaryEvent", Type::boundary_event},
}};

class Importer {
  public:
    explicit Importer(Draft& draft) : draft_(draft), d_(draft.definition) {}

    void all() {
        auto const root = draft_.document.root();
        read_named_things(root);
        for (auto const node : root.children()) {
            if (bpmn_name(node) == "process") read_process(node);
        }
        choose_process();
        connect_flows();
        for (auto const node : root.children()) {
            if (bpmn_name(node) == "collaboration") read_message_flows(node);
        }
        for (Index i = 0; i < d_.elements.size(); ++i) connect_element(i);
        for (Index i = 0; i < d_.elements.size(); ++i) find_outcomes(i);
        for (Index i = 0; i < d_.elements.size(); ++i) find_reaching(i);
    }

  private:
    // Messages, signals and the like are named once and referred to by id.
    void read_named_things(pugi::xml_node root) {
        for (auto const node : root.children()) {
            auto const name = bpmn_name(node);
            if (name != "message" && name != "signal" && name != "error" && name != "escalation") continue;
            // Errors and escalations are told apart by their codes, the others by their names.
            bool const by_code = name == "error" || name == "escalation";
            auto const code = std::string(name) + "Code";
            std::string_view const given = node.attribute(by_code ? code.c_str() : "name").value();
            std::string_view const id = node.attribute("id").value();
            draft_.named.emplace(std::pair(std::string(name), std::string(id)), given.empty() ? id : given);
        }
    }

    void read_process(pugi::xml_node node) {
        Index const index = add_element(node, Type::process, none);
        d_.elements[index].executable = is_true(node, "isExecutable");
        read_children(node, index);
        for (auto const inner : node.children()) {
            if (bpmn_name(inner) == "laneSet") read_lanes(inner, index, none);
        }
        // What is drawn inside a sub-process stands in the sub-process's lane, unless the lane set says otherwise.
        for (Index i = index + 1; i < d_.elements.size(); ++i) {
            Element& element = d_.elements[i];
            if (element.lane == none) element.lane = d_.elements[element.scope].lane;
        }
    }

    Index add_element(pugi::xml_node node, Type type, Index scope) {
        Element element;
        element.id = node.attribute("id").value();
        element.name = node.attribute("name").value();
        element.type = type;
        element.place = draft_.document.place(node);
        element.scope = scope;
        element.name_en = ours(node, "nameEn");
        for (auto const attribute : node.attributes()) {
            auto const name = our_name(node, attribute);
            if (!name.empty() && name != "nameEn") element.kw.emplace_back(name, attribute.value());
        }
        auto const index = static_cast<Index>(d_.elements.size());
        if (!element.id.empty()) d_.by_id.emplace(element.id, index);
        d_.elements.push_back(std::move(element));
        draft_.element_nodes.push_back(node);
        draft_.event_definitions.emplace_back();
        if (scope != none) d_.elements[scope].children.push_back(index);
        return index;
    }

    void read_children(pugi::xml_node node, Index scope) {
        for (auto const inner : node.children()) {
            auto const name = bpmn_name(inner);
            if (name == "sequenceFlow") {
                read_flow(inner, scope);
                continue;
            }
            auto const known = std::ranges::find(node_types, name, &Named::name);
            if (known != node_types.end()) read_node(inner, known->type, scope);
        }
    }

    void read_node(pugi::xml_node node, Type type, Index scope) {
        Index const index = add_element(node, type, scope);
        read_event(draft_, node, index);
        Element& element = d_.elements[index];
        element.called = local(node.attribute("calledElement").value());
        element.by_event = is_true(node, "triggeredByEvent");
        element.interrupting = is_true(node, type == Type::boundary_event ? "cancelActivity" : "isInterrupting", true);
        if (type == Type::send_task || type == Type::receive_task) {
            element.about = name_of(draft_, node, "message", element.id);
        }
        if (type == Type::script_task) read_script(draft_, node, element);
        if (is_activity(type)) element.loop = read_loop(draft_, node);
        if (type == Type::sub_process || type == Type::transaction || type == Type::ad_hoc_sub_process) {
            read_children(node, index);
        }
    }

    void read_flow(pugi::xml_node node, Index scope) {
        Flow flow;
        flow.id = node.attribute("id").value();
        flow.name = node.attribute("name").value();
        flow.name_en = ours(node, "nameEn");
        flow.place = draft_.document.place(node);
        flow.scope = scope;
        if (auto const condition = child(node, "conditionExpression"); condition && !text_of(condition).empty()) {
            flow.condition = read_condition(draft_, condition);
        }
        if (!flow.id.empty()) d_.flows_by_id.emplace(flow.id, static_cast<Index>(d_.flows.size()));
        d_.flows.push_back(std::move(flow));
        draft_.flow_nodes.push_back(node);
    }

    void read_lanes(pugi::xml_node set, Index process, Index parent) {
        for (auto const node : set.children()) {
            if (bpmn_name(node) != "lane") continue;
            auto const index = static_cast<Index>(d_.lanes.size());
            d_.lanes.push_back(read_lane(node, process, parent));
            draft_.lane_nodes.push_back(node);
            for (auto const inner : node.children()) {
                if (bpmn_name(inner) != "flowNodeRef") continue;
                Index const element = d_.find(local(text_of(inner)));
                if (element != none) d_.elements[element].lane = index;
            }
            // After the outer lane's own list, so that the innermost lane wins.
            if (auto const inner = child(node, "childLaneSet")) read_lanes(inner, process, index);
        }
    }

    Lane read_lane(pugi::xml_node node, Index process, Index parent) {
        Lane lane;
        lane.id = node.attribute("id").value();
        lane.name = node.attribute("name").value();
        lane.name_en = ours(node, "nameEn");
        lane.place = draft_.document.place(node);
        lane.process = process;
        lane.parent = parent;
        if (parent != none) {
            lane.roles = d_.lanes[parent].roles;
            lane.scope = d_.lanes[parent].scope;
            lane.not_by = d_.lanes[parent].not_by;
        }
        for (auto const attribute : node.attributes()) {
            auto const name = our_name(node, attribute);
            if (name == "role") lane.roles = words(attribute.value());
            if (name == "scope") lane.scope = read_feel(draft_, node, attribute.value());
            if (name == "not-by") lane.not_by = words(attribute.value());
        }
        return lane;
    }

    static std::vector<std::string> words(std::string_view text) {
        std::vector<std::string> out;
        for (auto const word : text::split(text, ' ')) {
            if (!word.empty()) out.emplace_back(word);
        }
        return out;
    }

    // The executable process; a drawing that says of none that it is executable is simulated by its first.
    void choose_process() {
        for (Index i = 0; i < d_.elements.size(); ++i) {
            if (d_.elements[i].type != Type::process) continue;
            if (d_.process == none) d_.process = i;
            if (d_.elements[i].executable && !d_.elements[d_.process].executable) d_.process = i;
        }
    }

    void connect_flows() {
        for (Index i = 0; i < d_.flows.size(); ++i) {
            auto const node = draft_.flow_nodes[i];
            Flow& flow = d_.flows[i];
            flow.source = d_.find(local(node.attribute("sourceRef").value()));
            flow.target = d_.find(local(node.attribute("targetRef").value()));
            if (flow.source != none) d_.elements[flow.source].outgoing.push_back(i);
            if (flow.target != none) d_.elements[flow.target].incoming.push_back(i);
        }
    }

    // An end that names no node is a pool, of which the file may draw a process or not.
    void read_message_flows(pugi::xml_node collaboration) {
        for (auto const node : collaboration.children()) {
            if (bpmn_name(node) != "messageFlow") continue;
            MessageFlow flow;
            flow.id = node.attribute("id").value();
            flow.message = name_of(draft_, node, "message", flow.id);
            flow.source = d_.find(local(node.attribute("sourceRef").value()));
            flow.target = d_.find(local(node.attribute("targetRef").value()));
            if (flow.source != none) {
                d_.elements[flow.source].message_flows.push_back(static_cast<Index>(d_.message_flows.size()));
            }
            d_.message_flows.push_back(std::move(flow));
        }
    }

    void connect_element(Index i) {
        Element& element = d_.elements[i];
        auto const node = draft_.element_nodes[i];
        if (element.trigger == Trigger::conditional) d_.has_conditions = true;
        if (element.type == Type::start_event && element.scope != none && d_.elements[element.scope].by_event) {
            d_.elements[d_.elements[element.scope].scope].event_starts.push_back(i);
        }
        if (element.trigger == Trigger::link && element.type == Type::intermediate_throw_event) connect_link(element);
        if (auto const reference = node.attribute("default"))
            element.default_flow = d_.find_flow(local(reference.value()));
        if (element.type != Type::boundary_event) return;
        element.attached_to = d_.find(local(node.attribute("attachedToRef").value()));
        if (element.attached_to != none) d_.elements[element.attached_to].boundary.push_back(i);
    }

    void connect_link(Element& thrown) {
        for (Index const other : d_.elements[thrown.scope].children) {
            Element const& e = d_.elements[other];
            bool const caught = e.type == Type::intermediate_catch_event && e.trigger == Trigger::link;
            if (caught && e.about == thrown.about) thrown.link = other;
        }
    }

    // From where each flow into an inclusive gateway can be reached without passing the gateway, by going backwards.
    void find_reaching(Index gateway) {
        Element const& element = d_.elements[gateway];
        if (element.type != Type::inclusive_gateway || element.incoming.size() < 2) return;
        for (Index const flow : element.incoming) {
            std::vector<bool> reached(d_.elements.size(), false);
            std::vector<Index> todo{d_.flows[flow].source};
            while (!todo.empty()) {
                Index const at = todo.back();
                todo.pop_back();
                if (at == none || at == gateway || reached[at]) continue;
                reached[at] = true;
                for (Index const in : d_.elements[at].incoming) todo.push_back(d_.flows[in].source);
                add_links_to(at, todo);
            }
            d_.reaching.emplace(flow, std::move(reached));
        }
    }

    void add_links_to(Index caught, std::vector<Index>& out) const {
        Element const& e = d_.elements[caught];
        if (e.trigger != Trigger::link || e.type != Type::intermediate_catch_event) return;
        for (Index const other : d_.elements[e.scope].children) {
            if (d_.elements[other].link == caught) out.push_back(other);
        }
    }

    // A user task offers what the conditions behind it compare `outcome` with.
    void find_outcomes(Index i) {
        Element& task = d_.elements[i];
        if (task.type != Type::user_task) return;
        for (Index const index : d_.decision_behind(i)) {
            Flow const& flow = d_.flows[index];
            if (!flow.condition) continue;
            for (auto& value : feel::compared_texts(*flow.condition, "outcome")) {
                if (std::ranges::find(task.outcomes, value, &Outcome::value) != task.outcomes.end()) continue;
                task.outcomes.push_back({std::move(value), flow.name, flow.name_en});
            }
        }
    }

    Draft& draft_;
    Definition& d_;
};

}  // namespace

std::string kebab(std::string_view camel) {
    std::string out;
    for (char const c : camel) {
        bool const capital = c >= 'A' && c <= 'Z';
        if (capital && !out.empty()) out += '-';
        out += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

bool is_node_name(std::string_view name) {
    return std::ranges::find(node_types, name, &Named::name) != node_types.end();
}

void import(Draft& draft) {
    Importer(draft).all();
}

}  // namespace keepword::bpmn
