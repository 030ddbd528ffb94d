#include "engine/bpmn/world.hpp"

#include <algorithm>

namespace keepword::bpmn {

Result<> World::start(Start const& start) {
    begin(start);
    return run();
}

Result<> World::apply(std::size_t instance, Event const& event) {
    then_.push_back({instance, event});
    return run();
}

Result<> World::signal(SignalArrived const& signal) {
    for (std::size_t i = 0; i < instances_.size(); ++i) then_.push_back({i, signal});
    return run();
}

// The instance is there at once; its first step comes in its turn.
std::size_t World::begin(Start start) {
    State fresh;
    fresh.next = 1 + static_cast<Instance>(instances_.size()) * numbers_per_instance;
    instances_.push_back(std::move(fresh));
    then_.push_back({instances_.size() - 1, std::move(start)});
    return instances_.size() - 1;
}

// One thing after the other, in the order in which they came about.
Result<> World::run() {
    while (!then_.empty()) {
        auto const [instance, event] = std::move(then_.front());
        then_.pop_front();
        if (++steps_ > max_world_steps || instances_.size() > max_world_instances) {
            return fail(Kind::invalid, "simulate.too-long");
        }
        // The instance may be another one meanwhile: then the message finds nobody, and nothing happens.
        auto done = step(d_, instances_[instance], event, now_);
        if (!done && done.error().kind == Kind::conflict) continue;
        if (!done) return std::unexpected(done.error());
        instances_[instance] = std::move(done->state);
        for (auto const& effect : done->effects) TRY(follow(instance, effect));
    }
    return {};
}

Result<> World::follow(std::size_t instance, Effect const& effect) {
    if (auto const* traced = std::get_if<Traced>(&effect)) tell_(*traced, now_);
    if (auto const* set = std::get_if<TimerSet>(&effect)) TRY(on(instance, *set));
    if (auto const* call = std::get_if<CallStarted>(&effect)) on(instance, *call);
    if (auto const* sent = std::get_if<MessageSent>(&effect)) on(instance, *sent);
    if (auto const* thrown = std::get_if<SignalThrown>(&effect)) on(instance, *thrown);
    if (auto const* ended = std::get_if<Ended>(&effect)) on(instance, *ended);
    if (auto const* stopped = std::get_if<TimerCancelled>(&effect)) {
        std::erase_if(alarms_, [&](Alarm const& alarm) { return alarm.timer == stopped->instance; });
    }
    auto const caller = std::ranges::find(callers_, instance, &Caller::called);
    auto const* escalated = std::get_if<Escalated>(&effect);
    if (escalated != nullptr && caller != callers_.end()) {
        then_.push_back({caller->instance, CallEscalated{caller->token, escalated->code}});
    }
    if (auto const* gone = std::get_if<CallCancelled>(&effect)) {
        for (auto const& c : callers_) {
            bool const its = c.instance == instance && c.token == gone->instance;
            if (its && instances_[c.called].status == Status::running) then_.push_back({c.called, Cancel{}});
        }
    }
    return {};
}

Result<> World::on(std::size_t instance, TimerSet const& set) {
    if (set.text.empty()) return {};  // drawn without a length: it never fires by itself
    auto const at = TRY(due(TRY(parse_timer(set.kind, set.text)), set.since, set.fired, add_));
    if (at) alarms_.push_back({instance, set.instance, *at});
    return {};
}

// A process that the file has is run; another one is over at once.
void World::on(std::size_t instance, CallStarted const& call) {
    if (called_by_hand(d_.at(call.element).id)) return;
    Index const process = d_.find(call.key);
    if (process == none || d_.at(process).type != Type::process) {
        then_.push_back({instance, CallEnded{call.instance, {}}});
        return;
    }
    callers_.push_back({instance, call.instance, begin(Start{"", call.key, call.variables})});
}

void World::on(std::size_t instance, Ended const& ended) {
    auto const caller = std::ranges::find(callers_, instance, &Caller::called);
    if (caller == callers_.end()) return;
    if (ended.status == Status::failed) {
        then_.push_back({caller->instance, CallErrored{caller->token, ended.code}});
    } else {
        then_.push_back({caller->instance, CallEnded{caller->token, instances_[instance].variables()}});
    }
}

// Along the message flows that are drawn; where none is, to whoever waits for the name.
void World::on(std::size_t, MessageSent const& sent) {
    auto const& flows = d_.at(sent.element).message_flows;
    if (flows.empty()) return deliver_by_name(sent);
    for (Index const flow : flows) {
        Index const target = d_.message_flows[flow].target;
        if (target != none) deliver(target, sent);
    }
}

bool World::deliver(Index target, MessageSent const& sent) {
    Element const& element = d_.at(target);
    if (auto const who = who_waits([&](Element const& event) { return &event == &element; })) {
        then_.push_back({who->instance, Happened{element.id, who->catcher.holder, sent.variables}});
        return true;
    }
    bool const begins = element.type == Type::start_event && d_.at(element.scope).type == Type::process;
    if (begins) begin(Start{element.id, d_.at(element.scope).id, sent.variables});
    return begins;
}

void World::deliver_by_name(MessageSent const& sent) {
    auto const who = who_waits([&](Element const& event) { return is_about(event, Trigger::message, sent.name); });
    if (who) then_.push_back({who->instance, MessageArrived{sent.name, who->catcher.holder, sent.variables}});
}

std::optional<World::Waiting> World::who_waits(std::function<bool(Element const&)> const& wanted) const {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        for (auto const& catcher : catchers(d_, instances_[i])) {
            if (wanted(d_.at(catcher.event))) return Waiting{i, catcher};
        }
    }
    return std::nullopt;
}

// Everybody who waits for it elsewhere, and every process that it starts.
void World::on(std::size_t instance, SignalThrown const& thrown) {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (i != instance) then_.push_back({i, SignalArrived{thrown.name, thrown.variables}});
    }
    for (auto const& process : d_.elements) {
        if (process.type != Type::process) continue;
        for (Index const start : d_.starts(d_.find(process.id))) {
            if (!is_about(d_.at(start), Trigger::signal, thrown.name)) continue;
            begin(Start{d_.at(start).id, process.id, thrown.variables});
        }
    }
}

// ---- time --------------------------------------------------------------------------------------------------------

std::vector<World::Alarm>::iterator World::next_alarm() {
    return std::ranges::min_element(
        alarms_, [](Alarm const& a, Alarm const& b) { return a.at != b.at ? a.at < b.at : a.timer < b.timer; });
}

Result<> World::fire_next() {
    auto const alarm = next_alarm();
    now_ = std::max(now_, alarm->at);
    auto const fired = *alarm;
    alarms_.erase(alarm);
    return apply(fired.instance, TimerFired{fired.timer, 0});
}

Result<> World::advance(Instant to) {
    while (!alarms_.empty() && next_alarm()->at <= to) TRY(fire_next());
    now_ = std::max(now_, to);
    return {};
}

Result<bool> World::jump() {
    if (alarms_.empty()) return false;
    TRY(fire_next());
    return true;
}

}  // namespace keepword::bpmn
