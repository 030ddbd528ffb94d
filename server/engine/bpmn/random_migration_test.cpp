#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/import.hpp"
#include "engine/bpmn/random_blocks_test.hpp"
#include "engine/bpmn/scenario_test.hpp"

// Cases of random drawings, moved somewhere on their way to a version in which one thing was left out or put in: where
// that is not refused, the state is sound, its clocks are those that the new drawing has, and the case goes on.
namespace keepword::bpmn {
namespace {

using namespace testing_aid;

Instant const now = *Instant::parse("2026-01-05T08:00:00Z");

DefinitionPtr definition_of(Block const& process) {
    std::vector<std::string> problems;
    auto const read = check(bpmn_of(drawn(process), problems), For::simulation);
    return problems.empty() && read.violations.empty() ? read.definition : nullptr;
}

// Something that may happen to a case now; nothing where it waits for nobody.
std::optional<Event> any_event(Definition const& d, State const& state, Dice& dice) {
    std::vector<Event> events;
    for (auto const& token : state.tokens) {
        if (token.wait == Wait::call) events.emplace_back(CallEnded{token.instance, {}});
        if (token.incident()) events.emplace_back(Retry{token.instance});
        if (token.wait != Wait::task) continue;
        CompleteTask done{token.instance, std::nullopt, {{"n", std::int64_t(dice.upto(5))}}};
        auto const& offered = d.outcomes(token.element);
        if (!offered.empty()) done.outcome = dice.one_of(offered).value;
        events.emplace_back(std::move(done));
    }
    for (auto const& timer : state.timers) events.emplace_back(TimerFired{timer.instance, 0});
    for (auto const& [event, holder] : catchers(d, state)) events.emplace_back(Happened{d.at(event).id, holder, {}});
    if (events.empty()) return std::nullopt;
    return dice.one_of(events);
}

State walked(Definition const& d, State state, Dice& dice, unsigned events) {
    for (unsigned i = 0; i < events && state.status == Status::running; ++i) {
        auto const event = any_event(d, state, dice);
        if (!event) break;
        if (auto done = step(d, state, *event, now)) state = std::move(done->state);
    }
    return state;
}

std::string what_is_wrong(Definition const& d, State const& state) {
    auto const stored = state_from_json(*json::parse(json::serialize(to_json(state, d))), d);
    if (!stored || *stored != state) return "the state does not come back";
    auto const listening = catchers(d, state);
    for (auto const& timer : state.timers) {
        auto const its = [&](Catcher const& c) { return c.event == timer.element && c.holder == timer.attached; };
        if (std::ranges::none_of(listening, its)) return "nothing waits for the clock " + d.at(timer.element).id;
    }
    return "";
}

TEST(RandomMigrations, leave_sound_cases_or_are_refused) {
    int moved = 0;
    std::map<std::string, int> refused;
    for (std::uint32_t seed = 1; seed <= 160; ++seed) {
        Dice dice(seed);
        auto const process = invent(dice, 1 + seed % 4);
        auto const full = definition_of(process);
        auto const others = smaller(process);
        ASSERT_TRUE(full && !others.empty());
        for (int round = 0; round < 10; ++round) {
            auto const less = definition_of(dice.one_of(others));
            if (!less) continue;
            bool const grows = dice.chance(50);
            auto const& from = grows ? *less : *full;
            auto const& to = grows ? *full : *less;
            auto const begun = step(from, {}, Start{}, now);
            if (!begun) continue;
            auto const state = walked(from, begun->state, dice, dice.upto(12));
            auto const done = migrate(from, to, state, same_names(from, to), now);
            for (auto const& problem : done.problems) ++refused[problem.what];
            if (!done.problems.empty() || state.status != Status::running) continue;
            ++moved;
            EXPECT_EQ(what_is_wrong(to, done.step.state), "") << "seed " << seed << ", round " << round;
            auto const after = walked(to, done.step.state, dice, 20);
            EXPECT_EQ(what_is_wrong(to, after), "") << "seed " << seed << ", round " << round << ", later";
        }
    }
    std::cout << fmt::format("{} cases moved; refused:", moved);
    for (auto const& [what, times] : refused) std::cout << fmt::format(" {} {}", what, times);
    std::cout << "\n";
    EXPECT_GT(moved, 400);
    for (auto const* what : {"unmapped", "unknown", "other-rounds", "other-flow"}) EXPECT_GT(refused[what], 0) << what;
}

}  // namespace
}  // namespace keepword::bpmn
