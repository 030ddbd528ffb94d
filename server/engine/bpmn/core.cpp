#include "engine/bpmn/core.hpp"

#include <algorithm>

#include "engine/bpmn/machine.hpp"

namespace keepword::bpmn {

json::object const& State::variables() const {
    static json::object const before_the_start;
    return scopes.empty() ? before_the_start : scopes.front().variables;
}

Token const* State::token(Instance instance) const {
    auto const found = std::ranges::find(tokens, instance, &Token::instance);
    return found == tokens.end() ? nullptr : &*found;
}

Timer const* State::timer(Instance instance) const {
    auto const found = std::ranges::find(timers, instance, &Timer::instance);
    return found == timers.end() ? nullptr : &*found;
}

Scope const* State::scope(Instance instance) const {
    auto const found = std::ranges::find(scopes, instance, &Scope::instance);
    return found == scopes.end() ? nullptr : &*found;
}

json::object State::visible_at(Instance token) const {
    auto const* found = this->token(token);
    Instance at = scope(token) != nullptr ? token : found != nullptr ? found->scope : 0;
    return at == 0 ? variables() : visible_in(at);
}

json::object State::visible_in(Instance scope) const {
    json::object out;
    for (auto const* s = this->scope(scope); s != nullptr; s = this->scope(s->parent)) {
        for (auto const& [name, value] : s->variables) {
            if (!out.contains(name)) out[name] = value;
        }
    }
    return out;
}

std::string const& id_of(Traced const& traced, Definition const& definition) {
    return traced.what == Trace::take ? definition.flows[traced.element].id : definition.at(traced.element).id;
}

Result<Step> step(Definition const& definition, State state, Event const& event, Instant now) {
    Machine machine(definition, std::move(state), now);
    TRY(machine.handle(event));
    machine.run();
    return std::move(machine).finish();
}

Result<> Machine::handle(Event const& event) {
    effects_.reserve(32);
    return std::visit([this](auto const& e) { return on(e); }, event);
}

// ---- events ------------------------------------------------------------------------------------------------------

Result<> Machine::on(Start const& event) {
    if (state_.status != Status::fresh) return fail(Kind::conflict, "process.already-started");
    Index const process = event.process.empty() ? d_.process : d_.find(event.process);
    if (process == none || d_.at(process).type != Type::process) return fail(Kind::invalid, "process.start");
    auto const nodes = TRY(start_nodes(event, process));
    state_.status = Status::running;
    Instance const root = next_instance();
    state_.scopes.push_back({.instance = root, .parent = 0, .element = process, .variables = event.variables});
    // The variable is for conditions; a form field of this name changes nothing about the process.
    auto& called = variables()["called"];
    state_.called = called.is_bool() && called.get_bool();
    called = state_.called;
    if (!timers_can_run({process, 0, root})) return fail(Kind::invalid, "process.timer");
    event_start_timers(root);
    for (Index const node : nodes) moves_.push_back({.element = node, .flow = none, .scope = root});
    return {};
}

Result<> Machine::on(CompleteTask const& event) {
    auto token = take_waiting(event.instance, Wait::task);
    if (!token) return fail(Kind::conflict, "task.already-done");
    auto const& offered = d_.outcomes(token->element);
    bool const fits =
        event.outcome ? std::ranges::find(offered, *event.outcome, &Outcome::value) != offered.end() : offered.empty();
    if (!fits) {
        return fail(Error(Kind::invalid, "process.outcome")
                        .with("task", d_.at(token->element).id)
                        .with("outcome", event.outcome.value_or("")));
    }
    auto& given = variables_at(token->instance, token->scope);
    for (auto const& [name, value] : event.variables) given[name] = value;
    // The variable is the last completed task's, and only that: a form field of this name does not stand in for it, and
    // in a round not what was decided before.
    if (event.outcome) {
        given["outcome"] = *event.outcome;
    } else if (&given == &variables()) {
        given.erase("outcome");
    } else {
        given["outcome"] = nullptr;
    }
    trace(Trace::complete, token->element, token->instance);
    stop_timers(token->instance);
    token->back = with_step(std::move(token->back), token->element);
    finish_activity(here_of(std::move(*token)));
    return {};
}

Result<> Machine::on(TimerFired const& event) {
    auto const* timer = state_.timer(event.instance);
    if (timer == nullptr) return fail(Kind::conflict, "timer.gone");
    Catcher const catcher{timer->element, timer->attached};
    time_is_up(catcher, event.missed);
    happen(catcher, {});
    return {};
}

Result<> Machine::on(MessageArrived const& event) {
    for (auto const& catcher : catchers(d_, state_)) {
        bool const right = event.instance == 0 || event.instance == catcher.holder;
        if (!right || !is_about(catcher, Trigger::message, event.name)) continue;
        happen(catcher, event.variables);
        return {};
    }
    return fail(Kind::conflict, "message.not-awaited");
}

Result<> Machine::on(SignalArrived const& event) {
    if (state_.status == Status::running) broadcast(event.name, event.variables);
    return {};
}

Result<> Machine::on(Happened const& event) {
    Index const element = d_.find(event.element);
    for (auto const& catcher : catchers(d_, state_)) {
        if (catcher.event != element || (event.instance != 0 && event.instance != catcher.holder)) continue;
        auto const* timer = timer_of(catcher);
        Instance const clock = timer == nullptr ? 0 : timer->instance;
        time_is_up(catcher, 0);
        // Nobody outside knows that this clock is used up: it did not go off.
        if (clock != 0 && state_.timer(clock) == nullptr) emit(TimerCancelled{clock, element});
        happen(catcher, event.variables);
        return {};
    }
    return fail(Kind::conflict, "process.not-awaited");
}

Result<> Machine::on(CallEnded const& event) {
    auto token = take_waiting(event.instance, Wait::call);
    if (!token) return fail(Kind::conflict, "call.gone");
    copy_named(d_.at(token->element).attribute("out"), event.variables, variables_at(token->instance, token->scope));
    stop_timers(token->instance);
    finish_activity(here_of(std::move(*token)));
    return {};
}

Result<> Machine::on(CallFailed const& event) {
    auto token = take_waiting(event.instance, Wait::call);
    if (!token) return fail(Kind::conflict, "call.gone");
    incident(here_of(std::move(*token)), Wait::failed, event.code);
    return {};
}

Result<> Machine::on(CallErrored const& event) {
    auto const* token = state_.token(event.instance);
    if (token == nullptr || token->wait != Wait::call) return fail(Kind::conflict, "call.gone");
    if (auto const caught = handler(Trigger::error, event.code, token->instance, token->scope)) {
        happen(*caught, {});
    } else {
        uncaught_error(here_of(*take_token(event.instance)), event.code, Wait::failed);
    }
    return {};
}

Result<> Machine::on(CallEscalated const& event) {
    auto const* token = state_.token(event.instance);
    if (token == nullptr || token->wait != Wait::call) return fail(Kind::conflict, "call.gone");
    throw_escalation({token->element, token->instance, token->scope}, event.code, token->instance);
    return {};
}

Result<> Machine::on(ReturnTask const& event) {
    auto const found = std::ranges::find(state_.tokens, event.instance, &Token::instance);
    if (found == state_.tokens.end() || found->wait != Wait::task) return fail(Kind::conflict, "task.already-done");
    // With other tokens on their way, going back would make one of them run twice or wait for ever.
    Token token = *found;
    auto const beside = std::ranges::count(state_.tokens, token.scope, &Token::scope);
    if (beside > 1 || token.back.empty()) return fail(Kind::conflict, "process.return");
    state_.tokens.erase(found);
    take_away(token, Why::returned);
    Index const before = token.back.back();
    token.back.pop_back();
    moves_.push_back({.element = before, .flow = none, .scope = token.scope, .instance = 0, .back = token.back});
    return {};
}

Result<> Machine::on(Retry const& event) {
    auto const found = std::ranges::find(state_.tokens, event.instance, &Token::instance);
    if (found == state_.tokens.end() || !found->incident()) return fail(Kind::conflict, "incident.gone");
    Token token = std::move(*found);
    state_.tokens.erase(found);
    if (token.wait == Wait::arriving) {
        moves_.push_back({token.element, token.flow, token.scope, token.instance, std::move(token.back)});
    } else if (token.wait == Wait::failed) {
        call(here_of(std::move(token)));
    } else {
        leave(here_of(std::move(token)));
    }
    return {};
}

Result<> Machine::on(SetVariables const& event) {
    if (state_.status != Status::running) return fail(Kind::conflict, "process.not-running");
    auto const* token = state_.token(event.instance);
    merge(event.variables, event.instance, token == nullptr ? state_.scopes.front().instance : token->scope);
    return {};
}

Result<> Machine::on(Cancel const&) {
    if (state_.status != Status::running) return fail(Kind::conflict, "process.not-running");
    empty_scope(state_.scopes.front().instance, Why::cancelled);
    end_process(none, Status::cancelled);
    return {};
}

// ---- moving ------------------------------------------------------------------------------------------------------

// Inclusive joins and conditions look at the whole: they are asked when nothing moves any more.
void Machine::run() {
    do {
        drain();
    } while (state_.status == Status::running && next_move_ < max_moves &&
             (open_an_inclusive_join() || one_condition_became_true()));
}

void Machine::drain() {
    while (next_move_ < moves_.size()) {
        if (next_move_ >= max_moves || crowd() >= max_tokens) return park_everything();
        Move move = std::move(moves_[next_move_++]);
        arrive(std::move(move));
    }
}

// A drawing that goes round without ever waiting: the tokens stay where they were about to go.
void Machine::park_everything() {
    while (next_move_ < moves_.size()) {
        Move move = std::move(moves_[next_move_++]);
        Instance const instance = move.instance != 0 ? move.instance : next_instance();
        incident({move.element, instance, move.scope, std::move(move.back)}, Wait::arriving, "process.loop", move.flow);
    }
}

void Machine::arrive(Move move) {
    if (joins(d_.at(move.element))) return arrive_at_join(std::move(move));
    Here here{move.element, move.instance != 0 ? move.instance : next_instance(), move.scope, std::move(move.back)};
    if (!timers_can_run(here)) {
        return incident(std::move(here), Wait::arriving, "process.timer", move.flow);
    }
    trace(Trace::enter, here.element, here.instance);
    act(std::move(here));
}

void Machine::act(Here here) {
    Element const& element = d_.at(here.element);
    if (element.loop && !is_round(here.element, here.scope)) return begin_rounds(std::move(here));
    switch (element.type) {
        case Type::user_task:
            return user_task(std::move(here));
        case Type::receive_task:
            boundary_timers(here);
            return rest(std::move(here), Wait::message);
        case Type::call_activity:
            boundary_timers(here);
            return call(here);
        case Type::sub_process:
            return sub_process(std::move(here));
        case Type::task:
        case Type::manual_task:
        case Type::service_task:
        case Type::send_task:
        case Type::script_task:
            return automatic_task(std::move(here));
        case Type::start_event:
        case Type::boundary_event:
            if (element.trigger != Trigger::nothing) trace(Trace::catch_, here.element, here.instance);
            return leave(std::move(here));
        case Type::end_event:
            return end_event(std::move(here));
        case Type::intermediate_throw_event:
            return throw_event(std::move(here));
        case Type::intermediate_catch_event:
            return catch_event(std::move(here));
        case Type::event_based_gateway:
            return event_gateway(std::move(here));
        case Type::exclusive_gateway:
        case Type::parallel_gateway:
        case Type::inclusive_gateway:
            return leave(std::move(here));
        default:
            // The checks refuse these at deployment; a drawing that is simulated all the same stops here and says so.
            return incident(std::move(here), Wait::arriving, "process.unsupported");
    }
}

// ---- tokens ------------------------------------------------------------------------------------------------------

std::optional<Token> Machine::take_token(Instance instance) {
    auto const found = std::ranges::find(state_.tokens, instance, &Token::instance);
    if (found == state_.tokens.end()) return std::nullopt;
    Token token = std::move(*found);
    state_.tokens.erase(found);
    return token;
}

std::optional<Token> Machine::take_waiting(Instance instance, Wait wait) {
    auto const* found = state_.token(instance);
    return found != nullptr && found->wait == wait ? take_token(instance) : std::nullopt;
}

void Machine::rest(Here here, Wait wait, Index flow) {
    state_.tokens.push_back({.instance = here.instance,
                             .scope = here.scope,
                             .element = here.element,
                             .flow = flow,
                             .wait = wait,
                             .code = {},
                             .back = std::move(here.back)});
}

void Machine::incident(Here here, Wait wait, std::string code, Index flow) {
    trace(Trace::incident, here.element, here.instance);
    emit(Incident{here.instance, here.element, code});
    rest(std::move(here), wait, flow);
    state_.tokens.back().code = std::move(code);
}

// ---- variables ---------------------------------------------------------------------------------------------------

Scope* Machine::scope_of(Instance instance) {
    auto const found = std::ranges::find(state_.scopes, instance, &Scope::instance);
    return found == state_.scopes.end() ? nullptr : &*found;
}

// Where what is done at a token is written down: with the process, or with the round of a multi-instance activity in
// which it is done, so that one round does not write over another. The rounds of a standard loop share what they know.
json::object& Machine::variables_at(Instance instance, Instance scope) {
    Scope* at = scope_of(instance);
    if (at == nullptr) at = scope_of(scope);
    while (at->parent != 0) {
        Scope* const around = scope_of(at->parent);
        bool const keeps_to_itself = around->progress && d_.at(at->element).loop->rounds != Rounds::standard;
        if (keeps_to_itself) return at->variables;
        at = around;
    }
    return at->variables;
}

void Machine::merge(json::object const& given, Instance instance, Instance scope) {
    if (given.empty()) return;
    auto& known = variables_at(instance, scope);
    for (auto const& [name, value] : given) known[name] = value;
}

feel::Scopes Machine::scopes_of(Instance scope) {
    chain_.clear();
    while (scope != 0) {
        auto const* found = state_.scope(scope);
        if (found == nullptr) break;
        chain_.push_back(&found->variables);
        scope = found->parent;
    }
    return chain_;
}

}  // namespace keepword::bpmn
