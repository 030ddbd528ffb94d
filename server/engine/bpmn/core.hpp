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

constexpr int max_moves = 40'000;          // token moves per event; more is a loop in the drawing
constexpr std::size_t max_rounds = 2'000;  // of one multi-instance activity
constexpr std::size_t max_back = 16;       // user tasks that a token remembers for going back

// ---- state -------------------------------------------------------------------------------------------------------

// `failed`: a called process threw an error that nothing in it caught; its caller may catch it.
enum class Status : std::uint8_t { fresh, running, completed, terminated, cancelled, failed };
BOOST_DESCRIBE_ENUM(Status, fresh, running, completed, terminated, cancelled, failed)

// What a token that rests is waiting for.
enum class Wait : std::uint8_t {
    task,       // a person completes it
    message,    // a message arrives (receive task, message catch event)
    signal,     // a signal is thrown
    timer,      // a timer fires (timer catch event)
    condition,  // a condition becomes true
    events,     // one of the events behind an event-based gateway
    call,       // a called process ends
    inside,     // what runs inside ends: a sub-process, the rounds of an activity; the scope has the token's number
    join,       // the other incoming flows of a join
    held,       // a simulation holds it back
    throwing,   // whoever catches what it throws; never at the end of a step
    arriving,   // incident: it could not enter the element
    failed,     // incident: what the element calls failed; trying again calls again
    leaving,    // incident: what is done there is done, but no way on was found
};
BOOST_DESCRIBE_ENUM(Wait, task, message, signal, timer, condition, events, call, inside, join, held, throwing, arriving,
                    failed, leaving)

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

// How far an activity that is done several times has come.
struct Progress {
    std::uint32_t planned = 0;  // rounds; those of a standard loop are not known beforehand
    std::uint32_t begun = 0;
    std::uint32_t done = 0;
    json::array items;    // the collection as it was at the beginning
    json::array results;  // by round
    bool operator==(Progress const&) const = default;
};

// A running process (the first one); a running sub-process; an activity that is done several times, around its rounds;
// one of its rounds. All but the process have a token with the same number in the scope around them.
struct Scope {
    Instance instance = 0;
    Instance parent = 0;
    Index element = none;
    json::object variables;
    bool interrupted = false;               // an event sub-process has taken over: no further one of them starts
    std::optional<Progress> progress = {};  // around rounds
    std::uint32_t round = 0;                // of rounds: which one, from 1
    bool operator==(Scope const&) const = default;
};

struct Timer {
    Instance instance = 0;
    Instance attached = 0;    // the token (or scope) that it belongs to and dies with
    Index element = none;     // the boundary, catch or start event
    Instant since;            // what its length is counted from
    std::uint32_t fired = 0;  // periods of a repeating timer that are over
    std::string text;         // ISO 8601: the length that it started with
    bool operator==(Timer const&) const = default;
};

struct State {
    Status status = Status::fresh;
    Instance next = 1;
    bool called = false;        // whether another process called this one, which then hears of its errors
    std::vector<Scope> scopes;  // outer ones before inner ones
    std::vector<Token> tokens;
    std::vector<Timer> timers;
    bool operator==(State const&) const = default;

    // The process variables; empty before the start.
    json::object const& variables() const;
    Token const* token(Instance instance) const;
    Timer const* timer(Instance instance) const;
    Scope const* scope(Instance instance) const;
    // All that can be seen at a token, the variables of its round before those of the process; of no token the
    // process's.
    json::object visible_at(Instance token) const;
    // The same for what is inside a scope.
    json::object visible_in(Instance scope) const;
};

// Compact and versioned; elements are written by id, so that a stored state can be read by a person and migrated.
json::value to_json(State const& state, Definition const& definition);
// Error `state.invalid` (Kind::internal) where the text does not fit the definition.
Result<State> state_from_json(json::value const& text, Definition const& definition);

// ---- events ------------------------------------------------------------------------------------------------------

