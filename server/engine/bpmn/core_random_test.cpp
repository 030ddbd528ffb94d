#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "engine/bpmn/import.hpp"
#include "engine/bpmn/random_defects_test.hpp"
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

struct Totals {
    std::size_t steps = 0;
    int cases = 0;
    int ended = 0;
    int gave_up = 0;
    Met met;

    void add(Walk const& walk) {
        steps += walk.acts().size();
        ++cases;
        ended += walk.status() == Status::running ? 0 : 1;
        gave_up += walk.gave_up() ? 1 : 0;
        for (auto const& [what, count] : walk.met()) met[what] += count;
    }
};

// Each of these has to be met, so that nobody takes a construct out of the drawings without noticing.
std::vector<std::string> everything() {
    std::vector<std::string> out{"go-back refused",
                                 "complete refused",
                                 "message refused",
                                 "happened refused",
                                 "incident process.no-flow",
                                 "incident process.timer",
                                 "incident process.error",
                                 "incident process.rounds",
                                 "incident call.failed",
                                 "enter intermediate-throw-event link",
                                 "enter intermediate-throw-event signal",
                                 "enter end-event terminate"};
    for (auto const* what : {"start", "complete", "fire", "message", "signal", "happened", "call-ended", "call-failed",
                             "call-errored", "call-escalated", "go-back", "retry", "set", "cancel"}) {
        out.emplace_back(what);
    }
    for (std::string const border : {"catch boundary-event ", "catch start-event "}) {
        for (auto const* what : {"timer", "timer beside", "message", "message beside", "signal", "signal beside",
                                 "error", "escalation", "escalation beside", "conditional"}) {
            out.push_back(border + what);
        }
    }
    for (auto const* what : {"timer", "message", "signal", "conditional"}) {
        out.push_back(std::string("catch intermediate-catch-event ") + what);
    }
    for (auto const* what : {"user-task", "sub-process", "call-activity", "receive-task"}) {
        for (auto const* rounds : {"", " standard", " sequential", " parallel"}) {
            out.push_back(fmt::format("enter {}{}", what, rounds));
        }
    }
    for (auto const* gateway : {"exclusive", "parallel", "inclusive", "event-based"}) {
        out.push_back(fmt::format("enter {}-gateway", gateway));
    }
    return out;
}

// A short share always, a long one with SOAK=1.
TEST(RandomDrawings, lose_and_double_no_token_and_agree_with_a_naive_interpreter) {
    bool const soak = std::getenv("SOAK") != nullptr;
    std::size_t const wanted = soak ? 1'000'000 : 40'000;
    Totals totals;
    for (std::uint32_t seed = 1; totals.steps < wanted; ++seed) {
        // Where it breaks off without a word, the seed is known.
        if (soak && seed % 1'000 == 0) std::cout << fmt::format("seed {}, {} steps", seed, totals.steps) << std::endl;
        Dice dice(seed);
        auto const process = invent(dice, 1 + seed % 6);
        auto const drawing = checked(process);
        ASSERT_TRUE(drawing.violations.empty())
            << fmt::format("seed {}: {} {}\n{}", seed, drawing.violations[0].rule, drawing.violations[0].message,
                           fmt::join(drawn(process), "\n"));
        for (int round = 0; round < 3; ++round) {
            Walk walk(*drawing.definition);
            walk.wander(dice, most_events);
            ASSERT_TRUE(walk.problem().empty()) << fmt::format("seed {}: {}\nin small: {}", seed, walk.problem(),
                                                               report(process, {walk.problem(), walk.acts()}));
            totals.add(walk);
        }
    }
    std::cout << fmt::format("{} steps in {} cases, of which {} came to their end\n", totals.steps, totals.cases,
                             totals.ended);
    EXPECT_GT(totals.ended * 2, totals.cases);
    EXPECT_LT(totals.gave_up * 100, totals.cases);
    for (auto const& what : everything()) EXPECT_TRUE(totals.met.contains(what)) << "never met: " << what;
}

// Every kind of mistake, planted into several good drawings, is refused by a rule that fits it.
TEST(RandomDrawings, with_a_mistake_in_them_are_refused) {
    constexpr int wanted = 8;
    for (auto const& defect : defects()) {
        int planted = 0;
        for (std::uint32_t seed = 1; planted < wanted && seed < 2'000; ++seed) {
            Dice dice(seed);
            std::vector<std::string> problems;
            Sheet sheet{{}, dice};
            ASSERT_TRUE(sheet.xml.load_string(bpmn_of(drawn(invent(dice, 1 + seed % 4)), problems).c_str()));
            if (!defect.plant(sheet)) continue;
            ++planted;
            std::ostringstream text;
            sheet.xml.save(text);
            auto const refused = check(text.str(), For::simulation).violations;
            auto const fits = [&](Violation const& v) {
                return std::ranges::find(defect.rules, v.rule) != defect.rules.end();
            };
            EXPECT_TRUE(std::ranges::any_of(refused, fits))
                << defect.what << ", seed " << seed << ": " << (refused.empty() ? "accepted" : refused[0].rule);
        }
        EXPECT_EQ(planted, wanted) << defect.what << ": no drawing has anything that can be spoilt so";
    }
    std::cout << fmt::format("{} kinds of mistakes\n", defects().size());
}

// Mistakes in the text itself, before anything can be read.
TEST(RandomDrawings, that_are_no_xml_are_refused) {
    struct Spoilt {
        char const* what;
        char const* at;
        char const* instead;
        char const* rule;
    };
    std::vector<Spoilt> const all{
        {"an end is missing", "</process>", "", "xml.syntax"},
        {"an attribute twice", "<process id=", "<process id=\"one\" id=", "xml.attribute"},
        {"a prefix of nobody", "<process id=", "<process who:is=\"it\" id=", "xml.namespace"},
        {"a document type", "<definitions", "<!DOCTYPE definitions><definitions", "xml.doctype"},
        {"an entity", "</process>", "&anything;</process>", "xml.entity"},
    };
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        Dice dice(seed);
        std::vector<std::string> problems;
        auto const good = bpmn_of(drawn(invent(dice, 1 + seed % 4)), problems);
        for (auto const& spoilt : all) {
            auto text = good;
            text.replace(text.find(spoilt.at), std::string_view(spoilt.at).size(), spoilt.instead);
            auto const refused = check(text, For::simulation).violations;
            ASSERT_FALSE(refused.empty()) << spoilt.what << ", seed " << seed;
            EXPECT_EQ(refused[0].rule, spoilt.rule) << spoilt.what << ", seed " << seed;
        }
    }
}

}  // namespace
}  // namespace keepword::bpmn
