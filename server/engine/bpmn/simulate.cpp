#include "engine/bpmn/simulate.hpp"

#include <algorithm>

#include "engine/bpmn/simulate_events.hpp"
#include "engine/bpmn/world.hpp"

namespace keepword::bpmn {
namespace {

// What a line of the events file does: an event of an instance, or the start of a new one.
struct Possible {
    std::size_t instance = 0;
    Event event;
};

class Simulator {
  public:
    Simulator(Definition const& definition, Simulation const& how, std::function<void(std::string const&)> const& print)
        : how_(how),
          print_(print),
          world_(definition, how.start, how.add, [this](Traced const& t, Instant at) { write(t, at); }) {
        world_.called_by_hand = [this](std::string const& element) {
            return std::ranges::any_of(pending_, [&](Given const& given) {
                return given.kind == Given::Kind::complete && given.name == element;
            });
        };
    }

    Result<Simulated> run(std::vector<Given> events) {
        pending_ = std::move(events);
        bool const says_start = std::ranges::any_of(pending_, [this](Given const& given) { return starts(given); });
        if (!says_start) {
            while (TRY(consume_one(true))) continue;
            TRY(start_by_itself());
        }
        while (true) {
            if (TRY(consume_one(false))) continue;
            if (idle_timers_++ == max_idle_timers || !TRY(world_.jump())) break;
        }
        Simulated out;
        for (auto const& given : pending_) out.unused.push_back(given.line);
        if (!world_.instances().empty()) out.status = world_.instances().front().status;
        for (auto const& state : world_.instances()) {
            for (auto const& token : state.tokens) {
                if (token.wait == Wait::inside) continue;
                auto const& id = d().at(token.element).id;
                out.waiting.push_back(token.incident() ? id + " (" + token.code + ")" : id);
            }
        }
        return out;
    }

  private:
    Definition const& d() const { return world_.definition(); }

    // ---- starts --------------------------------------------------------------------------------------------------

    Index process() const { return how_.process.empty() ? d().process : d().find(how_.process); }

    // The start events by which processes of the file begin; of the one process that was asked for.
    Index start_about(Trigger trigger, std::string const& name) const {
        for (Index i = 0; i < d().elements.size(); ++i) {
            Element const& e = d().at(i);
            bool const begins = e.type == Type::start_event && d().at(e.scope).type == Type::process;
            if (begins && is_about(e, trigger, name) && (how_.process.empty() || e.scope == process())) return i;
        }
        return none;
    }

    // A start event of a process, or what begins with its process because nothing flows into it.
    bool begins(std::string const& id) const {
        Index const i = d().find(id);
        if (i == none || d().at(i).scope == none || d().at(d().at(i).scope).type != Type::process) return false;
        return d().at(i).type == Type::start_event || d().begins_by_itself(i);
    }

    bool starts(Given const& given) const {
        return given.kind == Given::Kind::start ||
               (given.kind == Given::Kind::message && start_about(Trigger::message, given.name) != none) ||
               (given.kind == Given::Kind::signal && start_about(Trigger::signal, given.name) != none) ||
               (given.kind == Given::Kind::trigger && begins(given.name));
    }

    // Without a line that starts anything the none start event does; where there is none, the first timer.
    Result<> start_by_itself() {
        if (process() != none) {
            for (Index const start : d().starts(process())) {
                if (d().at(start).trigger == Trigger::nothing) break;
                if (d().at(start).trigger != Trigger::timer || !d().at(start).timer) continue;
                auto const& spec = *d().at(start).timer;
                auto const at = TRY(due(TRY(parse_timer(spec.kind, spec.text)), world_.now(), 0, how_.add));
                TRY(world_.advance(*at));
                return world_.start(Start{d().at(start).id, how_.process, {}});
            }
        }
        return world_.start(Start{"", how_.process, {}});
    }

    Event start_at(Index element, json::object const& fields) const {
        return Start{d().at(element).id, d().at(d().process_of(element)).id, fields};
    }

    bool runs(Index process) const {
        return std::ranges::any_of(world_.instances(), [&](State const& state) {
            return state.status == Status::running && state.scopes.front().element == process;
        });
    }

    // ---- events --------------------------------------------------------------------------------------------------

    // Consumes the first line that can be; false where none can. `prepares`: only what makes ready for the start.
    Result<bool> consume_one(bool prepares) {
        for (auto given = pending_.begin(); given != pending_.end(); ++given) {
            bool const preparation = given->kind == Given::Kind::choose || given->kind == Given::Kind::hold;
            if (prepares && !preparation) return false;
            auto const event = preparation ? std::nullopt : possible(*given);
            bool const advances = given->kind == Given::Kind::advance;
            if (!event && !advances && !(preparation && prepare(*given))) continue;
            Given const taken = std::move(*given);
            pending_.erase(given);
            idle_timers_ = 0;
            if (event) TRY(apply(*event));
            if (advances) TRY(world_.advance(TRY(how_.add(world_.now(), taken.by, 1))));
            return true;
        }
        return false;
    }

