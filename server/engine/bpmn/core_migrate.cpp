#include <algorithm>

#include "engine/bpmn/machine.hpp"

// A running instance moves to another version of its drawing, by a map that says where everything that waits goes.
namespace keepword::bpmn {
namespace {

// Whether rounds that have begun can go on as these: in the same order, with their entries and their results.
bool same_rounds(std::optional<Loop> const& was, std::optional<Loop> const& now) {
    if (!was || !now) return !was && !now;
    return was->rounds == now->rounds && was->collect.empty() == now->collect.empty() &&
           was->collection.has_value() == now->collection.has_value() && was->item == now->item;
}

class Migrator {
  public:
    Migrator(Definition const& from, Definition const& to, MigrationMap const& map) : from_(from), to_(to), map_(map) {}

    State state(State const& old) {
        State out = old;
        for (auto& scope : out.scopes) scope.element = element_of(scope.element);
        for (auto& token : out.tokens) {
            token.element = element_of(token.element);
            // Only a join asks by which flow a token came, also of one that was stopped before it.
            bool const came_by = token.flow != none && (token.wait == Wait::join || token.wait == Wait::arriving);
            token.flow = came_by ? to_.find_flow(name_of(from_.flows[token.flow].id)) : none;
            std::erase_if(token.back, [this](Index task) { return !map_.elements.contains(from_.at(task).id); });
            for (auto& task : token.back) task = element_of(task);
        }
        for (auto& timer : out.timers) timer.element = to_.find(name_of(from_.at(timer.element).id));
        if (!problems_.empty()) return out;
        for (std::size_t i = 0; i < out.tokens.size(); ++i) check_place(old, out, i);
        return out;
    }

    // Where the old drawing had a clock, whether it still runs or is used up, as the new one names it.
    std::vector<Catcher> clocks(State const& old) const {
        std::vector<Catcher> out;
        for (auto const& [event, holder] : catchers(from_, old)) {
            if (from_.at(event).trigger == Trigger::timer)
                out.push_back({to_.find(name_of(from_.at(event).id)), holder});
        }
        return out;
    }

    void problem(std::string const& element, std::string what) {
        MigrationProblem found{element, std::move(what)};
        if (std::ranges::find(problems_, found) == problems_.end()) problems_.push_back(std::move(found));
    }
    std::vector<MigrationProblem> const& problems() const { return problems_; }

  private:
    std::string const& name_of(std::string const& id) const {
        auto const mapped = map_.elements.find(id);
        return mapped == map_.elements.end() ? id : mapped->second;
    }

    Index element_of(Index old) {
        Element const& was = from_.at(old);
        // What carries the same name in both maps to itself only for events and the process.
        if (!map_.elements.contains(was.id) && was.type != Type::process && !is_event(was.type)) {
            problem(was.id, "unmapped");
            return none;
        }
        Index const now = was.type == Type::process ? to_.process : to_.find(name_of(was.id));
        if (now == none) {
            problem(was.id, "unknown");
        } else if (to_.at(now).type != was.type || to_.at(now).trigger != was.trigger ||
                   to_.at(now).by_event != was.by_event) {
            problem(was.id, "other-kind");
        }
        return now;
    }

    // Everything stands where the new drawing has it: in the right sub-process, in rounds that can go on, at a flow
    // that leads to its join. What can be gone back to stands beside it.
    void check_place(State const& old, State& out, std::size_t i) {
        auto& token = out.tokens[i];
        auto const& was = from_.at(old.tokens[i].element);
        auto const& now = to_.at(token.element);
        auto const& scope = *out.scope(token.scope);
        bool const round = scope.progress && scope.element == token.element;
        if (!round && now.scope != scope.element) problem(was.id, "other-sub-process");
        bool const has_none = !round && (token.wait == Wait::arriving || token.wait == Wait::leaving);
        if (!has_none && !same_rounds(was.loop, now.loop)) problem(was.id, "other-rounds");
        bool const gateway = now.type == Type::parallel_gateway || now.type == Type::inclusive_gateway;
        bool const will_join = token.wait == Wait::arriving && gateway && now.incoming.size() > 1;
        bool const leads_here = std::ranges::find(now.incoming, token.flow) != now.incoming.end();
        if ((token.wait == Wait::join || will_join) && !leads_here) problem(was.id, "other-flow");
        if (token.wait == Wait::join && is_crowded(old, out, i)) problem(was.id, "other-flow");
        std::erase_if(token.back, [&](Index task) { return to_.at(task).scope != scope.element; });
    }

    // Whether tokens meet at a join that did not come together: from two joins, or on two flows that are one now. Their
    // numbers say otherwise, and the join would wait for ever or open too early.
    bool is_crowded(State const& old, State const& out, std::size_t i) const {
        auto const& token = out.tokens[i];
        for (std::size_t j = 0; j < out.tokens.size(); ++j) {
            auto const& other = out.tokens[j];
            if (j == i || other.wait != Wait::join || other.element != token.element || other.scope != token.scope)
                continue;
            if (old.tokens[j].element != old.tokens[i].element) return true;
            if (other.instance == token.instance && other.flow == token.flow) return true;
        }
        return false;
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
    if (!migrator.problems().empty()) return {.step = {}, .problems = migrator.problems()};
    Machine machine(to, std::move(moved), now);
    for (Index const clock : machine.settle_clocks(migrator.clocks(state)))
        migrator.problem(to.at(clock).id, "no-length");
    if (!migrator.problems().empty()) return {.step = {}, .problems = migrator.problems()};
    machine.open_full_joins();
    machine.run();
    return {.step = std::move(machine).finish(), .problems = {}};
}

// A clock goes on where its event hangs on the same in the new drawing, else it is stopped; those that only the new
// drawing has begin now. Told are those that cannot run.
std::vector<Index> Machine::settle_clocks(std::vector<Catcher> const& had) {
    auto const is = [](Catcher const& a) {
        return [a](Catcher const& b) { return a.event == b.event && a.holder == b.holder; };
    };
    auto begin = catchers(d_, state_);
    std::erase_if(begin, [&](Catcher const& c) { return d_.at(c.event).trigger != Trigger::timer; });
    std::erase_if(state_.timers, [&](Timer const& timer) {
        bool const goes_on = std::erase_if(begin, is({timer.element, timer.attached})) > 0;
        if (!goes_on) emit(TimerCancelled{timer.instance, timer.element});
        return !goes_on;
    });
    // What is used up does not begin again.
    std::erase_if(begin, [&](Catcher const& c) { return std::ranges::any_of(had, is(c)); });
    std::vector<Index> cannot_run;
    for (auto const& [event, holder] : begin) {
        bool const of_scope = d_.at(event).type == Type::start_event;
        Instance const scope = of_scope ? holder : state_.token(holder)->scope;
        if (!timer_set(event, holder, scope)) cannot_run.push_back(event);
        start_timer(event, holder, scope);
    }
    return cannot_run;
}

// A join all of whose flows have their token in the new drawing waits for nobody any more.
void Machine::open_full_joins() {
    auto const full = [&](Token const& token) {
        return token.wait == Wait::join && parallel_join_complete(token.element, token.instance);
    };
    for (auto at = std::ranges::find_if(state_.tokens, full); at != state_.tokens.end();
         at = std::ranges::find_if(state_.tokens, full)) {
        join(Token(*at));
    }
}

}  // namespace keepword::bpmn
