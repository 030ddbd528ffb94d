#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/import.hpp"
#include "engine/bpmn/scenario_test.hpp"

// Random drawings under random events: no token is lost or doubled, and an interpreter that knows nothing of the core
// agrees with it after every step.
namespace keepword::bpmn {
namespace {

using Random = std::mt19937;

// Draws blocks within blocks, so that every drawing can come to its end.
class Draughtsman {
  public:
    explicit Draughtsman(Random& random) : random_(random) {}

    std::vector<std::string> draw() {
        lines_ = {"begin: start", "done: end"};
        auto const [in, out] = block(3);
        lines_.push_back("begin -> " + in);
        lines_.push_back(out + " -> done");
        return lines_;
    }

  private:
    struct Block {
        std::string in, out;
    };
    unsigned upto(unsigned n) { return static_cast<unsigned>(random_() % n); }
    std::string node(std::string const& kind, std::string const& what) {
        std::string const id = fmt::format("{}{}", kind, ++count_);
        lines_.push_back(id + ": " + what);
        return id;
    }
    void flow(std::string const& from, std::string const& to, std::string const& more = "") {
        lines_.push_back(from + " -> " + to + more);
    }

    Block block(unsigned depth) {
        switch (depth == 0 ? upto(3) : upto(8)) {
            case 0:
                return task();
            case 1:
                return task();
            case 2:
                return pass();
            case 3:
                return sequence(depth - 1);
            case 4:
                return choice(depth - 1);
            case 5:
                return parallel(depth - 1);
            case 6:
                return loop(depth - 1);
            default:
                return timed();
        }
    }
    Block task() {
        auto const id = node("t", "user task");
        return {id, id};
    }
    Block pass() {
        auto const id = node("s", "service task");
        return {id, id};
    }
    Block sequence(unsigned depth) {
        auto const a = block(depth);
        auto const b = block(depth);
        flow(a.out, b.in);
        return {a.in, b.out};
    }
    Block choice(unsigned depth) {
        auto const ask = node("t", "user task");
        auto const split = node("x", "exclusive gateway");
        auto const merge = node("m", "exclusive gateway");
        flow(ask, split);
        for (unsigned i = 0; i < 2 + upto(2); ++i) {
            auto const inner = block(depth);
            flow(split, inner.in, fmt::format(" if outcome = \"o{}\"", i));
            flow(inner.out, merge);
        }
        return {ask, merge};
    }
    Block parallel(unsigned depth) {
        auto const split = node("p", "parallel gateway");
        auto const join = node("j", "parallel gateway");
        unsigned const branches = 2 + upto(2);
        for (unsigned i = 0; i < branches; ++i) {
            auto const inner = block(depth);
            flow(split, inner.in);
            flow(inner.out, join);
        }
        return {split, join};
    }
    Block loop(unsigned depth) {
        auto const merge = node("m", "exclusive gateway");
        auto const inner = block(depth);
        auto const ask = node("t", "user task");
        auto const again = node("x", "exclusive gateway");
        auto const out = node("m", "exclusive gateway");
        flow(merge, inner.in);
        flow(inner.out, ask);
        flow(ask, again);
        flow(again, merge, " if outcome = \"again\"");
        flow(again, out, " if outcome = \"go\"");
        return {merge, out};
    }
    // A task with a clock that passes it on, and one that only tells somebody.
    Block timed() {
        auto const ask = node("t", "user task");
        auto const limit = node("b", "interrupting timer PT1H on " + ask);
        auto const remind = node("b", "timer R5/PT10M beside " + ask);
        auto const note = node("s", "service task");
        auto const told = node("e", "end");
        auto const merge = node("m", "exclusive gateway");
        flow(ask, merge);
        flow(limit, merge);
        flow(remind, note);
        flow(note, told);
        return {ask, merge};
    }

    Random& random_;
    std::vector<std::string> lines_;
    int count_ = 0;
};

// Counts of tokens on flows and in tasks, moved by the plainest rules that can be written.
class Naive {
  public:
    explicit Naive(Definition const& d) : d_(d), on_flow_(d.flows.size()), in_task_(d.elements.size()) {}

