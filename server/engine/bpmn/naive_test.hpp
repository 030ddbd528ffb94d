#pragma once
#include <boost/describe.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/bpmn/model.hpp"
#include "foundation/json.hpp"

// A second interpreter of drawings, only for tests: written from BPMN 2.0.2 and the project's own rules, as plain and
// as slow as can be, so that it can be held against the core. It shares nothing with the core but the drawing it reads.
//
// What runs is a tree: a scope has tokens, and a token in a sub-process or in an activity that is done several times
// has the scope inside of it. What is taken away is simply deleted, and all that hangs on it goes with it.
namespace keepword::bpmn::naive {

enum class Doing : std::uint8_t {
    moving,  // on its way to its element
    task,
    message,
    signal,
    timer,
    condition,
    events,
    call,
    inside,
    join,
    throwing,
    arriving,  // incidents
    failed,
    leaving,
};
BOOST_DESCRIBE_ENUM(Doing, moving, task, message, signal, timer, condition, events, call, inside, join, throwing,
                    arriving, failed, leaving)

struct Clock {
    Index event = none;
    std::string text;
    std::uint32_t fired = 0;
};

struct Scope;

struct Token {
    int id = 0;
    int number = 0;  // in which order tokens came to elements; zero while it has not
    int since = 0;   // in which order they set out, or began to wait
    Scope* scope = nullptr;
    Index element = none;
    Index flow = none;
    Doing doing = Doing::moving;
    std::string code;
    std::vector<Index> back;  // user tasks on its way
    std::vector<Clock> clocks;
    std::unique_ptr<Scope> inside;
    bool round = false;  // one round of an activity that is done several times
    json::object own;    // what is known in this round only
};

struct Scope {
    int id = 0;
    int opened = 0;  // in which order scopes came into being
    Index element = none;
    Token* host = nullptr;  // none for the process
    std::list<std::unique_ptr<Token>> tokens;
    std::vector<Clock> clocks;  // of the event sub-processes in it
    bool interrupted = false;
    bool rounds = false;  // its tokens are the rounds of an activity
    std::size_t planned = 0;
    std::size_t begun = 0;
    std::size_t done = 0;
    json::array items;
    json::array results;
};

struct Catcher {
    Index event = none;
    int holder = 0;  // the token that waits or whose boundary it is; or the scope whose event sub-process it starts
};

// What can be seen from outside, in words: sorted, one line for each token, clock and set of variables. Tokens are
// named by their way down the tree: `/sub4#1/t5#2` is the second, by age, at t5 in the first at sub4.
using View = std::vector<std::string>;

class Interpreter {
  public:
    explicit Interpreter(Definition const& d) : d_(d) {}

    // Each says whether the event is accepted; one that is not changes nothing. `key` names a token as View does.
    bool start(json::object variables);
    bool complete(std::string const& key, std::string const& outcome, json::object const& variables);
    // Of a token, or of a scope by its host's name (the process: an empty key).
    bool fire(std::string const& key, std::string const& event, std::uint32_t missed);
    // With a key only for who waits under this name.
    bool message(std::string const& key, std::string const& name, json::object const& variables);
    bool signal(std::string const& name, json::object const& variables);
    bool happened(std::string const& event, json::object const& variables);
    bool call_ended(std::string const& key, json::object const& variables);
    bool call_failed(std::string const& key, std::string const& code);
    bool call_errored(std::string const& key, std::string const& code);
    bool call_escalated(std::string const& key, std::string const& code);
    bool go_back(std::string const& key);
    bool retry(std::string const& key);
    bool set(std::string const& key, json::object const& variables);
    bool cancel();

    // So many tokens moved in one event that this slow interpreter gave up: nothing can be compared any more.
    bool gave_up() const { return moves_ > most_moves; }

    View view() const;
    // What was led to outside since it was asked last, in order: `task t1`, `signal S1`, `message M1`, `call of other`
    // …
    std::vector<std::string> told() { return std::exchange(told_, {}); }