    Result<> apply(Possible const& possible) {
        if (auto const* start = std::get_if<Start>(&possible.event)) return world_.start(*start);
        if (auto const* signal = std::get_if<SignalArrived>(&possible.event)) return world_.signal(*signal);
        return world_.apply(possible.instance, possible.event);
    }

    bool prepare(Given const& given) {
        Index const element = d().find(given.name);
        if (element == none) return false;
        if (given.kind == Given::Kind::hold) {
            world_.hold(element);
            return true;
        }
        std::vector<Index> flows;
        for (auto const& id : given.flows) {
            Index const flow = d().find_flow(id);
            if (flow == none || d().flows[flow].source != element) return false;
            flows.push_back(flow);
        }
        world_.choose(element, std::move(flows));
        return true;
    }

    std::optional<Possible> possible(Given const& given) const {
        switch (given.kind) {
            case Given::Kind::start:
                return possible_start(given);
            case Given::Kind::message:
                return possible_message(given);
            case Given::Kind::signal:
                return possible_signal(given);
            case Given::Kind::complete:
                return possible_completion(given);
            case Given::Kind::trigger:
                return possible_trigger(given);
            default:
                return std::nullopt;
        }
    }

    Possible possible_start(Given const& given) const {
        Index const element = d().find(given.name);
        if (how_.process.empty() && element != none) return {0, start_at(element, given.fields)};
        return {0, Start{given.name, how_.process, given.fields}};
    }

    // Whoever waits; else a process that the message starts and of which no instance runs.
    std::optional<Possible> possible_message(Given const& given) const {
        if (auto const who =
                world_.who_waits([&](Element const& e) { return is_about(e, Trigger::message, given.name); })) {
            return Possible{who->instance, MessageArrived{given.name, who->catcher.holder, given.fields}};
        }
        return possible_start_by(Trigger::message, given);
    }

    std::optional<Possible> possible_signal(Given const& given) const {
        if (auto const who =
                world_.who_waits([&](Element const& e) { return is_about(e, Trigger::signal, given.name); })) {
            return Possible{who->instance, SignalArrived{given.name, given.fields}};  // and everybody else
        }
        return possible_start_by(Trigger::signal, given);
    }

    std::optional<Possible> possible_start_by(Trigger trigger, Given const& given) const {
        Index const start = start_about(trigger, given.name);
        if (start == none || runs(d().process_of(start))) return std::nullopt;
        return Possible{0, start_at(start, given.fields)};
    }

    std::optional<Possible> possible_trigger(Given const& given) const {
        if (auto const who = world_.who_waits([&](Element const& e) { return e.id == given.name; })) {
            return Possible{who->instance, Happened{given.name, who->catcher.holder, given.fields}};
        }
        if (begins(given.name)) return Possible{0, start_at(d().find(given.name), given.fields)};
        return possible_completion(given);
    }

    std::optional<Possible> possible_completion(Given const& given) const {
        for (std::size_t i = 0; i < world_.instances().size(); ++i) {
            for (auto const& token : world_.instances()[i].tokens) {
                if (d().at(token.element).id != given.name) continue;
                if (auto event = completion(token, given)) return Possible{i, std::move(*event)};
            }
        }
        return std::nullopt;
    }

    std::optional<Event> completion(Token const& token, Given const& given) const {
        Element const& element = d().at(token.element);
        if (token.wait == Wait::call) return CallEnded{token.instance, given.fields};
        if (token.wait == Wait::message) return MessageArrived{element.about, token.instance, given.fields};
        if (token.wait == Wait::held) return Happened{element.id, token.instance, given.fields};
        if (token.wait != Wait::task) return std::nullopt;
        auto const& offered = element.outcomes;
        bool const fits = given.outcome ? std::ranges::find(offered, *given.outcome, &Outcome::value) != offered.end()
                                        : offered.empty();
        if (!fits) return std::nullopt;
        return CompleteTask{token.instance, given.outcome, given.fields};
    }

    // ---- output --------------------------------------------------------------------------------------------------

    void write(Traced const& traced, Instant at) {
        std::string const& id = id_of(traced, d());
        if (traced.what != Trace::take) return write_line(json::word(traced.what), id, traced.instance, at);
        if (!how_.flows) return;
        write_line("enter", id, traced.instance, at);
        write_line("leave", id, traced.instance, at);
    }

    void write_line(std::string const& event, std::string const& id, Instance instance, Instant at) {
        json::object line;
        line["at"] = at.str();
        line["event"] = event;
        line["element"] = id;
        line["instance"] = instance;
        print_(json::serialize(line));
    }

    Simulation const& how_;
    std::function<void(std::string const&)> const& print_;
    World world_;
    std::vector<Given> pending_;
    int idle_timers_ = 0;
};

}  // namespace

Result<Simulated> simulate(Definition const& definition, std::string_view events, Simulation const& how,
                           std::function<void(std::string const&)> const& print) {
    auto given = TRY(read_events(events));
    return Simulator(definition, how, print).run(std::move(given));
}

}  // namespace keepword::bpmn
