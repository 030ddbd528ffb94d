#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Who catches what happens, and what that interrupts. Nobody subscribes: who would catch something follows from where
// the tokens are, so that nothing can be left over when they are taken away.
namespace keepword::bpmn {
namespace {

void add_waiting(Definition const& d, State const& state, std::vector<Catcher>& out) {
    for (auto const& token : state.tokens) {
        switch (token.wait) {
            case Wait::message:
            case Wait::signal:
            case Wait::timer:
            case Wait::condition:
            case Wait::held:
                out.push_back({token.element, token.instance});
                break;
            case Wait::events:
                for (Index const flow : d.at(token.element).outgoing) {
                    out.push_back({d.flows[flow].target, token.instance});
                }
                break;
            default:
                break;
        }
    }
}

int depth_of(State const& state, Instance scope) {
    int depth = 0;
    for (auto const* s = state.scope(scope); s->parent != 0; s = state.scope(s->parent)) ++depth;
    return depth;
}

// What listens at a border, with how deep inside it is.
struct Border {
    int depth = 0;
    Instance holder = 0;
    std::vector<Index> const* events = nullptr;
};

// The inner ones first, of those equally deep the oldest.
void add_from_inside_out(std::vector<Border> borders, std::vector<Catcher>& out) {
    std::ranges::stable_sort(borders, std::greater(), &Border::depth);
    for (auto const& border : borders) {
        for (Index const event : *border.events) out.push_back({event, border.holder});
    }
}

void add_boundaries(Definition const& d, State const& state, std::vector<Catcher>& out) {
    std::vector<Border> borders;
    for (auto const& token : state.tokens) {
        auto const& boundary = d.at(token.element).boundary;
        bool const runs = token.wait != Wait::arriving && token.wait != Wait::leaving;
        // The boundary is the whole activity's, not that of each of its rounds.
        if (boundary.empty() || !runs || is_round(d, state, token.element, token.scope)) continue;
        borders.push_back({depth_of(state, token.scope), token.instance, &boundary});
    }
    add_from_inside_out(std::move(borders), out);
}

void add_event_starts(Definition const& d, State const& state, std::vector<Catcher>& out) {
    std::vector<Border> borders;
    for (auto const& scope : state.scopes) {
        auto const& starts = d.at(scope.element).event_starts;
        if (scope.interrupted || scope.progress || starts.empty()) continue;
        // A round has its scope before it begins, and when it could not begin.
        auto const* host = state.token(scope.instance);
        if (scope.parent != 0 && (host == nullptr || host->wait != Wait::inside)) continue;
        borders.push_back({depth_of(state, scope.instance), scope.instance, &starts});
    }
    add_from_inside_out(std::move(borders), out);
}

}  // namespace

std::vector<Catcher> catchers(Definition const& definition, State const& state) {
    std::vector<Catcher> out;
    if (state.status != Status::running) return out;
    add_waiting(definition, state, out);
    add_boundaries(definition, state, out);
    add_event_starts(definition, state, out);
    return out;
}

bool is_about(Element const& event, Trigger trigger, std::string const& about) {
    bool const receives = trigger == Trigger::message && event.type == Type::receive_task;
    return (event.trigger == trigger || receives) && event.about == about;
}

// ---- who ---------------------------------------------------------------------------------------------------------

bool Machine::is_about(Catcher const& catcher, Trigger trigger, std::string const& about) const {
    return bpmn::is_about(d_.at(catcher.event), trigger, about);
}

// Who catches an error or escalation: from the inside out, at each border the one that names the code before one that
// catches any. `activity` is the token of an activity that throws it itself, or zero.
std::optional<Catcher> Machine::handler(Trigger trigger, std::string const& code, Instance activity, Instance scope) {
    Index came_out_of = none;
    while (true) {
        auto const* host = state_.token(activity);
        if (host != nullptr && !is_round(host->element, host->scope)) {
            if (auto const event = best(d_.at(host->element).boundary, trigger, code, none)) {
                return Catcher{*event, activity};
            }
        }
        Scope const& around = *state_.scope(scope);
        if (!around.progress && !around.interrupted) {
            // What an event sub-process throws is not caught by itself.
            if (auto const event = best(d_.at(around.element).event_starts, trigger, code, came_out_of)) {
                return Catcher{*event, scope};
            }
        }
        if (around.parent == 0) return std::nullopt;
        came_out_of = around.element;
        activity = scope;
        scope = around.parent;
    }
}

std::optional<Index> Machine::best(std::vector<Index> const& events, Trigger trigger, std::string const& code,
                                   Index not_inside) const {
    std::optional<Index> any;
    for (Index const event : events) {
        Element const& e = d_.at(event);
        if (e.trigger != trigger || e.scope == not_inside) continue;
        if (e.about == code) return event;
        if (e.about.empty() && !any) any = event;
    }
    return any;
}

// ---- signals: everybody, unless taken away by it -----------------------------------------------------------------

void Machine::broadcast(std::string const& signal, json::object const& variables) {
    std::vector<Catcher> found;
    for (auto const& catcher : catchers(d_, state_)) {
        if (is_about(catcher, Trigger::signal, signal)) found.push_back(catcher);
    }
    for (auto const& catcher : settle(std::move(found))) happen(catcher, variables);
}

// Of several that one signal reaches, those which can all happen. Of two that interrupt, one within the other, the
// inner one wins; of two on the same, the first in the file; and nothing else happens where something is interrupted.
std::vector<Catcher> Machine::settle(std::vector<Catcher> found) {
    std::vector<Catcher> winners;
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto const beaten_by = [&](std::size_t j) {
            if (j == i || !interrupts(found[j]) || !dies_with(found[j], found[i])) return false;
            return !dies_with(found[i], found[j]) || j < i;
        };
        bool beaten = !interrupts(found[i]);
        for (std::size_t j = 0; j < found.size() && !beaten; ++j) beaten = beaten_by(j);
        if (!beaten) winners.push_back(found[i]);
    }
    std::erase_if(found, [&](Catcher const& catcher) {
        auto const same = [&](Catcher const& w) { return w.event == catcher.event && w.holder == catcher.holder; };
        if (std::ranges::any_of(winners, same)) return false;
        return interrupts(catcher) ||
               std::ranges::any_of(winners, [&](Catcher const& w) { return dies_with(catcher, w); });
    });
    return found;
}

