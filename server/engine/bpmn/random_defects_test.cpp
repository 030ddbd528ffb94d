#include "engine/bpmn/random_defects_test.hpp"

// Mistakes in ids, flows and gateways.
namespace keepword::bpmn::testing_aid {
namespace {

Names const activities{"userTask", "task", "serviceTask", "callActivity", "subProcess"};

}  // namespace

std::vector<Defect> const defects_of_flows{
    {"a flow ends nowhere",
     [](Sheet& s) { return s.set(s.any({"sequenceFlow"}), "targetRef", "nowhere"); },
     {"bpmn.flow.dangling"}},
    {"a flow begins nowhere",
     [](Sheet& s) { return s.set(s.any({"sequenceFlow"}), "sourceRef", "nowhere"); },
     {"bpmn.flow.dangling"}},
    {"a flow without an end",
     [](Sheet& s) { return s.any({"sequenceFlow"}).remove_attribute("targetRef"); },
     {"bpmn.flow.dangling"}},
    {"a flow to the process",
     [](Sheet& s) { return s.same_as(s.any({"sequenceFlow"}), "targetRef", s.process()); },
     {"bpmn.flow.dangling"}},
    {"an id twice",
     [](Sheet& s) { return s.same_as(s.any({"sequenceFlow"}), "id", s.any(activities)); },
     {"bpmn.id.duplicate"}},
    {"an id that is none",
     [](Sheet& s) { return s.set(s.any({"sequenceFlow"}), "id", "1 and 2"); },
     {"bpmn.id.invalid"}},
    {"a node without id", [](Sheet& s) { return s.any(activities).remove_attribute("id"); }, {"bpmn.id.missing"}},
    {"a flow without id", [](Sheet& s) { return s.any({"sequenceFlow"}).remove_attribute("id"); }, {"bpmn.id.missing"}},
    {"a flow into a start",
     [](Sheet& s) {
         auto const to = s.any({"startEvent"});
         return s.connect(s.beside(to, activities), to);
     },
     {"bpmn.flow.into-start"}},
    {"a flow out of an end",
     [](Sheet& s) {
         auto const from = s.any({"endEvent"});
         return s.connect(from, s.beside(from, activities));
     },
     {"bpmn.flow.out-of-end"}},
    {"a flow into a boundary event",
     [](Sheet& s) {
         auto const to = s.any({"boundaryEvent"});
         return s.connect(s.beside(to, activities), to);
     },
     {"bpmn.flow.into-boundary"}},
    {"a flow into a sub-process's inside",
     [](Sheet& s) {
         auto const inner = s.sub_process(false);
         return s.connect(s.beside(inner, activities), inner.child("endEvent"));
     },
     {"bpmn.flow.crosses-sub-process"}},
    {"a flow out of a sub-process's inside",
     [](Sheet& s) {
         auto const inner = s.sub_process(false);
         return s.connect(inner.child("startEvent"), s.beside(inner, activities));
     },
     {"bpmn.flow.crosses-sub-process"}},
    {"a flow to another pool",
     [](Sheet& s) {
         auto const here = s.any(activities);
         return s.connect(here, s.put(s.put(s.root(), "process", "other"), "task", "far"));
     },
     {"bpmn.flow.crosses-pool"}},
    {"a flow into an event sub-process",
     [](Sheet& s) {
         auto const to = s.sub_process(true);
         return s.connect(s.beside(to, {"startEvent"}), to);
     },
     {"bpmn.flow.event-sub-process"}},
    {"a flow out of an event sub-process",
     [](Sheet& s) {
         auto const from = s.sub_process(true);
         return s.connect(from, s.beside(from, {"endEvent"}));
     },
     {"bpmn.flow.event-sub-process"}},
    {"an incoming flow that is not there",
     [](Sheet& s) { return s.text(s.any(activities).append_child("incoming"), "nowhere"); },
     {"bpmn.flow.reference"}},
    {"an outgoing flow that runs elsewhere",
     [](Sheet& s) {
         return s.text(s.any({"endEvent"}).append_child("outgoing"), s.any({"sequenceFlow"}).attribute("id").value());
     },
     {"bpmn.flow.reference"}},
};

std::vector<Defect> const defects_of_gateways{
    {"a gateway by itself",
     [](Sheet& s) { return !s.put(s.process(), "exclusiveGateway", "alone").empty(); },
     {"bpmn.gateway.alone"}},
    {"a split that says it joins",
     [](Sheet& s) { return s.set(s.gateway_with(0, 1), "gatewayDirection", "Converging"); },
     {"bpmn.gateway.direction"}},
    {"a join that says it splits",
     [](Sheet& s) { return s.set(s.gateway_with(1, 0), "gatewayDirection", "Diverging"); },
     {"bpmn.gateway.direction"}},
    {"a split that says it does both",
     [](Sheet& s) { return s.set(s.gateway_with(0, 1), "gatewayDirection", "Mixed"); },
     {"bpmn.gateway.direction"}},
    {"a default flow out of an event",
     [](Sheet& s) {
         auto const start = s.any({"startEvent"});
         return s.same_as(start, "default", s.flows(start, "sourceRef").front());
     },
     {"bpmn.default.misplaced"}},
    {"a default flow of a parallel gateway",
     [](Sheet& s) {
         auto const gateway = s.any({"parallelGateway"});
         return gateway && s.same_as(gateway, "default", s.flows(gateway, "sourceRef").front());
     },
     {"bpmn.default.misplaced"}},
    {"a default flow from elsewhere",
     [](Sheet& s) {
         return s.same_as(s.any({"exclusiveGateway", "userTask"}), "default",
                          s.flows(s.any({"startEvent"}), "sourceRef").front());
     },
     {"bpmn.default.dangling"}},
    {"a default flow that is not there",
     [](Sheet& s) { return s.set(s.any({"exclusiveGateway"}), "default", "nowhere"); },
     {"bpmn.default.dangling"}},
    {"a default flow with a condition",
     [](Sheet& s) {
         for (auto const node : s.all({"exclusiveGateway", "inclusiveGateway", "userTask"})) {
             if (node.attribute("default")) return s.condition(s.with_id(node.attribute("default").value()));
         }
         return false;
     },
     {"bpmn.default.condition"}},
    {"a condition out of an event",
     [](Sheet& s) { return s.condition(s.flows(s.any({"startEvent"}), "sourceRef").front()); },
     {"bpmn.condition.misplaced"}},
    {"a condition out of a parallel gateway",
     [](Sheet& s) {
         auto const gateway = s.any({"parallelGateway"});
         return gateway && s.condition(s.flows(gateway, "sourceRef").front());
     },
     {"bpmn.condition.misplaced"}},
    {"a condition without another way",
     [](Sheet& s) {
         auto const out = s.flows(s.any({"task", "serviceTask", "scriptTask"}), "sourceRef");
         return !out.empty() && s.condition(out.front());
     },
     {"bpmn.condition.alone"}},
    {"a condition in another language",
     [](Sheet& s) { return s.set(s.any({"conditionExpression"}), "language", "http://www.w3.org/1999/XPath"); },
     {"bpmn.unsupported.expression-language"}},
    {"a condition that cannot be read",
     [](Sheet& s) { return s.text(s.any({"conditionExpression", "condition"}), "n >"); },
     {"feel.syntax"}},
    {"a complex gateway",
     [](Sheet& s) { return s.any(gateways).set_name("complexGateway"); },
     {"bpmn.unsupported.complex-gateway"}},
    {"all events behind a gateway",
     [](Sheet& s) { return s.set(s.any({"eventBasedGateway"}), "eventGatewayType", "Parallel"); },
     {"bpmn.unsupported.parallel-event-based-gateway"}},
    {"a gateway that starts the process",
     [](Sheet& s) { return s.set(s.any({"eventBasedGateway"}), "instantiate", "true"); },
     {"bpmn.unsupported.instantiating-event-based-gateway"}},
};

}  // namespace keepword::bpmn::testing_aid
