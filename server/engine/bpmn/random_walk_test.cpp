#include "engine/bpmn/random_walk_test.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace keepword::bpmn::testing_aid {

namespace {

constexpr std::size_t many_tokens = 60;

// As a number is when it comes out of a stored event.
std::int64_t number(Dice& dice, unsigned below) {
    return dice.upto(below);
}

}  // namespace

std::string told(Act const& act) {
    std::string out = "> " + json::word(act.what);
    if (!act.key.empty()) out += " " + act.key;
    if (!act.name.empty()) out += " " + act.name;
    if (act.missed != 0) out += fmt::format(" missing {}", act.missed);
    if (!act.variables.empty()) out += " with " + json::serialize(act.variables);
    return out;
}

Walk::Walk(Definition const& d) : d_(d), naive_(d), accounts_(d) {}

void Walk::wander(Dice& dice, int events) {
    json::object variables{{"n", number(dice, 4)}, {"flag", dice.chance(50)}, {"list", {1, 2, 3}}, {"len", "PT1H"}};
    if (dice.chance(30)) variables["called"] = true;
    perform({.what = Do::start, .variables = std::move(variables)});
    for (int i = 1; i < events && state_.status == Status::running && problem_.empty() && !gave_up(); ++i) {
        if (auto act = choose(dice)) perform(std::move(*act));
        if (dice.chance(10)) come_late(dice);
    }
}

void Walk::repeat(std::vector<Act> const& acts) {
    for (auto const& act : acts) {
        if (problem_.empty()) perform(act);
    }
}

// ---- doing -------------------------------------------------------------------------------------------------------

Instance Walk::instance(std::string const& key) const {
    auto const found = seen_.instances.find(key);
    return found == seen_.instances.end() ? -1 : found->second;
}

Instance Walk::timer(std::string const& key, std::string const& event) const {
    Instance const host = key.empty() && !state_.scopes.empty() ? state_.scopes.front().instance : instance(key);
    for (auto const& timer : state_.timers) {
        if (timer.attached == host && d_.at(timer.element).id == event) return timer.instance;
    }
    return -1;
}

Event Walk::event_of(Act const& act) const {
    Instance const at = act.key.empty() ? 0 : instance(act.key);
    auto const outcome = act.name.empty() ? std::nullopt : std::optional(act.name);
    switch (act.what) {
        case Do::start:
            return Start{"", "", act.variables};
        case Do::complete:
            return CompleteTask{at, outcome, act.variables};
        case Do::fire:
            return TimerFired{timer(act.key, act.name), act.missed};
        case Do::message:
            return MessageArrived{act.name, at, act.variables};
        case Do::signal:
            return SignalArrived{act.name, act.variables};
        case Do::happened:
            return Happened{act.name, 0, act.variables};
        case Do::call_ended:
            return CallEnded{at, act.variables};
        case Do::call_failed:
            return CallFailed{at, act.name};
        case Do::call_errored:
            return CallErrored{at, act.name};
        case Do::call_escalated:
            return CallEscalated{at, act.name};
        case Do::go_back:
            return ReturnTask{at, ""};
        case Do::retry:
            return Retry{at};
        case Do::set:
            return SetVariables{act.variables, at};
        case Do::cancel:
            break;
    }
    return Cancel{""};
}

bool Walk::do_naively(Act const& act) {
    switch (act.what) {
        case Do::start:
            return naive_.start(act.variables);
        case Do::complete:
            return naive_.complete(act.key, act.name, act.variables);
        case Do::fire:
            return naive_.fire(act.key, act.name, act.missed);
        case Do::message:
            return naive_.message(act.key, act.name, act.variables);
        case Do::signal:
            return naive_.signal(act.name, act.variables);
        case Do::happened:
            return naive_.happened(act.name, act.variables);
        case Do::call_ended:
            return naive_.call_ended(act.key, act.variables);
        case Do::call_failed:
            return naive_.call_failed(act.key, act.name);
        case Do::call_errored:
            return naive_.call_errored(act.key, act.name);
        case Do::call_escalated:
            return naive_.call_escalated(act.key, act.name);
        case Do::go_back:
            return naive_.go_back(act.key);
        case Do::retry:
            return naive_.retry(act.key);
        case Do::set:
            return naive_.set(act.key, act.variables);
        case Do::cancel:
            break;
    }
    return naive_.cancel();
}

