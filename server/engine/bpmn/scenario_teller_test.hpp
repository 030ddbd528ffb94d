#pragma once
#include <fmt/core.h>

#include <map>
#include <string>
#include <vector>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/timer.hpp"

// What happened, as the scenarios (scenario_test.hpp) say it. Only for tests.
namespace keepword::bpmn::testing_aid {

// What happened, in the words of the scenarios.
class Teller {
  public:
    explicit Teller(Definition const& d) : d_(&d) {}

    // Another version of the drawing.
    void move_to(Definition const& d) { d_ = &d; }

    std::vector<std::string> operator()(std::vector<Effect> const& effects) {
        std::vector<std::string> out;
        for (auto const& effect : effects) {
            auto line = std::visit([this](auto const& e) { return tell(e); }, effect);
            if (!line.empty()) out.push_back(std::move(line));
        }
        return out;
    }

  private:
    std::string const& id(Index element) const { return d_->at(element).id; }

    // Incident and Ended say more than their traces; flows are seen in what they lead to.
    std::string tell(Traced const& t) const {
        bool const told_elsewhere = t.what == Trace::incident || t.what == Trace::end || t.what == Trace::take;
        return told_elsewhere ? "" : fmt::format("{} {}", json::word(t.what), id(t.element));
    }
    std::string tell(TaskCreated const&) const { return ""; }
    std::string tell(TaskCancelled const& t) const {
        return fmt::format("task {} {}", id(t.element), json::word(t.why));
    }
    std::string tell(TimerSet const& t) {
        clocks_[t.instance] = id(t.element);
        auto const text = parse_timer(t.kind, t.text);
        auto const at = text ? due(*text, t.since, t.fired) : Result<std::optional<Instant>>(std::nullopt);
        return fmt::format("timer {} due {}", id(t.element), at && *at ? (*at)->str().substr(5, 11) : "never");
    }
    // After a migration its event may be drawn no more.
    std::string tell(TimerCancelled const& t) const {
        return fmt::format("timer {} stopped", t.element == none ? clocks_.at(t.instance) : id(t.element));
    }
    std::string tell(ServiceCalled const& t) const { return fmt::format("service {}", id(t.element)); }
    std::string tell(CallStarted const& t) const { return fmt::format("call {} of {}", id(t.element), t.key); }
    std::string tell(CallCancelled const& t) const { return fmt::format("call {} stopped", id(t.element)); }
    std::string tell(MessageSent const& t) const { return fmt::format("message {}", t.name); }
    std::string tell(SignalThrown const& t) const { return fmt::format("signal {}", t.name); }
    std::string tell(Escalated const& t) const { return fmt::format("escalation {} to the caller", t.code); }
    std::string tell(Incident const& t) const { return fmt::format("incident {} {}", id(t.element), t.code); }
    std::string tell(Ended const& t) const {
        auto const how = json::word(t.status) + (t.status == Status::failed ? " with " + t.code : "");
        return t.element == none ? how : fmt::format("{} at {}", how, id(t.element));
    }

    Definition const* d_;
    std::map<Instance, std::string> clocks_;
};

}  // namespace keepword::bpmn::testing_aid
