#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/bpmn/model.hpp"
#include "foundation/json.hpp"
#include "foundation/result.hpp"
#include "foundation/time.hpp"

// The engine's core: a pure function from (definition, state, event, now) to (state', effects). It reads no clock, no
// calendar and no database; whoever calls it stores the state and does what the effects say in one transaction.
namespace keepword::bpmn {

// The number of one happening within a case: every time a token reaches an element it gets the next one. Zero is none.
// The tokens that meet at a parallel join share the join's number.
using Instance = std::int64_t;

constexpr int max_moves = 10'000;     // token moves per event; more is a loop in the drawing
constexpr std::size_t max_back = 16;  // user tasks that a token remembers for going back

// ---- state -------------------------------------------------------------------------------------------------------

enum class Status : std::uint8_t { fresh, running, completed, terminated, cancelled };
BOOST_DESCRIBE_ENUM(Status, fresh, running, completed, terminated, cancelled)

// What a token that rests is waiting for.
enum class Wait : std::uint8_t {
    task,      // a person completes it
    message,   // a message arrives (receive task, message catch event)
    timer,     // a timer fires (timer catch event)
    call,      // a called process ends
    join,      // the other incoming flows of a parallel join
    arriving,  // incident: it could not enter the element
    failed,    // incident: what the element calls failed; trying again calls again
    leaving,   // incident: what is done there is done, but no way on was found
};
BOOST_DESCRIBE_ENUM(Wait, task, message, timer, call, join, arriving, failed, leaving)

struct Token {
    Instance instance = 0;
    Instance scope = 0;
    Index element = none;
    Index flow = none;  // the sequence flow by which it came, none at a start or from a boundary event
    Wait wait = Wait::task;
    std::string code;         // incidents: why it cannot go on
    std::vector<Index> back;  // the user tasks on its way here, the last one last
    bool operator==(Token const&) const = default;
    bool incident() const { return wait >= Wait::arriving; }
};

// A running process or, inside it, a running sub-process. The first one is the process.
struct Scope {
    Instance instance = 0;
    Instance parent = 0;
    Index element = none;
    json::object variables;
    bool operator==(Scope const&) const = default;
};

struct Timer {
    Instance instance = 0;
    Instance attached = 0;    // the token (or scope) that it belongs to and dies with
    Index element = none;     // the boundary or catch event
    Instant since;            // what its length is counted from
    std::uint32_t fired = 0;  // periods of a repeating timer that are over
    std::string text;         // ISO 8601: the length that it started with
    bool operator==(Timer const&) const = default;
};

struct State {
    Status status = Status::fresh;
    Instance next = 1;
    std::vector<Scope> scopes;  // outer ones before inner ones
    std::vector<Token> tokens;
    std::vector<Timer> timers;
    bool operator==(State const&) const = default;

