#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "engine/bpmn/naive_test.hpp"

// The tree of what runs: adding, taking away, finding, naming; and which variables are seen and written from where.
namespace keepword::bpmn::naive {

Token& Interpreter::add(Scope& scope, Index element) {
    auto token = std::make_unique<Token>();
    token->id = ++ids_;
    token->since = ++order_;
    token->scope = &scope;
    token->element = element;
    scope.tokens.push_back(std::move(token));
    return *scope.tokens.back();
}

void Interpreter::send(Scope& scope, Index element, Index flow, std::vector<Index> back) {
    Token& token = add(scope, element);
    token.flow = flow;
    token.back = std::move(back);
}

Scope& Interpreter::open(Token& host) {
    host.inside = std::make_unique<Scope>();
    host.inside->id = ++ids_;
    // What a round has inside is as old as the round.
    host.inside->opened = host.round ? host.id : host.inside->id;
    host.inside->element = host.element;
    host.inside->host = &host;
    return *host.inside;
}

void Interpreter::wait(Token& token, Doing doing) {
    token.doing = doing;
    token.since = ++order_;
}

void Interpreter::trouble(Token& token, Doing doing, std::string const& code) {
    wait(token, doing);
    token.code = code;
}

void Interpreter::remove(Token& token) {
    token.scope->tokens.remove_if([&](auto const& other) { return other.get() == &token; });
}

std::vector<Scope*> Interpreter::scopes() const {
    std::vector<Scope*> out;
    std::function<void(Scope*)> const gather = [&](Scope* scope) {
        out.push_back(scope);
        for (auto const& token : scope->tokens) {
            if (token->inside) gather(token->inside.get());
        }
    };
    if (process_) gather(process_.get());
    std::ranges::sort(out, {}, &Scope::opened);
    return out;
}

std::vector<Token*> Interpreter::tokens() const {
    std::vector<Token*> out;
    for (Scope* const scope : scopes()) {
        for (auto const& token : scope->tokens) out.push_back(token.get());
    }
    std::ranges::sort(out, {}, &Token::since);
    return out;
}

Token* Interpreter::token(int id) const {
    auto const all = tokens();
    auto const found = std::ranges::find(all, id, &Token::id);
    return found == all.end() ? nullptr : *found;
}

Scope* Interpreter::scope(int id) const {
    auto const all = scopes();
    auto const found = std::ranges::find(all, id, &Scope::id);
    return found == all.end() ? nullptr : *found;
}

std::vector<Index> Interpreter::borders(Index activity) const {
    std::vector<Index> out;
    for (Index i = 0; i < d_.elements.size(); ++i) {
        if (d_.at(i).type == Type::boundary_event && d_.at(i).attached_to == activity) out.push_back(i);
    }
    return out;
}

// The start events of the event sub-processes drawn in a process or sub-process.
std::vector<Index> Interpreter::event_starts(Index scope) const {
    std::vector<Index> out;
    for (Index const child : d_.at(scope).children) {
        if (!d_.at(child).by_event) continue;
        for (Index const inner : d_.at(child).children) {
            if (d_.at(inner).type == Type::start_event) out.push_back(inner);
        }
    }
    return out;
}

// ---- names and the view ------------------------------------------------------------------------------------------

// The how-manieth at its element it is, counted by age.
std::string Interpreter::key_of(Token const& token) const {
    std::string const around = token.scope->host == nullptr ? "" : key_of(*token.scope->host);
    auto const older = std::ranges::count_if(token.scope->tokens, [&](auto const& other) {
        return other->element == token.element && other->number <= token.number && other->doing != Doing::join;
    });
    return fmt::format("{}/{}#{}", around, d_.at(token.element).id, older);
}

Token* Interpreter::named_token(std::string const& key) const {
    for (Token* const token : tokens()) {
        if (token->doing != Doing::join && key_of(*token) == key) return token;
    }
    return nullptr;
}

Token* Interpreter::named_token(std::string const& key, Doing doing) const {
    Token* const found = named_token(key);
    return found != nullptr && found->doing == doing ? found : nullptr;
}

void Interpreter::look(Scope const& scope, std::string const& key, View& out) const {
    if (scope.interrupted) out.push_back(key + " interrupted");
    if (scope.rounds)
        out.push_back(fmt::format("{} {} of {} begun, {} done", key, scope.begun, scope.planned, scope.done));
    for (auto const& clock : scope.clocks) {
        out.push_back(fmt::format("{} clock {} fired {} of {}", key, d_.at(clock.event).id, clock.fired, clock.text));
    }
    for (auto const& token : scope.tokens) {
        if (token->doing == Doing::join) {
            out.push_back(fmt::format("{}/{} join {}", key, d_.at(token->element).id, d_.flows[token->flow].id));
            continue;
        }
        auto const name = key_of(*token);
        std::string line = fmt::format("{} {} {}", name, json::word(token->doing), token->code);
        for (Index const task : token->back) line += " <" + d_.at(task).id;
        out.push_back(line);
        for (auto const& clock : token->clocks) {
            out.push_back(
                fmt::format("{} clock {} fired {} of {}", name, d_.at(clock.event).id, clock.fired, clock.text));
        }
        for (auto const& [variable, value] : token->own) {
            out.push_back(fmt::format("{} {} = {}", name, std::string(variable), json::serialize(value)));
        }
        if (token->inside) look(*token->inside, name, out);
    }
}

View Interpreter::view() const {
    View out{"status " + status_};
    for (auto const& [name, value] : variables_) {
        out.push_back(fmt::format("{} = {}", std::string(name), json::serialize(value)));
    }
    if (status_ == "running") look(*process_, "", out);
    std::ranges::sort(out);
    return out;
}

// ---- variables ---------------------------------------------------------------------------------------------------

// Where what is done at a token is written: in its multi-instance round, or with the process.
json::object& Interpreter::home(Token* token) {
    for (; token != nullptr; token = token->scope->host) {
        bool const alone = token->round && d_.at(token->element).loop->rounds != Rounds::standard;
        if (alone) return token->own;
    }
    return variables_;
}

void Interpreter::write(Token* token, json::object const& variables) {
    auto& at = home(token);
    for (auto const& [name, value] : variables) at[name] = value;
}

std::vector<json::object const*> Interpreter::known(Token const* token, Scope const* scope) const {
    std::vector<json::object const*> out;
    if (token != nullptr && token->round) out.push_back(&token->own);
    for (Token const* host = scope->host; host != nullptr; host = host->scope->host) {
        if (host->round) out.push_back(&host->own);
    }
    out.push_back(&variables_);
    return out;
}

bool Interpreter::holds(feel::Expression const& condition, Scope const& scope) const {
    return feel::holds(condition, known(nullptr, &scope));
}

}  // namespace keepword::bpmn::naive
