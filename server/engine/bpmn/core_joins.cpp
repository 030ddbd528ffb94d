#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Parallel and inclusive joins. The tokens that meet share a number, the join's round.
namespace keepword::bpmn {

bool Machine::joins(Element const& element) const {
    bool const gateway = element.type == Type::parallel_gateway || element.type == Type::inclusive_gateway;
    return gateway && element.incoming.size() > 1;
}

// A token waits at the join for the others. A second one on the same flow does not stand in for a missing one: it
// belongs to the next round.
void Machine::arrive_at_join(Move move) {
    Instance instance = join_instance(move);
    if (instance == 0) instance = next_instance();
    trace(Trace::enter, move.element, instance);
    rest({move.element, instance, move.scope, {}}, Wait::join, move.flow);
    bool const parallel = d_.at(move.element).type == Type::parallel_gateway;
    // An inclusive join asks who else may come: it is opened when nothing moves any more (run).
    if (parallel && parallel_join_complete(move.element, instance)) join(Token(state_.tokens.back()));
}

// The oldest round that still lacks a token on this flow; zero where there is none.
Instance Machine::join_instance(Move const& move) const {
    for (auto const& token : state_.tokens) {
        if (token.element != move.element || token.scope != move.scope || token.wait != Wait::join) continue;
        bool const has_this_flow = std::ranges::any_of(state_.tokens, [&](Token const& other) {
            return other.instance == token.instance && other.flow == move.flow;
        });
        if (!has_this_flow) return token.instance;
    }
    return 0;
}

// One token on each incoming flow, whoever else is on the way.
bool Machine::parallel_join_complete(Index gateway, Instance instance) const {
    auto const arrived = std::ranges::count(state_.tokens, instance, &Token::instance);
    return static_cast<std::size_t>(arrived) == d_.at(gateway).incoming.size();
}

// Nobody can still come on a flow that has no token: as the standard has it, a token elsewhere in the scope keeps the
// join waiting when it has a way to an empty incoming flow and none to a flow that has its token already.
bool Machine::inclusive_join_complete(Token const& waiting) const {
    auto const& incoming = d_.at(waiting.element).incoming;
    auto const has_token = [&](Index flow) {
        return std::ranges::any_of(state_.tokens,
                                   [&](Token const& t) { return t.instance == waiting.instance && t.flow == flow; });
    };
    std::vector<Index> full;
    std::vector<Index> empty;
    for (Index const flow : incoming) (has_token(flow) ? full : empty).push_back(flow);
    if (empty.empty()) return true;
    return std::ranges::none_of(state_.tokens, [&](Token const& token) {
        if (token.scope != waiting.scope || token.element == waiting.element) return false;
        auto const reaches = [&](Index flow) { return d_.reaches(token.element, flow); };
        return std::ranges::any_of(empty, reaches) && std::ranges::none_of(full, reaches);
    });
}

// Opens the first inclusive join that nobody can come to any more; false where there is none.
bool Machine::open_an_inclusive_join() {
    if (d_.reaching.empty()) return false;
    auto const opens = std::ranges::find_if(state_.tokens, [&](Token const& token) {
        return token.wait == Wait::join && d_.at(token.element).type == Type::inclusive_gateway &&
               inclusive_join_complete(token);
    });
    if (opens == state_.tokens.end()) return false;
    join(Token(*opens));
    return true;
}

void Machine::join(Token const& waiting) {
    std::erase_if(state_.tokens, [&](Token const& token) { return token.instance == waiting.instance; });
    leave({waiting.element, waiting.instance, waiting.scope, {}});
}

}  // namespace keepword::bpmn
