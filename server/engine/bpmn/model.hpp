#pragma once
#include <boost/describe.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/feel/feel.hpp"

// What a BPMN file says, read once and then never changed: shared by all instances that run on it.
namespace keepword::bpmn {

// Position of an element, flow or lane in its vector of the Definition.
using Index = std::uint32_t;
constexpr Index none = std::numeric_limits<Index>::max();

// Where something stands in the file: 1-based, the column in characters (code points).
struct Place {
    int line = 0;
    int column = 0;
    auto operator<=>(Place const&) const = default;
};

// The words of json::word(): `user-task`, `exclusive-gateway` …
enum class Type : std::uint8_t {
    process,
    sub_process,
    transaction,
    ad_hoc_sub_process,
    call_activity,
    task,
    manual_task,
    user_task,
    service_task,
    send_task,
    receive_task,
    script_task,
    business_rule_task,
    exclusive_gateway,
    parallel_gateway,
    inclusive_gateway,
    event_based_gateway,
    complex_gateway,
    start_event,
    end_event,
    intermediate_throw_event,
    intermediate_catch_event,
    boundary_event,
};
BOOST_DESCRIBE_ENUM(Type, process, sub_process, transaction, ad_hoc_sub_process, call_activity, task, manual_task,
                    user_task, service_task, send_task, receive_task, script_task, business_rule_task,
                    exclusive_gateway, parallel_gateway, inclusive_gateway, event_based_gateway, complex_gateway,
                    start_event, end_event, intermediate_throw_event, intermediate_catch_event, boundary_event)

constexpr bool is_scope(Type type) {
    return type <= Type::ad_hoc_sub_process;
}  // has nodes in it
constexpr bool is_activity(Type type) {
    return type >= Type::sub_process && type <= Type::business_rule_task;
}
constexpr bool is_gateway(Type type) {
    return type >= Type::exclusive_gateway && type <= Type::complex_gateway;
}
constexpr bool is_event(Type type) {
    return type >= Type::start_event;
}

// What an event is about. `multiple` has several definitions.
enum class Trigger : std::uint8_t {
    nothing,
    message,
    timer,
    signal,
    error,
    escalation,
    terminate,
    conditional,
    compensation,
    cancel,
    link,
    multiple,
};
BOOST_DESCRIBE_ENUM(Trigger, nothing, message, timer, signal, error, escalation, terminate, conditional, compensation,
                    cancel, link, multiple)

// Duration: once, after a length. Date: once, at an instant. Cycle: again and again, keeping its phase.
enum class TimerKind : std::uint8_t { duration, date, cycle };
BOOST_DESCRIBE_ENUM(TimerKind, duration, date, cycle)

// A timer as drawn. Either `text` is ISO 8601 (`PT30M`, `P1D`, `2026-02-13T09:30:00Z`, `R3/PT10M`), or `expression` is
// there and gives such a text when the timer is set.
struct TimerSpec {
    TimerKind kind = TimerKind::duration;
    std::string text;
    std::optional<feel::Expression> expression;
    std::string clock;     // kw:clock: the name under which a centre configures another length; may be empty
    std::string calendar;  // kw:calendar: `office`, `duty`, `case`; empty means `case`
    // kw:from: counts from the instant in this variable instead of from when it was set.
    std::optional<feel::Expression> from;
};

// A choice a person has when completing a task; the text of the button is the flow's name.
struct Outcome {
    std::string value;
    std::string name;     // Chinese
    std::string name_en;  // English
    bool operator==(Outcome const&) const = default;
};

// How an activity is done several times. `standard` goes round one after the other while a condition holds, each time
// on the same variables; the two others are multi-instance: one round for each number or item, with variables of its
// own.
enum class Rounds : std::uint8_t { standard, sequential, parallel };
BOOST_DESCRIBE_ENUM(Rounds, standard, sequential, parallel)

// Which finished rounds of a multi-instance activity throw an event: the standard's behavior None, One, Complex, All.
enum class Behaviour : std::uint8_t { each, first, complex, silent };

// An event that a multi-instance activity throws when a round is finished; its boundary events may catch it.
struct RoundEvent {
    Trigger trigger = Trigger::nothing;  // message, signal or escalation
    std::string about;
    std::optional<feel::Expression> condition;  // behaviour `complex`
};

struct Loop {
    Rounds rounds = Rounds::standard;
    bool test_before = false;                   // standard: asks before the first round too
    std::optional<std::uint32_t> maximum;       // standard: so many rounds at most
    std::optional<feel::Expression> condition;  // standard: goes round while it holds; else: enough once it holds
    std::optional<feel::Expression> cardinality;
    std::optional<feel::Expression> collection;  // a list: one round for each item
    std::string item;                            // the variable that has the item, or empty
    std::string collect;                         // the variable that gets the list of the rounds' results, or empty
    std::optional<feel::Expression> output;      // the result of a round; without it all the round's variables
    Behaviour behaviour = Behaviour::silent;
    std::vector<RoundEvent> events;
};

// kw: attributes of an element by local name, as written, in the order of the file.
using Attributes = std::vector<std::pair<std::string, std::string>>;

// A node of the diagram, or a process or sub-process that contains nodes.
struct Element {
    std::string id;
    std::string name;     // Chinese
    std::string name_en;  // English, from kw:nameEn; empty where the file has none
    Type type = Type::task;
    Place place;
    Index scope = none;           // the process or sub-process it stands in; none for a process
    Index lane = none;            // the innermost lane it stands in
    std::vector<Index> incoming;  // flows in the order of the file
    std::vector<Index> outgoing;  // flows in the order of the file
    Index default_flow = none;

