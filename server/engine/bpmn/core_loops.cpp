#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Activities that are done several times. The activity's token waits `inside`; the scope with its number stands around
// the rounds, and each round has a scope of its own, with a token of the same number, for its variables.
namespace keepword::bpmn {

bool is_round(Definition const& d, State const& state, Index element, Instance scope) {
    if (!d.at(element).loop) return false;
    auto const* around = state.scope(scope);
    return around != nullptr && around->progress && around->element == element;
}

void Machine::begin_rounds(Here here) {
    auto progress = plan_rounds(here);
    if (!progress) return incident(std::move(here), Wait::arriving, "process.rounds");
    boundary_timers(here);
    Instance const around = open_scope(here.element, here.instance, here.scope);
    scope_of(around)->progress = std::move(*progress);
    rest(std::move(here), Wait::inside);
    begin_first_rounds(around);
}

// How many rounds there will be; nullopt where neither a number nor a list comes out, or more than there may be, those
// of other activities included.
std::optional<Progress> Machine::plan_rounds(Here const& here) {
    auto const& loop = *d_.at(here.element).loop;
    Progress progress;
    if (loop.rounds == Rounds::standard) return progress;
    if (loop.collection) {
        auto items = evaluate(*loop.collection, here.scope);
        if (!items.is_array()) return std::nullopt;
        progress.items = std::move(items.get_array());
        progress.planned = static_cast<std::uint32_t>(std::min(progress.items.size(), max_rounds + 1));
    } else if (loop.cardinality) {
        auto const number = evaluate(*loop.cardinality, here.scope);
        if (!number.is_int64() || number.get_int64() < 0) return std::nullopt;
        auto const most = static_cast<std::int64_t>(max_rounds + 1);
        progress.planned = static_cast<std::uint32_t>(std::min(number.get_int64(), most));
    } else {
        return std::nullopt;
    }
    std::size_t const at_once = loop.rounds == Rounds::parallel ? progress.planned : 1;
    if (progress.planned > max_rounds || crowd() + at_once > max_tokens) return std::nullopt;
    if (!loop.collect.empty()) progress.results.resize(progress.planned);
    return progress;
}

void Machine::begin_first_rounds(Instance around) {
    Scope const& scope = *scope_of(around);
    auto const& loop = *d_.at(scope.element).loop;
    std::uint32_t const planned = scope.progress->planned;
    bool const at_least_one = loop.rounds == Rounds::standard ? !loop.test_before || goes_on(scope) : planned > 0;
    if (!at_least_one) return end_rounds(around);
    std::uint32_t const at_once = loop.rounds == Rounds::parallel ? planned : 1;
    for (std::uint32_t i = 0; i < at_once; ++i) begin_round(around);
}

void Machine::begin_round(Instance around) {
    Scope& scope = *scope_of(around);
    Index const element = scope.element;
    std::uint32_t const index = scope.progress->begun++;
    auto const& loop = *d_.at(element).loop;
    json::object variables{{"loopCounter", std::int64_t(index) + 1}};
    // What was decided before the rounds is not the decision of any of them.
    if (loop.rounds != Rounds::standard) variables["outcome"] = nullptr;
    auto const& item = loop.item;
    if (!item.empty() && index < scope.progress->items.size()) variables[item] = scope.progress->items[index];
    Instance const round = open_scope(element, next_instance(), around);
    scope_of(round)->variables = std::move(variables);
    scope_of(round)->round = index + 1;
    moves_.push_back({.element = element, .flow = none, .scope = around, .instance = round});
}

void Machine::finish_round(Here here) {
    trace(Trace::leave, here.element, here.instance);
    Instance const around = here.scope;
    keep_result(*scope_of(around), *scope_of(here.instance));
    close_scope(here.instance);
    ++scope_of(around)->progress->done;
    if (!throw_round_events(around)) return;
    Scope const& scope = *scope_of(around);
    auto const rounds = d_.at(scope.element).loop->rounds;
    if (!goes_on(scope)) {
        empty_scope(around, Why::enough);
        end_rounds(around);
    } else if (rounds != Rounds::parallel) {
        begin_round(around);
    }
}

void Machine::keep_result(Scope& around, Scope const& round) {
    auto const& loop = *d_.at(around.element).loop;
    if (loop.collect.empty()) return;
    auto& result = around.progress->results[round.round - 1];
    if (loop.output) {
        result = not_too_deep(evaluate(*loop.output, round.instance));
        return;
    }
    json::object all = round.variables;
    all.erase("loopCounter");
    if (all["outcome"].is_null()) all.erase("outcome");
    result = not_too_deep(std::move(all));
}

// The conditions about rounds know how many there are, by the standard's names.
bool Machine::holds_among_rounds(feel::Expression const& condition, Scope const& around) {
    auto const& progress = *around.progress;
    json::object const counts{{"loopCounter", std::int64_t(progress.begun)},
                              {"numberOfInstances", std::int64_t(progress.planned)},
                              {"numberOfActiveInstances", std::int64_t(progress.begun) - progress.done},
                              {"numberOfCompletedInstances", std::int64_t(progress.done)},
                              {"numberOfTerminatedInstances", 0}};
    scopes_of(around.instance);
    chain_.insert(chain_.begin(), &counts);
    return feel::holds(condition, chain_);
}

// Whether further rounds are to be done, or those that run are to be finished.
bool Machine::goes_on(Scope const& around) {
    auto const& loop = *d_.at(around.element).loop;
    auto const& progress = *around.progress;
    if (loop.rounds == Rounds::standard) {
        if (loop.maximum && progress.done >= *loop.maximum) return false;
        return loop.condition ? holds_among_rounds(*loop.condition, around) : loop.maximum.has_value();
    }
    if (progress.done >= progress.planned) return false;
    return !loop.condition || !holds_among_rounds(*loop.condition, around);
}

// What the standard calls the behaviour: a finished round may throw events. False when one of them interrupted the
// activity itself.
bool Machine::throw_round_events(Instance around) {
    Index const element = scope_of(around)->element;
    auto const& loop = *d_.at(element).loop;
    bool const first = scope_of(around)->progress->done == 1;
    if (loop.behaviour == Behaviour::first && !first) return true;
    Here const here{element, around, scope_of(around)->parent};
    for (auto const& event : loop.events) {
        if (event.condition && !holds_among_rounds(*event.condition, *scope_of(around))) continue;
        trace(Trace::throw_, element, around);
        if (event.trigger == Trigger::signal) throw_signal(here, event.about);
        if (event.trigger == Trigger::escalation) throw_escalation(here, event.about, around);
        if (event.trigger == Trigger::message) {
            emit(MessageSent{around, element, event.about, sent_variables(here)});
        }
        if (scope_of(around) == nullptr) return false;
    }
    return true;
}

void Machine::end_rounds(Instance around) {
    auto host = *take_token(around);
    auto const& collect = d_.at(host.element).loop->collect;
    auto results = std::move(scope_of(around)->progress->results);
    close_scope(around);
    if (!collect.empty()) variables_at(0, host.scope)[collect] = std::move(results);
    stop_timers(around);
    // What message flows carry away each round has sent.
    leave_mark(here_of(host));
    leave(here_of(std::move(host)));
}

}  // namespace keepword::bpmn