  private:
    // ---- naive_test.cpp: tokens along flows
    void settle();
    void arrive(Token& token);
    void act(Token& token);
    void catch_here(Token& token);
    void throw_here(Token& token);
    void script(Token& token);
    void finish(Token& token);
    void leave(Token& token);
    void go(Token& token, std::vector<Index> const& ways);
    std::optional<std::vector<Index>> ways_out(Token const& token) const;
    std::optional<std::vector<Index>> one_way(Token const& token) const;
    std::optional<std::vector<Index>> some_ways(Token const& token) const;
    void over(Scope& scope, std::string const& how);
    void begin(Scope& scope);

    // ---- naive_joins_test.cpp
    bool joins(Index element) const;
    void parallel_join(Token& arrived);
    bool open_one_inclusive_join();
    bool nobody_can_come(Scope const& scope, Index gateway) const;
    bool path(Index from, Index flow, Index avoiding) const;
    bool path(Index from, Index flow, Index avoiding, std::vector<bool>& seen) const;
    void consume_and_leave(Scope& scope, Index gateway);

    // ---- naive_rounds_test.cpp
    void begin_rounds(Token& host);
    bool plan(Token const& host, Scope& around) const;
    void begin_round(Scope& around);
    void finish_round(Token& round);
    bool throw_from_round(Scope& around);
    bool another(Scope const& around) const;
    bool among_rounds(feel::Expression const& condition, Scope const& around) const;
    void end_rounds(Scope& around);

    // ---- naive_events_test.cpp
    std::vector<Catcher> catchers() const;
    std::optional<Catcher> who_catches(Trigger trigger, std::string const& code, Token const& from, bool own) const;
    std::optional<Index> named(std::vector<Index> const& events, Trigger trigger, std::string const& code) const;
    void broadcast(std::string const& name, json::object const& variables);
    std::vector<int> above(Catcher const& catcher) const;
    bool interrupts(Catcher const& catcher) const;
    void happen(Catcher const& catcher, json::object const& variables);
    void happen_at_border(Token& host, Index event);
    void caught(Token& token, Index event);
    void begin_event_sub_process(Scope& scope, Index start);
    bool one_condition_holds();
    void escalate(std::string const& code, Token& from, bool own);
    void throw_error(std::string const& code, Token& from, bool own, Doing otherwise);
    // ---- naive_clocks_test.cpp
    std::optional<std::string> clock_text(Index event, Scope const& scope) const;
    bool clocks_can_run(Token const& token) const;
    void wind(std::vector<Clock>& clocks, Index event, Scope const& scope);
    void wind_border(Token& token);
    void use_up(Catcher const& catcher, std::uint32_t missed);

    // ---- naive_view_test.cpp: finding, naming, variables
    void look(Scope const& scope, std::string const& key, View& out) const;
    Token& add(Scope& scope, Index element);
    void send(Scope& scope, Index element, Index flow, std::vector<Index> back);
    Scope& open(Token& host);
    void wait(Token& token, Doing doing);
    void trouble(Token& token, Doing doing, std::string const& code);
    static void remove(Token& token);
    std::vector<Token*> tokens() const;  // those that wait longest first
    std::vector<Scope*> scopes() const;  // outer ones before inner ones
    Token* token(int id) const;
    Scope* scope(int id) const;
    std::string key_of(Token const& token) const;
    Token* named_token(std::string const& key) const;
    Token* named_token(std::string const& key, Doing doing) const;
    std::vector<Index> event_starts(Index scope) const;
    std::vector<Index> borders(Index activity) const;
    json::object& home(Token* token);
    void write(Token* token, json::object const& variables);
    std::vector<json::object const*> known(Token const* token, Scope const* scope) const;
    bool holds(feel::Expression const& condition, Scope const& scope) const;

    Definition const& d_;
    std::string status_ = "fresh";
    std::unique_ptr<Scope> process_;
    json::object variables_;
    bool called_ = false;
    std::vector<std::string> told_;
    static constexpr int most_moves = 2'000;
    int moves_ = 0;
    int ids_ = 0;
    int numbers_ = 0;
    int order_ = 0;
};

}  // namespace keepword::bpmn::naive
