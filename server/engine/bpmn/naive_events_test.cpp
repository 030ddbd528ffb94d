#include <algorithm>

#include "engine/bpmn/naive_test.hpp"

// Who catches what happens, what that interrupts, and clocks.
namespace keepword::bpmn::naive {
namespace {

bool on_a_border(Element const& event) {
    return event.type == Type::boundary_event || event.type == Type::start_event;
}

bool waits(Token const& token) {
    return token.doing == Doing::message || token.doing == Doing::signal || token.doing == Doing::timer ||
           token.doing == Doing::condition;
}

}  // namespace

// ---- events from outside -----------------------------------------------------------------------------------------

bool Interpreter::fire(std::string const& key, std::string const& event, std::uint32_t missed) {
    for (auto const& catcher : catchers()) {
        Token const* const holder = token(catcher.holder);
        Scope const* const around = scope(catcher.holder);
        if (holder == nullptr && around == nullptr) continue;
        Token const* const named = around == nullptr ? holder : around->host;
        bool const right = (named == nullptr ? "" : key_of(*named)) == key && d_.at(catcher.event).id == event;
        if (!right) continue;
        auto const& clocks = around == nullptr ? holder->clocks : around->clocks;
        if (std::ranges::find(clocks, catcher.event, &Clock::event) == clocks.end()) return false;
        use_up(catcher, missed);
        happen(catcher, {});
        settle();
        return true;
    }
    return false;
}

// Whoever waits for it by itself, the one that waits longest first; then boundary events; then event sub-processes; of
// both the inner ones first, and of those equally deep the oldest.
bool Interpreter::message(std::string const& key, std::string const& name, json::object const& variables) {
    for (auto const& catcher : catchers()) {
        Element const& event = d_.at(catcher.event);
        bool const about = event.type == Type::receive_task || event.trigger == Trigger::message;
        Scope const* const around = scope(catcher.holder);
        Token const* const holder = around == nullptr ? token(catcher.holder) : around->host;
        bool const meant = key.empty() || (holder != nullptr && key_of(*holder) == key);
        if (!about || event.about != name || !meant) continue;
        happen(catcher, variables);
        settle();
        return true;
    }
    return false;
}

bool Interpreter::signal(std::string const& name, json::object const& variables) {
    if (status_ != "running") return true;
    broadcast(name, variables);
    settle();
    return true;
}

bool Interpreter::happened(std::string const& event, json::object const& variables) {
    for (auto const& catcher : catchers()) {
        if (d_.at(catcher.event).id != event) continue;
        use_up(catcher, 0);
        happen(catcher, variables);
        settle();
        return true;
    }
    return false;
}

bool Interpreter::call_errored(std::string const& key, std::string const& code) {
    Token* const call = named_token(key, Doing::call);
    if (call == nullptr) return false;
    throw_error(code, *call, true, Doing::failed);
    settle();
    return true;
}

bool Interpreter::call_escalated(std::string const& key, std::string const& code) {
    Token* const call = named_token(key, Doing::call);
    if (call == nullptr) return false;
    escalate(code, *call, true);
    settle();
    return true;
}

// ---- who catches -------------------------------------------------------------------------------------------------

std::vector<Catcher> Interpreter::catchers() const {
    std::vector<Catcher> out;
    if (status_ != "running") return out;
    auto const all = tokens();
    for (Token const* const token : all) {
        if (waits(*token)) out.push_back({token->element, token->id});
        if (token->doing != Doing::events) continue;
        for (Index const flow : d_.at(token->element).outgoing) out.push_back({d_.flows[flow].target, token->id});
    }
    auto const deep = [](Scope const* inside) {
        int depth = 0;
        for (; inside->host != nullptr; inside = inside->host->scope) ++depth;
        return depth;
    };
    auto inner = all;
    std::ranges::stable_sort(inner, std::greater(), [&](Token const* token) { return deep(token->scope); });
    for (Token const* const token : inner) {
        bool const runs = token->doing != Doing::moving && token->doing != Doing::arriving &&
                          token->doing != Doing::leaving && !token->round;
        if (!runs) continue;
        for (Index const event : borders(token->element)) out.push_back({event, token->id});
    }
    auto inner_first = scopes();
    std::ranges::stable_sort(inner_first, std::greater(), deep);
    for (Scope const* const scope : inner_first) {
        if (scope->rounds || scope->interrupted) continue;
        for (Index const start : event_starts(scope->element)) out.push_back({start, scope->id});
    }
    return out;
}

// The one that names the code before one that catches all of them.
std::optional<Index> Interpreter::named(std::vector<Index> const& events, Trigger trigger,
                                        std::string const& code) const {
    for (auto const& wanted : {code, std::string()}) {
        for (Index const event : events) {
            if (d_.at(event).trigger == trigger && d_.at(event).about == wanted) return event;
        }
    }
    return std::nullopt;
}

// Up the tree: the activity's own border where it throws itself, the event sub-processes around, the border around
// those, and so on. What an event sub-process throws is not caught by itself.
std::optional<Catcher> Interpreter::who_catches(Trigger trigger, std::string const& code, Token const& from,
                                                bool own) const {
    if (own && !from.round) {
        if (auto const event = named(borders(from.element), trigger, code)) return Catcher{*event, from.id};
    }
    Index came_out_of = none;
    for (Scope const* scope = from.scope;; scope = scope->host->scope) {
        auto starts = event_starts(scope->element);
        std::erase_if(starts, [&](Index start) { return d_.at(start).scope == came_out_of; });
        if (!scope->rounds && !scope->interrupted) {
            if (auto const event = named(starts, trigger, code)) return Catcher{*event, scope->id};
        }
        if (scope->host == nullptr) return std::nullopt;
        if (!scope->host->round) {
            auto const event = named(borders(scope->host->element), trigger, code);
            if (event) return Catcher{*event, scope->host->id};
        }
        came_out_of = scope->element;
    }
}

void Interpreter::escalate(std::string const& code, Token& from, bool own) {
    if (auto const catcher = who_catches(Trigger::escalation, code, from, own)) {
        happen(*catcher, {});
    } else if (called_) {
        told_.push_back("escalation " + code);
    }
}

// Uncaught, it ends a called process, and is an incident elsewhere.
void Interpreter::throw_error(std::string const& code, Token& from, bool own, Doing otherwise) {
    if (auto const catcher = who_catches(Trigger::error, code, from, own)) return happen(*catcher, {});
    if (!called_) return trouble(from, otherwise, "process.error");
    process_->tokens.clear();
    over(*process_, "failed");
}

// ---- signals -----------------------------------------------------------------------------------------------------

bool Interpreter::interrupts(Catcher const& catcher) const {
    return on_a_border(d_.at(catcher.event)) && d_.at(catcher.event).interrupting;
}

// The tokens and scopes in which the catcher stands, itself first: with any of them it would be taken away. A boundary
// event takes its token, the start of an event sub-process what its scope has in it.
std::vector<int> Interpreter::above(Catcher const& catcher) const {
    std::vector<int> out;
    Token const* at = token(catcher.holder);
    Scope const* around = at == nullptr ? scope(catcher.holder) : at->scope;
    if (at != nullptr) out.push_back(at->id);
    while (around != nullptr) {
        out.push_back(around->id);
        if (around->host == nullptr) break;
        out.push_back(around->host->id);
        around = around->host->scope;
    }
    return out;
}

// Everybody hears it. Of those that interrupt, one around another does not fire, nor the later one on the same border;
// and nothing else fires where something is interrupted.
void Interpreter::broadcast(std::string const& name, json::object const& variables) {
    std::vector<Catcher> hearing;
    for (auto const& catcher : catchers()) {
        Element const& event = d_.at(catcher.event);
        if (event.trigger == Trigger::signal && event.about == name) hearing.push_back(catcher);
    }
    auto const dies_by = [&](Catcher const& one, Catcher const& other) {
        auto const places = above(one);
        return std::ranges::find(places, other.holder) != places.end();
    };
    std::vector<Catcher> winning;
    for (auto const& one : hearing) {
        bool wins = interrupts(one);
        bool before = true;  // whether the other stands before it
        for (auto const& other : hearing) {
            if (&other == &one) {
                before = false;
            } else if (interrupts(other) && dies_by(other, one) && (before || !dies_by(one, other))) {
                wins = false;
            }
        }
        if (wins) winning.push_back(one);
    }
    std::vector<Catcher> firing;
    for (auto const& one : hearing) {
        auto const itself = [&](Catcher const& w) { return w.event == one.event && w.holder == one.holder; };
        auto const kills = [&](Catcher const& w) { return dies_by(one, w); };
        bool const wins = std::ranges::any_of(winning, itself);
        if (wins || (!interrupts(one) && std::ranges::none_of(winning, kills))) firing.push_back(one);
    }
    for (auto const& one : firing) happen(one, variables);
}

// ---- what happens then -------------------------------------------------------------------------------------------

void Interpreter::happen(Catcher const& catcher, json::object const& variables) {
    if (Scope* const around = scope(catcher.holder)) {
        write(around->host, variables);
        return begin_event_sub_process(*around, catcher.event);
    }
    Token* const holder = token(catcher.holder);
    if (holder == nullptr) return;
    bool const border = d_.at(catcher.event).type == Type::boundary_event;
    write(border ? holder->scope->host : holder, variables);
    if (border) return happen_at_border(*holder, catcher.event);
    caught(*holder, catcher.event);
}

void Interpreter::happen_at_border(Token& host, Index event) {
    Scope& scope = *host.scope;
    if (!d_.at(event).interrupting) return send(scope, event, none, {});
    auto back = host.back;
    if (host.doing == Doing::task) back.push_back(host.element);
    if (back.size() > 16) back.erase(back.begin());
    remove(host);
    send(scope, event, none, back);
}

void Interpreter::caught(Token& token, Index event) {
    if (token.element != event) {
        token.element = event;
        token.number = ++numbers_;
    }
    finish(token);
}

void Interpreter::begin_event_sub_process(Scope& scope, Index start) {
    if (d_.at(start).interrupting) {
        scope.tokens.clear();
        scope.clocks.clear();
        scope.interrupted = true;
    }
    Token& host = add(scope, d_.at(start).scope);
    host.number = ++numbers_;
    wait(host, Doing::inside);
    Scope& inside = open(host);
    for (Index const nested : event_starts(inside.element)) wind(inside.clocks, nested, inside);
    send(inside, start, none, {});
}

bool Interpreter::one_condition_holds() {
    for (auto const& catcher : catchers()) {
        Element const& event = d_.at(catcher.event);
        if (event.trigger != Trigger::conditional || (on_a_border(event) && !event.interrupting)) continue;
        Scope const* const own = scope(catcher.holder);
        if (!holds(*event.condition, own != nullptr ? *own : *token(catcher.holder)->scope)) continue;
        happen(catcher, {});
        return true;
    }
    return false;
}

}  // namespace keepword::bpmn::naive