    void start() {
        for (Index const s : d_.starts(d_.process)) put_out(s);
        settle("");
    }
    void complete(Index task, std::string const& outcome) {
        --in_task_[task];
        put_out(task);
        settle(outcome);
    }
    void boundary(Index event) {
        if (d_.at(event).interrupting) --in_task_[d_.at(event).attached_to];
        put_out(event);
        settle("");
    }
    void move(Index from, Index to) {
        --in_task_[from];
        ++in_task_[to];
    }

    // What waits where: tasks by count, joins by the tokens on their flows.
    std::map<Index, int> waiting() const {
        std::map<Index, int> out;
        for (Index i = 0; i < in_task_.size(); ++i) {
            if (in_task_[i] != 0) out[i] = in_task_[i];
        }
        for (Index f = 0; f < on_flow_.size(); ++f) {
            if (on_flow_[f] != 0) out[d_.flows[f].target] += on_flow_[f];
        }
        return out;
    }

  private:
    void put_out(Index element) {
        for (Index const f : d_.at(element).outgoing) ++on_flow_[f];
    }
    void settle(std::string const& outcome) {
        for (bool again = true; again;) {
            again = false;
            for (Index f = 0; f < on_flow_.size(); ++f) {
                if (on_flow_[f] > 0 && move_on(f, outcome)) again = true;
            }
        }
    }
    bool move_on(Index flow, std::string const& outcome) {
        Index const target = d_.flows[flow].target;
        Element const& element = d_.at(target);
        if (element.type == Type::parallel_gateway && element.incoming.size() > 1) {
            for (Index const in : element.incoming) {
                if (on_flow_[in] == 0) return false;
            }
            for (Index const in : element.incoming) --on_flow_[in];
            put_out(target);
            return true;
        }
        --on_flow_[flow];
        if (element.type == Type::user_task) {
            ++in_task_[target];
        } else if (element.type == Type::exclusive_gateway && element.outgoing.size() > 1) {
            for (Index const out : element.outgoing) {
                if (d_.flows[out].condition->text() == "outcome = \"" + outcome + "\"") ++on_flow_[out];
            }
        } else {
            put_out(target);
        }
        return true;
    }

    Definition const& d_;
    std::vector<int> on_flow_;
    std::vector<int> in_task_;
};

class Walk {
  public:
    Walk(Definition const& d, Random& random) : d_(d), random_(random), naive_(d) {}

    void run() {
        apply(Start{});
        naive_.start();
        compare();
        for (int i = 0; i < 150 && state_.status == Status::running && !testing::Test::HasFailure(); ++i) act();
    }

  private:
    unsigned upto(std::size_t n) { return static_cast<unsigned>(random_() % n); }

    void act() {
        auto const what = upto(10);
        if (what < 2 && !state_.timers.empty()) return fire();
        if (what == 2) return send_back();
        if (what == 3) return come_late();
        complete();
    }

    Token random_task() {
        std::vector<Token> tasks;
        std::ranges::copy_if(state_.tokens, std::back_inserter(tasks),
                             [](Token const& t) { return t.wait == Wait::task; });
        EXPECT_FALSE(tasks.empty()) << "a running case waits for somebody";
        return tasks.empty() ? Token{} : tasks[upto(tasks.size())];
    }
    void complete() {
        auto const token = random_task();
        if (token.instance == 0) return;
        auto const& offered = d_.outcomes(token.element);
        std::optional<std::string> outcome;
        if (!offered.empty()) outcome = offered[upto(offered.size())].value;
        apply(CompleteTask{token.instance, outcome, {}});
        naive_.complete(token.element, outcome.value_or(""));
        done_.push_back(token.instance);
        compare();
    }
    void fire() {
        auto const timer = state_.timers[upto(state_.timers.size())];
        apply(TimerFired{timer.instance, upto(3)});
        naive_.boundary(timer.element);
        compare();
    }
    void send_back() {
        auto const token = random_task();
        auto done = step(d_, state_, ReturnTask{token.instance, ""}, now_);
        if (!done) return;
        Index const before = token.back.back();
        take(std::move(*done));
        naive_.move(token.element, before);
        compare();
    }
    // Whoever comes second is refused and changes nothing.
    void come_late() {
        if (done_.empty()) return;
        auto const refused = step(d_, state_, CompleteTask{done_[upto(done_.size())], {}, {}}, now_);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, "task.already-done");
    }

