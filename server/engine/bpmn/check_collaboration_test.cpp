#include "engine/bpmn/check_test.hpp"

// Pools, the messages between them, and lanes.
namespace keepword::bpmn {
namespace {

// Two pools: one around process p with all that may stand in it, one around process q with task z; pool e is empty.
// The message flow stands in line 3.
std::string message_flow(char const* source, char const* target) {
    return testing_aid::file_of(fmt::format(
        "<collaboration id='c'><participant id='x' processRef='p'/><participant id='y' processRef='q'/>"
        "<participant id='e'/>\n<messageFlow id='m' sourceRef='{}' targetRef='{}'/></collaboration>"
        "<process id='p'><laneSet id='ls'><lane id='lane'/></laneSet><startEvent id='start'/><startEvent id='clock'>"
        "<timerEventDefinition/></startEvent><startEvent id='letter'><messageEventDefinition/></startEvent>"
        "<task id='task'/><receiveTask id='receive'/><exclusiveGateway id='gateway'/>"
        "<sequenceFlow id='flow' sourceRef='task' targetRef='gateway'/>"
        "<intermediateThrowEvent id='throw'><messageEventDefinition/></intermediateThrowEvent>"
        "<intermediateThrowEvent id='alarm'><signalEventDefinition/></intermediateThrowEvent>"
        "<intermediateCatchEvent id='catch'><messageEventDefinition/></intermediateCatchEvent>"
        "<intermediateCatchEvent id='wait'><timerEventDefinition/></intermediateCatchEvent>"
        "<boundaryEvent id='beside' attachedToRef='task'><messageEventDefinition/><timerEventDefinition/>"
        "</boundaryEvent><sequenceFlow id='on' sourceRef='beside' targetRef='gateway'/>"
        "<endEvent id='end'/><endEvent id='sent'><messageEventDefinition/></endEvent>"
        "<endEvent id='stop'><terminateEventDefinition/></endEvent><dataObject id='data'/><textAnnotation id='note'/>"
        "<subProcess id='sub'><task id='inner'/></subProcess></process>"
        "<process id='q'><task id='z'/></process>",
        source, target));
}

TEST(MessageFlow, runs_from_what_sends_to_what_receives) {
    auto const told = [](char const* source, char const* target) {
        return testing_aid::against_standard(message_flow(source, target));
    };
    std::string const source = "3:1 bpmn.message-flow.source";
    std::string const target = "3:1 bpmn.message-flow.target";
    std::string const one_pool = "3:1 bpmn.message-flow.one-pool";
    for (char const* from : {"start", "letter", "gateway", "alarm", "catch", "wait", "beside", "stop", "data", "note",
                             "lane", "flow", "p"}) {
        EXPECT_EQ(told(from, "z"), source) << from;
    }
    for (char const* to : {"clock", "gateway", "throw", "wait", "end", "sent", "stop", "data", "note", "lane"}) {
        EXPECT_EQ(told("z", to), target) << to;
    }
    EXPECT_EQ(told("task", "catch"), one_pool);
    EXPECT_EQ(told("inner", "task"), one_pool);
    EXPECT_EQ(told("x", "task"), one_pool);
    EXPECT_EQ(told("task", "x"), one_pool);
    EXPECT_EQ(told("e", "e"), one_pool);
    EXPECT_EQ(told("nowhere", "task"), "3:1 bpmn.message-flow.dangling");
    EXPECT_EQ(told("task", ""), "3:1 bpmn.message-flow.dangling");
    for (char const* from : {"task", "receive", "throw", "end", "sent", "sub", "inner", "x"}) {
        EXPECT_EQ(told(from, "z"), "good") << from;
        EXPECT_EQ(told(from, "y"), "good") << from;
        EXPECT_EQ(told(from, "e"), "good") << from;
    }
    for (char const* to : {"start", "letter", "task", "receive", "catch", "beside", "sub", "inner", "x"}) {
        EXPECT_EQ(told("z", to), "good") << to;
        EXPECT_EQ(told("e", to), "good") << to;
    }
}

TEST(Participant, has_a_process_and_a_number) {
    auto const told = [](std::string const& inside) {
        return testing_aid::against_standard(testing_aid::file_of(
            "<process id='p'><task id='a'/></process><collaboration id='c'>\n" + inside + "</collaboration>"));
    };
    auto const number = [&](std::string const& attributes) {
        return told("<participant id='x'>\n<participantMultiplicity " + attributes + "/></participant>");
    };
    EXPECT_EQ(told("<participant id='x' processRef='a'/>"), "3:1 bpmn.participant.dangling");
    EXPECT_EQ(told("<participant id='x' processRef='q'/>"), "3:1 bpmn.participant.dangling");
    EXPECT_EQ(told("<participant id='x' processRef='p'/><participant id='y'/>"), "good");
    EXPECT_EQ(told("<messageFlow id='m'/>"), "3:1 bpmn.message-flow.dangling, 3:1 bpmn.message-flow.dangling");
    EXPECT_EQ(number("minimum='-1'"), "4:1 bpmn.participant.multiplicity");
    EXPECT_EQ(number("maximum='0'"), "4:1 bpmn.participant.multiplicity");
    EXPECT_EQ(number("minimum='3' maximum='2'"), "4:1 bpmn.participant.multiplicity");
    EXPECT_EQ(number("minimum='2'"), "4:1 bpmn.participant.multiplicity");
    EXPECT_EQ(number("maximum='many'"), "4:1 bpmn.participant.multiplicity");
    EXPECT_EQ(number("minimum='0' maximum='5'"), "good");
    EXPECT_EQ(number(""), "good");
}

TEST(Lane, names_the_nodes_of_its_own_process) {
    auto const told = [](std::string const& lanes) {
        return testing_aid::against_standard(testing_aid::file_of(
            "<process id='q'><task id='z'/></process><process id='p'><task id='a'/><textAnnotation id='n'/><subProcess "
            "id='u'><task id='b'/></subProcess><dataObject id='d'/>\n" +
            lanes + "</process>"));
    };
    auto const lane = [](std::string const& id, std::string const& inside) {
        return "<lane id='" + id + "'>" + inside + "</lane>";
    };
    auto const ref = [](std::string const& id) { return "\n<flowNodeRef>" + id + "</flowNodeRef>"; };
    auto const set = [](std::string const& id, std::string const& inside) {
        return "<laneSet id='" + id + "'>" + inside + "</laneSet>";
    };
    auto const child = [](std::string const& id, std::string const& inside) {
        return "<childLaneSet id='" + id + "'>" + inside + "</childLaneSet>";
    };
    EXPECT_EQ(told(set("s", lane("l", ref("nowhere")))), "4:1 bpmn.lane.dangling");
    EXPECT_EQ(told(set("s", lane("l", ref("n")))), "4:1 bpmn.lane.dangling");
    EXPECT_EQ(told(set("s", lane("l", ref("d")))), "4:1 bpmn.lane.dangling");
    EXPECT_EQ(told(set("s", lane("l", ref("p")))), "4:1 bpmn.lane.dangling");
    EXPECT_EQ(told(set("s", lane("l", ref("z")))), "4:1 bpmn.lane.other-pool");
    EXPECT_EQ(told(set("s", lane("l", ref("a")) + lane("m", ref("a")))), "5:1 bpmn.lane.twice");
    EXPECT_EQ(told(set("s", lane("l", ref("a") + child("c", lane("i", ref("a")))) + lane("m", ref("a")))),
              "6:1 bpmn.lane.twice");
    EXPECT_EQ(told(set("s", lane("l", child("c", lane("i", ref("a")))) + lane("m", child("e", lane("j", ref("a")))))),
              "5:1 bpmn.lane.twice");
    EXPECT_EQ(told(set("s", lane("l", ref("a"))) + set("r", lane("m", ref("a")))), "good");
    EXPECT_EQ(told(set("s", lane("l", ref("a") + child("c", lane("i", ref("a")))))), "good");
    EXPECT_EQ(told(set("s", lane("l", ref("a") + ref("u") + ref("b") + ref("a")))), "good");
}

}  // namespace
}  // namespace keepword::bpmn
