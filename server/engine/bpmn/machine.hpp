#pragma once
#include <optional>
#include <vector>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/timer.hpp"

// One step of the core at work. Private to this folder: core.cpp takes the event and runs the moves, core_flows.cpp has
// sequence flows and gateways, core_activities.cpp tasks and calls, core_events.cpp starts, ends and timers,
// core_scopes.cpp the ends of processes and what is taken away.
namespace keepword::bpmn {

// A token on its way to an element.
struct Move {
    Index element = none;
    Index flow = none;
    Instance scope = 0;
    Instance instance = 0;  // an incident that is tried again keeps its number
    std::vector<Index> back = {};
};

// A token at an element, about to do something there.
struct Here {
    Index element = none;
    Instance instance = 0;
    Instance scope = 0;
    std::vector<Index> back = {};
};

class Machine {
  public:
    Machine(Definition const& definition, State state, Instant now)
        : d_(definition), state_(std::move(state)), now_(now) {}

    Result<> handle(Event const& event);
    // Moves tokens until all rest.
    void run();
    Step finish() && { return {std::move(state_), std::move(effects_)}; }

  private:
    // ---- core.cpp: one function per event
    Result<> on(Start const& event);
    Result<> on(CompleteTask const& event);
    Result<> on(TimerFired const& event);
    Result<> on(MessageArrived const& event);
    Result<> on(CallEnded const& event);
    Result<> on(CallFailed const& event);
    Result<> on(ReturnTask const& event);
    Result<> on(Retry const& event);
    Result<> on(SetVariables const& event);
    Result<> on(Cancel const& event);

    void arrive(Move move);
    void act(Here here);
    void park_everything();

    void trace(Trace what, Index element, Instance instance) { effects_.push_back(Traced{what, element, instance}); }
    template <class T>
    void emit(T effect) {
        effects_.push_back(std::move(effect));
    }
    Instance next_instance() { return state_.next++; }

    // The token that waits so under this number, taken out of the state; nullopt where there is none.
    std::optional<Token> take_waiting(Instance instance, Wait wait);
    void rest(Here here, Wait wait, Index flow = none);
    void incident(Here here, Wait wait, std::string code, Index flow = none);

    json::object& variables() { return state_.scopes.front().variables; }
    void merge(json::object const& given);
    feel::Scopes scopes_of(Instance scope);

    // ---- core_flows.cpp
    void leave(Here here);
    void follow(Here here, std::vector<Index> const& flows);
    std::optional<std::vector<Index>> ways_out(Here const& here);
    std::optional<std::vector<Index>> exclusive_choice(Element const& gateway, Instance scope);
    std::optional<std::vector<Index>> conditional_flows(Element const& activity, Instance scope);
    bool is_true(Index flow, Instance scope);
    void arrive_at_join(Move move);
    Instance join_instance(Move const& move) const;
    bool join_complete(Index gateway, Instance instance) const;
    void join(Index gateway, Instance instance, Instance scope);

    // ---- core_activities.cpp
    void user_task(Here here);
    void call(Here const& here);
    json::object call_variables(Element const& element);
    void send(Here const& here);
    void finish_activity(Here here);
    static std::vector<Index> with_step(std::vector<Index> back, Index task);

    // ---- core_events.cpp
    Result<std::vector<Index>> start_nodes(Start const& event, Index process) const;
    bool starts_by_itself(Index node) const;
    void end_event(Here here);
    void throw_event(Here here);
    void catch_event(Here here);
    std::optional<TimerSet> timer_set(Index event, Instance attached, Instance scope);
    bool timers_can_run(Index element, Instance scope);
    void start_timer(Index event, Instance attached, Instance scope);
    void boundary_timers(Here const& here);
    void stop_timers(Instance attached);
    void fire(Timer timer, std::uint32_t missed_periods);
    void rearm(Timer timer, std::uint32_t missed_periods);
    void fire_boundary(Timer const& timer, std::uint32_t missed_periods);

    // ---- core_scopes.cpp
    bool alive(Instance scope) const;
    void gone(Instance scope, Index last);
    void end_process(Index last, Status status);
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
