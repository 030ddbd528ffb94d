#include "engine/bpmn/core.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/bpmn/import.hpp"
#include "engine/bpmn/scenario_test.hpp"

// What the scenarios cannot say: sizes, contents of effects, errors of stored text.
namespace keepword::bpmn {
namespace {

Instant const now = *Instant::parse("2026-01-05T08:00:00Z");

DefinitionPtr drawn(std::vector<std::string> const& drawing) {
    std::vector<std::string> problems;
    auto const checked = check(testing_aid::bpmn_of(drawing, problems), For::simulation);
    EXPECT_TRUE(problems.empty());
    return checked.definition;
}

template <class T>
std::vector<T> only(std::vector<Effect> const& effects) {
    std::vector<T> out;
    for (auto const& effect : effects) {
        if (auto const* e = std::get_if<T>(&effect)) out.push_back(*e);
    }
    return out;
}

TEST(Loop, a_drawing_that_goes_round_for_ever_stops_as_an_incident_and_can_be_tried_again) {
    auto const d = drawn({"begin: start", "turn: exclusive gateway", "note: task", "done: end", "begin -> turn",
                          "turn -> done if stop = true", "turn -> note otherwise", "note -> turn"});
    auto stuck = step(*d, {}, Start{}, now);
    ASSERT_TRUE(stuck);
    ASSERT_EQ(stuck->state.tokens.size(), 1U);
    EXPECT_EQ(stuck->state.tokens[0].code, "process.loop");
    EXPECT_EQ(stuck->state.tokens[0].wait, Wait::arriving);
    EXPECT_LE(stuck->effects.size(), 3U * max_moves + 10);
    auto repaired = step(*d, stuck->state, SetVariables{{{"stop", true}}}, now);
    auto done = step(*d, repaired->state, Retry{stuck->state.tokens[0].instance}, now);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->state.status, Status::completed);
}

TEST(Loop, a_loop_that_splits_does_not_grow_without_end) {
    auto const d = drawn({"begin: start", "turn: exclusive gateway", "note: task", "begin -> turn", "turn -> note",
                          "note -> turn", "note -> turn"});
    auto const stuck = step(*d, {}, Start{}, now);
    ASSERT_TRUE(stuck);
    EXPECT_LE(stuck->state.tokens.size(), 5'001U);
    for (auto const& token : stuck->state.tokens) EXPECT_EQ(token.code, "process.loop");
}

TEST(Loop, rounds_within_rounds_stop_at_the_limit_of_tokens) {
    auto const d = drawn(
        {"begin: start", "each: sub-process | 2000 times", "ask: user task in each | 2000 times", "begin -> each"});
    auto const stuck = step(*d, {}, Start{}, now);
    ASSERT_TRUE(stuck);
    EXPECT_LE(stuck->state.tokens.size(), 5'001U);
    EXPECT_TRUE(std::ranges::any_of(stuck->state.tokens, [](Token const& t) { return t.code == "process.rounds"; }));
}

TEST(Script, a_value_in_a_value_without_end_is_nothing_before_it_is_too_deep_to_be_read_again) {
    auto const d = drawn(
        {"begin: start", "ask: user task", "more: script list = {inner: list}", "begin -> ask -> more", "more -> ask"});
    auto at = step(*d, {}, Start{}, now);
    for (int i = 0; i < 100; ++i) {
        at = step(*d, at->state, CompleteTask{at->state.tokens[0].instance, {}, {}}, now);
        auto const text = json::serialize(to_json(at->state, *d));
        ASSERT_TRUE(json::parse(text, json::max_stored_depth)) << i;
    }
}

TEST(Loop, a_join_that_was_parked_takes_part_in_its_round_when_tried_again) {
    auto const d =
        drawn({"begin: start", "split: parallel gateway", "one: user task", "turn: exclusive gateway", "note: task",
               "join: parallel gateway", "done: end", "begin -> split", "split -> one -> join", "split -> turn",
               "turn -> join if stop = true", "turn -> note otherwise", "note -> turn", "join -> done"});
    auto at = step(*d, {}, Start{}, now);
    auto const task = std::ranges::find(at->state.tokens, Wait::task, &Token::wait)->instance;
    auto const parked = std::ranges::find(at->state.tokens, Wait::arriving, &Token::wait)->instance;
    at = step(*d, at->state, SetVariables{{{"stop", true}}}, now);
    at = step(*d, at->state, Retry{parked}, now);
    at = step(*d, at->state, CompleteTask{task, {}, {}}, now);
    EXPECT_EQ(at->state.status, Status::completed);
}

TEST(Call, gives_the_called_process_the_variables_but_not_the_outcome) {
    auto const all = drawn({"begin: start", "c: call of other", "begin -> c"});
    auto const some = drawn({"begin: start", "c: call of other [in=a,missing]", "begin -> c"});
    json::object const given{{"a", 1}, {"b", 2}, {"outcome", "field"}};
    auto const first = only<CallStarted>(step(*all, {}, Start{"", "", given}, now)->effects);
    auto const second = only<CallStarted>(step(*some, {}, Start{"", "", given}, now)->effects);
    EXPECT_EQ(json::serialize(first.at(0).variables), R"({"a":1,"b":2,"called":true})");
    EXPECT_EQ(json::serialize(second.at(0).variables), R"({"a":1,"called":true})");
    EXPECT_EQ(first.at(0).key, "other");
}

TEST(Message, carries_the_variables_that_it_names_and_no_others) {
    auto const d = drawn({"begin: start", "s: send task hello [out=a,c]", "begin -> s"});
    auto const sent = only<MessageSent>(step(*d, {}, Start{"", "", {{"a", 1}, {"b", 2}}}, now)->effects);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].name, "hello");
    EXPECT_EQ(json::serialize(sent[0].variables), R"({"a":1})");
}

TEST(Timer, effect_carries_what_a_calendar_needs) {
    auto const d = drawn({"begin: start", "t: user task", "limit: timer PT4H beside t [clock=limit calendar=office]",
                          "n: end", "begin -> t", "limit -> n"});
    auto const set = only<TimerSet>(step(*d, {}, Start{}, now)->effects);
    ASSERT_EQ(set.size(), 1U);
    EXPECT_EQ(set[0].text, "PT4H");
    EXPECT_EQ(set[0].since, now);
    EXPECT_EQ(d->at(set[0].element).timer->clock, "limit");
    EXPECT_EQ(d->at(set[0].element).timer->calendar, "office");
}

TEST(Return, remembers_a_bounded_number_of_steps) {
    std::vector<std::string> drawing{"begin: start"};
    std::string flow = "begin";
    for (int i = 0; i < 40; ++i) {
        drawing.push_back("t" + std::to_string(i) + ": user task");
        flow += " -> t" + std::to_string(i);
    }
    drawing.push_back(flow);
    auto const d = drawn(drawing);
    auto at = step(*d, {}, Start{}, now);
    for (int i = 0; i < 39; ++i) at = step(*d, at->state, CompleteTask{at->state.tokens[0].instance, {}, {}}, now);
    EXPECT_EQ(at->state.tokens[0].back.size(), max_back);
    for (std::size_t i = 0; i < max_back; ++i)
        at = step(*d, at->state, ReturnTask{at->state.tokens[0].instance, ""}, now);
    EXPECT_EQ(step(*d, at->state, ReturnTask{at->state.tokens[0].instance, ""}, now).error().code, "process.return");
}

TEST(Unsupported, elements_stop_a_simulated_drawing_instead_of_being_passed_over) {
    auto const d = drawn({"begin: start", "choice: complex gateway", "done: end", "begin -> choice -> done"});
    auto const at = step(*d, {}, Start{}, now);
    ASSERT_EQ(at->state.tokens.size(), 1U);
    EXPECT_EQ(at->state.tokens[0].code, "process.unsupported");
}

TEST(Stored, states_that_do_not_fit_are_refused) {
    auto const d = drawn({"begin: start", "t: user task", "begin -> t"});
    auto const good = json::serialize(to_json(step(*d, {}, Start{}, now)->state, *d));
    EXPECT_EQ(
        good,
        R"({"v":1,"status":"running","next":4,"called":false,"scopes":[{"i":1,"e":"drawn","vars":{"called":false}}],)"
        R"("tokens":[{"i":3,"s":1,"e":"t","w":"task"}]})");
    for (auto const& [from, to] : {std::pair(R"("v":1)", R"("v":2)"), std::pair(R"("e":"t")", R"("e":"x")"),
                                   std::pair(R"("w":"task")", R"("w":"sleep")"), std::pair(R"("s":1)", R"("s":9)"),
                                   std::pair(R"("next":4)", R"("next":"4")"), std::pair(R"("running")", R"("fresh")"),
                                   std::pair(R"("i":3)", R"("i":-3)"), std::pair(R"("i":3)", R"("i":4)"),
                                   std::pair(R"("e":"drawn")", R"("p":1,"e":"drawn")"),
                                   std::pair(R"("s":1)", R"("s":0)"), std::pair(R"([{"i":3)", R"([7,{"i":3)")}) {
        std::string bad = good;
        bad.replace(bad.find(from), std::string_view(from).size(), to);
        auto const read = state_from_json(*json::parse(bad), *d);
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().code, "state.invalid");
    }
    EXPECT_FALSE(state_from_json(json::value("x"), *d));
}