void Walk::perform(Act act) {
    Event const event = event_of(act);
    auto const record = json::serialize(to_json(event));
    auto const kept = event_from_json(*json::parse(record));
    if (!kept || json::serialize(to_json(*kept)) != record) problem_ = "the event does not come back from the record";
    if (act.what == Do::complete) done_.insert(std::get<CompleteTask>(event).instance);
    if (act.what == Do::retry) {
        if (auto const* token = state_.token(std::get<Retry>(event).instance)) accounts_.tried_again(*token);
    }
    acts_.push_back(std::move(act));
    try {
        auto const done = step(d_, state_, event, now_);
        if (done) take(*done, event);
        ++met_[json::word(acts_.back().what) + (done ? "" : " refused")];
        compare(done ? *done : Step{}, done.has_value());
    } catch (std::exception const& thrown) {
        problem_ = fmt::format("exception: {}", thrown.what());
    }
}

// The next step goes on from the state as it was stored and read, as it does where cases are kept.
void Walk::take(Step const& done, Event const& event) {
    auto const again = step(d_, state_, event, now_);
    if (again->state != done.state) problem_ = "the same step twice does not give the same state";
    accounts_.count(event, done.effects);
    note(d_, done.effects, met_);
    auto const text = json::parse(json::serialize(to_json(done.state, d_)));
    auto stored = text ? state_from_json(*text, d_) : Result<State>(State{});
    if (!stored || *stored != done.state) problem_ = "the stored state does not come back";
    if (stored) state_ = std::move(*stored);
    auto const moved = migrate(d_, d_, state_, same_names(d_, d_), now_);
    bool const as_it_was = moved.problems.empty() && moved.step.effects.empty() && moved.step.state == state_;
    if (!as_it_was) problem_ = "moved to its own drawing the case is not as it was";
}

void Walk::compare(Step const& done, bool accepted) {
    bool const naively = do_naively(acts_.back());
    seen_ = look_at(d_, state_);
    if (!problem_.empty() || gave_up()) return;
    if (naively != accepted) {
        problem_ = fmt::format("the core {} this", accepted ? "accepts" : "refuses");
        return;
    }
    auto const expected = naive_.view();
    std::vector<std::string> only_core;
    std::vector<std::string> only_naive;
    std::ranges::set_difference(seen_.view, expected, std::back_inserter(only_core));
    std::ranges::set_difference(expected, seen_.view, std::back_inserter(only_naive));
    if (!only_core.empty() || !only_naive.empty()) {
        problem_ = fmt::format("the core has\n    {}\n  the naive one\n    {}", fmt::join(only_core, "\n    "),
                               fmt::join(only_naive, "\n    "));
        return;
    }
    auto const said = outside(d_, done.effects);
    auto const naively_said = naive_.told();
    if (said != naively_said) {
        problem_ = fmt::format("the core tells outside: {}; the naive one: {}", fmt::join(said, ", "),
                               fmt::join(naively_said, ", "));
        return;
    }
    problem_ = accounts_.problem(state_);
}

// Whoever comes second is refused.
void Walk::come_late(Dice& dice) {
    std::vector<Instance> gone;
    std::ranges::copy_if(done_, std::back_inserter(gone), [&](Instance done) { return state_.token(done) == nullptr; });
    if (gone.empty()) return;
    auto const refused = step(d_, state_, CompleteTask{dice.one_of(gone), {}, {}}, now_);
    if (refused || refused.error().code != "task.already-done") problem_ = "a second completer is not refused";
    auto const late = step(d_, state_, TimerFired{state_.next + 1, 0}, now_);
    if (late || late.error().code != "timer.gone") problem_ = "a clock that is gone fires";
}

// ---- choosing ----------------------------------------------------------------------------------------------------

