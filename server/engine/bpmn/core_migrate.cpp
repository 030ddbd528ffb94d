#include <algorithm>

#include "engine/bpmn/machine.hpp"

// A running instance moves to another version of its drawing, by a map that says where everything that waits goes.
namespace keepword::bpmn {
namespace {

class Migrator {
  public:
    Migrator(Definition const& from, Definition const& to, MigrationMap const& map) : from_(from), to_(to), map_(map) {}

    State state(State const& old) {
        State out = old;
        for (auto& scope : out.scopes) scope.element = element_of(scope.element);
        for (auto& token : out.tokens) {
            token.element = element_of(token.element);
            if (token.flow != none) token.flow = flow_of(token.flow);
            if (token.wait != Wait::join) token.flow = none;
            std::erase_if(token.back, [this](Index task) { return !map_.elements.contains(from_.at(task).id); });
            for (auto& task : token.back) task = element_of(task);
        }
        // A clock that the new drawing does not have is stopped (stop_lost_timers).
        std::erase_if(out.timers, [this](Timer const& timer) { return !known(timer.element); });
        for (auto& timer : out.timers) timer.element = element_of(timer.element);
        if (problems_.empty()) check_places(old, out);
        return out;
    }

    std::vector<MigrationProblem> problems() && { return std::move(problems_); }

  private:
    void problem(std::string const& element, std::string what) {
        MigrationProblem found{element, std::move(what)};
        if (std::ranges::find(problems_, found) == problems_.end()) problems_.push_back(std::move(found));
    }

    // What carries the same name in both maps to itself only for clocks: they hang on what was mapped.
    bool known(Index timer) const {
        auto const& id = from_.at(timer).id;
        auto const mapped = map_.elements.find(id);
        return to_.find(mapped == map_.elements.end() ? id : mapped->second) != none;
    }

    Index element_of(Index old) {
        Element const& was = from_.at(old);
        auto const mapped = map_.elements.find(was.id);
        bool const itself = was.type == Type::process || is_event(was.type);
        if (mapped == map_.elements.end() && !itself) {
            problem(was.id, "unmapped");
            return none;
        }
        Index const now =
            was.type == Type::process ? to_.process : to_.find(mapped == map_.elements.end() ? was.id : mapped->second);
        if (now == none) {
            problem(was.id, "unknown");
        } else if (to_.at(now).type != was.type || to_.at(now).trigger != was.trigger) {
            problem(was.id, "other-kind");
        } else if (to_.at(now).loop.has_value() != was.loop.has_value()) {
            problem(was.id, "other-rounds");
        }
        return now;
    }

    Index flow_of(Index old) {
        auto const& id = from_.flows[old].id;
        auto const mapped = map_.elements.find(id);
        return to_.find_flow(mapped == map_.elements.end() ? id : mapped->second);
    }

    // Everything stands where the new drawing has it: in the right sub-process, at a flow that leads to its join.
    void check_places(State const& old, State const& out) {
        for (std::size_t i = 0; i < out.tokens.size(); ++i) {
            auto const& token = out.tokens[i];
            auto const& id = from_.at(old.tokens[i].element).id;
            auto const* scope = out.scope(token.scope);
            bool const round = scope->progress && scope->element == token.element;
            if (!round && to_.at(token.element).scope != scope->element) problem(id, "other-sub-process");
            if (token.wait != Wait::join) continue;
            auto const& incoming = to_.at(token.element).incoming;
            if (std::ranges::find(incoming, token.flow) == incoming.end()) problem(id, "other-flow");
        }
    }

    Definition const& from_;
    Definition const& to_;
    MigrationMap const& map_;
    std::vector<MigrationProblem> problems_;
};

}  // namespace

MigrationMap same_names(Definition const& from, Definition const& to) {
    MigrationMap map;
    for (auto const& element : from.elements) {
        Index const now = to.find(element.id);
        bool const same = now != none && to.at(now).type == element.type && element.type != Type::process;
        if (same) map.elements.emplace(element.id, element.id);
    }
    return map;
}

Migrated migrate(Definition const& from, Definition const& to, State const& state, MigrationMap const& map,
                 Instant now) {
    Migrator migrator(from, to, map);
    State moved = migrator.state(state);
    Migrated out{.step = {}, .problems = std::move(migrator).problems()};
    if (!out.problems.empty()) return out;
    Machine machine(to, std::move(moved), now);
    machine.settle_clocks(state);
    out.step = std::move(machine).finish();
    return out;
}

// Clocks of the old drawing that the new one does not have are stopped; those that only the new one has begin now.
void Machine::settle_clocks(State const& before) {
    for (auto const& timer : before.timers) {
        if (state_.timer(timer.instance) == nullptr) emit(TimerCancelled{timer.instance, none});
    }
    auto const runs = [&](Index event, Instance attached) {
        return std::ranges::any_of(state_.timers,
                                   [&](Timer const& t) { return t.element == event && t.attached == attached; });
    };
    for (auto const& token : std::vector<Token>(state_.tokens)) {
        bool const was_there = before.token(token.instance) != nullptr;
        bool const at_work = !token.incident() && token.wait != Wait::join;
        if (!was_there || !at_work || is_round(token.element, token.scope)) continue;
        for (Index const event : d_.at(token.element).boundary) {
            if (d_.at(event).trigger != Trigger::timer || runs(event, token.instance)) continue;
            start_timer(event, token.instance, token.scope);
        }
    }
}

}  // namespace keepword::bpmn
