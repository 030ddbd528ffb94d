#include "engine/bpmn/scenario_test.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/import.hpp"
#include "engine/bpmn/scenario_teller_test.hpp"
#include "engine/bpmn/timer.hpp"

namespace keepword::bpmn {
namespace {

using testing_aid::cut;
using testing_aid::Scenario;
using testing_aid::Teller;
using testing_aid::trimmed;

class Player {
  public:
    // `after`: the drawing to which a case may be moved, or null.
    Player(Definition const& d, Definition const* after) : first_(d), after_(after), d_(&d), tell_(d) {}

    void play(testing_aid::ScenarioStep const& given) {
        told_.clear();
        std::string act = given.act;
        variables_ = {};
        if (auto const at = act.find('{'); at != std::string::npos) {
            auto const parsed = json::parse(act.substr(at));
            ASSERT_TRUE(parsed && parsed->is_object()) << "line " << given.line << ": " << act;
            variables_ = parsed->get_object();
            act = trimmed(act.substr(0, at));
            if (act.ends_with(" with")) act.resize(act.size() - 5);
        }
        ASSERT_TRUE(perform(act)) << "line " << given.line << " is not understood: " << act;
        leave_out_the_rest(given.expected);
        EXPECT_EQ(fmt::format("{}", fmt::join(told_, ", ")), fmt::format("{}", fmt::join(given.expected, ", ")))
            << "line " << given.line << ": > " << given.act;
        for (auto const& check : given.checks) EXPECT_EQ(check, state_line(check)) << "line " << given.line;
        stored_state_comes_back();
        moved_to_its_own_drawing_it_stays_as_it_is();
    }

    // The journal, read again, leads to the same state: what the audit's replay relies on.
    void replay() const {
        State again;
        Definition const* d = &first_;
        for (auto const& [text, map, at] : journal_) {
            if (map) {
                again = bpmn::migrate(*d, *after_, again, *map, at).step.state;
                d = after_;
                continue;
            }
            auto const event = event_from_json(*json::parse(text));
            ASSERT_TRUE(event) << text;
            auto done = step(*d, again, *event, at);
            ASSERT_TRUE(done) << text;
            again = std::move(done->state);
        }
        EXPECT_EQ(json::serialize(to_json(again, *d)), json::serialize(to_json(state_, *d_)));
    }

  private:
    static bool cut_end(std::string& rest, std::string_view end) {
        if (!rest.ends_with(end)) return false;
        rest.resize(rest.size() - end.size());
        return true;
    }

    // `and so on` stands for whatever happens between what is before it and what is behind it.
    void leave_out_the_rest(std::vector<std::string> const& expected) {
        auto const rest = std::ranges::find(expected, "and so on");
        if (rest == expected.end() || told_.size() < expected.size()) return;
        auto const first = told_.begin() + (rest - expected.begin());
        *first = *rest;
        told_.erase(first + 1, told_.end() - (expected.end() - rest - 1));
    }

    // The number of the newest token at an element that is or was there; of the n-th that waits there for `element #n`.
    Instance instance(std::string const& element) const {
        if (auto const at = element.find(" #"); at != std::string::npos) {
            auto count = std::stoi(element.substr(at + 2));
            for (auto const& token : state_.tokens) {
                bool const here = token.wait != Wait::inside && d_->at(token.element).id == element.substr(0, at);
                if (here && --count == 0) return token.instance;
            }
            return 0;
        }
        auto const found = last_.find(element);
        return found == last_.end() ? 0 : found->second;
    }

    bool perform(std::string act) {
        if (act == "start") return apply(Start{"", "", variables_});
        if (cut(act, "start at ")) return apply(Start{act, "", variables_});
        if (cut(act, "complete ")) return complete(act);
        if (cut(act, "message ")) return message(act);
        if (cut(act, "signal ")) return apply(SignalArrived{act, variables_});
        if (cut(act, "trigger ")) return apply(Happened{act, 0, variables_});
        if (cut(act, "return ")) return apply(ReturnTask{instance(act), "because"});
        if (cut(act, "retry ")) return apply(Retry{instance(act)});
        if (act == "set") return apply(SetVariables{variables_});
        if (cut(act, "set in ")) return apply(SetVariables{variables_, instance(act)});
        if (act == "cancel") return apply(Cancel{"because"});
        if (cut(act, "fire ")) return apply(TimerFired{last_timer_[act], 0});
        if (cut(act, "wait ")) return wait(act);
        if (cut(act, "switched off for ")) return switched_off(act);
        if (cut(act, "called ")) return called(act);
        if (act == "migrate" || cut(act, "migrate with ")) return migrate(act == "migrate" ? "" : act);
        return false;
    }

