#include "engine/bpmn/random_defects_test.hpp"

// Mistakes in events, activities and the process itself.
namespace keepword::bpmn::testing_aid {
namespace {

Names const catching{"intermediateCatchEvent"};
Names const throwing{"intermediateThrowEvent"};

}  // namespace

std::vector<Defect> const defects_of_events{
    {"a process that starts by an error",
     [](Sheet& s) { return s.about(s.process().child("startEvent"), "errorEventDefinition"); },
     {"bpmn.event.definition"}},
    {"a sub-process that starts by a message",
     [](Sheet& s) { return s.about(s.sub_process(false).child("startEvent"), "messageEventDefinition"); },
     {"bpmn.event.definition"}},
    {"an event sub-process that starts by nothing",
     [](Sheet& s) { return s.sub_process(true).child("startEvent").remove_children(); },
     {"bpmn.event.definition"}},
    {"waiting for nothing", [](Sheet& s) { return s.any(catching).remove_children(); }, {"bpmn.event.definition"}},
    {"waiting for an error",
     [](Sheet& s) { return s.about_instead(s.any(catching), "errorEventDefinition"); },
     {"bpmn.event.definition"}},
    {"throwing time",
     [](Sheet& s) { return s.about_instead(s.any(throwing), "timerEventDefinition"); },
     {"bpmn.event.definition"}},
    {"throwing an error on the way",
     [](Sheet& s) { return s.about_instead(s.any(throwing), "errorEventDefinition"); },
     {"bpmn.event.definition"}},
    {"ending with time",
     [](Sheet& s) { return s.about_instead(s.any({"endEvent"}), "timerEventDefinition"); },
     {"bpmn.event.definition"}},
    {"a boundary event about nothing",
     [](Sheet& s) { return s.any({"boundaryEvent"}).remove_children(); },
     {"bpmn.event.definition"}},
    {"a boundary event about a link",
     [](Sheet& s) { return s.about_instead(s.any({"boundaryEvent"}), "linkEventDefinition"); },
     {"bpmn.event.definition"}},
    {"ending with compensation",
     [](Sheet& s) { return s.about_instead(s.any({"endEvent"}), "compensateEventDefinition"); },
     {"bpmn.unsupported.compensation-end-event"}},
    {"ending with a cancel",
     [](Sheet& s) { return s.about_instead(s.any({"endEvent"}), "cancelEventDefinition"); },
     {"bpmn.unsupported.cancel-end-event"}},
    {"waiting for two things",
     [](Sheet& s) { return s.about(s.any(catching), "signalEventDefinition"); },
     {"bpmn.unsupported.multiple-intermediate-catch-event"}},
    {"a boundary event on a gateway",
     [](Sheet& s) { return s.same_as(s.any({"boundaryEvent"}), "attachedToRef", s.any(gateways)); },
     {"bpmn.boundary.attached"}},
    {"a boundary event on nothing",
     [](Sheet& s) { return s.set(s.any({"boundaryEvent"}), "attachedToRef", "nowhere"); },
     {"bpmn.boundary.attached"}},
    {"a boundary event on what is inside",
     [](Sheet& s) {
         auto const inner = s.any_with({"subProcess"}, "userTask");
         return s.same_as(s.beside(inner, {"boundaryEvent"}), "attachedToRef", inner.child("userTask"));
     },
     {"bpmn.boundary.attached"}},
    {"a boundary event that leads nowhere",
     [](Sheet& s) {
         auto const out = s.flows(s.any({"boundaryEvent"}), "sourceRef");
         return !out.empty() && out.front().parent().remove_child(out.front());
     },
     {"bpmn.boundary.no-flow"}},
    {"an error beside the activity",
     [](Sheet& s) { return s.set(s.any_with({"boundaryEvent"}, "errorEventDefinition"), "cancelActivity", "false"); },
     {"bpmn.boundary.interrupting"}},
    {"a condition beside the activity",
     [](Sheet& s) {
         return s.set(s.any_with({"boundaryEvent"}, "conditionalEventDefinition"), "cancelActivity", "false");
     },
     {"bpmn.unsupported.conditional-non-interrupting"}},
    {"two lengths of time",
     [](Sheet& s) { return s.text(s.any({"timerEventDefinition"}).append_child("timeDate"), "2026-02-13T09:30:00Z"); },
     {"bpmn.timer.length"}},
    {"half a length of time", [](Sheet& s) { return s.text(s.any({"timeDuration"}), "PT"); }, {"bpmn.timer.syntax"}},
    {"a repetition of nothing", [](Sheet& s) { return s.text(s.any({"timeCycle"}), "R3/"); }, {"bpmn.timer.syntax"}},
    {"waiting again and again",
     [](Sheet& s) {
         auto length = s.any_with(catching, "timerEventDefinition").child("timerEventDefinition").first_child();
         return length.set_name("timeCycle") && s.text(length, "R3/PT1H");
     },
     {"bpmn.unsupported.time-cycle-of-a-catch-event"}},
    {"a message that is not there", [](Sheet& s) { return s.refer_nowhere("message"); }, {"bpmn.message.dangling"}},
    {"a message of a task that is not there",
     [](Sheet& s) { return s.set(s.any({"receiveTask", "sendTask"}), "messageRef", "nowhere"); },
     {"bpmn.message.dangling"}},
    {"a signal that is not there", [](Sheet& s) { return s.refer_nowhere("signal"); }, {"bpmn.signal.dangling"}},
    {"an error that is not there", [](Sheet& s) { return s.refer_nowhere("error"); }, {"bpmn.error.dangling"}},
    {"an escalation that is not there",
     [](Sheet& s) { return s.refer_nowhere("escalation"); },
     {"bpmn.escalation.dangling"}},
    {"a link to nowhere",
     [](Sheet& s) {
         return s.set(s.any_with(throwing, "linkEventDefinition").child("linkEventDefinition"), "name", "nowhere");
     },
     {"bpmn.link.target"}},
    {"a link to two places",
     [](Sheet& s) {
         auto const to = s.any_with(catching, "linkEventDefinition");
         return s.set(to.parent().append_copy(to), "id", "second");
     },
     {"bpmn.link.twice"}},
};

std::vector<Defect> const defects_of_activities{
    {"a call of nothing",
     [](Sheet& s) { return s.any({"callActivity"}).remove_attribute("calledElement"); },
     {"bpmn.call.target"}},
    {"a script in another language",
     [](Sheet& s) { return s.set(s.any({"scriptTask"}), "scriptFormat", "javascript"); },
     {"bpmn.unsupported.script-format"}},
    {"a script that cannot be read", [](Sheet& s) { return s.text(s.any({"script"}), "n +"); }, {"feel.syntax"}},
    {"a number of rounds that cannot be read",
     [](Sheet& s) { return s.text(s.any({"loopCardinality"}), "(n"); },
     {"feel.syntax"}},
    {"a transaction",
     [](Sheet& s) { return s.sub_process(false).set_name("transaction"); },
     {"bpmn.unsupported.transaction"}},
    {"an ad-hoc sub-process",
     [](Sheet& s) { return s.sub_process(false).set_name("adHocSubProcess"); },
     {"bpmn.unsupported.ad-hoc-sub-process"}},
    {"a business rule task",
     [](Sheet& s) { return s.any({"task", "serviceTask"}).set_name("businessRuleTask"); },
     {"bpmn.unsupported.business-rule-task"}},
    {"a task for compensation",
     [](Sheet& s) { return s.set(s.any({"task", "userTask"}), "isForCompensation", "true"); },
     {"bpmn.unsupported.compensation"}},
    {"a task that needs two tokens",
     [](Sheet& s) { return s.set(s.any({"task", "userTask"}), "startQuantity", "2"); },
     {"bpmn.unsupported.start-quantity"}},
    {"a process with nothing in it", [](Sheet& s) { return s.process().remove_children(); }, {"bpmn.process.empty"}},
    {"no process", [](Sheet& s) { return s.root().remove_child("process"); }, {"bpmn.process.missing"}},
    {"a root that is no definitions", [](Sheet& s) { return s.root().set_name("diagram"); }, {"bpmn.root"}},
    {"a lane with what is not there",
     [](Sheet& s) {
         return s.text(s.put(s.put(s.process(), "laneSet", "lanes"), "lane", "one").append_child("flowNodeRef"),
                       "nowhere");
     },
     {"bpmn.lane.dangling"}},
    {"a node in two lanes",
     [](Sheet& s) {
         auto const lanes = s.put(s.process(), "laneSet", "lanes");
         char const* const id = s.process().child("startEvent").attribute("id").value();
         return s.text(s.put(lanes, "lane", "one").append_child("flowNodeRef"), id) &&
                s.text(s.put(lanes, "lane", "two").append_child("flowNodeRef"), id);
     },
     {"bpmn.lane.twice"}},
    {"a pool of a process that is not there",
     [](Sheet& s) {
         return s.set(s.put(s.put(s.root(), "collaboration", "all"), "participant", "who"), "processRef", "nowhere");
     },
     {"bpmn.participant.dangling"}},
};

}  // namespace keepword::bpmn::testing_aid
