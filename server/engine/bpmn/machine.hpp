#pragma once
#include <optional>
#include <vector>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/timer.hpp"

// One step of the core at work. Private to this folder; each file has one matter:
//   core.cpp             takes the event, moves tokens until all rest
//   core_flows.cpp       sequence flows, exclusive and inclusive splits, conditional flows
//   core_joins.cpp       parallel and inclusive joins
//   core_activities.cpp  tasks, scripts, calls
//   core_loops.cpp       multi-instance activities and standard loops
//   core_events.cpp      starts, ends, what is thrown
//   core_catching.cpp    who catches what happens, and what that interrupts
//   core_timers.cpp      clocks
//   core_migrate.cpp     another version of the drawing
//   core_scopes.cpp      the ends of processes and sub-processes, and what is taken away
namespace keepword::bpmn {

// Tokens of one case. Beyond this a drawing goes round a split: each round would leave more people's tasks behind.
constexpr std::size_t max_tokens = 5'000;

// A token on its way to an element.
struct Move {
    Index element = none;
    Index flow = none;
    Instance scope = 0;
    Instance instance = 0;  // an incident that is tried again keeps its number, a round has that of its scope
    std::vector<Index> back = {};
};

// A token at an element, about to do something there.
struct Here {
    Index element = none;
    Instance instance = 0;
    Instance scope = 0;
    std::vector<Index> back = {};
};

// Whether a token at this element, in this scope, is one round of an activity that is done several times.
bool is_round(Definition const& d, State const& state, Index element, Instance scope);

class Machine {
  public:
    Machine(Definition const& definition, State state, Instant now)
        : d_(definition), state_(std::move(state)), now_(now) {}

    Result<> handle(Event const& event);
    // Moves tokens until all rest.
    void run();
    // After a migration (core_migrate.cpp).
    std::vector<Index> settle_clocks(std::vector<Catcher> const& had);
    void open_full_joins();
    Step finish() && { return {std::move(state_), std::move(effects_)}; }

  private:
    // ---- core.cpp: one function per event
    Result<> on(Start const& event);
    Result<> on(CompleteTask const& event);
    Result<> on(TimerFired const& event);
    Result<> on(MessageArrived const& event);
    Result<> on(SignalArrived const& event);
    Result<> on(Happened const& event);
    Result<> on(CallEnded const& event);
    Result<> on(CallFailed const& event);
    Result<> on(CallErrored const& event);
    Result<> on(CallEscalated const& event);
    Result<> on(ReturnTask const& event);
    Result<> on(Retry const& event);
    Result<> on(SetVariables const& event);
    Result<> on(Cancel const& event);

    void drain();
    void arrive(Move move);
    void act(Here here);
    void park_everything();

    void trace(Trace what, Index element, Instance instance) { effects_.push_back(Traced{what, element, instance}); }
    template <class T>
    void emit(T effect) {
        effects_.push_back(std::move(effect));
    }
    Instance next_instance() { return state_.next++; }
    // The tokens, those on their way included.
    std::size_t crowd() const { return state_.tokens.size() + (moves_.size() - next_move_); }

    // The token that waits so under this number, taken out of the state; nullopt where there is none.
    std::optional<Token> take_waiting(Instance instance, Wait wait);
    std::optional<Token> take_token(Instance instance);
    void rest(Here here, Wait wait, Index flow = none);
    void incident(Here here, Wait wait, std::string code, Index flow = none);
    static Here here_of(Token token) { return {token.element, token.instance, token.scope, std::move(token.back)}; }

    Scope* scope_of(Instance instance);
    // The token's own scope where it has one, as a round or sub-process has; else the one it is in.
    Instance inner_scope(Here const& here) { return scope_of(here.instance) != nullptr ? here.instance : here.scope; }
    json::object& variables() { return state_.scopes.front().variables; }
    json::object& variables_at(Instance instance, Instance scope);
    void merge(json::object const& given, Instance instance, Instance scope);
    feel::Scopes scopes_of(Instance scope);
    json::value evaluate(feel::Expression const& expression, Instance scope) {
        return feel::evaluate(expression, scopes_of(scope));
    }
    bool holds(feel::Expression const& condition, Instance scope) { return feel::holds(condition, scopes_of(scope)); }

    // ---- core_flows.cpp
    void leave(Here here);
    void follow(Here here, std::vector<Index> const& flows);
    std::optional<std::vector<Index>> ways_out(Here const& here);
    std::optional<std::vector<Index>> exclusive_choice(Element const& gateway, Instance scope);
    std::optional<std::vector<Index>> inclusive_choice(Element const& gateway, Instance scope);
    std::optional<std::vector<Index>> conditional_flows(Element const& activity, Instance scope);