    Trigger trigger = Trigger::nothing;  // events
    bool interrupting = true;            // boundary events and the starts of event sub-processes
    bool by_event = false;               // an event sub-process
    Index attached_to = none;            // boundary events: the activity
    std::vector<Index> boundary;         // activities: their boundary events
    std::optional<TimerSpec> timer;
    // The name of the message, signal or link, the code of the error or escalation, that is sent or waited for. Empty
    // for an error or escalation means any when caught.
    std::string about;
    Index link = none;                          // a throwing link event: the catching one
    std::optional<feel::Expression> condition;  // conditional events; without one they happen by hand
    std::string called;                         // call activities: the key of the called process
    std::optional<feel::Expression> script;     // script tasks
    std::optional<Loop> loop;                   // activities
    std::vector<Index> message_flows;           // those that begin here

    bool executable = false;          // a process: isExecutable
    std::vector<Index> children;      // a process or sub-process: its nodes in the order of the file
    std::vector<Index> event_starts;  // a process or sub-process: the start events of its event sub-processes
    std::vector<Outcome> outcomes;    // a user task: what it offers; empty means that it is simply completed
    Attributes kw;

    // Of a simulation: a task that passes by itself waits, and what a person chose where no condition decides.
    bool held = false;
    std::vector<Index> chosen;

    // The kw: attribute, or an empty text.
    std::string_view attribute(std::string_view name) const;
};

struct Flow {
    std::string id;
    std::string name;
    std::string name_en;
    Place place;
    Index source = none;
    Index target = none;
    Index scope = none;  // the process or sub-process it is written in
    std::optional<feel::Expression> condition;
};

// Between pools. Either end may be a node, or a pool of which no process is drawn (then none).
struct MessageFlow {
    std::string id;
    std::string message;  // its message's name; the flow's id where it has none
    Index source = none;
    Index target = none;
};

// A lane and who acts in it. A lane inside another has the outer one's roles where it names none.
struct Lane {
    std::string id;
    std::string name;
    std::string name_en;
    Place place;
    Index process = none;
    Index parent = none;
    std::vector<std::string> roles;         // kw:role: any of them may act
    std::optional<feel::Expression> scope;  // kw:scope: whose department, region, which person
    std::vector<std::string> not_by;        // kw:not-by: nodes whose doer may not act here
};

// One file. The elements of a file keep their indices for ever, because another file is another definition.
struct Definition {
    std::string hash;  // SHA-256 of the file's bytes, hexadecimal: the version
    std::vector<Element> elements;
    std::vector<Flow> flows;
    std::vector<Lane> lanes;
    std::vector<MessageFlow> message_flows;
    Index process = none;         // the executable process; where a file has several, the first
    bool has_conditions = false;  // whether any event waits for a condition

    Element const& at(Index element) const { return elements[element]; }
    // The key: the id of the executable process.
    std::string const& key() const { return elements[process].id; }
    // The element with this id, or none. Ids of flows and lanes are not looked up here.
    Index find(std::string_view id) const;
    Index find_flow(std::string_view id) const;
    // What a user task offers; empty means that it is completed without an outcome.
    std::vector<Outcome> const& outcomes(Index task) const { return elements[task].outcomes; }
    // The flows between which a token decides once the task is completed: its own, or those of the exclusive gateway
    // that follows it, automatic steps between them passed over.
    std::vector<Index> const& decision_behind(Index task) const;
    // The lane of an element, or null where it stands in none.
    Lane const* lane_of(Index element) const;
    // Start events of a process or sub-process, in the order of the file.
    std::vector<Index> starts(Index of_scope) const;
    // The process in which an element stands; a process stands in itself.
    Index process_of(Index element) const;
    // What begins with its process or sub-process although it is no start event: nothing flows into it.
    bool begins_by_itself(Index node) const;
    // Whether a token at `from` can still come to this flow into an inclusive gateway without passing the gateway.
    bool reaches(Index from, Index flow) const;

    std::map<std::string, Index, std::less<>> by_id;        // elements
    std::map<std::string, Index, std::less<>> flows_by_id;  // sequence flows
    std::map<Index, std::vector<bool>> reaching;            // flow into an inclusive gateway → by element
};
using DefinitionPtr = std::shared_ptr<Definition const>;

}  // namespace keepword::bpmn
