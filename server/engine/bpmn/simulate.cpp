#include "engine/bpmn/simulate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>

#include "foundation/text.hpp"

namespace keepword::bpmn {
namespace {

// One line of the events file.
struct Given {
    enum class Kind { start, complete, message, signal, advance } kind = Kind::start;
    int line = 0;
    std::string name;  // an element's id, or the name of a message or signal; empty: the none start event
    std::optional<std::string> outcome;
    json::object fields;
    Period by;
};

std::unexpected<Error> wrong(int line, std::string what) {
    return fail(
        Error(Kind::invalid, "simulate.event").with("line", std::to_string(line)).with("what", std::move(what)));
}

Result<Given> read_line(std::string_view line, int number) {
    auto const parsed = json::parse(line);
    if (!parsed || !parsed->is_object()) return wrong(number, "not a JSON object");
    Given given;
    given.line = number;
    int kinds = 0;
    for (auto const& [key, value] : parsed->get_object()) {
        auto const kind = key == "start"      ? std::optional(Given::Kind::start)
                          : key == "complete" ? std::optional(Given::Kind::complete)
                          : key == "message"  ? std::optional(Given::Kind::message)
                          : key == "signal"   ? std::optional(Given::Kind::signal)
                          : key == "advance"  ? std::optional(Given::Kind::advance)
                                              : std::nullopt;
        bool const may_be_null = kind == Given::Kind::start || key == "outcome" || key == "fields";
        if (!value.is_string() && !(value.is_null() && may_be_null) && key != "fields") {
            return wrong(number, fmt::format("{} is not a text", std::string_view(key)));
        }
        std::string text = value.is_string() ? std::string(value.get_string()) : "";
        if (kind) {
            ++kinds;
            given.kind = *kind;
            given.name = std::move(text);
        } else if (key == "outcome") {
            if (value.is_string()) given.outcome = std::move(text);
        } else if (key == "fields") {
            if (!value.is_object() && !value.is_null()) return wrong(number, "fields is not an object");
            if (value.is_object()) given.fields = value.get_object();
        } else {
            return wrong(number, fmt::format("{} is not known", std::string_view(key)));
        }
    }
    if (kinds != 1) return wrong(number, "one of start, complete, message, signal and advance is needed");
    if (given.kind == Given::Kind::advance) {
        auto const by = parse_period(given.name);
        if (!by) return wrong(number, fmt::format("“{}” is no ISO 8601 length", given.name));
        given.by = *by;
    }
    return given;
}

Result<std::vector<Given>> read_events(std::string_view events) {
    std::vector<Given> out;
    int number = 0;
    for (auto const line : text::split(events, '\n')) {
        ++number;
        if (text::trim(line).empty()) continue;
        if (out.size() == max_simulated_events) return wrong(number, "too many events");
        out.push_back(TRY(read_line(line, number)));
    }
    return out;
}

class Simulator {
  public:
    Simulator(Definition const& definition, Simulation const& how, std::function<void(std::string const&)> const& print)
        : d_(definition), how_(how), print_(print), now_(how.start) {}

    Result<Simulated> run(std::vector<Given> events) {
        pending_ = std::move(events);
        bool const says_start = std::ranges::any_of(pending_, [this](Given const& given) { return starts(given); });
        if (!says_start) TRY(start_by_itself());
        while (true) {
            if (TRY(consume_one())) continue;
            if (!TRY(jump())) break;
        }
        Simulated out;
        for (auto const& given : pending_) out.unused.push_back(given.line);
        out.status = state_.status;
        return out;
    }

  private:
    struct Running {
        Instance instance = 0;
        Instant at;
    };

    // ---- events --------------------------------------------------------------------------------------------------

    Index process() const { return how_.process.empty() ? d_.process : d_.find(how_.process); }

    Index message_start(std::string const& name) const {
        if (process() == none) return none;
        for (Index const start : d_.starts(process())) {
            if (d_.at(start).trigger == Trigger::message && d_.at(start).message == name) return start;
        }
        return none;
    }

    bool starts(Given const& given) const {
        return given.kind == Given::Kind::start ||
               (given.kind == Given::Kind::message && message_start(given.name) != none);
    }

    // Without a start line the none start event starts; where there is none, the first timer that starts the process.
    Result<> start_by_itself() {
        if (process() != none) {
            for (Index const start : d_.starts(process())) {
                if (d_.at(start).trigger == Trigger::nothing) break;
                if (d_.at(start).trigger != Trigger::timer || !d_.at(start).timer) continue;
                auto const& spec = *d_.at(start).timer;
                auto const at = TRY(due(TRY(parse_timer(spec.kind, spec.text)), now_, 0, how_.add));
                now_ = std::max(now_, *at);
                return apply(Start{d_.at(start).id, how_.process, {}});
            }
        }
        return apply(Start{"", how_.process, {}});
    }

    // Consumes the first event that can be; false where none can.
    Result<bool> consume_one() {
        for (auto given = pending_.begin(); given != pending_.end(); ++given) {
            auto const event = possible(*given);
            if (!event && given->kind != Given::Kind::advance) continue;
            Given const taken = std::move(*given);
            pending_.erase(given);
            idle_timers_ = 0;
            if (event) {
                TRY(apply(*event));
            } else {
                TRY(advance(TRY(how_.add(now_, taken.by, 1))));
            }
            return true;
        }
        return false;
    }