// Starts the process. Elements are named by id, so that a recorded event can be replayed and read.
struct Start {
    std::string element;     // the start event, or what nothing flows into; empty: the none start event
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
// A message came for this case. Taken by the oldest token that waits for this name, else by a boundary event, else by
// an event sub-process, of both the inner one first; with an instance only by who waits under this number.
struct MessageArrived {
    std::string name;
    Instance instance = 0;
    json::object variables;
};
// A signal was thrown elsewhere. Nobody need wait for it: then nothing happens.
struct SignalArrived {
    std::string name;
    json::object variables;
};
// What is waited for at this element happens, whatever it is: a person presses a button, a simulation triggers it. The
// oldest that waits there, or the one with the instance.
struct Happened {
    std::string element;
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
// The called process ended with an error that it did not catch. Caught here by code, passed on where this process is a
// called one too, or an incident; Retry calls again.
struct CallErrored {
    Instance instance = 0;
    std::string code;
};
// The called process threw an escalation that it did not catch; it goes on unless it is interrupted here.
struct CallEscalated {
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
// A fact of the case was corrected, or an administrator repairs what an incident needs: the process's variables, or
// those of the round in which the token with this instance is.
struct SetVariables {
    json::object variables;
    Instance instance = 0;
};
// Takes everything away and ends the process.
struct Cancel {
    std::string reason;
};
using Event = std::variant<Start, CompleteTask, TimerFired, MessageArrived, SignalArrived, Happened, CallEnded,
                           CallFailed, CallErrored, CallEscalated, ReturnTask, Retry, SetVariables, Cancel>;

// For the record from which a case can be replayed: {"event":"complete-task","instance":5,…}.
json::value to_json(Event const& event);
Result<Event> event_from_json(json::value const& text);

// ---- effects -----------------------------------------------------------------------------------------------------

// `enough`: the other rounds of an activity were enough.
enum class Why : std::uint8_t { interrupted, returned, terminated, cancelled, enough, failed };
BOOST_DESCRIBE_ENUM(Why, interrupted, returned, terminated, cancelled, enough, failed)

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
// To whoever waits for it outside of this case; who waits in it has it already.
struct SignalThrown {
    Instance instance = 0;
    Index element = none;
    std::string name;
    json::object variables;
};
// Nothing in this called process caught it: the caller may (CallEscalated).
struct Escalated {
    Instance instance = 0;
    Index element = none;
    std::string code;
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
    std::string code = {};  // `failed`: the error
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
                            CallCancelled, MessageSent, SignalThrown, Escalated, Incident, Ended>;

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
//   process.not-awaited    conflict   nothing waits at this element
//   process.return         conflict   there is no user task to go back to, or other tokens are on their way
//   incident.gone          conflict   there is no incident under this instance
//   process.start          invalid    there is no such start event, or the process cannot be started this way
//   process.timer          invalid    a clock of the whole process cannot run: its expression gives no length
//   process.already-started, process.not-running   conflict
Result<Step> step(Definition const& definition, State state, Event const& event, Instant now);

// ---- migration ---------------------------------------------------------------------------------------------------

// From ids of one version to ids of another: every element at which something waits has to be in it, so that nothing
// moves by chance. Clocks and flows of a join keep their names where the map does not say otherwise.
struct MigrationMap {
    std::map<std::string, std::string> elements;
};
// `what` is unmapped, unknown, other-kind, other-rounds, other-sub-process, other-flow, or no-length (a new clock's).
struct MigrationProblem {
    std::string element;
    std::string what;
    bool operator==(MigrationProblem const&) const = default;
};
struct Migrated {
    Step step;  // meaningless where there are problems
    std::vector<MigrationProblem> problems;
};
// Moves an instance: clocks begin and end, and what need wait no longer in the new drawing goes on. Pure, like step().
Migrated migrate(Definition const& from, Definition const& to, State const& state, MigrationMap const& map,
                 Instant now);
// What has the same id and kind in both: a beginning for a map.
MigrationMap same_names(Definition const& from, Definition const& to);

// ---- who waits ---------------------------------------------------------------------------------------------------

// Who would catch something: the event (or receive task, or task held back) in the drawing, and the number of the token
// that waits there, of the activity whose boundary it is, or of the scope whose event sub-process it starts.
struct Catcher {
    Index event = none;
    Instance holder = 0;
};

// In the order in which a message is offered: what waits for it by itself, the oldest first; boundary events; event
// sub-processes; of both the inner ones first, and of those equally deep the oldest.
std::vector<Catcher> catchers(Definition const& definition, State const& state);
// Whether what is caught there is a message, signal … of this name or code.
bool is_about(Element const& event, Trigger trigger, std::string const& about);

}  // namespace keepword::bpmn
