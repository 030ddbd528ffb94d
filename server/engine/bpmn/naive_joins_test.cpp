#include <algorithm>

#include "engine/bpmn/naive_test.hpp"

// Parallel and inclusive joins, the latter by searching all paths.
namespace keepword::bpmn::naive {
namespace {

bool waits_at(Token const& token, Index gateway) {
    return token.doing == Doing::join && token.element == gateway;
}

bool has_token(Scope const& scope, Index gateway, Index flow) {
    return std::ranges::any_of(scope.tokens,
                               [&](auto const& token) { return waits_at(*token, gateway) && token->flow == flow; });
}

}  // namespace

bool Interpreter::joins(Index element) const {
    Type const type = d_.at(element).type;
    bool const gateway = type == Type::parallel_gateway || type == Type::inclusive_gateway;
    return gateway && d_.at(element).incoming.size() > 1;
}

// BPMN 2.0.2, 13.4.1: one token on each incoming flow.
void Interpreter::parallel_join(Token& arrived) {
    Scope& scope = *arrived.scope;
    Index const gateway = arrived.element;
    bool const all =
        std::ranges::all_of(d_.at(gateway).incoming, [&](Index flow) { return has_token(scope, gateway, flow); });
    if (all) consume_and_leave(scope, gateway);
}

// The one whose token waits longest.
bool Interpreter::open_one_inclusive_join() {
    for (Token* const token : tokens()) {
        if (token->doing != Doing::join || d_.at(token->element).type != Type::inclusive_gateway) continue;
        if (!nobody_can_come(*token->scope, token->element)) continue;
        consume_and_leave(*token->scope, token->element);
        return true;
    }
    return false;
}

// BPMN 2.0.2, 13.4.3: whoever elsewhere has a path to an incoming flow without a token also has one to an incoming flow
// that has one; no path visits the gateway.
bool Interpreter::nobody_can_come(Scope const& scope, Index gateway) const {
    auto const& incoming = d_.at(gateway).incoming;
    return std::ranges::none_of(scope.tokens, [&](auto const& other) {
        if (other->element == gateway) return false;
        bool to_empty = false;
        bool to_full = false;
        for (Index const flow : incoming) {
            if (!path(other->element, flow, gateway)) continue;
            (has_token(scope, gateway, flow) ? to_full : to_empty) = true;
        }
        return to_empty && !to_full;
    });
}

bool Interpreter::path(Index from, Index flow, Index avoiding) const {
    std::vector<bool> seen(d_.elements.size());
    return path(from, flow, avoiding, seen);
}

// Paths are formed by sequence flows, and by links, which are such flows not drawn.
bool Interpreter::path(Index from, Index flow, Index avoiding, std::vector<bool>& seen) const {
    if (from == none || from == avoiding || seen[from]) return false;
    seen[from] = true;
    if (d_.flows[flow].source == from) return true;
    auto const further = [&](Index out) { return path(d_.flows[out].target, flow, avoiding, seen); };
    return std::ranges::any_of(d_.at(from).outgoing, further) || path(d_.at(from).link, flow, avoiding, seen);
}

// One token of each flow that has one goes into the new one.
void Interpreter::consume_and_leave(Scope& scope, Index gateway) {
    Token& joined = add(scope, gateway);
    joined.number = ++numbers_;
    for (Index const flow : d_.at(gateway).incoming) {
        auto const taken = std::ranges::find_if(
            scope.tokens, [&](auto const& token) { return waits_at(*token, gateway) && token->flow == flow; });
        if (taken != scope.tokens.end()) scope.tokens.erase(taken);
    }
    leave(joined);
}

}  // namespace keepword::bpmn::naive