    // `a -> b, c -> d`: what goes where; what is not named goes to what has its name and kind.
    bool migrate(std::string const& pairs) {
        if (after_ == nullptr || d_ == after_) return false;
        auto map = same_names(*d_, *after_);
        std::istringstream parts(pairs);
        for (std::string part; std::getline(parts, part, ',');) {
            auto const arrow = part.find(" -> ");
            if (arrow == std::string::npos) return false;
            map.elements[trimmed(part.substr(0, arrow))] = trimmed(part.substr(arrow + 4));
        }
        auto moved = bpmn::migrate(*d_, *after_, state_, map, now_);
        for (auto const& problem : moved.problems) told_.push_back("refused " + problem.element + " " + problem.what);
        if (!moved.problems.empty()) return true;
        journal_.push_back({"", map, now_});
        d_ = after_;
        tell_.move_to(*d_);
        last_.clear();
        last_timer_.clear();
        take(std::move(moved.step));
        for (auto const& token : state_.tokens) last_[d_->at(token.element).id] = token.instance;
        for (auto const& timer : state_.timers) last_timer_[d_->at(timer.element).id] = timer.instance;
        return true;
    }

    // `message M`, or `message M for hear #2`: for who waits there.
    bool message(std::string act) {
        Instance to = 0;
        if (auto const at = act.find(" for "); at != std::string::npos) {
            to = instance(act.substr(at + 5));
            act.resize(at);
            if (to == 0) return false;
        }
        return apply(MessageArrived{act, to, variables_});
    }

    bool complete(std::string act) {
        std::optional<std::string> outcome;
        if (auto const at = act.find(" as "); at != std::string::npos) {
            outcome = act.substr(at + 4);
            act.resize(at);
        }
        return apply(CompleteTask{instance(act), outcome, variables_});
    }

    bool called(std::string act) {
        if (cut_end(act, " ends")) return apply(CallEnded{instance(act), variables_});
        if (auto const at = act.find(" fails as "); at != std::string::npos) {
            return apply(CallFailed{instance(act.substr(0, at)), act.substr(at + 10)});
        }
        if (auto const at = act.find(" ends with error "); at != std::string::npos) {
            return apply(CallErrored{instance(act.substr(0, at)), act.substr(at + 17)});
        }
        auto const at = act.find(" escalates ");
        if (at == std::string::npos) return false;
        return apply(CallEscalated{instance(act.substr(0, at)), act.substr(at + 11)});
    }

    struct Alarm {
        Instance instance;
        std::optional<Instant> at;
        TimerText text;
        Instant since;
        std::uint32_t fired;
    };

    // The clock goes on, and what is due on the way fires when it is due.
    bool wait(std::string const& length) {
        auto const period = parse_period(length);
        if (!period) return false;
        Instant const until = *by_clock(now_, *period, 1);
        while (auto const* next = next_alarm(until)) {
            now_ = *next->at;
            Instance const instance = next->instance;
            std::erase_if(alarms_, [&](Alarm const& a) { return a.instance == instance; });
            apply(TimerFired{instance, 0});
        }
        now_ = until;
        return true;
    }

    // The clock goes on while nobody is there; afterwards everything that is overdue fires once.
    bool switched_off(std::string const& length) {
        auto const period = parse_period(length);
        if (!period) return false;
        now_ = *by_clock(now_, *period, 1);
        while (auto const* next = next_alarm(now_)) {
            auto const late = missed(next->text, next->since, next->fired, now_);
            Instance const instance = next->instance;
            std::erase_if(alarms_, [&](Alarm const& a) { return a.instance == instance; });
            apply(TimerFired{instance, *late});
        }
        return true;
    }

    Alarm const* next_alarm(Instant until) const {
        Alarm const* next = nullptr;
        for (auto const& alarm : alarms_) {
            if (alarm.at && *alarm.at <= until && (next == nullptr || *alarm.at < *next->at)) next = &alarm;
        }
        return next;
    }

    bool apply(Event const& event) {
        auto done = step(*d_, state_, event, now_);
        if (!done) {
            told_.push_back("refused " + done.error().code);
            return true;
        }
        journal_.push_back({json::serialize(to_json(event)), std::nullopt, now_});
        take(std::move(*done));
        return true;
    }

    void take(Step done) {
        state_ = std::move(done.state);
        for (auto const& line : tell_(done.effects)) told_.push_back(line);
        for (auto const& effect : done.effects) remember(effect);
    }

    void remember(Effect const& effect) {
        if (auto const* t = std::get_if<Traced>(&effect); t != nullptr && t->what != Trace::take) {
            last_[d_->at(t->element).id] = t->instance;
        }
        if (auto const* set = std::get_if<TimerSet>(&effect)) {
            auto const text = parse_timer(set->kind, set->text);
            std::erase_if(alarms_, [&](Alarm const& a) { return a.instance == set->instance; });
            alarms_.push_back({set->instance, *due(*text, set->since, set->fired), *text, set->since, set->fired});
            last_timer_[d_->at(set->element).id] = set->instance;
        }
        if (auto const* gone = std::get_if<TimerCancelled>(&effect)) {
            std::erase_if(alarms_, [&](Alarm const& a) { return a.instance == gone->instance; });
        }
        std::visit(
            [this]<class T>(T const& e) {
                if constexpr (requires { e.variables; }) handed_[d_->at(e.element).id].push_back(e.variables);
            },
            effect);
    }

