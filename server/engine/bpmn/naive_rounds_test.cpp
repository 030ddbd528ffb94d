#include <algorithm>

#include "engine/bpmn/naive_test.hpp"

// Activities that are done several times (BPMN 2.0.2, 13.3.6 and 13.3.7).
namespace keepword::bpmn::naive {

constexpr std::size_t most_rounds = 2'000;

void Interpreter::begin_rounds(Token& host) {
    Scope planned;
    if (!plan(host, planned)) return trouble(host, Doing::arriving, "process.rounds");
    wind_border(host);
    wait(host, Doing::inside);
    auto const& loop = *d_.at(host.element).loop;
    Scope& rounds = open(host);
    rounds.rounds = true;
    rounds.planned = planned.planned;
    rounds.items = std::move(planned.items);
    rounds.results = std::move(planned.results);
    bool const standard = loop.rounds == Rounds::standard;
    bool const any = standard ? !loop.test_before || another(rounds) : rounds.planned > 0;
    if (!any) return end_rounds(rounds);
    for (std::size_t i = 0; i < (loop.rounds == Rounds::parallel ? rounds.planned : 1); ++i) begin_round(rounds);
}

bool Interpreter::plan(Token const& host, Scope& around) const {
    auto const& loop = *d_.at(host.element).loop;
    if (loop.rounds == Rounds::standard) return true;
    auto const scopes = known(nullptr, host.scope);
    auto const value = feel::evaluate(loop.collection ? *loop.collection : *loop.cardinality, scopes);
    if (loop.collection) {
        if (!value.is_array()) return false;
        around.items = value.get_array();
        around.planned = around.items.size();
    } else {
        if (!value.is_int64() || value.get_int64() < 0) return false;
        around.planned = static_cast<std::size_t>(value.get_int64());
    }
    if (!loop.collect.empty() && around.planned <= most_rounds) around.results.resize(around.planned);
    return around.planned <= most_rounds;
}

void Interpreter::begin_round(Scope& around) {
    Token& round = add(around, around.element);
    round.number = ++numbers_;
    round.round = true;
    round.own["loopCounter"] = around.begun + 1;
    // No round has decided anything before it begins.
    if (d_.at(around.element).loop->rounds != Rounds::standard) round.own["outcome"] = nullptr;
    auto const& item = d_.at(around.element).loop->item;
    if (!item.empty() && around.begun < around.items.size()) round.own[item] = around.items[around.begun];
    ++around.begun;
}

void Interpreter::finish_round(Token& round) {
    Scope& around = *round.scope;
    int const id = around.id;
    auto const& loop = *d_.at(round.element).loop;
    if (!loop.collect.empty()) {
        auto const place = static_cast<std::size_t>(round.own.at("loopCounter").to_number<int>()) - 1;
        auto const scopes = known(&round, round.scope);
        json::object all = round.own;
        all.erase("loopCounter");
        if (all["outcome"].is_null()) all.erase("outcome");
        around.results[place] = loop.output ? feel::evaluate(*loop.output, scopes) : json::value(std::move(all));
    }
    remove(round);
    ++around.done;
    // What is thrown may have taken the whole activity away.
    if (!throw_from_round(around) || scope(id) == nullptr) return;
    if (!another(around)) return end_rounds(around);
    if (loop.rounds != Rounds::parallel) begin_round(around);
}

// Which finished rounds throw something: each, the first, or as conditions say.
bool Interpreter::throw_from_round(Scope& around) {
    int const id = around.id;
    Token& host = *around.host;
    auto const& loop = *d_.at(host.element).loop;
    if (loop.behaviour == Behaviour::silent || (loop.behaviour == Behaviour::first && around.done > 1)) return true;
    for (auto const& event : loop.events) {
        if (event.condition && !among_rounds(*event.condition, around)) continue;
        if (event.trigger == Trigger::message) told_.push_back("message " + event.about);
        if (event.trigger == Trigger::escalation) escalate(event.about, host, true);
        if (event.trigger == Trigger::signal) {
            told_.push_back("signal " + event.about);
            broadcast(event.about, {});
        }
        if (scope(id) == nullptr) return false;
    }
    return true;
}

// Whether a further round is to be done, or those that run are to be finished.
bool Interpreter::another(Scope const& around) const {
    auto const& loop = *d_.at(around.element).loop;
    if (loop.rounds == Rounds::standard) {
        if (loop.maximum && around.done >= *loop.maximum) return false;
        return !loop.condition || among_rounds(*loop.condition, around);
    }
    return around.done < around.planned && !(loop.condition && among_rounds(*loop.condition, around));
}

bool Interpreter::among_rounds(feel::Expression const& condition, Scope const& around) const {
    json::object const counts{{"loopCounter", around.begun},
                              {"numberOfInstances", around.planned},
                              {"numberOfActiveInstances", around.begun - around.done},
                              {"numberOfCompletedInstances", around.done},
                              {"numberOfTerminatedInstances", 0}};
    auto scopes = known(nullptr, &around);
    scopes.insert(scopes.begin(), &counts);
    return feel::holds(condition, scopes);
}

void Interpreter::end_rounds(Scope& around) {
    Token& host = *around.host;
    auto const& collect = d_.at(host.element).loop->collect;
    if (!collect.empty()) home(host.scope->host)[collect] = around.results;
    host.inside.reset();
    finish(host);
}

}  // namespace keepword::bpmn::naive