json::object Walk::values(Dice& dice) {
    json::object out;
    if (!dice.chance(40)) return out;
    if (dice.chance(50)) out["n"] = number(dice, 5);
    if (dice.chance(30)) out["flag"] = dice.chance(50);
    if (dice.chance(30)) out["v"] = number(dice, 3);
    if (dice.chance(10)) out["len"] = dice.chance(60) ? "PT2H" : "no length";
    if (dice.chance(10)) out["list"] = dice.chance(60) ? json::value{1, 2} : json::value("no list");
    return out;
}

std::optional<Act> Walk::choose(Dice& dice) {
    if (dice.chance(75) || state_.tokens.size() > many_tokens) return at_a_token(dice);
    return from_outside(dice);
}

std::optional<Act> Walk::at_a_token(Dice& dice) {
    auto const& token = dice.one_of(state_.tokens);
    auto const named = seen_.keys.find(token.instance);
    if (named == seen_.keys.end()) return std::nullopt;
    auto const& key = named->second;
    if (token.incident()) {
        if (dice.chance(50)) return Act{.what = Do::set, .key = key, .variables = values(dice)};
        return Act{.what = Do::retry, .key = key};
    }
    if (token.wait == Wait::call) return at_a_call(dice, key);
    if (token.wait == Wait::message && dice.chance(50)) {
        return Act{.what = Do::message, .key = key, .name = d_.at(token.element).about, .variables = values(dice)};
    }
    if (token.wait != Wait::task) {
        Index const flow = token.wait == Wait::events ? dice.one_of(d_.at(token.element).outgoing) : none;
        Index const element = flow == none ? token.element : d_.flows[flow].target;
        if (token.wait == Wait::inside || token.wait == Wait::join) return std::nullopt;
        return Act{.what = Do::happened, .name = d_.at(element).id, .variables = values(dice)};
    }
    if (dice.chance(8)) return Act{.what = Do::go_back, .key = key};
    if (dice.chance(3)) return Act{.what = Do::complete, .key = key, .name = "not offered"};
    auto const& offered = d_.outcomes(token.element);
    return Act{.what = Do::complete,
               .key = key,
               .name = offered.empty() ? "" : dice.one_of(offered).value,
               .variables = values(dice)};
}

std::optional<Act> Walk::at_a_call(Dice& dice, std::string const& key) {
    switch (dice.upto(6)) {
        case 0:
            return Act{.what = Do::call_failed, .key = key, .name = "call.failed"};
        case 1:
            return Act{.what = Do::call_errored, .key = key, .name = fmt::format("E{}", 1 + dice.upto(4))};
        case 2:
            return Act{.what = Do::call_escalated, .key = key, .name = fmt::format("C{}", 1 + dice.upto(4))};
        default:
            return Act{.what = Do::call_ended, .key = key, .variables = {{"result", number(dice, 9)}, {"n", 1}}};
    }
}

std::optional<Act> Walk::from_outside(Dice& dice) {
    auto const what = dice.upto(20);
    if (what < 8 && !state_.timers.empty()) {
        auto const& timer = dice.one_of(state_.timers);
        auto const named = seen_.keys.find(timer.attached);
        return Act{.what = Do::fire,
                   .key = named == seen_.keys.end() ? "" : named->second,
                   .name = d_.at(timer.element).id,
                   .missed = dice.chance(70) ? 0 : dice.upto(3)};
    }
    auto const somebody = seen_.keys.find(dice.one_of(state_.tokens).instance);
    auto const key = somebody == seen_.keys.end() ? "" : somebody->second;
    auto const name = std::to_string(1 + dice.upto(3));
    // Now and then for one who need not wait for it.
    if (what < 10) return Act{.what = Do::message, .name = "M" + name, .variables = values(dice)};
    if (what < 11) return Act{.what = Do::message, .key = key, .name = "M" + name, .variables = values(dice)};
    if (what < 14) return Act{.what = Do::signal, .name = "S" + name, .variables = values(dice)};
    if (what < 17) return Act{.what = Do::set, .variables = values(dice)};
    if (what == 17 && dice.chance(10)) return Act{.what = Do::cancel};
    if (what == 18) return Act{.what = Do::set, .key = key, .variables = values(dice)};
    return Act{.what = Do::happened, .name = dice.one_of(d_.elements).id, .variables = values(dice)};
}

}  // namespace keepword::bpmn::testing_aid