    // What the state says in answer to a check line.
    std::string state_line(std::string const& check) const {
        if (check.starts_with("waiting:")) {
            std::vector<std::string> names;
            for (auto const& token : state_.tokens) {
                // What waits for its inside is told by what waits there.
                if (token.wait == Wait::inside) continue;
                names.push_back(d_->at(token.element).id + (token.incident() ? "!" : ""));
            }
            std::ranges::sort(names);
            return names.empty() ? "waiting: nothing" : fmt::format("waiting: {}", fmt::join(names, ", "));
        }
        auto const is = check.find(" is ");
        if (!check.starts_with("handed to ")) {
            return check.substr(0, is) + value_in(state_.variables(), check.substr(9, is - 9));
        }
        auto const colon = check.find(": ");
        if (colon == std::string::npos || is == std::string::npos) return "not understood";
        return check.substr(0, is) +
               value_in(handed_to(check.substr(10, colon - 10)), check.substr(colon + 2, is - colon - 2));
    }

    static std::string value_in(json::object const& variables, std::string const& name) {
        auto const* value = variables.if_contains(name);
        return fmt::format(" is {}", value == nullptr ? "absent" : json::serialize(*value));
    }

    // What the last call, message or signal of an element took along; that of the n-th for `element #n`.
    json::object handed_to(std::string const& element) const {
        auto const at = element.find(" #");
        auto const found = handed_.find(element.substr(0, at));
        if (found == handed_.end()) return {};
        auto const number = at == std::string::npos ? found->second.size() : std::stoul(element.substr(at + 2));
        return number == 0 || number > found->second.size() ? json::object() : found->second[number - 1];
    }

    void stored_state_comes_back() const {
        auto const text = json::serialize(to_json(state_, *d_));
        auto const again = state_from_json(*json::parse(text), *d_);
        ASSERT_TRUE(again) << text;
        EXPECT_TRUE(*again == state_) << text;
    }

    void moved_to_its_own_drawing_it_stays_as_it_is() const {
        auto const moved = bpmn::migrate(*d_, *d_, state_, same_names(*d_, *d_), now_);
        for (auto const& problem : moved.problems) ADD_FAILURE() << problem.element << ": " << problem.what;
        EXPECT_TRUE(moved.step.state == state_) << json::serialize(to_json(moved.step.state, *d_));
        EXPECT_TRUE(moved.step.effects.empty());
    }

    // One entry for each act: an event, or the map of a migration.
    struct Entry {
        std::string event;
        std::optional<MigrationMap> map;
        Instant at;
    };

    Definition const& first_;
    Definition const* after_;
    Definition const* d_;
    Teller tell_;
    State state_;
    Instant now_ = *Instant::parse("2026-01-05T08:00:00Z");
    std::vector<Alarm> alarms_;
    std::map<std::string, Instance> last_;                     // newest token by element
    std::map<std::string, Instance> last_timer_;               // newest timer by event
    std::map<std::string, std::vector<json::object>> handed_;  // what was sent, by element
    std::vector<std::string> told_;
    std::vector<Entry> journal_;
    json::object variables_;
};

std::vector<std::string> scenario_files() {
    std::vector<std::string> files;
    for (auto const& entry : std::filesystem::directory_iterator(KEEPWORD_SOURCE "/tests/engine")) {
        if (entry.path().extension() == ".scenario") files.push_back(entry.path().string());
    }
    std::ranges::sort(files);
    return files;
}

std::string name_of(testing::TestParamInfo<std::string> const& info) {
    std::string name = std::filesystem::path(info.param).stem().string();
    std::ranges::replace(name, '-', '_');
    return name;
}

class Scenarios : public testing::TestWithParam<std::string> {};

TEST_P(Scenarios, happen_as_written) {
    Scenario const scenario = testing_aid::read_scenario(GetParam());
    for (auto const& problem : scenario.problems) ADD_FAILURE() << problem;
    auto const checked = check(scenario.xml, For::simulation);
    std::vector<std::string> rules;
    for (auto const& violation : checked.violations) rules.push_back(violation.rule);
    EXPECT_EQ(rules, scenario.violations);
    ASSERT_TRUE(checked.definition && !HasFailure()) << scenario.xml;
    auto const after = scenario.xml_after.empty() ? Checked{} : check(scenario.xml_after, For::simulation);
    for (auto const& violation : after.violations) ADD_FAILURE() << "after: " << violation.rule;
    Player player(*checked.definition, after.definition.get());
    for (auto const& step : scenario.steps) player.play(step);
    player.replay();
}

INSTANTIATE_TEST_SUITE_P(engine, Scenarios, testing::ValuesIn(scenario_files()), name_of);

TEST(ScenarioFiles, there_are_many) {
    EXPECT_GE(scenario_files().size(), 150U);
}

}  // namespace
}  // namespace keepword::bpmn
