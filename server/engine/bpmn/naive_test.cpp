#include "engine/bpmn/naive_test.hpp"

#include <algorithm>

// Tokens along flows: whoever set out first moves first, one element at a time, until none can move.
namespace keepword::bpmn::naive {

// ---- events ------------------------------------------------------------------------------------------------------

bool Interpreter::start(json::object variables) {
    status_ = "running";
    variables_ = std::move(variables);
    called_ = variables_["called"] == json::value(true);
    variables_["called"] = called_;
    process_ = std::make_unique<Scope>();
    process_->id = process_->opened = ++ids_;
    process_->element = d_.process;
    begin(*process_);
    settle();
    return true;
}

bool Interpreter::complete(std::string const& key, std::string const& outcome, json::object const& variables) {
    Token* const task = named_token(key, Doing::task);
    if (task == nullptr) return false;
    auto const& offered = d_.at(task->element).outcomes;
    bool const fits = outcome.empty() ? offered.empty()
                                      : std::ranges::any_of(offered, [&](auto const& o) { return o.value == outcome; });
    if (!fits) return false;
    write(task, variables);
    auto& place = home(task);
    if (!outcome.empty())
        place["outcome"] = outcome;
    else if (place.contains("loopCounter"))
        place["outcome"] = nullptr;
    else
        place.erase("outcome");
    task->back.push_back(task->element);
    if (task->back.size() > 16) task->back.erase(task->back.begin());
    finish(*task);
    settle();
    return true;
}

bool Interpreter::call_ended(std::string const& key, json::object const& variables) {
    Token* const call = named_token(key, Doing::call);
    if (call == nullptr) return false;
    for (auto const& [name, value] : variables) {
        if (d_.at(call->element).attribute("out") == name) write(call, {{name, value}});
    }
    finish(*call);
    settle();
    return true;
}

bool Interpreter::call_failed(std::string const& key, std::string const& code) {
    Token* const call = named_token(key, Doing::call);
    if (call == nullptr) return false;
    trouble(*call, Doing::failed, code);
    return true;
}

// Back to the user task before, where nothing else is on its way in the scope.
bool Interpreter::go_back(std::string const& key) {
    Token* const task = named_token(key, Doing::task);
    if (task == nullptr || task->back.empty() || task->scope->tokens.size() > 1) return false;
    auto back = task->back;
    Index const before = back.back();
    back.pop_back();
    Scope& scope = *task->scope;
    remove(*task);
    send(scope, before, none, back);
    settle();
    return true;
}

bool Interpreter::retry(std::string const& key) {
    Token* const stuck = named_token(key);
    if (stuck == nullptr || stuck->code.empty()) return false;
    auto const was = stuck->doing;
    stuck->code.clear();
    if (was == Doing::arriving) wait(*stuck, Doing::moving);
    if (was == Doing::failed) act(*stuck);
    if (was == Doing::leaving) leave(*stuck);
    settle();
    return true;
}

bool Interpreter::set(std::string const& key, json::object const& variables) {
    if (status_ != "running") return false;
    write(named_token(key), variables);
    settle();
    return true;
}

bool Interpreter::cancel() {
    if (status_ != "running") return false;
    process_->tokens.clear();
    over(*process_, "cancelled");
    return true;
}

// ---- moving ------------------------------------------------------------------------------------------------------

// Inclusive joins and conditions look at the whole: they are asked when nothing else moves.
void Interpreter::settle() {
    moves_ = 0;
    while (status_ == "running" && !gave_up()) {
        ++moves_;
        auto const all = tokens();
        auto const next = std::ranges::find(all, Doing::moving, &Token::doing);
        if (next != all.end()) {
            arrive(**next);
        } else if (!open_one_inclusive_join() && !one_condition_holds()) {
            return;
        }
    }
}

void Interpreter::arrive(Token& token) {
    if (joins(token.element)) {
        token.back.clear();
        wait(token, Doing::join);
        if (d_.at(token.element).type == Type::parallel_gateway) parallel_join(token);
        return;
    }
    if (token.number == 0) token.number = ++numbers_;
    if (!clocks_can_run(token)) return trouble(token, Doing::arriving, "process.timer");
    if (d_.at(token.element).loop && !token.round) return begin_rounds(token);
    act(token);
}

void Interpreter::act(Token& token) {
    Element const& element = d_.at(token.element);
    switch (element.type) {
        case Type::user_task:
            told_.push_back("task " + element.id);
            wind_border(token);
            return wait(token, Doing::task);
        case Type::receive_task:
            wind_border(token);
            return wait(token, Doing::message);
        case Type::call_activity:
            told_.push_back("call of " + element.called);
            // Tried again, its clocks have been running all the time.
            if (token.doing == Doing::moving) wind_border(token);
            return wait(token, Doing::call);
        case Type::sub_process:
            wind_border(token);
            wait(token, Doing::inside);
            return begin(open(token));
        case Type::service_task:
            told_.push_back("service " + element.id);
            return finish(token);
        case Type::send_task:
            told_.push_back("message " + element.about);
            return finish(token);
        case Type::script_task:
            script(token);
            return finish(token);
        case Type::end_event:
        case Type::intermediate_throw_event:
            return throw_here(token);
        case Type::intermediate_catch_event:
        case Type::event_based_gateway:
            return catch_here(token);
        default:
            return finish(token);
    }
}

void Interpreter::script(Token& token) {
    Element const& element = d_.at(token.element);
    auto const scopes = known(&token, token.scope);
    home(&token)[element.attribute("resultVariable")] = feel::evaluate(*element.script, scopes);
}

void Interpreter::catch_here(Token& token) {
    Element const& element = d_.at(token.element);
    if (element.trigger == Trigger::link) return leave(token);
    if (element.type == Type::event_based_gateway) {
        for (Index const flow : element.outgoing) wind(token.clocks, d_.flows[flow].target, *token.scope);
        return wait(token, Doing::events);
    }
    wind(token.clocks, token.element, *token.scope);
    wait(token, element.trigger == Trigger::timer         ? Doing::timer
                : element.trigger == Trigger::signal      ? Doing::signal
                : element.trigger == Trigger::conditional ? Doing::condition
                                                          : Doing::message);
}

// What is thrown happens first; it may take the thrower away, which then does not go on.
void Interpreter::throw_here(Token& thrower) {
    Element const& element = d_.at(thrower.element);
    int const id = thrower.id;
    Scope& scope = *thrower.scope;
    wait(thrower, Doing::throwing);
    switch (element.trigger) {
        case Trigger::terminate:
            scope.tokens.clear();
            return over(scope, "terminated");
        case Trigger::link:
            send(scope, element.link, none, thrower.back);
            return remove(thrower);
        case Trigger::error:
            return throw_error(element.about, thrower, false, Doing::arriving);
        case Trigger::message:
            told_.push_back("message " + element.about);
            break;
        case Trigger::signal:
            told_.push_back("signal " + element.about);
            broadcast(element.about, {});
            break;
        case Trigger::escalation:
            escalate(element.about, thrower, false);
            break;
        default:
            break;
    }
    if (Token* const still = token(id)) leave(*still);
}

// What an activity is for is done.
void Interpreter::finish(Token& token) {
    token.clocks.clear();
    if (token.round) return finish_round(token);
    leave(token);
}

void Interpreter::leave(Token& token) {
    auto const ways = ways_out(token);
    if (!ways) return trouble(token, Doing::leaving, "process.no-flow");
    go(token, *ways);
}

void Interpreter::go(Token& token, std::vector<Index> const& ways) {
    Scope& scope = *token.scope;
    for (Index const way : ways) {
        send(scope, d_.flows[way].target, way, ways.size() == 1 ? token.back : std::vector<Index>{});
    }
    remove(token);
    if (scope.tokens.empty()) over(scope, "completed");
}

// ---- which ways --------------------------------------------------------------------------------------------------

std::optional<std::vector<Index>> Interpreter::ways_out(Token const& token) const {
    Element const& element = d_.at(token.element);
    if (element.type == Type::exclusive_gateway) return one_way(token);
    if (element.type == Type::inclusive_gateway || is_activity(element.type)) return some_ways(token);
    return element.outgoing;
}

std::optional<std::vector<Index>> Interpreter::one_way(Token const& token) const {
    Element const& gateway = d_.at(token.element);
    if (gateway.outgoing.empty()) return gateway.outgoing;
    if (gateway.outgoing.size() == 1 && !d_.flows[gateway.outgoing[0]].condition) return gateway.outgoing;
    for (Index const flow : gateway.outgoing) {
        auto const& condition = d_.flows[flow].condition;
        if (condition && holds(*condition, *token.scope)) return std::vector{flow};
    }
    if (gateway.default_flow == none) return std::nullopt;
    return std::vector{gateway.default_flow};
}

// All whose condition holds; the default one where no condition does. Flows without a condition are always taken.
std::optional<std::vector<Index>> Interpreter::some_ways(Token const& token) const {
    Element const& element = d_.at(token.element);
    if (element.outgoing.empty()) return element.outgoing;
    std::vector<Index> taken;
    bool any_held = false;
    for (Index const flow : element.outgoing) {
        auto const& condition = d_.flows[flow].condition;
        if (condition && holds(*condition, *token.scope)) any_held = true;
        if (flow == element.default_flow) continue;
        if (!condition || holds(*condition, *token.scope)) taken.push_back(flow);
    }
    if (!any_held && element.default_flow != none) taken.push_back(element.default_flow);
    if (taken.empty()) return std::nullopt;
    return taken;
}

// ---- scopes ------------------------------------------------------------------------------------------------------

// At the start event that is about nothing; where there is none, at all that nothing flows into (BPMN 2.0.2, 13.3.4).
void Interpreter::begin(Scope& scope) {
    for (Index const start : event_starts(scope.element)) wind(scope.clocks, start, scope);
    for (Index const child : d_.at(scope.element).children) {
        Element const& node = d_.at(child);
        bool const start = node.type == Type::start_event;
        bool const waits_to_be_met =
            node.type == Type::boundary_event || node.trigger == Trigger::link || node.by_event;
        if (start ? node.trigger == Trigger::nothing : node.incoming.empty() && !waits_to_be_met) {
            send(scope, child, none, {});
        }
    }
}

// A scope is over with its last token; then the activity around it is done.
void Interpreter::over(Scope& scope, std::string const& how) {
    if (scope.host == nullptr) {
        status_ = how;
        scope.clocks.clear();
        return;
    }
    Token& host = *scope.host;
    host.inside.reset();
    finish(host);
}

}  // namespace keepword::bpmn::naive
