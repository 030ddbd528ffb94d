#include "engine/bpmn/random_blocks_test.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

// Invents processes.
namespace keepword::bpmn::testing_aid {
namespace {

using Words = std::vector<std::string>;

// Signals, errors and escalations S1, E1, C1 … S3, E3, C3. What follows on one may only throw later ones, so that no
// drawing goes round for ever without waiting.
constexpr unsigned names = 3;

Words const conditions{"n > 0", "n > 1", "n > 2", "n = 0", "flag", "flag = false", "v = 1", "n < 2"};

Words const collected{" | collecting v as results", " | collecting x as v", " | collecting n as results"};

class Inventor {
  public:
    explicit Inventor(Dice& dice) : dice_(dice) {}

    Block process(unsigned depth) {
        Block out = made(Kind::inner);
        out.starts = dice_.chance(90);
        out.inner.push_back(depth > 2 ? sequence(depth) : block(depth));
        event_sub_processes(out, depth);
        return out;
    }

  private:
    Block made(Kind kind, std::string what = "") {
        Block out;
        out.kind = kind;
        out.number = ++numbers_;
        out.what = std::move(what);
        return out;
    }

    Block block(unsigned depth) {
        if (depth == 0) return leaf();
        switch (dice_.upto(20)) {
            case 0:
            case 1:
                return leaf();
            case 2:
            case 3:
            case 4:
                return sequence(depth);
            case 5:
                return branches(Kind::outcomes, depth);
            case 6:
                return branches(Kind::choice, depth);
            case 7:
            case 8:
                return branches(Kind::parallel, depth);
            case 9:
                return branches(Kind::inclusive, depth);
            case 10:
                return branches(Kind::conditional, depth);
            case 11:
                return dice_.chance(25) ? branches(Kind::doubled, depth) : gathered(depth);
            case 12:
                return around(Kind::again, depth);
            case 13:
                return around(Kind::counted, depth);
            case 14:
                return events(depth);
            default:
                return inner(depth);
        }
    }

    // ---- one node

    Block leaf() {
        switch (dice_.upto(12)) {
            case 0:
            case 1:
            case 2:
                return activity("user task");
            case 3:
                return automatic(dice_.one_of(Words{"service task", "task", "manual task", "send task M1"}));
            case 4:
                return automatic(
                    dice_.one_of(Words{"script n = n + 1", "script n = 0", "script flag = not(flag)", "script v = n"}));
            case 5:
                return thrown();
            case 6:
                return made(Kind::step, "wait for " + waited_for());
            case 7:
                return activity("receive task " + message());
            case 8:
                return activity("call of other");
            case 9:
                return made(Kind::link);
            case 10:
                return stop();
            default:
                return activity("user task");
        }
    }
    std::string message() { return fmt::format("M{}", 1 + dice_.upto(names)); }
    std::string signal() { return fmt::format("S{}", 1 + dice_.upto(names)); }

    // Something that may be thrown here; empty where nothing may be any more.
    std::string throwable(char letter) {
        if (!own_.empty() && own_[0] == letter && dice_.chance(60)) return own_;
        // Where everybody who hears a signal throws another one, rounds within rounds would drown in them.
        if (floor_ >= names || (letter == 'S' && floor_ > 0 && loops_ > 0)) return "";
        return fmt::format("{}{}", letter, floor_ + 1 + dice_.upto(names - floor_));
    }
    std::string waited_for() {
        switch (dice_.upto(4)) {
            case 0:
                return "message " + message();
            case 1:
                return "signal " + signal();
            case 2:
                return "condition " + dice_.one_of(conditions);
            default:
                return dice_.chance(20) ? "len" : "PT1H";
        }
    }
    Block thrown() {
        auto const name = throwable(dice_.chance(60) ? 'S' : 'C');
        if (name.empty() || dice_.chance(15)) {
            return made(Kind::step, dice_.one_of(Words{"passing event", "throw message M2"}));
        }
        return made(Kind::step, fmt::format("throw {} {}", name[0] == 'S' ? "signal" : "escalation", name));
    }
    // Behind a parallel split only an end that takes the others away leaves nobody waiting at the join for ever.
    Block stop() {
        auto const error = throwable('E');
        Words ends;
        if (inside_ > 0) ends.emplace_back("end of everything");
        if (!error.empty() && (inside_ > 0 || dice_.chance(20))) ends.push_back("end with error " + error);
        if (alone_) {
            ends.emplace_back("end");
            ends.emplace_back("end with message M3");
            if (auto const name = throwable('S'); !name.empty()) ends.push_back("end with signal " + name);
            if (auto const name = throwable('C'); !name.empty()) ends.push_back("end with escalation " + name);
        }
        return ends.empty() ? made(Kind::step, "user task") : made(Kind::stop, dice_.one_of(ends));
    }
    Block automatic(std::string const& what) {
        Block out = made(Kind::step, what);
        several_times(out, 15);
        return out;
    }
    Block activity(std::string const& what) {
        Block out = made(Kind::step, what);
        several_times(out, what == "user task" ? 20 : 12);
        borders(out, 0, what == "call of other");
        if (what == "call of other") out.attributes = " [out=result]";
        return out;
    }