    // The process variables; empty before the start.
    json::object const& variables() const;
    Token const* token(Instance instance) const;
    Timer const* timer(Instance instance) const;
};

// Compact and versioned; elements are written by id, so that a stored state can be read by a person and migrated.
json::value to_json(State const& state, Definition const& definition);
// Error `state.invalid` (Kind::internal) where the text does not fit the definition.
Result<State> state_from_json(json::value const& text, Definition const& definition);

// ---- events ------------------------------------------------------------------------------------------------------

// Starts the process. Elements are named by id, so that a recorded event can be replayed and read.
struct Start {
    std::string element;     // the start event; empty: the none start event
    std::string process;     // the process of a file that has several; empty: the executable one
    json::object variables;  // `called` is set to false where it is not among them
};
// Completes a waiting user task. Variables are merged by name; `outcome` is set, or removed where there is none.
struct CompleteTask {
    Instance instance = 0;
    std::optional<std::string> outcome;
    json::object variables;
};
// The timer is due. `missed` is the number of further periods of a repeating timer that went by meanwhile (a machine
// was off): they are not caught up, and the phase stays (timer.hpp counts them).
struct TimerFired {
    Instance instance = 0;
    std::uint32_t missed = 0;
};
// A message came for this case. Taken by the oldest that waits for this name, or by the one with the instance.
struct MessageArrived {
    std::string name;
    Instance instance = 0;
    json::object variables;
};
// The called process ended; the variables named in kw:out are copied from these.
struct CallEnded {
    Instance instance = 0;
    json::object variables;
};
// The called process was cancelled or could not be started: an incident with this code; Retry calls again.
struct CallFailed {
    Instance instance = 0;
    std::string code;
};
// Takes a waiting user task back to the user task before it, where its scope has no other token.
struct ReturnTask {
    Instance instance = 0;
    std::string reason;  // for the record; the core does not read it
};
// Tries an incident again, usually after SetVariables.
struct Retry {
    Instance instance = 0;
};
// A fact of the case was corrected, or an administrator repairs what an incident needs.
struct SetVariables {
    json::object variables;
};
// Takes everything away and ends the process.
struct Cancel {
    std::string reason;
};
using Event = std::variant<Start, CompleteTask, TimerFired, MessageArrived, CallEnded, CallFailed, ReturnTask, Retry,
                           SetVariables, Cancel>;

// For the record from which a case can be replayed: {"event":"complete-task","instance":5,…}.
json::value to_json(Event const& event);
Result<Event> event_from_json(json::value const& text);

// ---- effects -----------------------------------------------------------------------------------------------------

enum class Why : std::uint8_t { interrupted, returned, terminated, cancelled };
BOOST_DESCRIBE_ENUM(Why, interrupted, returned, terminated, cancelled)

// A person's task came into being: who may act is Definition::lane_of(element).
struct TaskCreated {
    Instance instance = 0;
    Index element = none;
};
// A task was taken away without having been completed.
struct TaskCancelled {
    Instance instance = 0;
    Index element = none;
    Why why = Why::interrupted;
};
// A timer runs from now on. The due instant is the caller's business (calendars): timer.hpp computes it from `kind`,
// `text`, `since` and `fired`. The same instance again means: the next period of a repeating timer.
struct TimerSet {
    Instance instance = 0;
    Index element = none;   // the boundary or catch event; clock, calendar and from are in its TimerSpec
    Instance attached = 0;  // the task (or waiting event) whose clock it is
    TimerKind kind = TimerKind::duration;
    std::string text;  // ISO 8601, as drawn or as the expression gave it
    Instant since;     // what the length is counted from: now, or the instant in the `from` variable
    std::uint32_t fired = 0;
};
struct TimerCancelled {
    Instance instance = 0;
    Index element = none;
};
// A service task was reached; its service (attribute "service") acts in the same transaction.
struct ServiceCalled {
    Instance instance = 0;
    Index element = none;
};
// A linked child case is to be started with these variables (`called` is true in them); CallEnded reports its end.
struct CallStarted {
    Instance instance = 0;
    Index element = none;
    std::string key;
    json::object variables;
};
struct CallCancelled {
    Instance instance = 0;
    Index element = none;
};
struct MessageSent {
    Instance instance = 0;
    Index element = none;
    std::string name;
    json::object variables;
};
// The token stays and cannot go on until somebody repairs what is wrong and retries.
struct Incident {
    Instance instance = 0;
    Index element = none;
    std::string code;
};
// The process is over: status says how; element is the end event (none where the last token just ran out).
struct Ended {
    Index element = none;
    Status status = Status::completed;
};

// `enter`: a token reached the element. `create`/`complete`: a user task came into being, was completed. `throw_`/
// `catch_`: an event was sent, happened. `leave`: it went on, done. `take`: a sequence flow was followed (`element` is
// then the flow's index). `cancel`: it was taken away. `incident`: it stays and cannot go on. `end`: the process ended.
enum class Trace : std::uint8_t { enter, leave, create, complete, cancel, throw_, catch_, incident, take, end };
BOOST_DESCRIBE_ENUM(Trace, enter, leave, create, complete, cancel, throw_, catch_, incident, take, end)
struct Traced {
    Trace what = Trace::enter;
    Index element = none;  // of `elements`; for `take` of `flows`
    Instance instance = 0;
};

using Effect = std::variant<Traced, TaskCreated, TaskCancelled, TimerSet, TimerCancelled, ServiceCalled, CallStarted,
                            CallCancelled, MessageSent, Incident, Ended>;

// The id of what a trace is about.
std::string const& id_of(Traced const& traced, Definition const& definition);

// ---- step --------------------------------------------------------------------------------------------------------

struct Step {
    State state;
    std::vector<Effect> effects;  // in the order in which they happened
};

// Errors (the caller's state is then unchanged where it passed a copy):
//   task.already-done      conflict   nobody waits under this instance any more
//   process.outcome        invalid    the task does not offer this outcome, or none was given where one is needed
//   timer.gone             conflict   the timer was cancelled or has fired
//   call.gone              conflict   nobody waits for this call any more
//   message.not-awaited    conflict   nobody waits for this message
//   process.return         conflict   there is no user task to go back to, or other tokens are on their way
//   incident.gone          conflict   there is no incident under this instance
//   process.start          invalid    there is no such start event, or the process cannot be started this way
//   process.already-started, process.not-running   conflict
Result<Step> step(Definition const& definition, State state, Event const& event, Instant now);

}  // namespace keepword::bpmn