bool Machine::interrupts(Catcher const& catcher) const {
    Element const& event = d_.at(catcher.event);
    bool const on_a_border = event.type == Type::boundary_event || event.type == Type::start_event;
    return on_a_border && event.interrupting;
}

// Whether what `interrupting` takes away takes this catcher away too. A boundary event takes its activity's token away,
// the start of an event sub-process what is in its scope; a scope and the token around it have the same number.
bool Machine::dies_with(Catcher const& catcher, Catcher const& interrupting) const {
    bool const takes_scope = d_.at(interrupting.event).type == Type::start_event;
    bool at_scope = d_.at(catcher.event).type == Type::start_event;
    Instance at = catcher.holder;
    while (at != 0) {
        if (at == interrupting.holder && at_scope == takes_scope) return true;
        if (!at_scope) {
            auto const* token = state_.token(at);
            at = token == nullptr ? 0 : token->scope;
        }
        at_scope = !at_scope;
    }
    return false;
}

// ---- what happens then -------------------------------------------------------------------------------------------

void Machine::happen(Catcher const& catcher, json::object const& variables) {
    Type const type = d_.at(catcher.event).type;
    auto const* token = state_.token(catcher.holder);
    if (type == Type::start_event) {
        if (scope_of(catcher.holder) == nullptr) return;
        merge(variables, catcher.holder, catcher.holder);
        return start_event_sub_process(catcher);
    }
    if (token == nullptr) return;
    merge(variables, type == Type::boundary_event ? 0 : token->instance, token->scope);
    if (type == Type::boundary_event) return start_from_boundary(catcher);
    caught(catcher.holder, catcher.event);
}

// A token that waited for this goes on; from an event-based gateway by the way of what happened.
void Machine::caught(Instance instance, Index event) {
    Token token = *take_token(instance);
    if (token.wait == Wait::held) {
        stop_timers(instance);
        return pass(here_of(std::move(token)));
    }
    Here here = here_of(std::move(token));
    if (here.element != event) {
        trace(Trace::leave, here.element, here.instance);
        auto const& ways = d_.at(here.element).outgoing;
        auto const way = std::ranges::find(ways, event, [&](Index flow) { return d_.flows[flow].target; });
        if (way != ways.end()) trace(Trace::take, *way, here.instance);
        here.element = event;
        here.instance = next_instance();
        trace(Trace::enter, here.element, here.instance);
    }
    trace(Trace::catch_, here.element, here.instance);
    stop_timers(instance);
    finish_activity(std::move(here));
}

// An interrupting one takes its activity and the activity's other clocks away before its own path goes on. One that
// does not interrupt goes its path beside the activity.
void Machine::start_from_boundary(Catcher const& catcher) {
    Token const& host = *state_.token(catcher.holder);
    Move move{.element = catcher.event, .flow = none, .scope = host.scope};
    if (d_.at(catcher.event).interrupting) {
        Token token = *take_token(catcher.holder);
        move.back = token.wait == Wait::task ? with_step(token.back, token.element) : token.back;
        take_away(std::move(token), Why::interrupted);
    }
    moves_.push_back(std::move(move));
}

// It runs inside the scope that it is drawn in, beside what else runs there, or in its stead.
void Machine::start_event_sub_process(Catcher const& catcher) {
    Element const& start = d_.at(catcher.event);
    if (start.interrupting) {
        empty_scope(catcher.holder, Why::interrupted);
        stop_event_start_timers(catcher.holder);
        scope_of(catcher.holder)->interrupted = true;
    }
    Here here{start.scope, next_instance(), catcher.holder};
    if (!timers_can_run(here)) return incident(std::move(here), Wait::arriving, "process.timer");
    trace(Trace::enter, here.element, here.instance);
    sub_process(std::move(here), catcher.event);
}

// ---- conditions --------------------------------------------------------------------------------------------------

// Whether something waited for a condition that holds now; it happens. What does not interrupt would happen again and
// again, so that it is refused at deployment and happens by hand only.
bool Machine::one_condition_became_true() {
    if (!d_.has_conditions) return false;
    for (auto const& catcher : catchers(d_, state_)) {
        Element const& event = d_.at(catcher.event);
        if (event.trigger != Trigger::conditional || !event.condition) continue;
        bool const border = event.type == Type::boundary_event || event.type == Type::start_event;
        if (border && !event.interrupting) continue;
        auto const* token = state_.token(catcher.holder);
        Instance const scope = event.type == Type::start_event ? catcher.holder : token->scope;
        if (!holds(*event.condition, scope)) continue;
        happen(catcher, {});
        return true;
    }
    return false;
}

}  // namespace keepword::bpmn
