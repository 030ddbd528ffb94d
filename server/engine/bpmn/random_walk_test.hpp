#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/naive_test.hpp"
#include "engine/bpmn/random_blocks_test.hpp"

// A walk through a drawing by random events, in which the naive interpreter and the core go side by side. Only for
// tests.
namespace keepword::bpmn::testing_aid {

enum class Do : std::uint8_t {
    start,
    complete,
    fire,
    message,
    signal,
    happened,
    call_ended,
    call_failed,
    call_errored,
    call_escalated,
    go_back,
    retry,
    set,
    cancel,
};
BOOST_DESCRIBE_ENUM(Do, start, complete, fire, message, signal, happened, call_ended, call_failed, call_errored,
                    call_escalated, go_back, retry, set, cancel)

// One event, told so that it means the same to both and survives when others before it are left out.
struct Act {
    Do what = Do::start;
    std::string key;   // the token, as naive::View names it
    std::string name;  // the outcome, message, signal, element or code
    json::object variables;
    std::uint32_t missed = 0;
};
std::string told(Act const& act);

// What the core's state looks like in the words of naive::View, and which token has which name.
struct Seen {
    naive::View view;
    std::map<std::string, Instance> instances;
    std::map<Instance, std::string> keys;
};
Seen look_at(Definition const& d, State const& state);

// What the core's effects say to the world outside, in the words of naive::Interpreter::told().
std::vector<std::string> outside(Definition const& d, std::vector<Effect> const& effects);

// What was met on the way, in words, and how often: `enter user-task sequential`, `catch boundary-event signal beside`,
// `incident process.error`. By this the tests see that they still try everything.
using Met = std::map<std::string, int>;
void note(Definition const& d, std::vector<Effect> const& effects, Met& met);

// Counts who enters and leaves: everybody who entered and has neither left nor been taken away is there, nobody else.
// And whoever only hears the effects knows which tasks wait, which clocks and which calls run.
class Accounts {
  public:
    explicit Accounts(Definition const& d) : d_(d) {}
    void count(Event const& event, std::vector<Effect> const& effects);
    // An incident that could not enter enters once more.
    void tried_again(Token const& token);
    // What is wrong with the books or with the state itself; empty where nothing is.
    std::string problem(State const& state) const;

  private:
    std::string problem_of_tree(State const& state) const;
    std::string problem_outside(State const& state) const;
    void count_outside(Event const& event, std::vector<Effect> const& effects);
    void count_traces(std::vector<Effect> const& effects);

    Definition const& d_;
    std::map<Instance, int> present_;
    std::set<Instance> tasks_;
    std::set<Instance> calls_;
    std::set<Instance> clocks_;
};

class Walk {
  public:
    explicit Walk(Definition const& d);

    // Does random things until the case is over, something is wrong or there have been enough events.
    void wander(Dice& dice, int events);
    void repeat(std::vector<Act> const& acts);

    std::string const& problem() const { return problem_; }  // empty where both agree
    bool gave_up() const { return naive_.gave_up(); }
    std::vector<Act> const& acts() const { return acts_; }
    Met const& met() const { return met_; }
    Status status() const { return state_.status; }

  private:
    void perform(Act act);
    Event event_of(Act const& act) const;
    Instance instance(std::string const& key) const;
    Instance timer(std::string const& key, std::string const& event) const;
    bool do_naively(Act const& act);
    void take(Step const& done, Event const& event);
    void compare(Step const& done, bool accepted);

    std::optional<Act> choose(Dice& dice);
    std::optional<Act> at_a_token(Dice& dice);
    std::optional<Act> at_a_call(Dice& dice, std::string const& key);
    std::optional<Act> from_outside(Dice& dice);
    static json::object values(Dice& dice);
    void come_late(Dice& dice);

    Definition const& d_;
    State state_;
    Seen seen_;
    naive::Interpreter naive_;
    Accounts accounts_;
    Instant now_ = *Instant::parse("2026-01-05T08:00:00Z");
    std::vector<Act> acts_;
    Met met_;
    std::set<Instance> done_;  // tasks
    std::string problem_;
};

}  // namespace keepword::bpmn::testing_aid