    std::optional<Event> possible(Given const& given) const {
        switch (given.kind) {
            case Given::Kind::start:
                if (state_.status != Status::fresh) return std::nullopt;
                return Start{given.name, how_.process, given.fields};
            case Given::Kind::message:
                return possible_message(given);
            case Given::Kind::complete:
                return possible_completion(given);
            default:
                return std::nullopt;
        }
    }

    std::optional<Event> possible_message(Given const& given) const {
        if (state_.status == Status::fresh) {
            Index const start = message_start(given.name);
            if (start == none) return std::nullopt;
            return Start{d_.at(start).id, how_.process, given.fields};
        }
        if (!awaited(given.name)) return std::nullopt;
        return MessageArrived{given.name, 0, given.fields};
    }

    bool awaited(std::string const& name) const {
        return std::ranges::any_of(state_.tokens, [&](Token const& token) {
            return token.wait == Wait::message && d_.at(token.element).message == name;
        });
    }

    std::optional<Event> possible_completion(Given const& given) const {
        for (auto const& token : state_.tokens) {
            Element const& element = d_.at(token.element);
            if (element.id != given.name) continue;
            if (token.wait == Wait::call) return CallEnded{token.instance, given.fields};
            if (token.wait == Wait::message) return MessageArrived{element.message, token.instance, given.fields};
            if (token.wait != Wait::task) continue;
            bool const offered = given.outcome ? std::ranges::find(element.outcomes, *given.outcome, &Outcome::value) !=
                                                     element.outcomes.end()
                                               : element.outcomes.empty();
            if (offered) return CompleteTask{token.instance, given.outcome, given.fields};
        }
        return std::nullopt;
    }

    // ---- time ----------------------------------------------------------------------------------------------------

    std::vector<Running>::iterator next_timer() {
        return std::ranges::min_element(timers_, [](Running const& a, Running const& b) {
            return a.at != b.at ? a.at < b.at : a.instance < b.instance;
        });
    }

    Result<> advance(Instant to) {
        while (!timers_.empty() && next_timer()->at <= to) TRY(fire_next());
        now_ = to;
        return {};
    }

    // Jumps to the next timer; false where there is none, or where nothing but repeating timers is left.
    Result<bool> jump() {
        if (timers_.empty() || idle_timers_++ == max_idle_timers) return false;
        TRY(fire_next());
        return true;
    }

    Result<> fire_next() {
        auto const timer = next_timer();
        now_ = std::max(now_, timer->at);
        Instance const instance = timer->instance;
        timers_.erase(timer);
        return apply(TimerFired{instance, 0});
    }

    // ---- steps ---------------------------------------------------------------------------------------------------

    Result<> apply(Event const& event) {
        std::deque<Event> then{event};
        while (!then.empty()) {
            if (++steps_ > max_simulated_steps) return fail(Kind::invalid, "simulate.too-long");
            Step done = TRY(step(d_, std::move(state_), then.front(), now_));
            then.pop_front();
            state_ = std::move(done.state);
            for (auto const& effect : done.effects) TRY(follow(effect, then));
        }
        return {};
    }

    Result<> follow(Effect const& effect, std::deque<Event>& then) {
        if (auto const* traced = std::get_if<Traced>(&effect)) write(*traced);
        if (auto const* set = std::get_if<TimerSet>(&effect)) TRY(set_timer(*set));
        if (auto const* stopped = std::get_if<TimerCancelled>(&effect)) {
            std::erase_if(timers_, [&](Running const& timer) { return timer.instance == stopped->instance; });
        }
        if (auto const* call = std::get_if<CallStarted>(&effect)) {
            std::string const& id = d_.at(call->element).id;
            auto const completes = [&](Given const& given) {
                return given.kind == Given::Kind::complete && given.name == id;
            };
            if (std::ranges::none_of(pending_, completes)) then.push_back(CallEnded{call->instance, {}});
        }
        if (auto const* sent = std::get_if<MessageSent>(&effect)) {
            if (awaited(sent->name)) then.push_back(MessageArrived{sent->name, 0, sent->variables});
        }
        return {};
    }

    Result<> set_timer(TimerSet const& set) {
        if (set.text.empty()) return {};  // drawn without a length: it never fires by itself
        auto const at = TRY(due(TRY(parse_timer(set.kind, set.text)), set.since, set.fired, how_.add));
        if (at) timers_.push_back({set.instance, *at});
        return {};
    }

    void write(Traced const& traced) {
        std::string const& id = id_of(traced, d_);
        if (traced.what != Trace::take) return write_line(json::word(traced.what), id, traced.instance);
        if (!how_.flows) return;
        write_line("enter", id, traced.instance);
        write_line("leave", id, traced.instance);
    }

    void write_line(std::string const& event, std::string const& id, Instance instance) {
        json::object line;
        line["at"] = now_.str();
        line["event"] = event;
        line["element"] = id;
        line["instance"] = instance;
        print_(json::serialize(line));
    }

    Definition const& d_;
    Simulation const& how_;
    std::function<void(std::string const&)> const& print_;
    Instant now_;
    State state_;
    std::vector<Given> pending_;
    std::vector<Running> timers_;
    int steps_ = 0;
    int idle_timers_ = 0;
};

}  // namespace

Result<Simulated> simulate(Definition const& definition, std::string_view events, Simulation const& how,
                           std::function<void(std::string const&)> const& print) {
    auto given = TRY(read_events(events));
    return Simulator(definition, how, print).run(std::move(given));
}

}  // namespace keepword::bpmn
