#include <algorithm>

#include "engine/bpmn/machine.hpp"

// The ends of processes, and what is taken away.
namespace keepword::bpmn {

// Whether any token rests or moves in the scope.
bool Machine::alive(Instance scope) const {
    bool const rests = std::ranges::any_of(state_.tokens, [&](Token const& token) { return token.scope == scope; });
    auto const moving = std::ranges::subrange(moves_.begin() + static_cast<std::ptrdiff_t>(next_move_), moves_.end());
    return rests || std::ranges::any_of(moving, [&](Move const& move) { return move.scope == scope; });
}

// A token was used up. The scope ends with its last one, the branches beside it included.
void Machine::gone(Instance scope, Index last) {
    if (!alive(scope)) end_process(last, Status::completed);
}

void Machine::end_process(Index last, Status status) {
    state_.status = status;
    bool const by_event = last != none && d_.at(last).type == Type::end_event;
    emit(Ended{by_event ? last : none, status});
    trace(Trace::end, state_.scopes.front().element, state_.scopes.front().instance);
}

// A resting token that is not to go on, and everything that hangs on it. It is no longer among the tokens.
void Machine::take_away(Token token, Why why) {
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
    moves_.erase(std::remove_if(begin, moves_.end(), [&](Move const& move) { return move.scope == scope; }),
                 moves_.end());
}

}  // namespace keepword::bpmn