    // ---- blocks of blocks

    Block sequence(unsigned depth) {
        Block out = made(Kind::sequence);
        for (unsigned i = 0; i < 2 + dice_.upto(2); ++i) out.inner.push_back(block(depth - 1));
        return out;
    }
    Block branches(Kind kind, unsigned depth) {
        Block out = made(kind);
        bool const before = alone_;
        alone_ = alone_ && kind != Kind::parallel;
        auto const count = 2 + dice_.upto(2);
        for (unsigned i = 0; i < count; ++i) {
            out.inner.push_back(block(depth - 1));
            out.conditions.push_back(dice_.one_of(conditions));
        }
        alone_ = before;
        // Without a default flow there may be none to take.
        if (dice_.chance(85)) out.conditions.back() = "otherwise";
        // A task may also have a flow that is always taken.
        if (kind == Kind::conditional && dice_.chance(40)) out.conditions.front().clear();
        if (kind == Kind::conditional && alone_) borders(out, 0, false);
        for (auto& handler : out.borders) handler.ends = true;
        return out;
    }
    Block around(Kind kind, unsigned depth) {
        Block out = made(kind);
        out.inner.push_back(block(depth - 1));
        return out;
    }
    Block gathered(unsigned depth) {
        Block out = around(Kind::gathered, depth);
        out.what = dice_.one_of(Words{"timer R3/PT10M", "message M1", "signal S2"});
        return out;
    }
    Block events(unsigned depth) {
        Block out = made(Kind::events);
        bool const tasks = dice_.chance(30);  // not beside events for messages
        for (unsigned i = 0; i < 2 + dice_.upto(2); ++i) {
            std::string what = "wait for " + waited_for();
            if (tasks && what.starts_with("wait for message")) what = "receive task " + message();
            out.conditions.push_back(what);
            out.inner.push_back(block(depth - 1));
        }
        return out;
    }
    Block inner(unsigned depth) {
        Block out = made(Kind::inner, "sub-process");
        bool const before = alone_;
        alone_ = true;
        several_times(out, 30);
        int const loops = loops_;
        if (!out.loop.empty()) ++loops_;
        ++inside_;
        out.starts = dice_.chance(85);
        out.ends = dice_.chance(85);
        collect(out);
        out.inner.push_back(block(depth - 1));
        if (collects(out)) out.inner = {sequence_of(made(Kind::step, "user task"), std::move(out.inner[0]))};
        event_sub_processes(out, depth - 1);
        --inside_;
        loops_ = loops;
        alone_ = before;
        borders(out, depth - 1, true);
        return out;
    }

    Block sequence_of(Block first, Block second) {
        Block out = made(Kind::sequence);
        out.inner.push_back(std::move(first));
        out.inner.push_back(std::move(second));
        return out;
    }

    // ---- several times

    static bool collects(Block const& block) { return block.loop.find("collecting") != std::string::npos; }
    void collect(Block& block) {
        bool const standard = block.loop.find("again") != std::string::npos || block.loop.starts_with(" | at most");
        if (!block.loop.empty() && !standard && !collects(block) && dice_.chance(30))
            block.loop += dice_.one_of(collected);
    }

    void several_times(Block& block, unsigned percent) {
        if (loops_ > 1 || !dice_.chance(percent)) return;
        if (dice_.chance(25)) {
            block.loop = dice_.one_of(Words{" | at most 2", " | again while n < 2 | at most 3",
                                            " | asking before | again while flag | at most 2",
                                            " | again while loopCounter < 2 | at most 5"});
            return;
        }
        block.loop = dice_.one_of(Words{" | 2 times", " | 3 times", " | n times", " | for each x of list"});
        if (dice_.chance(40)) block.loop += " | one after another";
        if (dice_.chance(40)) {
            block.loop += dice_.one_of(Words{" | until numberOfCompletedInstances >= 2", " | until flag",
                                             " | until numberOfActiveInstances = 1 and n > 0"});
        }
        collect(block);
        auto const name = throwable(dice_.chance(50) ? 'S' : 'C');
        if (name.empty() || !dice_.chance(25)) return;
        auto const when = dice_.one_of(Words{"each time", "the first time", "when numberOfCompletedInstances = 2"});
        block.loop += fmt::format(" | throwing {} {} {}", name[0] == 'S' ? "signal" : "escalation", name, when);
    }

