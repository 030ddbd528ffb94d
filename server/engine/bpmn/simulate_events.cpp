#include "engine/bpmn/simulate_events.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/bpmn/simulate.hpp"
#include "foundation/text.hpp"

namespace keepword::bpmn {
namespace {

struct Word {
    std::string_view key;
    Given::Kind kind;
};
constexpr std::array<Word, 8> words{{{"start", Given::Kind::start},
                                     {"complete", Given::Kind::complete},
                                     {"message", Given::Kind::message},
                                     {"signal", Given::Kind::signal},
                                     {"advance", Given::Kind::advance},
                                     {"choose", Given::Kind::choose},
                                     {"hold", Given::Kind::hold},
                                     {"trigger", Given::Kind::trigger}}};

std::unexpected<Error> wrong(int line, std::string what) {
    return fail(
        Error(Kind::invalid, "simulate.event").with("line", std::to_string(line)).with("what", std::move(what)));
}

// {"at": ID, "flows": [ID, …]}
Result<> read_choice(json::value const& value, Given& given) {
    auto const* choice = value.if_object();
    auto const* at = choice == nullptr ? nullptr : choice->if_contains("at");
    auto const* flows = choice == nullptr ? nullptr : choice->if_contains("flows");
    bool const good = at != nullptr && at->is_string() && flows != nullptr && flows->is_array() &&
                      std::ranges::all_of(flows->get_array(), [](auto const& flow) { return flow.is_string(); });
    if (!good) return wrong(given.line, R"(choose is {"at": ID, "flows": [ID, …]})");
    given.name = std::string(at->get_string());
    for (auto const& flow : flows->get_array()) given.flows.emplace_back(flow.get_string());
    return {};
}

Result<> read_member(std::string_view key, json::value const& value, Given& given, int& kinds) {
    auto const word = std::ranges::find(words, key, &Word::key);
    if (key == "fields") {
        if (!value.is_object() && !value.is_null()) return wrong(given.line, "fields is not an object");
        if (value.is_object()) given.fields = value.get_object();
        return {};
    }
    bool const known = word != words.end();
    if (!known && key != "outcome") return wrong(given.line, fmt::format("{} is not known", key));
    if (known) {
        ++kinds;
        given.kind = word->kind;
    }
    if (key == "choose") return read_choice(value, given);
    bool const may_be_null = key == "start" || key == "outcome";
    if (!value.is_string() && !(value.is_null() && may_be_null)) {
        return wrong(given.line, fmt::format("{} is not a text", key));
    }
    if (value.is_null()) return {};
    if (known) {
        given.name = std::string(value.get_string());
    } else {
        given.outcome = std::string(value.get_string());
    }
    return {};
}

Result<Given> read_line(std::string_view line, int number) {
    auto const parsed = json::parse(line);
    if (!parsed || !parsed->is_object()) return wrong(number, "not a JSON object");
    Given given;
    given.line = number;
    int kinds = 0;
    for (auto const& [key, value] : parsed->get_object()) TRY(read_member(key, value, given, kinds));
    if (kinds != 1) {
        return wrong(number, "one of start, complete, message, signal, advance, choose, hold and trigger is needed");
    }
    if (given.kind == Given::Kind::advance) {
        auto const by = parse_period(given.name);
        if (!by) return wrong(number, fmt::format("“{}” is no ISO 8601 length", given.name));
        given.by = *by;
    }
    return given;
}

}  // namespace

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

}  // namespace keepword::bpmn
