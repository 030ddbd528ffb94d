#include <fmt/core.h>

#include <algorithm>

#include "engine/bpmn/random_walk_test.hpp"

// What the core's state and effects say, in the words of the naive interpreter, and whether the books are right.
namespace keepword::bpmn::testing_aid {
namespace {

class Looker {
  public:
    Looker(Definition const& d, State const& state, Seen& out) : d_(d), state_(state), out_(out) {}

    void look() {
        out_.view.push_back("status " + json::word(state_.status));
        for (auto const& [name, value] : state_.variables()) say("", std::string(name), value);
        if (state_.status == Status::running) inside(state_.scopes.front(), "");
        std::ranges::sort(out_.view);
    }

  private:
    void say(std::string const& key, std::string const& name, json::value const& value) {
        out_.view.push_back(fmt::format("{}{}{} = {}", key, key.empty() ? "" : " ", name, json::serialize(value)));
    }
    void inside(Scope const& scope, std::string const& key) {
        if (scope.interrupted) out_.view.push_back(key + " interrupted");
        if (scope.progress) {
            auto const& p = *scope.progress;
            out_.view.push_back(fmt::format("{} {} of {} begun, {} done", key, p.begun, p.planned, p.done));
        }
        clocks(scope.instance, key, true);
        std::vector<Token const*> tokens;
        for (auto const& token : state_.tokens) {
            if (token.scope == scope.instance) tokens.push_back(&token);
        }
        std::ranges::sort(tokens, {}, &Token::instance);
        std::map<Index, int> counts;
        for (auto const* token : tokens) {
            if (token->wait == Wait::join) {
                out_.view.push_back(
                    fmt::format("{}/{} join {}", key, d_.at(token->element).id, d_.flows[token->flow].id));
            } else {
                one(*token, fmt::format("{}/{}#{}", key, d_.at(token->element).id, ++counts[token->element]));
            }
        }
    }
    void one(Token const& token, std::string const& name) {
        out_.instances[name] = token.instance;
        out_.keys[token.instance] = name;
        std::string line = fmt::format("{} {} {}", name, json::word(token.wait), token.code);
        for (Index const task : token.back) line += " <" + d_.at(task).id;
        out_.view.push_back(std::move(line));
        clocks(token.instance, name, false);
        Scope const* const scope = state_.scope(token.instance);
        if (scope == nullptr) return;
        for (auto const& [variable, value] : scope->variables) say(name, std::string(variable), value);
        if (token.wait == Wait::inside) inside(*scope, name);
    }
    // A scope and the token around it have the same number: the clocks of event sub-processes are the scope's.
    void clocks(Instance attached, std::string const& key, bool of_scope) {
        for (auto const& timer : state_.timers) {
            bool const starts = d_.at(timer.element).type == Type::start_event;
            if (timer.attached != attached || starts != of_scope) continue;
            out_.view.push_back(
                fmt::format("{} clock {} fired {} of {}", key, d_.at(timer.element).id, timer.fired, timer.text));
        }
    }

