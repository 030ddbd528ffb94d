#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// Random drawings as blocks within blocks, so that every drawing can come to its end. Only for tests.
namespace keepword::bpmn::testing_aid {

// The same sequence for the same seed on every machine (the standard library's distributions do not promise that).
class Dice {
  public:
    explicit Dice(std::uint32_t seed) : random_(seed) {}
    unsigned upto(std::size_t n) { return static_cast<unsigned>(random_() % n); }  // 0 … n-1
    bool chance(unsigned percent) { return upto(100) < percent; }
    template <class Some>
    auto const& one_of(Some const& some) {
        return *(some.begin() + upto(some.size()));
    }

  private:
    std::mt19937 random_;
};

enum class Kind : std::uint8_t {
    step,         // one node: a task, a script, something thrown or waited for
    link,         // a jump to further down
    stop,         // a person decides whether to end here, with an error, a signal, everything …
    sequence,     // one after the other
    outcomes,     // a person chooses
    choice,       // variables choose
    parallel,     // all, joined
    doubled,      // all, not joined: what follows is done by each
    inclusive,    // those whose conditions hold, joined
    conditional,  // the same out of a task
    again,        // until a person says it is enough
    counted,      // until a variable says so
    events,       // what happens first
    gathered,     // what a boundary event began beside a task joins what the task began
    inner,        // a sub-process
};

struct Block;

// A boundary event with what follows it, or an event sub-process.
struct Handler {
    int number = 0;
    std::string about;  // `timer PT1H`, `message M1`, `error`, `condition n > 2`
    bool interrupting = true;
    bool ends = false;            // a boundary event whose way does not come back
    std::vector<Block> inner;     // at most one
    std::vector<Handler> within;  // event sub-processes of an event sub-process
};

struct Block {
    Kind kind = Kind::step;
    int number = 0;                       // makes the ids of its nodes
    std::string what;                     // how its main node is drawn
    std::string attributes;               // ` [out=v]`
    std::string loop;                     // ` | 3 times`
    std::vector<std::string> conditions;  // of its branches, `otherwise` for a default flow
    bool starts = true;                   // what is in a process or sub-process: with a start event …
    bool ends = true;                     // … and an end event
    std::vector<Block> inner;
    std::vector<Handler> borders;
    std::vector<Handler> event_sub_processes;
};

// A process; the greater the depth, the more blocks lie within each other.
Block invent(Dice& dice, unsigned depth);

// In the words of tests/engine/README.md.
std::vector<std::string> drawn(Block const& process);

// The same process with one thing less, in all ways there are: for finding the smallest that still fails.
std::vector<Block> smaller(Block const& process);

}  // namespace keepword::bpmn::testing_aid
