#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/bpmn/draft.hpp"
#include "engine/bpmn/timer.hpp"
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

struct Definitions {
    std::string_view name;
    Trigger trigger;
};
constexpr std::array<Definitions, 10> event_types{{
    {"messageEventDefinition", Trigger::message},
    {"timerEventDefinition", Trigger::timer},
    {"signalEventDefinition", Trigger::signal},
    {"errorEventDefinition", Trigger::error},
    {"escalationEventDefinition", Trigger::escalation},
    {"terminateEventDefinition", Trigger::terminate},
    {"conditionalEventDefinition", Trigger::conditional},
    {"compensateEventDefinition", Trigger::compensation},
    {"cancelEventDefinition", Trigger::cancel},
    {"linkEventDefinition", Trigger::link},
}};

bool truth(pugi::xml_attribute attribute, bool otherwise) {
    std::string_view const text = attribute.value();
    return text.empty() ? otherwise : text == "true" || text == "1";
}

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
        for (Index i = 0; i < d_.elements.size(); ++i) connect_element(i);
        for (Index i = 0; i < d_.elements.size(); ++i) find_outcomes(i);
    }

  private:
    // Messages, signals and the like are named once and referred to by id.
    void read_named_things(pugi::xml_node root) {
        for (auto const node : root.children()) {
            auto const name = bpmn_name(node);
            if (name != "message" && name != "signal" && name != "error" && name != "escalation") continue;
            std::string_view const given = node.attribute("name").value();
            std::string_view const id = node.attribute("id").value();
            draft_.named.emplace(std::pair(std::string(name), std::string(id)), given.empty() ? id : given);
        }
    }

    void read_process(pugi::xml_node node) {
        Index const index = add_element(node, Type::process, none);
        d_.elements[index].executable = truth(node.attribute("isExecutable"), false);
        read_children(node, index);
        for (auto const inner : node.children()) {
            if (bpmn_name(inner) == "laneSet") read_lanes(inner, index, none);
        }
    }

    Index add_element(pugi::xml_node node, Type type, Index scope) {
        Element element;
        element.id = node.attribute("id").value();
        element.name = node.attribute("name").value();
        element.type = type;
        element.place = draft_.document.place(node);
        element.scope = scope;
        element.name_en = english(node);
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

    static std::string english(pugi::xml_node node) {
        for (auto const attribute : node.attributes()) {
            if (our_name(node, attribute) == "nameEn") return attribute.value();
        }
        return "";
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
        read_event(node, index);
        Element& element = d_.elements[index];
        element.called = local(node.attribute("calledElement").value());
        element.by_event = truth(node.attribute("triggeredByEvent"), false);
        element.interrupting =
            truth(node.attribute(type == Type::boundary_event ? "cancelActivity" : "isInterrupting"), true);
        if (type == Type::send_task || type == Type::receive_task)
            element.message = name_of(node, "message", element.id);
        if (type == Type::sub_process || type == Type::transaction || type == Type::ad_hoc_sub_process) {
            read_children(node, index);
        }
    }

    // The name of the message or signal referred to; the element's own id where it refers to none, so that a drawing
    // without messages can be simulated.
    std::string name_of(pugi::xml_node node, std::string const& kind, std::string const& otherwise) const {
        auto const id = local(node.attribute((kind + "Ref").c_str()).value());
        auto const found = draft_.named.find({kind, std::string(id)});
        return found == draft_.named.end() ? otherwise : found->second;
    }

    void read_event(pugi::xml_node node, Index index) {
        auto& definitions = draft_.event_definitions[index];
        Element& element = d_.elements[index];
        for (auto const inner : node.children()) {
            auto const name = bpmn_name(inner);
            auto const known = std::ranges::find(event_types, name, &Definitions::name);
            if (known == event_types.end() && name != "eventDefinitionRef") continue;
            definitions.push_back(inner);
            element.trigger = known == event_types.end() ? Trigger::multiple : known->trigger;
        }
        if (definitions.size() > 1) element.trigger = Trigger::multiple;
        if (element.trigger == Trigger::timer) read_timer(definitions[0], element);
        for (auto const* kind : {"message", "signal", "error", "escalation"}) {
            bool const refers =
                definitions.size() == 1 && definitions[0].attribute((std::string(kind) + "Ref").c_str());
            if (refers) element.message = name_of(definitions[0], kind, element.id);
        }
        bool const named = element.trigger == Trigger::message || element.trigger == Trigger::signal;
        if (named && element.message.empty()) element.message = element.id;
    }

    void read_timer(pugi::xml_node node, Element& element) {
        TimerSpec spec;
        int lengths = 0;
        for (auto const& [name, kind] :
             {std::pair("timeDuration", TimerKind::duration), std::pair("timeDate", TimerKind::date),
              std::pair("timeCycle", TimerKind::cycle)}) {
            auto const length = child(node, name);
            if (!length) continue;
            ++lengths;
            spec.kind = kind;
            spec.text = text_of(length);
            if (!parse_timer(kind, spec.text)) spec.expression = timer_expression(length, spec.text);
        }
        if (lengths > 1) {
            return draft_.add(node, "bpmn.timer.length", "a timer has one of timeDuration, timeDate and timeCycle");
        }
        if (lengths == 0) return;  // a drawing; deployment asks for one
        spec.clock = element.attribute("clock");
        spec.calendar = element.attribute("calendar");
        if (auto const from = element.attribute("from"); !from.empty()) spec.from = read_feel(node, std::string(from));
        element.timer = std::move(spec);
    }

    // What is no ISO 8601 text may be an expression that gives one. A text like PT30 or P1X is also a FEEL name, so
    // that a bare name is taken for a variable only where it does not look like a length somebody mistyped.
    std::optional<feel::Expression> timer_expression(pugi::xml_node at, std::string const& text) {
        bool const mistyped =
            text.starts_with('P') || text.starts_with("R/") || (!text.empty() && text[0] >= '0' && text[0] <= '9');
        auto parsed = feel::parse(text);
        if (mistyped || !parsed) {
            draft_.add(
                at, "bpmn.timer.syntax",
                fmt::format("“{}” is neither ISO 8601 (PT30M, P1D, 2026-02-13T09:30:00Z, R3/PT10M) nor FEEL", text));
            return std::nullopt;
        }
        return *parsed;
    }

    void read_flow(pugi::xml_node node, Index scope) {
        Flow flow;
        flow.id = node.attribute("id").value();
        flow.name = node.attribute("name").value();
        flow.name_en = english(node);
        flow.place = draft_.document.place(node);
        flow.scope = scope;
        if (auto const condition = child(node, "conditionExpression")) flow.condition = read_condition(condition);
        if (!flow.id.empty()) d_.flows_by_id.emplace(flow.id, static_cast<Index>(d_.flows.size()));
        d_.flows.push_back(std::move(flow));
        draft_.flow_nodes.push_back(node);
    }

    std::optional<feel::Expression> read_condition(pugi::xml_node node) {
        std::string_view language = node.attribute("language").value();
        if (language.empty()) language = draft_.document.root().attribute("expressionLanguage").value();
        if (!language.empty() && text::ascii_lower(language).find("feel") == std::string::npos) {
            draft_.add(node, "bpmn.unsupported.expression-language",
                       fmt::format("conditions are written in FEEL, not in {}", language));
            return std::nullopt;
        }
        return read_feel(node, text_of(node));
    }

    std::optional<feel::Expression> read_feel(pugi::xml_node at, std::string const& text) {
        auto parsed = feel::parse(text);
        if (parsed) return *parsed;
        auto const& params = parsed.error().params;
        draft_.add(at, "feel.syntax", fmt::format("“{}”, column {}: {}", text, params[0].second, params[1].second));
        return std::nullopt;
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
        lane.name_en = english(node);
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
            if (name == "scope") lane.scope = read_feel(node, attribute.value());
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

    void connect_element(Index i) {
        Element& element = d_.elements[i];
        auto const node = draft_.element_nodes[i];
        if (auto const reference = node.attribute("default"))
            element.default_flow = d_.find_flow(local(reference.value()));
        if (element.type != Type::boundary_event) return;
        element.attached_to = d_.find(local(node.attribute("attachedToRef").value()));
        if (element.attached_to != none) d_.elements[element.attached_to].boundary.push_back(i);
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