    Definition const& d_;
    State const& state_;
    Seen& out_;
};

template <class... F>
struct Each : F... {
    using F::operator()...;
};

}  // namespace

Seen look_at(Definition const& d, State const& state) {
    Seen out;
    Looker(d, state, out).look();
    return out;
}

std::vector<std::string> outside(Definition const& d, std::vector<Effect> const& effects) {
    std::vector<std::string> out;
    auto const tell = Each{[&](TaskCreated const& e) { out.push_back("task " + d.at(e.element).id); },
                           [&](ServiceCalled const& e) { out.push_back("service " + d.at(e.element).id); },
                           [&](CallStarted const& e) { out.push_back("call of " + e.key); },
                           [&](MessageSent const& e) { out.push_back("message " + e.name); },
                           [&](SignalThrown const& e) { out.push_back("signal " + e.name); },
                           [&](Escalated const& e) { out.push_back("escalation " + e.code); },
                           [](auto const&) {}};
    for (auto const& effect : effects) std::visit(tell, effect);
    return out;
}

void note(Definition const& d, std::vector<Effect> const& effects, Met& met) {
    for (auto const& effect : effects) {
        if (auto const* incident = std::get_if<Incident>(&effect)) ++met["incident " + incident->code];
        auto const* traced = std::get_if<Traced>(&effect);
        if (traced == nullptr || (traced->what != Trace::enter && traced->what != Trace::catch_)) continue;
        Element const& element = d.at(traced->element);
        std::string what = json::word(traced->what) + " " + json::word(element.type);
        if (element.trigger != Trigger::nothing) what += " " + json::word(element.trigger);
        if (!element.interrupting) what += " beside";
        if (element.loop) what += " " + json::word(element.loop->rounds);
        ++met[what];
    }
}

// ---- the books ---------------------------------------------------------------------------------------------------

void Accounts::count(Event const& event, std::vector<Effect> const& effects) {
    count_outside(event, effects);
    count_traces(effects);
}

void Accounts::count_outside(Event const& event, std::vector<Effect> const& effects) {
    auto const said = Each{[&](CompleteTask const& e) { tasks_.erase(e.instance); },
                           [&](TimerFired const& e) { clocks_.erase(e.instance); },
                           [&](CallEnded const& e) { calls_.erase(e.instance); },
                           [&](CallFailed const& e) { calls_.erase(e.instance); },
                           [&](CallErrored const& e) { calls_.erase(e.instance); },
                           [](Happened const&) {},
                           [](auto const&) {}};
    std::visit(said, event);
    auto const hear = Each{[&](TaskCreated const& e) { tasks_.insert(e.instance); },
                           [&](TaskCancelled const& e) { tasks_.erase(e.instance); },
                           [&](TimerSet const& e) { clocks_.insert(e.instance); },
                           [&](TimerCancelled const& e) { clocks_.erase(e.instance); },
                           [&](CallStarted const& e) { calls_.insert(e.instance); },
                           [&](CallCancelled const& e) { calls_.erase(e.instance); },
                           [](auto const&) {}};
    for (auto const& effect : effects) std::visit(hear, effect);
}

std::string Accounts::problem_outside(State const& state) const {
    std::set<Instance> tasks;
    std::set<Instance> calls;
    std::set<Instance> clocks;
    for (auto const& token : state.tokens) {
        if (token.wait == Wait::task) tasks.insert(token.instance);
        if (token.wait == Wait::call) calls.insert(token.instance);
    }
    for (auto const& timer : state.timers) clocks.insert(timer.instance);
    if (tasks != tasks_) return "other tasks wait than were told of";
    if (calls != calls_) return "other calls run than were told of";
    if (clocks != clocks_) return "other clocks run than were told of";
    return "";
}

void Accounts::count_traces(std::vector<Effect> const& effects) {
    for (auto const& effect : effects) {
        auto const* traced = std::get_if<Traced>(&effect);
        if (traced == nullptr || traced->what == Trace::take || traced->what == Trace::end) continue;
        Element const& element = d_.at(traced->element);
        bool const gateway = element.type == Type::parallel_gateway || element.type == Type::inclusive_gateway;
        bool const join = gateway && element.incoming.size() > 1;
        int& here = present_[traced->instance];
        if (traced->what == Trace::enter) ++here;
        if (traced->what == Trace::cancel) --here;
        // A parallel join is entered once by each flow and left once; an inclusive one by some of them.
        if (traced->what == Trace::leave) {
            bool const all = element.type == Type::parallel_gateway;
            here -= !join ? 1 : all ? static_cast<int>(element.incoming.size()) : std::max(here, 1);
        }
        // Whether it had entered or not, it is there now.
        if (traced->what == Trace::incident) here = 1;
        if (here == 0) present_.erase(traced->instance);
    }
}

void Accounts::tried_again(Token const& token) {
    if (token.wait == Wait::arriving) present_.erase(token.instance);
}

std::string Accounts::problem(State const& state) const {
    std::map<Instance, int> resting;
    for (auto const& token : state.tokens) ++resting[token.instance];
    if (resting != present_) {
        for (auto const& [instance, count] : present_) {
            if (resting[instance] != count)
                return fmt::format("{} is there {} times, by the books {}", instance, resting[instance], count);
        }
        return "somebody is there who never came";
    }
    auto const outside = problem_outside(state);
    return outside.empty() ? problem_of_tree(state) : outside;
}

std::string Accounts::problem_of_tree(State const& state) const {
    if ((state.status == Status::running) != !state.tokens.empty()) return "over with tokens, or running without";
    if (state.status != Status::running && !state.timers.empty()) return "a clock outlives its case";
    for (auto const& timer : state.timers) {
        bool const starts = d_.at(timer.element).type == Type::start_event;
        bool const has_host = starts ? state.scope(timer.attached) != nullptr : state.token(timer.attached) != nullptr;
        if (!has_host) return "a clock without its host: " + d_.at(timer.element).id;
    }
    if (state.status != Status::running) return "";
    for (auto const& scope : state.scopes) {
        bool const root = &scope == &state.scopes.front();
        if (!root && state.token(scope.instance) == nullptr) return "a scope without its token";
        if (!root && state.scope(scope.parent) == nullptr) return "a scope without the one around it";
    }
    for (auto const& token : state.tokens) {
        if (state.scope(token.scope) == nullptr) return "a token without its scope";
        if (token.wait == Wait::throwing) return "a throw that did not end";
        if (token.wait == Wait::inside && state.scope(token.instance) == nullptr) return "nothing is inside";
    }
    return "";
}

}  // namespace keepword::bpmn::testing_aid
