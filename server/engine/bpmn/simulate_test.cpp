#include "engine/bpmn/simulate.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "engine/bpmn/import.hpp"
#include "engine/bpmn/scenario_test.hpp"

namespace keepword::bpmn {
namespace {

struct Ran {
    std::string lines;  // "08:30 enter task", joined
    std::vector<int> unused;
    std::string error;
    std::string first;  // the first line of output, as it is
};

Ran run(Definition const& d, std::string const& events, bool flows = false) {
    Simulation how;
    how.flows = flows;
    how.start = *Instant::parse("2026-01-05T08:00:00Z");
    Ran out;
    std::vector<std::string> lines;
    auto const result = simulate(d, events, how, [&](std::string const& line) {
        if (out.first.empty()) out.first = line;
        auto const o = json::parse(line)->as_object();
        lines.push_back(fmt::format("{} {} {}", std::string_view(o.at("at").as_string()).substr(11, 5),
                                    std::string_view(o.at("event").as_string()),
                                    std::string_view(o.at("element").as_string())));
    });
    out.lines = fmt::format("{}", fmt::join(lines, ", "));
    if (result) out.unused = result->unused;
    if (!result) out.error = fmt::format("{} {}", result.error().code, fmt::join(result.error().params, " "));
    return out;
}

DefinitionPtr drawn(std::vector<std::string> const& drawing) {
    std::vector<std::string> problems;
    auto const checked = check(testing_aid::bpmn_of(drawing, problems), For::simulation);
    EXPECT_TRUE(problems.empty() && checked.violations.empty());
    return checked.definition;
}

DefinitionPtr handling() {
    return drawn({"begin: start", "handle: user task", "limit: interrupting timer PT30M on handle",
                  "solved: exclusive gateway", "yes: end", "pass-on: service task", "next: user task",
                  "begin -> handle -> solved", "solved -> yes if outcome = \"solved\"",
                  "solved -> pass-on if outcome = \"unsolved\"", "limit -> pass-on -> next"});
}

TEST(Simulation, starts_by_itself_and_prints_a_line_per_step) {
    auto const ran = run(*handling(), R"({"complete":"handle","outcome":"solved","fields":{"note":"x"}})");
    EXPECT_EQ(ran.first, R"({"at":"2026-01-05T08:00:00.000Z","event":"enter","element":"begin","instance":2})");
    EXPECT_EQ(ran.lines,
              "08:00 enter begin, 08:00 leave begin, 08:00 enter handle, 08:00 create handle, 08:00 complete handle, "
              "08:00 leave "
              "handle, 08:00 enter solved, 08:00 leave solved, 08:00 enter yes, 08:00 leave yes, 08:00 end drawn");
    EXPECT_TRUE(ran.unused.empty());
}

TEST(Simulation, jumps_to_the_next_timer_when_nothing_else_can_happen) {
    auto const ran = run(*handling(), "\n{\"complete\":\"next\"}\n\n");
    EXPECT_EQ(ran.lines,
              "08:00 enter begin, 08:00 leave begin, 08:00 enter handle, 08:00 create handle, 08:30 cancel handle, "
              "08:30 enter limit, "
              "08:30 catch limit, 08:30 leave limit, 08:30 enter pass-on, 08:30 leave pass-on, 08:30 enter next, 08:30 "
              "create next, "
              "08:30 complete next, 08:30 leave next, 08:30 end drawn");
}

TEST(Simulation, advances_and_consumes_events_as_soon_as_they_can_be) {
    auto const ran = run(*handling(),
                         "{\"start\":null,\"fields\":{\"a\":1}}\n{\"complete\":\"next\"}\n{\"advance\":\"PT10M\"}\n"
                         "{\"complete\":\"handle\",\"outcome\":\"unsolved\"}\n{\"complete\":\"handle\",\"outcome\":"
                         "\"maybe\"}\n{\"signal\":\"s\"}");
    EXPECT_NE(ran.lines.find("08:10 complete handle"), std::string::npos);
    EXPECT_TRUE(ran.lines.ends_with("08:10 complete next, 08:10 leave next, 08:10 end drawn")) << ran.lines;
    EXPECT_EQ(ran.unused, (std::vector<int>{5, 6}));
}

TEST(Simulation, shows_flows_when_asked) {
    auto const d = drawn({"a: start", "b: end", "a -> b"});
    EXPECT_EQ(run(*d, "", true).lines,
              "08:00 enter a, 08:00 leave a, 08:00 enter a--b, 08:00 leave a--b, 08:00 enter b, 08:00 leave b, 08:00 "
              "end drawn");
}

TEST(Simulation, brings_messages_to_whoever_waits) {
    auto const d = drawn({"a: start", "split: parallel gateway", "wait: wait for message m", "say: send task m",
                          "more: receive task n", "a -> split", "split -> wait -> more", "split -> say"});
    EXPECT_EQ(run(*d, R"({"message":"n"})").lines,
              "08:00 enter a, 08:00 leave a, 08:00 enter split, 08:00 leave split, 08:00 enter wait, 08:00 enter say, "
              "08:00 throw say, "
              "08:00 leave say, 08:00 catch wait, 08:00 leave wait, 08:00 enter more, 08:00 catch more, 08:00 leave "
              "more, 08:00 end drawn");
    auto const by_message = drawn({"mail: start by message m", "t: user task", "mail -> t"});
    EXPECT_EQ(run(*by_message, "{\"message\":\"m\"}\n{\"complete\":\"t\"}").lines,
              "08:00 enter mail, 08:00 catch mail, 08:00 leave mail, 08:00 enter t, 08:00 create t, 08:00 complete t, "
              "08:00 leave t, "
              "08:00 end drawn");
}

TEST(Simulation, ends_calls_by_themselves_unless_an_event_does) {
    auto const d = drawn({"a: start", "c: call of other [out=r]", "x: exclusive gateway", "y: end", "n: end",
                          "a -> c -> x", "x -> y if r = 1", "x -> n otherwise"});
    EXPECT_TRUE(run(*d, "").lines.ends_with("leave n, 08:00 end drawn"));
    EXPECT_TRUE(run(*d, R"({"complete":"c","fields":{"r":1}})").lines.ends_with("leave y, 08:00 end drawn"));
}

TEST(Simulation, starts_by_a_timer_where_nothing_else_starts) {
    auto const d = drawn({"monthly: start by timer R/P1D", "t: task", "monthly -> t"});
    EXPECT_TRUE(run(*d, "").lines.starts_with("08:00 enter monthly, 08:00 catch monthly"));
}

TEST(Simulation, stops_where_a_timer_repeats_for_ever) {
    auto const d = drawn({"a: start", "t: user task", "r: timer R/PT1M beside t", "n: task", "a -> t", "r -> n"});
    auto const ran = run(*d, "");
    EXPECT_EQ(ran.error, "");
    EXPECT_FALSE(ran.lines.empty());
}

TEST(Simulation, says_which_line_is_wrong) {
    auto const d = handling();
    EXPECT_EQ(
        run(*d, "{}").error,
        R"(simulate.event ("line", "1") ("what", "one of start, complete, message, signal, advance, choose, hold and trigger is needed"))");
    EXPECT_TRUE(run(*d, "{\"start\":null}\nnonsense").error.starts_with(R"(simulate.event ("line", "2"))"));
    EXPECT_TRUE(run(*d, R"({"complete":5})").error.starts_with("simulate.event"));
    EXPECT_TRUE(run(*d, R"({"complete":"a","start":null})").error.starts_with("simulate.event"));
    EXPECT_TRUE(run(*d, R"({"advance":"soon"})").error.starts_with("simulate.event"));
    EXPECT_TRUE(run(*d, R"({"complete":"a","fields":[]})").error.starts_with("simulate.event"));
    EXPECT_TRUE(run(*d, R"({"complete":"a","colour":"red"})").error.starts_with("simulate.event"));
    EXPECT_TRUE(run(*d, R"({"start":"handle"})").error.starts_with("process.start"));
    std::string many;
    for (std::size_t i = 0; i <= max_simulated_events; ++i) many += "{\"signal\":\"s\"}\n";
    EXPECT_TRUE(run(*d, many).error.starts_with("simulate.event"));
}

}  // namespace
}  // namespace keepword::bpmn
