#include <algorithm>

#include "engine/bpmn/naive_test.hpp"

// Clocks. Their lengths do not matter here, only which run and how often they fired.
namespace keepword::bpmn::naive {

// What an expression gives is a length where it begins like one; the drawings know no other texts.
std::optional<std::string> Interpreter::clock_text(Index event, Scope const& scope) const {
    auto const& timer = *d_.at(event).timer;
    if (!timer.expression) return timer.text;
    auto const value = feel::evaluate(*timer.expression, known(nullptr, &scope));
    if (!value.is_string() || !value.get_string().starts_with("PT")) return std::nullopt;
    return std::string(value.get_string());
}

// Asked before an element is entered: what cannot have its clock must not look as if it ran.
bool Interpreter::clocks_can_run(Token const& token) const {
    Element const& element = d_.at(token.element);
    std::vector<Index> asked;
    if (!token.round) asked = borders(token.element);
    if (element.type == Type::intermediate_catch_event) asked.push_back(token.element);
    if (element.type == Type::event_based_gateway) {
        for (Index const flow : element.outgoing) asked.push_back(d_.flows[flow].target);
    }
    return std::ranges::all_of(
        asked, [&](Index event) { return d_.at(event).trigger != Trigger::timer || clock_text(event, *token.scope); });
}

void Interpreter::wind(std::vector<Clock>& clocks, Index event, Scope const& scope) {
    if (d_.at(event).trigger == Trigger::timer) clocks.push_back({event, *clock_text(event, scope)});
}

// The border is the whole activity's, not that of each of its rounds.
void Interpreter::wind_border(Token& token) {
    if (token.round) return;
    for (Index const event : borders(token.element)) wind(token.clocks, event, *token.scope);
}

// The clock of what happens is wound up again where it repeats (`R/…` without end, `R3/…` three times in all) and does
// not interrupt; otherwise it is gone.
void Interpreter::use_up(Catcher const& catcher, std::uint32_t missed) {
    Scope* const around = scope(catcher.holder);
    auto& clocks = around != nullptr ? around->clocks : token(catcher.holder)->clocks;
    auto const clock = std::ranges::find(clocks, catcher.event, &Clock::event);
    if (clock == clocks.end()) return;
    clock->fired += 1 + missed;
    auto const slash = clock->text.find('/');
    bool const repeats = clock->text.starts_with('R') && !interrupts(catcher);
    auto const times = repeats ? clock->text.substr(1, slash - 1) : "0";
    if (!repeats || (!times.empty() && clock->fired >= std::stoul(times))) clocks.erase(clock);
}

}  // namespace keepword::bpmn::naive