TEST(Stored, states_from_before_they_said_so_are_called_where_the_variable_says_it) {
    auto const d = drawn({"begin: start", "t: user task", "begin -> t"});
    auto text = to_json(step(*d, {}, Start{"", "", {{"called", true}}}, now)->state, *d);
    text.as_object().erase("called");
    EXPECT_TRUE(state_from_json(text, *d)->called);
}

TEST(Stored, events_come_back_as_they_went) {
    std::vector<Event> const events{Start{"a", "p", {{"x", 1}}},
                                    CompleteTask{5, "solved", {{"x", 1}}},
                                    CompleteTask{5, std::nullopt, {}},
                                    TimerFired{7, 3},
                                    MessageArrived{"m", 2, {}},
                                    SignalArrived{"s", {{"x", 1}}},
                                    Happened{"e", 6, {{"x", 1}}},
                                    CallEnded{4, {{"r", true}}},
                                    CallFailed{4, "c"},
                                    CallErrored{4, "e"},
                                    CallEscalated{4, "f"},
                                    ReturnTask{3, "why"},
                                    Retry{2},
                                    SetVariables{{{"a", nullptr}}},
                                    Cancel{"why"}};
    for (auto const& event : events) {
        auto const text = json::serialize(to_json(event));
        auto const again = event_from_json(*json::parse(text));
        ASSERT_TRUE(again) << text;
        EXPECT_EQ(json::serialize(to_json(*again)), text);
        EXPECT_EQ(again->index(), event.index());
    }
    for (char const* bad :
         {R"({"event":"dance"})", R"({"event":"retry","instance":"1"})", R"({"event":"retry","instance":-1})",
          R"({"event":"start","variables":[]})", R"([])", R"({})"}) {
        EXPECT_FALSE(event_from_json(*json::parse(bad))) << bad;
    }
}

}  // namespace
}  // namespace keepword::bpmn