    void apply(Event const& event) {
        auto done = step(d_, state_, event, now_);
        ASSERT_TRUE(done) << done.error().code;
        auto const again = step(d_, state_, event, now_);
        EXPECT_TRUE(again->state == done->state) << "the same step twice gives the same state";
        take(std::move(*done));
    }
    void take(Step done) {
        state_ = std::move(done.state);
        for (auto const& effect : done.effects) {
            if (auto const* traced = std::get_if<Traced>(&effect)) count(*traced);
        }
        auto const stored = state_from_json(*json::parse(json::serialize(to_json(state_, d_))), d_);
        ASSERT_TRUE(stored && *stored == state_);
    }
    // Every entering is followed by one leaving or one taking away; a join is entered once per flow and left once.
    void count(Traced const& traced) {
        Element const& element = d_.at(traced.what == Trace::take ? d_.process : traced.element);
        bool const join = element.type == Type::parallel_gateway && element.incoming.size() > 1;
        if (traced.what == Trace::enter) ++present_[traced.instance];
        if (traced.what == Trace::cancel) --present_[traced.instance];
        if (traced.what == Trace::leave)
            present_[traced.instance] -= join ? static_cast<int>(element.incoming.size()) : 1;
        if (present_[traced.instance] == 0) present_.erase(traced.instance);
    }

    void compare() {
        std::map<Index, int> waiting;
        std::map<Instance, int> resting;
        for (auto const& token : state_.tokens) {
            ++waiting[token.element];
            ++resting[token.instance];
            EXPECT_FALSE(token.incident()) << token.code;
        }
        EXPECT_EQ(waiting, naive_.waiting());
        EXPECT_EQ(resting, present_) << "who entered and has not left is there, nobody else";
        EXPECT_EQ(state_.status == Status::completed, state_.tokens.empty());
        for (auto const& timer : state_.timers)
            EXPECT_NE(state_.token(timer.attached), nullptr) << "no clock without its task";
    }

    Definition const& d_;
    Random& random_;
    Naive naive_;
    State state_;
    Instant now_ = *Instant::parse("2026-01-05T08:00:00Z");
    std::map<Instance, int> present_;
    std::vector<Instance> done_;
};

TEST(RandomDrawings, lose_and_double_no_token) {
    int completed = 0;
    for (unsigned seed = 1; seed <= 120; ++seed) {
        Random random(seed);
        auto const drawing = Draughtsman(random).draw();
        std::vector<std::string> problems;
        auto const checked = check(testing_aid::bpmn_of(drawing, problems), For::simulation);
        ASSERT_TRUE(problems.empty() && checked.definition && checked.violations.empty()) << "seed " << seed;
        for (int round = 0; round < 2; ++round) {
            Walk(*checked.definition, random).run();
            ASSERT_FALSE(HasFailure()) << "seed " << seed;
            ++completed;
        }
    }
    EXPECT_EQ(completed, 240);
}

// A flow taken out of a good drawing leaves something that nothing flows into, or out of: both are refused.
TEST(RandomDrawings, with_a_flow_that_leads_nowhere_are_refused) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        Random random(seed);
        auto const drawing = Draughtsman(random).draw();
        std::vector<std::string> problems;
        auto xml = testing_aid::bpmn_of(drawing, problems);
        std::vector<std::size_t> targets;
        for (auto at = xml.find("targetRef=\""); at != std::string::npos; at = xml.find("targetRef=\"", at + 1))
            targets.push_back(at);
        xml.insert(targets[random() % targets.size()] + 11, "not-there-");
        auto const checked = check(xml, For::simulation);
        EXPECT_TRUE(
            std::ranges::any_of(checked.violations, [](Violation const& v) { return v.rule == "bpmn.flow.dangling"; }))
            << "seed " << seed;
    }
}

}  // namespace
}  // namespace keepword::bpmn