    // ---- what is caught

    struct Caught {
        std::string about;
        unsigned floor = 0;  // what follows may throw only what is above
        bool always_interrupts = false;
        std::string own = {};
    };
    // Signals, errors and escalations; level zero: all errors or escalations, whatever their code.
    Caught by_name(std::string const& kind, unsigned level) const {
        char const letter = kind == "signal" ? 'S' : kind == "error" ? 'E' : 'C';
        auto const name = fmt::format("{}{}", letter, level);
        if (level == 0) return {kind, names, kind == "error"};
        return {kind + " " + name, std::max(level, floor_), kind == "error", letter == 'C' ? name : ""};
    }
    // On the border of a sub-process or a call, or at the beginning of an event sub-process, errors may be caught too.
    Caught caught(bool errors, bool beginning) {
        unsigned const level = 1 + dice_.upto(names);
        switch (dice_.upto(errors ? 8 : 5)) {
            case 0:
                return {beginning ? "timer PT2H" : dice_.one_of(Words{"timer PT1H", "timer len"}), floor_};
            case 1:
                return {dice_.one_of(Words{"timer R3/PT10M", "timer R/PT10M"}), floor_};
            case 2:
                return {"message " + message(), floor_};
            case 3:
                return by_name("signal", level);
            case 4:
                return {"condition " + dice_.one_of(conditions), floor_, true};
            case 5:
            case 6:
                return by_name("error", dice_.chance(30) ? 0 : level);
            default:
                return by_name("escalation", dice_.chance(30) ? 0 : level);
        }
    }
    // Several on one border that catch the same, or nearly: then it matters which comes first.
    Caught caught_beside(std::vector<Handler> const& others, bool errors, bool beginning) {
        auto const& before = others.empty() ? "" : others.back().about;
        auto const kind = before.substr(0, before.find(' '));
        bool const named = kind == "signal" || kind == "error" || kind == "escalation";
        if (!named || !dice_.chance(40)) return caught(errors, beginning);
        bool const any = kind != "signal" && dice_.chance(40);
        return by_name(kind, any              ? 0
                             : before == kind ? 1 + dice_.upto(names)
                                              : static_cast<unsigned>(before.back() - '0'));
    }
    Handler handler(std::vector<Handler> const& others, unsigned depth, bool errors, bool beginning) {
        auto const what = caught_beside(others, errors, beginning);
        Handler out;
        out.number = ++numbers_;
        out.about = what.about;
        out.interrupting = what.always_interrupts || dice_.chance(35);
        bool const before = alone_;
        out.ends = !out.interrupting || (alone_ && dice_.chance(30));
        if (out.ends || beginning) alone_ = true;
        bool const first =
            std::ranges::none_of(others, [](auto const& o) { return o.about.starts_with("escalation"); });
        unsigned const floor = std::exchange(floor_, what.floor);
        auto const own = std::exchange(own_, beginning && first ? what.own : "");
        if (beginning || dice_.chance(50)) out.inner.push_back(block(depth == 0 ? 0 : dice_.upto(depth)));
        if (beginning && depth > 0 && dice_.chance(20)) out.within.push_back(handler({}, 0, true, true));
        floor_ = floor;
        own_ = own;
        alone_ = before;
        return out;
    }
    void borders(Block& block, unsigned depth, bool errors) {
        while (block.borders.size() < 3 && dice_.chance(errors ? 45 : 30)) {
            block.borders.push_back(handler(block.borders, depth, errors, false));
        }
    }
    void event_sub_processes(Block& block, unsigned depth) {
        ++inside_;
        while (block.event_sub_processes.size() < 3 && dice_.chance(30)) {
            block.event_sub_processes.push_back(handler(block.event_sub_processes, depth, true, true));
        }
        --inside_;
    }

    Dice& dice_;
    int numbers_ = 0;
    unsigned floor_ = 0;  // only signals, errors and escalations above this may be thrown
    std::string own_;     // what an event sub-process catches and may throw itself
    int inside_ = 0;      // sub-processes around
    int loops_ = 0;       // activities around that are done several times
    bool alone_ = true;   // no parallel branch of the same scope waits for this one
};

}  // namespace

Block invent(Dice& dice, unsigned depth) {
    return Inventor(dice).process(depth);
}

}  // namespace keepword::bpmn::testing_aid
