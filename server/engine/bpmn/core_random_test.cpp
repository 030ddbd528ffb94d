#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "engine/bpmn/import.hpp"
#include "engine/bpmn/random_walk_test.hpp"
#include "engine/bpmn/scenario_test.hpp"

// Random drawings under random events: no token is lost or doubled, and an interpreter that knows nothing of the core
// agrees with it after every step.
namespace keepword::bpmn {
namespace {

using namespace testing_aid;

constexpr int most_events = 120;  // of one case

Checked checked(Block const& process) {
    std::vector<std::string> problems;
    auto const xml = bpmn_of(drawn(process), problems);
    auto out = check(xml, For::simulation);
    for (auto const& problem : problems) out.violations.push_back({0, 0, "drawing", problem});
    return out;
}

// What is wrong when the drawing is walked through with this seed, and the events that led there.
struct Failure {
    std::string problem;
    std::vector<Act> acts;
};
Failure walk(Definition const& d, std::uint32_t seed) {
    Walk walk(d);
    Dice dice(seed);
    walk.wander(dice, most_events);
    return {walk.problem(), walk.acts()};
}

// The first of some walks that fails.
std::optional<Failure> fails(Block const& process) {
    auto const drawing = checked(process);
    if (!drawing.violations.empty()) return std::nullopt;
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        auto failure = walk(*drawing.definition, seed);
        if (!failure.problem.empty()) return failure;
    }
    return std::nullopt;
}

// Leaves out one event after the other as long as it still fails.
Failure with_fewer_events(Definition const& d, Failure failure) {
    for (std::size_t i = failure.acts.size(); i-- > 1;) {
        auto acts = failure.acts;
        acts.erase(acts.begin() + static_cast<std::ptrdiff_t>(i));
        Walk again(d);
        again.repeat(acts);
        if (!again.problem().empty()) failure = {again.problem(), again.acts()};
    }
    return failure;
}

std::string report(Block process, Failure failure) {
    for (bool again = true; again;) {
        again = false;
        for (auto& less : smaller(process)) {
            auto found = fails(less);
            if (!found) continue;
            process = std::move(less);
            failure = std::move(*found);
            again = true;
            break;
        }
    }
    failure = with_fewer_events(*checked(process).definition, std::move(failure));
    std::string out = fmt::format("{}\n  drawing:\n    {}\n", failure.problem, fmt::join(drawn(process), "\n    "));
    for (auto const& act : failure.acts) out += told(act) + "\n";
    return out;
}

// A short share always, a long one with SOAK=1.
TEST(RandomDrawings, lose_and_double_no_token_and_agree_with_a_naive_interpreter) {
    bool const soak = std::getenv("SOAK") != nullptr;
    std::size_t const wanted = soak ? 1'000'000 : 20'000;
    std::size_t steps = 0;
    int cases = 0;
    int ended = 0;
    for (std::uint32_t seed = 1; steps < wanted; ++seed) {
        Dice dice(seed);
        auto const process = invent(dice, 1 + seed % 4);
        auto const drawing = checked(process);
        for (auto const& violation : drawing.violations) ADD_FAILURE() << violation.rule << " " << violation.message;
        ASSERT_TRUE(drawing.violations.empty()) << fmt::format("seed {}\n{}", seed, fmt::join(drawn(process), "\n"));
        for (std::uint32_t round = 0; round < 3; ++round) {
            Walk walk(*drawing.definition);
            walk.wander(dice, most_events);
            ASSERT_TRUE(walk.problem().empty())
                << "seed " << seed << ": " << report(process, {walk.problem(), walk.acts()});
            steps += walk.acts().size();
            ended += walk.status() == Status::running ? 0 : 1;
            ++cases;
        }
    }
    std::cout << fmt::format("{} steps in {} cases, of which {} came to their end\n", steps, cases, ended);
    EXPECT_GT(ended * 2, cases);
}

}  // namespace
}  // namespace keepword::bpmn
