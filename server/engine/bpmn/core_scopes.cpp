#include <algorithm>

#include "engine/bpmn/machine.hpp"

// The ends of processes and sub-processes, and what is taken away.
namespace keepword::bpmn {

Instance Machine::open_scope(Index element, Instance instance, Instance parent) {
    state_.scopes.push_back({.instance = instance, .parent = parent, .element = element, .variables = {}});
    return instance;
}

void Machine::close_scope(Instance scope) {
    std::erase_if(state_.scopes, [&](Scope const& s) { return s.instance == scope; });
}

// Whether any token rests or moves in the scope.
bool Machine::alive(Instance scope) const {
    bool const rests = std::ranges::any_of(state_.tokens, [&](Token const& token) { return token.scope == scope; });
    auto const moving = std::ranges::subrange(moves_.begin() + static_cast<std::ptrdiff_t>(next_move_), moves_.end());
    return rests || std::ranges::any_of(moving, [&](Move const& move) { return move.scope == scope; });
}

// A token was used up. The scope ends with its last one, the branches beside it and event sub-processes included.
void Machine::gone(Instance scope, Index last) {
    if (!alive(scope)) scope_ended(scope, last, Status::completed);
}

// The process is over, or the sub-process, whose own token goes on. The scope of a round is closed with the round.
void Machine::scope_ended(Instance scope, Index last, Status status) {
    if (state_.scope(scope)->parent == 0) return end_process(last, status);
    Token host = *take_token(scope);
    stop_timers(scope);
    if (!is_round(host.element, host.scope)) close_scope(scope);
    finish_activity(here_of(std::move(host)));
}

void Machine::end_process(Index last, Status status, std::string code) {
    Scope const& process = state_.scopes.front();
    stop_timers(process.instance);
    state_.status = status;
    bool const by_event = last != none && d_.at(last).type == Type::end_event;
    emit(Ended{by_event ? last : none, status, std::move(code)});
    trace(Trace::end, process.element, process.instance);
}

// A resting token that is not to go on, and everything that hangs on it. It is no longer among the tokens.
void Machine::take_away(Token token, Why why) {
    if (token.wait == Wait::inside) {
        empty_scope(token.instance, why);
        close_scope(token.instance);
    } else if (is_round(token.element, token.scope)) {
        close_scope(token.instance);
    }
    stop_timers(token.instance);
    if (token.wait == Wait::task) emit(TaskCancelled{token.instance, token.element, why});
    if (token.wait == Wait::call) emit(CallCancelled{token.instance, token.element});
    trace(Trace::cancel, token.element, token.instance);
}

// Takes away every token of the scope, those on their way included.
void Machine::empty_scope(Instance scope, Why why) {
    std::vector<Token> taken;
    std::vector<Token> kept;
    for (auto& token : state_.tokens) (token.scope == scope ? taken : kept).push_back(std::move(token));
    state_.tokens = std::move(kept);
    for (auto& token : taken) take_away(std::move(token), why);
    auto const begin = moves_.begin() + static_cast<std::ptrdiff_t>(next_move_);
    // A round that has not entered yet has its scope already.
    for (auto move = begin; move != moves_.end(); ++move) {
        if (move->scope == scope && is_round(move->element, scope)) close_scope(move->instance);
    }
    moves_.erase(std::remove_if(begin, moves_.end(), [&](Move const& move) { return move.scope == scope; }),
                 moves_.end());
}

}  // namespace keepword::bpmn
