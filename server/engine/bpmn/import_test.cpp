#include "engine/bpmn/import.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <pugixml.hpp>

#include "engine/bpmn/scenario_test.hpp"

namespace keepword::bpmn {
namespace {

using testing_aid::file_bytes;

DefinitionPtr acceptance() {
    return check(file_bytes(KEEPWORD_SOURCE "/processes/customer-acceptance/process.bpmn")).definition;
}

TEST(Import, reads_processes_nodes_and_flows) {
    auto const d = acceptance();
    ASSERT_TRUE(d);
    EXPECT_EQ(d->key(), "customer-acceptance");
    EXPECT_EQ(d->at(d->process).name, "客户受理");
    EXPECT_EQ(d->at(d->process).name_en, "Customer acceptance");
    EXPECT_EQ(d->hash.size(), 64U);
    auto const& limit = d->at(d->find("feed-back-limit"));
    EXPECT_EQ(limit.type, Type::boundary_event);
    EXPECT_EQ(limit.attached_to, d->find("feed-back"));
    EXPECT_FALSE(limit.interrupting);
    ASSERT_TRUE(limit.timer);
    EXPECT_EQ(limit.timer->text, "P1D");
    EXPECT_EQ(limit.timer->clock, "feed-back-limit");
    ASSERT_TRUE(limit.timer->from);
    EXPECT_EQ(limit.timer->from->text(), "handled_at");
    EXPECT_TRUE(d->at(d->find("handle-first-limit")).interrupting);
    auto const& call = d->at(d->find("maintain-fault"));
    EXPECT_EQ(call.called, "fault-maintenance");
    EXPECT_EQ(d->at(d->find("pass-to-network")).attribute("service"), "pass-on");
    EXPECT_EQ(d->at(d->find("pass-to-network")).attribute("to"), "network-engineer");
    auto const& flow = d->flows[d->find_flow("solved-first--feed-back")];
    EXPECT_EQ(flow.source, d->find("solved-first"));
    EXPECT_EQ(flow.target, d->find("feed-back"));
    EXPECT_EQ(flow.condition->text(), "outcome = \"solved\"");
    EXPECT_EQ(d->find("nowhere"), none);
    EXPECT_EQ(d->starts(d->process), std::vector<Index>{d->find("reported")});
}

TEST(Import, offers_the_outcomes_that_the_gateway_behind_a_task_decides_on) {
    auto const d = acceptance();
    auto const& offered = d->outcomes(d->find("coordinate"));
    std::map<std::string, std::string> names;
    for (auto const& outcome : offered) names[outcome.value] = outcome.name + "/" + outcome.name_en;
    EXPECT_EQ(names, (std::map<std::string, std::string>{{"solved", "已解决/Solved"},
                                                         {"field", "现场或返修/Field or repair"},
                                                         {"support", "技术支持/Support"},
                                                         {"interface", "对外接口/Interface"}}));
    EXPECT_TRUE(d->outcomes(d->find("accept")).empty());
    EXPECT_EQ(d->outcomes(d->find("feed-back")).size(), 2U);
}

TEST(Import, binds_nodes_to_lanes_and_lanes_to_roles) {
    auto const d = check(file_bytes(KEEPWORD_SOURCE "/processes/fault-maintenance/process.bpmn")).definition;
    ASSERT_TRUE(d);
    EXPECT_EQ(d->lane_of(d->find("feed-back"))->roles, (std::vector<std::string>{"remote-engineer", "field-engineer"}));
    EXPECT_EQ(d->lane_of(d->find("remote"))->name, "远程维护工程师");
}

TEST(Import, lets_inner_lanes_inherit_and_win) {
    std::string const file =
        "<b:definitions xmlns:b='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:own='urn:keepword'><b:process "
        "id='p'>"
        "<b:laneSet id='s'><b:lane id='outer' own:role='a  b' own:scope='department = 1' own:not-by='t'>"
        "<b:flowNodeRef>t</b:flowNodeRef><b:flowNodeRef>u</b:flowNodeRef><b:childLaneSet id='c'>"
        "<b:lane id='inner'><b:flowNodeRef>t</b:flowNodeRef></b:lane>"
        "<b:lane id='other' own:role='c'/></b:childLaneSet></b:lane></b:laneSet>"
        "<b:userTask id='t'/><b:userTask id='u'/></b:process></b:definitions>";
    auto const checked = check(file, For::simulation);
    ASSERT_TRUE(checked.definition && checked.violations.empty());
    auto const& d = *checked.definition;
    EXPECT_EQ(d.lane_of(d.find("t"))->id, "inner");
    EXPECT_EQ(d.lane_of(d.find("u"))->id, "outer");
    EXPECT_EQ(d.lane_of(d.find("t"))->roles, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(d.lane_of(d.find("t"))->scope->text(), "department = 1");
    EXPECT_EQ(d.lane_of(d.find("t"))->not_by, std::vector<std::string>{"t"});
    EXPECT_EQ(d.lanes[2].roles, std::vector<std::string>{"c"});
    EXPECT_EQ(d.lane_of(d.process), nullptr);
}

TEST(Import, understands_any_prefix_and_qualified_references) {
    std::string const file =
        "<x:definitions xmlns:x='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:tns='urn:t' "
        "targetNamespace='urn:t'>"
        "<x:message id='m' name='answer'/><x:process id='p'><x:receiveTask id='r' messageRef='tns:m'/>"
        "<x:task id='a'><x:incoming>tns:f</x:incoming></x:task>"
        "<x:sequenceFlow id='f' sourceRef='r' targetRef='a'/>"
        "<task xmlns='urn:other' id='foreign'/></x:process></x:definitions>";
    auto const checked = check(file, For::simulation);
    ASSERT_TRUE(checked.definition && checked.violations.empty());
    auto const& d = *checked.definition;
    EXPECT_EQ(d.at(d.find("r")).about, "answer");
    EXPECT_EQ(d.find("foreign"), none) << "another namespace's task is not ours";
}

TEST(Import, counts_columns_in_characters_and_lines_in_every_encoding) {
    std::string const utf8 =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions "
        "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">\n"
        "<process id=\"p\"><!-- 守诺 --><task id=\"a\"/></process></definitions>";
    auto place = [](std::string const& file) {
        auto const d = check(file, For::simulation).definition;
        return d ? d->at(d->find("a")).place : Place{};
    };
    EXPECT_EQ(place(utf8), (Place{3, 28}));
    EXPECT_EQ(place("\xEF\xBB\xBF" + utf8), (Place{3, 28})) << "a byte order mark is not text";
    std::string utf16 = "\xFF\xFE";
    for (std::size_t i = 0; i < utf8.size();) {
        auto const lead = static_cast<unsigned char>(utf8[i]);
        unsigned c = lead;
        if (lead >= 0xE0) {
            c = (lead & 0x0FU) << 12U | (static_cast<unsigned char>(utf8[i + 1]) & 0x3FU) << 6U |
                (static_cast<unsigned char>(utf8[i + 2]) & 0x3FU);
        }
        i += lead >= 0xE0 ? 3 : 1;
        utf16 += static_cast<char>(c & 0xFFU);
        utf16 += static_cast<char>(c >> 8U);
    }
    EXPECT_EQ(place(utf16), (Place{3, 28}));
}

// ---- round trip -----------------------------------------------------------------------------------------------------

// Where two XML trees differ, or an empty text; the order of attributes does not count.
std::string difference(pugi::xml_node a, pugi::xml_node b, std::string const& path = "") {
    std::string const here = path + "/" + a.name();
    if (a.type() != b.type()) return here + ": another kind of node";
    if (std::string_view(a.name()) != b.name()) return here + ": another name " + b.name();
    if (std::string_view(a.value()) != b.value()) return here + ": another text";
    std::map<std::string, std::string> of_a;
    std::map<std::string, std::string> of_b;
    for (auto const attribute : a.attributes()) of_a[attribute.name()] = attribute.value();
    for (auto const attribute : b.attributes()) of_b[attribute.name()] = attribute.value();
    if (of_a != of_b) return here + ": other attributes";
    auto left = a.first_child();
    auto right = b.first_child();
    for (; left && right; left = left.next_sibling(), right = right.next_sibling()) {
        if (auto const inside = difference(left, right, here); !inside.empty()) return inside;
    }
    return left || right ? here + ": another number of children" : "";
}

std::string lost(std::string const& before, std::string const& after) {
    constexpr unsigned everything = pugi::parse_full | pugi::parse_ws_pcdata;
    pugi::xml_document a;
    pugi::xml_document b;
    if (!a.load_buffer(before.data(), before.size(), everything)) return "cannot be read before";
    if (!b.load_buffer(after.data(), after.size(), everything)) return "cannot be read after";
    return difference(a, b);
}

TEST(RoundTrip, keeps_what_is_not_ours) {
    std::string const file =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<!-- 说明 -->\n<?tool keep?>\n"
        "<d xmlns:x=\"urn:x\" x:y=\"a&#10;b&#13;c&#9;&lt;&quot;&amp;南\">\n  t&#13;x <![CDATA[<raw> & ]]> &gt; "
        "&#x1F600;<x:e/>\n</d>\n<!-- end -->\n";
    auto const after = round_trip(file);
    ASSERT_TRUE(after);
    EXPECT_EQ(lost(file, *after), "");
    EXPECT_EQ(*round_trip(*after), *after) << "the second time nothing changes at all";
    EXPECT_NE(after->find("<![CDATA[<raw> & ]]>"), std::string::npos);
    EXPECT_NE(after->find("standalone=\"yes\""), std::string::npos);
    EXPECT_EQ(round_trip("<a>&nbsp;</a>").error().code, "process.unreadable");
}

TEST(RoundTrip, keeps_the_encoding) {
    std::string const latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a b=\"\xE9&#20013;\">\xFC</a>";
    auto const after = round_trip(latin);
    ASSERT_TRUE(after);
    EXPECT_EQ(*after, latin) << "what the encoding lacks stays a reference";
    std::string const marked = "\xEF\xBB\xBF<a>\xE5\x8D\x97</a>";
    EXPECT_EQ(*round_trip(marked), marked);
    std::string const wide("\xFE\xFF\0<\0a\0>\x53\x57\xD8\x3D\xDE\0\0<\0/\0a\0>", 22);
    EXPECT_EQ(*round_trip(wide), wide);
    EXPECT_FALSE(round_trip(std::string("\xFF\xFE<\0a", 5))) << "half a character";
    EXPECT_FALSE(round_trip(std::string("\xFF\xFE\x3D\xD8<\0", 6))) << "half a pair";
}

TEST(RoundTrip, loses_nothing_of_the_21_miwg_models) {
    std::string const folder = KEEPWORD_SOURCE "/../shared/suites/miwg";
    if (!std::filesystem::exists(folder)) {
        ASSERT_EQ(std::getenv("CI"), nullptr) << "CI needs ../shared/suites";
        GTEST_SKIP() << "../shared/suites is not here";
    }
    int models = 0;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".bpmn") continue;
        auto const before = file_bytes(entry.path().string());
        auto const after = round_trip(before);
        ASSERT_TRUE(after) << entry.path();
        EXPECT_EQ(lost(before, *after), "") << entry.path();
        ++models;
    }
    EXPECT_EQ(models, 21);
}

}  // namespace
}  // namespace keepword::bpmn