    // ---- core_joins.cpp
    bool joins(Element const& element) const;
    void arrive_at_join(Move move);
    Instance join_instance(Move const& move) const;
    bool parallel_join_complete(Index gateway, Instance instance) const;
    bool inclusive_join_complete(Token const& waiting) const;
    bool open_an_inclusive_join();
    void join(Token const& waiting);

    // ---- core_activities.cpp
    void user_task(Here here);
    void automatic_task(Here here);
    void script(Here const& here);
    static json::value not_too_deep(json::value value);
    void pass(Here here);
    void call(Here const& here);
    json::object sent_variables(Here const& here);
    json::object call_variables(Here const& here);
    static void copy_named(std::string_view names, json::object const& from, json::object& to);
    void sub_process(Here here, Index caught = none);
    void send(Here const& here);
    void send_along_message_flows(Here const& here);
    void leave_mark(Here const& here);
    void finish_activity(Here here);
    static std::vector<Index> with_step(std::vector<Index> back, Index task);

    // ---- core_loops.cpp
    bool is_round(Index element, Instance scope) const { return bpmn::is_round(d_, state_, element, scope); }
    void begin_rounds(Here here);
    std::optional<Progress> plan_rounds(Here const& here);
    void begin_first_rounds(Instance around);
    void begin_round(Instance around);
    void finish_round(Here here);
    void keep_result(Scope& around, Scope const& round);
    bool holds_among_rounds(feel::Expression const& condition, Scope const& around);
    bool goes_on(Scope const& around);
    bool throw_round_events(Instance around);
    void end_rounds(Instance around);

    // ---- core_events.cpp
    Result<std::vector<Index>> start_nodes(Start const& event, Index process) const;
    std::vector<Index> beginnings(Index scope_element, Index caught) const;
    void end_event(Here here);
    void throw_event(Here here);
    void catch_event(Here here);
    void event_gateway(Here here);
    void follow_link(Here const& here);
    void throw_it(Here const& here);
    void throw_signal(Here const& here, std::string const& name);
    void throw_escalation(Here const& here, std::string const& code, Instance activity);
    void uncaught_error(Here here, std::string const& code, Wait wait);

    // ---- core_catching.cpp
    bool is_about(Catcher const& catcher, Trigger trigger, std::string const& about) const;
    std::optional<Catcher> handler(Trigger trigger, std::string const& code, Instance token, Instance scope);
    std::optional<Index> best(std::vector<Index> const& events, Trigger trigger, std::string const& code,
                              Index not_inside) const;
    void broadcast(std::string const& signal, json::object const& variables);
    std::vector<Catcher> settle(std::vector<Catcher> found);
    bool interrupts(Catcher const& catcher) const;
    bool dies_with(Catcher const& catcher, Catcher const& interrupting) const;
    void happen(Catcher const& catcher, json::object const& variables);
    void caught(Instance token, Index event);
    void start_from_boundary(Catcher const& catcher);
    void start_event_sub_process(Catcher const& catcher);
    bool one_condition_became_true();

    // ---- core_timers.cpp
    std::optional<TimerSet> timer_set(Index event, Instance attached, Instance scope);
    bool timers_can_run(Here const& here);
    Timer const* timer_of(Catcher const& catcher) const;
    void start_timer(Index event, Instance attached, Instance scope);
    void boundary_timers(Here const& here);
    void event_start_timers(Instance scope);
    void stop_timers(Instance attached);
    void stop_event_start_timers(Instance scope);
    void time_is_up(Catcher const& catcher, std::uint32_t missed_periods);
    void rearm(Timer timer, std::uint32_t missed_periods);

    // ---- core_scopes.cpp
    Instance open_scope(Index element, Instance instance, Instance parent);
    void close_scope(Instance scope);
    bool alive(Instance scope) const;
    void gone(Instance scope, Index last);
    void scope_ended(Instance scope, Index last, Status status);
    void end_process(Index last, Status status, std::string code = {});
    void take_away(Token token, Why why);
    void empty_scope(Instance scope, Why why);

    Definition const& d_;
    State state_;
    Instant now_;
    std::vector<Effect> effects_;
    std::vector<Move> moves_;  // a queue: those before next_move_ are done
    std::size_t next_move_ = 0;
    std::vector<json::object const*> chain_;  // what scopes_of() hands out
};

}  // namespace keepword::bpmn
