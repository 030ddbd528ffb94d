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
    if (!variables().contains("called")) variables()["called"] = false;
    for (Index const node : nodes) moves_.push_back({.element = node, .flow = none, .scope = root});
    return {};
}

Result<> Machine::on(CompleteTask const& event) {
    auto const token = take_waiting(event.instance, Wait::task);
    if (!token) return fail(Kind::conflict, "task.already-done");
    auto const& offered = d_.outcomes(token->element);
    bool const fits =
        event.outcome ? std::ranges::find(offered, *event.outcome, &Outcome::value) != offered.end() : offered.empty();
    if (!fits) {
        return fail(Error(Kind::invalid, "process.outcome")
                        .with("task", d_.at(token->element).id)
                        .with("outcome", event.outcome.value_or("")));
    }
    merge(event.variables);
    // The variable is the last completed task's, and only that: a form field of this name does not stand in for it.
    variables().erase("outcome");
    if (event.outcome) variables()["outcome"] = *event.outcome;
    trace(Trace::complete, token->element, token->instance);
    stop_timers(token->instance);
    finish_activity({token->element, token->instance, token->scope, with_step(token->back, token->element)});
    return {};
}

Result<> Machine::on(TimerFired const& event) {
    auto const found = std::ranges::find(state_.timers, event.instance, &Timer::instance);
    if (found == state_.timers.end()) return fail(Kind::conflict, "timer.gone");
    Timer const timer = *found;
    state_.timers.erase(found);
    fire(timer, event.missed);
    return {};
}

Result<> Machine::on(MessageArrived const& event) {
    // Tokens stand in the order in which they came to rest: the first is the oldest.
    auto const awaits = [&](Token const& token) {
        bool const right = event.instance == 0 || event.instance == token.instance;
        return token.wait == Wait::message && right && d_.at(token.element).message == event.name;
    };
    auto const found = std::ranges::find_if(state_.tokens, awaits);
    if (found == state_.tokens.end()) return fail(Kind::conflict, "message.not-awaited");
    Token token = std::move(*found);
    state_.tokens.erase(found);
    merge(event.variables);
    trace(Trace::catch_, token.element, token.instance);
    stop_timers(token.instance);
    finish_activity({token.element, token.instance, token.scope, std::move(token.back)});
    return {};
}

Result<> Machine::on(CallEnded const& event) {
    auto token = take_waiting(event.instance, Wait::call);
    if (!token) return fail(Kind::conflict, "call.gone");
    std::string_view names = d_.at(token->element).attribute("out");
    while (!names.empty()) {
        auto const end = std::min(names.find(' '), names.size());
        auto const* value = event.variables.if_contains(names.substr(0, end));
        if (value != nullptr) variables()[names.substr(0, end)] = *value;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    stop_timers(token->instance);
    finish_activity({token->element, token->instance, token->scope, std::move(token->back)});
    return {};
}

Result<> Machine::on(CallFailed const& event) {
    auto token = take_waiting(event.instance, Wait::call);
    if (!token) return fail(Kind::conflict, "call.gone");
    incident({token->element, token->instance, token->scope, std::move(token->back)}, Wait::failed, event.code);
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
        call({token.element, token.instance, token.scope, std::move(token.back)});
    } else {
        leave({token.element, token.instance, token.scope, std::move(token.back)});
    }
    return {};
}

Result<> Machine::on(SetVariables const& event) {
    if (state_.status != Status::running) return fail(Kind::conflict, "process.not-running");
    merge(event.variables);
    return {};
}

Result<> Machine::on(Cancel const&) {
    if (state_.status != Status::running) return fail(Kind::conflict, "process.not-running");
    empty_scope(state_.scopes.front().instance, Why::cancelled);
    end_process(none, Status::cancelled);
    return {};
}

// ---- moving ------------------------------------------------------------------------------------------------------

void Machine::run() {
    for (int moves = 0; next_move_ < moves_.size(); ++moves) {
        if (moves == max_moves) return park_everything();
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
    Element const& element = d_.at(move.element);
    if (element.type == Type::parallel_gateway && element.incoming.size() > 1) return arrive_at_join(std::move(move));
    Here here{move.element, move.instance != 0 ? move.instance : next_instance(), move.scope, std::move(move.back)};
    if (!timers_can_run(here.element, here.scope)) {
        return incident(std::move(here), Wait::arriving, "process.timer", move.flow);
    }
    trace(Trace::enter, here.element, here.instance);
    act(std::move(here));
}

void Machine::act(Here here) {
    switch (d_.at(here.element).type) {
        case Type::user_task:
            return user_task(std::move(here));
        case Type::receive_task:
            boundary_timers(here);
            return rest(std::move(here), Wait::message);
        case Type::call_activity:
            boundary_timers(here);
            return call(here);
        case Type::service_task:
            emit(ServiceCalled{here.instance, here.element});
            return finish_activity(std::move(here));
        case Type::send_task:
            send(here);
            return finish_activity(std::move(here));
        case Type::task:
        case Type::manual_task:
            return finish_activity(std::move(here));
        case Type::start_event:
        case Type::boundary_event:
            if (d_.at(here.element).trigger != Trigger::nothing) trace(Trace::catch_, here.element, here.instance);
            return leave(std::move(here));
        case Type::end_event:
            return end_event(std::move(here));
        case Type::intermediate_throw_event:
            return throw_event(std::move(here));
        case Type::intermediate_catch_event:
            return catch_event(std::move(here));
        case Type::exclusive_gateway:
        case Type::parallel_gateway:
            return leave(std::move(here));
        default:
            // The checks refuse these at deployment; a drawing that is simulated all the same stops here and says so.
            return incident(std::move(here), Wait::arriving, "process.unsupported");
    }
}

// ---- tokens and variables ----------------------------------------------------------------------------------------

std::optional<Token> Machine::take_waiting(Instance instance, Wait wait) {
    auto const found = std::ranges::find_if(
        state_.tokens, [&](Token const& token) { return token.instance == instance && token.wait == wait; });
    if (found == state_.tokens.end()) return std::nullopt;
    Token token = std::move(*found);
    state_.tokens.erase(found);
    return token;
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

void Machine::merge(json::object const& given) {
    for (auto const& [name, value] : given) variables()[name] = value;
}

feel::Scopes Machine::scopes_of(Instance scope) {
    chain_.clear();
    while (scope != 0) {
        auto const found = std::ranges::find(state_.scopes, scope, &Scope::instance);
        if (found == state_.scopes.end()) break;
        chain_.push_back(&found->variables);
        scope = found->parent;
    }
    return chain_;
}

}  // namespace keepword::bpmn
