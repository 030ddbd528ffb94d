#include "engine/bpmn/check_test.hpp"

// Data and loops.
namespace keepword::bpmn {
namespace {

using testing_aid::Row;

// Task a has input i of item definition one and output o; data objects d (one), e (two) and f stand beside it, g in
// another sub-process. The row stands in the task, in line 3.
std::string in_task(char const* inside) {
    return testing_aid::file_of(
        "<itemDefinition id='one' structureRef='A'/><itemDefinition id='two' structureRef='B'/><itemDefinition "
        "id='uno' "
        "structureRef='A'/><itemDefinition id='own' structureRef='C' x:type='y'/><process id='p'>"
        "<dataObject id='d' itemSubjectRef='one'/><dataObject id='e' itemSubjectRef='two'/><dataObject id='f'/>"
        "<dataObject id='h' itemSubjectRef='uno'/><dataObject id='k' itemSubjectRef='own'/>"
        "<dataObjectReference id='r' dataObjectRef='e'/><dataStoreReference id='s'/>"
        "<task id='b'><ioSpecification><dataInput id='bi'/><dataOutput id='bo'/></ioSpecification></task>"
        "<subProcess id='u'><dataObject id='g'/></subProcess><task id='a'><ioSpecification><dataInput id='i' "
        "itemSubjectRef='one'/><dataOutput id='o'/></ioSpecification><property id='own-property'/>\n" +
        std::string(inside) + "</task></process>");
}

class Data : public testing::TestWithParam<Row> {};
TEST_P(Data, is_judged) {
    EXPECT_EQ(testing_aid::against_standard(in_task(GetParam().inside)), GetParam().expected) << GetParam().inside;
}

INSTANTIATE_TEST_SUITE_P(
    that_does_not_fit, Data,
    testing::Values(
        Row{"<dataInputAssociation>\n<sourceRef>nowhere</sourceRef><targetRef>i</targetRef></dataInputAssociation>",
            "4:1 bpmn.data.dangling"},
        Row{"<dataInputAssociation>\n<sourceRef>b</sourceRef><targetRef>i</targetRef></dataInputAssociation>",
            "4:1 bpmn.data.dangling"},
        Row{"<dataOutputAssociation><sourceRef>o</sourceRef>\n<targetRef>b</targetRef></dataOutputAssociation>",
            "4:1 bpmn.data.dangling"},
        Row{"<dataInputAssociation><sourceRef>d</sourceRef><targetRef>bi</targetRef></dataInputAssociation>",
            "3:1 bpmn.data.input"},
        Row{"<dataInputAssociation><sourceRef>d</sourceRef><targetRef>o</targetRef></dataInputAssociation>",
            "3:1 bpmn.data.input"},
        Row{"<dataInputAssociation><sourceRef>i</sourceRef><targetRef>d</targetRef></dataInputAssociation>",
            "3:1 bpmn.data.input"},
        Row{"<dataOutputAssociation><sourceRef>bo</sourceRef><targetRef>f</targetRef></dataOutputAssociation>",
            "3:1 bpmn.data.output"},
        Row{"<dataOutputAssociation><sourceRef>i</sourceRef><targetRef>d</targetRef></dataOutputAssociation>",
            "3:1 bpmn.data.output"},
        Row{"<dataInputAssociation><sourceRef>e</sourceRef><targetRef>i</targetRef></dataInputAssociation>",
            "3:1 bpmn.data.item"},
        Row{"<dataInputAssociation><sourceRef>r</sourceRef><targetRef>i</targetRef></dataInputAssociation>",
            "3:1 bpmn.data.item"},
        Row{"<dataInputAssociation><sourceRef>d</sourceRef><sourceRef>h</sourceRef><targetRef>i</targetRef>"
            "</dataInputAssociation>",
            "3:1 bpmn.data.sources"},
        Row{"<dataInputAssociation><sourceRef>g</sourceRef><targetRef>i</targetRef></dataInputAssociation>",
            "3:1 bpmn.data.scope"},
        Row{"<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>g</targetRef></dataOutputAssociation>",
            "3:1 bpmn.data.scope"},
        Row{"<dataInputAssociation>\n<assignment><from>1</from></assignment></dataInputAssociation>",
            "4:1 bpmn.part.missing"},
        Row{"<ioSpecification><inputSet>\n<dataInputRefs>nowhere</dataInputRefs></inputSet></ioSpecification>",
            "4:1 bpmn.data.dangling"},
        Row{"<ioSpecification><inputSet>\n<dataInputRefs>o</dataInputRefs></inputSet></ioSpecification>",
            "4:1 bpmn.data.dangling, 4:1 bpmn.data.set"},
        Row{"<ioSpecification><inputSet>\n<dataInputRefs>bi</dataInputRefs></inputSet></ioSpecification>",
            "4:1 bpmn.data.set"},
        Row{"<ioSpecification><outputSet>\n<dataOutputRefs>bo</dataOutputRefs></outputSet></ioSpecification>",
            "4:1 bpmn.data.set"},
        Row{"<ioSpecification><dataInput id='j'/><inputSet>\n<optionalInputRefs>j</optionalInputRefs></inputSet>"
            "</ioSpecification>",
            "4:1 bpmn.data.set"},
        Row{"<ioSpecification><inputSet>\n<outputSetRefs>i</outputSetRefs></inputSet></ioSpecification>",
            "4:1 bpmn.data.dangling"}));

INSTANTIATE_TEST_SUITE_P(
    that_fits, Data,
    testing::Values(
        Row{"<dataInputAssociation><sourceRef>d</sourceRef><targetRef>i</targetRef></dataInputAssociation>", "good"},
        Row{"<dataInputAssociation><sourceRef>h</sourceRef><targetRef>i</targetRef></dataInputAssociation>", "good"},
        Row{"<dataInputAssociation><sourceRef>k</sourceRef><targetRef>i</targetRef></dataInputAssociation>", "good"},
        Row{"<dataInputAssociation><sourceRef>f</sourceRef><targetRef>i</targetRef></dataInputAssociation>", "good"},
        Row{"<dataInputAssociation><sourceRef>s</sourceRef><targetRef>own-property</targetRef></dataInputAssociation>",
            "good"},
        Row{"<dataInputAssociation><sourceRef>d</sourceRef></dataInputAssociation>", "good"},
        Row{"<dataOutputAssociation><targetRef>r</targetRef></dataOutputAssociation>", "good"},
        Row{"<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>e</targetRef></dataOutputAssociation>", "good"},
        Row{"<dataInputAssociation><sourceRef>e</sourceRef><targetRef>i</targetRef><transformation>x"
            "</transformation></dataInputAssociation>",
            "good"},
        Row{"<dataInputAssociation><sourceRef>d</sourceRef><sourceRef>e</sourceRef><targetRef>i</targetRef>"
            "<assignment><from>d</from><to>i</to></assignment></dataInputAssociation>",
            "good"},
        Row{"<ioSpecification><dataInput id='j'/><inputSet><dataInputRefs>j</dataInputRefs><optionalInputRefs>j"
            "</optionalInputRefs></inputSet><outputSet/></ioSpecification>",
            "good"}));

TEST(Data, stands_where_it_may) {
    auto const told = [](char const* inside) { return testing_aid::against_standard(testing_aid::sketch(inside)); };
    EXPECT_EQ(told("<subProcess id='u'>\n<ioSpecification/></subProcess>"), "4:1 bpmn.data.sub-process");
    EXPECT_EQ(told("<startEvent id='s'>\n<dataInput id='i'/></startEvent>"), "4:1 bpmn.data.event");
    EXPECT_EQ(told("<endEvent id='s'>\n<dataOutput id='i'/></endEvent>"), "4:1 bpmn.data.event");
    EXPECT_EQ(told("<endEvent id='s'>\n<dataOutputAssociation/></endEvent>"), "4:1 bpmn.data.event");
    EXPECT_EQ(told("<startEvent id='s'><dataOutput id='i'/><outputSet/></startEvent>"), "good");
    EXPECT_EQ(told("<ioSpecification><dataInput id='i'/></ioSpecification>"), "good");
}

// ---- loops ----------------------------------------------------------------------------------------------------------

class Loop : public testing::TestWithParam<Row> {};
TEST_P(Loop, is_judged) {
    EXPECT_EQ(testing_aid::against_standard(in_task(GetParam().inside)), GetParam().expected) << GetParam().inside;
}

INSTANTIATE_TEST_SUITE_P(
    that_is_wrong, Loop,
    testing::Values(
        Row{"<standardLoopCharacteristics/>\n<multiInstanceLoopCharacteristics/>", "4:1 bpmn.loop.both"},
        Row{"<multiInstanceLoopCharacteristics/>\n<multiInstanceLoopCharacteristics/>", "4:1 bpmn.loop.both"},
        Row{"<standardLoopCharacteristics loopMaximum='-1'/>", "3:1 bpmn.loop.maximum"},
        Row{"<standardLoopCharacteristics loopMaximum='2.5'/>", "3:1 bpmn.loop.maximum"},
        Row{"<standardLoopCharacteristics loopMaximum=''/>", "3:1 bpmn.loop.maximum"},
        Row{"<multiInstanceLoopCharacteristics>\n<loopDataInputRef>nowhere</loopDataInputRef>"
            "</multiInstanceLoopCharacteristics>",
            "4:1 bpmn.data.dangling"},
        Row{"<multiInstanceLoopCharacteristics>\n<loopDataInputRef>b</loopDataInputRef>"
            "</multiInstanceLoopCharacteristics>",
            "4:1 bpmn.data.dangling, 4:1 bpmn.loop.data"},
        Row{"<multiInstanceLoopCharacteristics>\n<loopDataInputRef>d</loopDataInputRef>"
            "</multiInstanceLoopCharacteristics>",
            "4:1 bpmn.loop.data"},
        Row{"<multiInstanceLoopCharacteristics>\n<inputDataItem id='x'/></multiInstanceLoopCharacteristics>",
            "4:1 bpmn.loop.item"},
        Row{"<multiInstanceLoopCharacteristics>\n<outputDataItem id='x'/></multiInstanceLoopCharacteristics>",
            "4:1 bpmn.loop.item"},
        Row{"<multiInstanceLoopCharacteristics behavior='Some'/>", "3:1 bpmn.loop.behavior"},
        Row{"<multiInstanceLoopCharacteristics behavior='One'/>", "3:1 bpmn.loop.behavior"},
        Row{"<multiInstanceLoopCharacteristics behavior='None'/>", "3:1 bpmn.loop.behavior"},
        Row{"<multiInstanceLoopCharacteristics behavior='Complex'/>", "3:1 bpmn.loop.behavior"},
        Row{"<multiInstanceLoopCharacteristics behavior='One' oneBehaviorEventRef='x'/>", "3:1 bpmn.event.dangling"},
        Row{"<multiInstanceLoopCharacteristics behavior='None' noneBehaviorEventRef='a'/>", "3:1 bpmn.event.dangling"},
        Row{"<multiInstanceLoopCharacteristics>\n<complexBehaviorDefinition><condition>x</condition>"
            "</complexBehaviorDefinition></multiInstanceLoopCharacteristics>",
            "4:1 bpmn.loop.behavior"},
        Row{"<multiInstanceLoopCharacteristics behavior='Complex'>\n<complexBehaviorDefinition/>"
            "</multiInstanceLoopCharacteristics>",
            "4:1 bpmn.part.missing"}));

INSTANTIATE_TEST_SUITE_P(
    that_is_good, Loop,
    testing::Values(
        Row{"<standardLoopCharacteristics loopMaximum='3' testBefore='true'/>", "good"},
        Row{"<multiInstanceLoopCharacteristics/>", "good"},
        Row{"<multiInstanceLoopCharacteristics behavior='All'><loopCardinality>3</loopCardinality>"
            "</multiInstanceLoopCharacteristics>",
            "good"},
        Row{"<multiInstanceLoopCharacteristics><loopDataInputRef>i</loopDataInputRef><loopDataOutputRef>o"
            "</loopDataOutputRef><inputDataItem id='x'/><outputDataItem id='y'/></multiInstanceLoopCharacteristics>",
            "good"},
        Row{"<multiInstanceLoopCharacteristics kw:collection='list'><inputDataItem id='x'/>"
            "</multiInstanceLoopCharacteristics>",
            "good"}));

TEST(Loop, of_an_executable_process_says_how_many_there_are) {
    auto const told = [](std::string const& loop) {
        return testing_aid::against_standard(
            testing_aid::file_of("<process id='p' isExecutable='true'><dataObject id='d'/><subProcess id='a'>\n" +
                                 loop + "</subProcess></process>"));
    };
    EXPECT_EQ(told("<multiInstanceLoopCharacteristics/>"), "3:1 bpmn.loop.number");
    EXPECT_EQ(told("<multiInstanceLoopCharacteristics isSequential='true'/>"), "3:1 bpmn.loop.number");
    EXPECT_EQ(told("<multiInstanceLoopCharacteristics kw:collection='list'/>"), "good");
    EXPECT_EQ(told("<multiInstanceLoopCharacteristics><extensionElements><x:loop/></extensionElements>"
                   "</multiInstanceLoopCharacteristics>"),
              "good");
    EXPECT_EQ(told("<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
                   "</multiInstanceLoopCharacteristics>"),
              "good");
    EXPECT_EQ(told("<multiInstanceLoopCharacteristics><loopDataInputRef>d</loopDataInputRef>"
                   "</multiInstanceLoopCharacteristics>"),
              "good");
}

}  // namespace
}  // namespace keepword::bpmn
