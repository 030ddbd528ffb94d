#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/timer.hpp"

// Everything that runs on one file, on a virtual clock: several instances of its processes, which hear each other's
// messages and signals. Without people, calendars or a database: for simulations and tests.
namespace keepword::bpmn {

constexpr std::size_t max_world_instances = 1'000;
constexpr int max_world_steps = 100'000;
// The tokens of the second instance are numbered from here, those of the third from twice this, and so on.
constexpr Instance numbers_per_instance = 1'000'000;

class World {
  public:
    // `tell` hears of everything that happens, when it happens.
    using Tell = std::function<void(Traced const& traced, Instant at)>;

    World(Definition definition, Instant start, Add add, Tell tell)
        : d_(std::move(definition)), now_(start), add_(std::move(add)), tell_(std::move(tell)) {}

    Definition const& definition() const { return d_; }
    Instant now() const { return now_; }
    std::vector<State> const& instances() const { return instances_; }

    // Starts an instance. Errors as step(), `simulate.too-long`.
    Result<> start(Start const& start);
    Result<> apply(std::size_t instance, Event const& event);
    // A signal from outside, to every instance.
    Result<> signal(SignalArrived const& signal);
    // The first, of the oldest instance, that waits for such an event.
    struct Waiting {
        std::size_t instance = 0;
        Catcher catcher;
    };
    std::optional<Waiting> who_waits(std::function<bool(Element const& event)> const& wanted) const;
    // The called processes that are completed by hand and not by themselves.
    std::function<bool(std::string const& element)> called_by_hand = [](std::string const&) { return false; };

    // A person chooses these flows at this element from now on, where no condition decides.
    void choose(Index element, std::vector<Index> flows) { d_.elements[element].chosen = std::move(flows); }
    // A task that would pass by itself waits from now on.
    void hold(Index element) { d_.elements[element].held = true; }

    // Goes on to this instant; what is due on the way fires when it is due.
    Result<> advance(Instant to);
    // Goes on to the next timer; false where none runs.
    Result<bool> jump();

  private:
    struct Alarm {
        std::size_t instance = 0;
        Instance timer = 0;
        Instant at;
    };
    struct Then {
        std::size_t instance = 0;
        Event event;
    };
    struct Caller {
        std::size_t instance = 0;
        Instance token = 0;
        std::size_t called = 0;
    };

    Result<> run();
    Result<> follow(std::size_t instance, Effect const& effect);
    Result<> on(std::size_t instance, TimerSet const& set);
    void on(std::size_t instance, CallStarted const& call);
    void on(std::size_t instance, MessageSent const& sent);
    void on(std::size_t instance, SignalThrown const& thrown);
    void on(std::size_t instance, Ended const& ended);
    bool deliver(Index target, MessageSent const& sent);
    void deliver_by_name(MessageSent const& sent);
    std::size_t begin(Start start);
    std::vector<Alarm>::iterator next_alarm();
    Result<> fire_next();

    Definition d_;
    Instant now_;
    Add add_;
    Tell tell_;
    std::vector<State> instances_;
    std::vector<Alarm> alarms_;
    std::vector<Caller> callers_;
    std::deque<Then> then_;
    int steps_ = 0;
};

}  // namespace keepword::bpmn
