#include "engine/feel/functions.hpp"

#include <algorithm>

namespace keepword::feel {
namespace {

using enum Argument;

constexpr std::array table{
    Builtin{"not", {Argument::truth}, 1, 1, builtin::not_},

    Builtin{"abs", {number}, 1, 1, builtin::abs},
    Builtin{"modulo", {number, number}, 2, 2, builtin::modulo},
    Builtin{"floor", {number, number}, 1, 2, builtin::floor},
    Builtin{"ceiling", {number, number}, 1, 2, builtin::ceiling},
    Builtin{"decimal", {number, number}, 2, 2, builtin::decimal},
    Builtin{"round up", {number, number}, 2, 2, builtin::round_up},
    Builtin{"round down", {number, number}, 2, 2, builtin::round_down},
    Builtin{"round half up", {number, number}, 2, 2, builtin::round_half_up},
    Builtin{"round half down", {number, number}, 2, 2, builtin::round_half_down},

    Builtin{"contains", {text, text}, 2, 2, builtin::contains},
    Builtin{"starts with", {text, text}, 2, 2, builtin::starts_with},
    Builtin{"ends with", {text, text}, 2, 2, builtin::ends_with},
    Builtin{"string length", {text}, 1, 1, builtin::string_length},
    Builtin{"substring", {text, number, number}, 2, 3, builtin::substring},
    Builtin{"substring before", {text, text}, 2, 2, builtin::substring_before},
    Builtin{"substring after", {text, text}, 2, 2, builtin::substring_after},
    Builtin{"upper case", {text}, 1, 1, builtin::upper_case},
    Builtin{"lower case", {text}, 1, 1, builtin::lower_case},
    Builtin{"string join", {list, text_or_null}, 1, 2, builtin::string_join},
    Builtin{"string", {any}, 1, 1, builtin::string},
    Builtin{"number", {text, text_or_null, text_or_null}, 1, 3, builtin::number},

    Builtin{"count", {list}, 1, 1, builtin::count},
    Builtin{"list contains", {list, any}, 2, 2, builtin::list_contains},
    Builtin{"index of", {list, any}, 2, 2, builtin::index_of},
    Builtin{"sum", {any, any, any}, 1, several, builtin::sum},
    Builtin{"mean", {any, any, any}, 1, several, builtin::mean},
    Builtin{"min", {any, any, any}, 1, several, builtin::min},
    Builtin{"max", {any, any, any}, 1, several, builtin::max},
    Builtin{"all", {any, any, any}, 1, several, builtin::all},
    Builtin{"any", {any, any, any}, 1, several, builtin::any},
    Builtin{"append", {list, any, any}, 2, several, builtin::append},
    Builtin{"concatenate", {list, list, list}, 1, several, builtin::concatenate},
    Builtin{"union", {list, list, list}, 1, several, builtin::union_},
    Builtin{"distinct values", {list}, 1, 1, builtin::distinct_values},
    Builtin{"flatten", {list}, 1, 1, builtin::flatten},
    Builtin{"reverse", {list}, 1, 1, builtin::reverse},
    Builtin{"sublist", {list, number, number}, 2, 3, builtin::sublist},
    Builtin{"insert before", {list, number, any}, 3, 3, builtin::insert_before},
    Builtin{"remove", {list, number}, 2, 2, builtin::remove},

    Builtin{"get value", {context, text}, 2, 2, builtin::get_value},
    Builtin{"get entries", {context}, 1, 1, builtin::get_entries},
    Builtin{"context put", {context, any, any}, 3, 3, builtin::context_put},
    Builtin{"context merge", {list}, 1, 1, builtin::context_merge},
};

bool fits(json::value const& v, Argument kind) {
    switch (kind) {
        case any:
            return true;
        case Argument::truth:
            return v.is_bool();
        case text:
            return v.is_string();
        case text_or_null:
            return v.is_string() || v.is_null();
        case number:
            return v.is_number();
        case list:
            return v.is_array();
        case context:
            return v.is_object();
    }
    return false;
}

// Makes the argument fit, or says that it cannot.
bool convert(Value& argument, Argument kind, Budget& budget) {
    json::value const& v = argument.get();
    if (fits(v, kind)) return true;
    if (kind == list && !v.is_null()) {
        json::array one;
        one.push_back(std::move(argument).take(budget));
        argument = Value::own(std::move(one));
        return budget.hold(bytes_of_scalar);
    }
    if (!v.is_array() || v.get_array().size() != 1) return false;
    argument = std::move(argument).part(v.get_array()[0]);
    return fits(argument.get(), kind);
}

// What a function must at least look at.
std::int64_t work_of(json::value const& v) {
    if (v.is_string()) return work_of_text(v.get_string());
    if (v.is_array()) return static_cast<std::int64_t>(v.get_array().size());
    if (v.is_object()) return static_cast<std::int64_t>(v.get_object().size());
    return 0;
}

}  // namespace

Builtin const* find_builtin(std::string_view name) {
    auto const* found = std::ranges::find(table, name, &Builtin::name);
    return found == table.end() ? nullptr : found;
}

Value call(Builtin const& function, std::span<Value> arguments, Budget& budget) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        auto const kind = function.kinds[std::min(i, function.kinds.size() - 1)];
        if (!convert(arguments[i], kind, budget) || !budget.work(work_of(arguments[i].get()))) return {};
    }
    return function.call(arguments, budget);
}

std::optional<std::int64_t> builtin::index_at(Value const& position, std::int64_t size) {
    auto const n = whole(position.get()).value_or(0);
    if (n == 0 || n > size || n < -size) return std::nullopt;
    return n > 0 ? n - 1 : size + n;
}

std::optional<std::pair<std::int64_t, std::int64_t>> builtin::part_of(std::int64_t size, Arguments arguments) {
    auto const first = index_at(arguments[1], size);
    if (!first) return std::nullopt;
    auto const length = arguments.size() > 2 ? whole(arguments[2].get()).value_or(0) : size - *first;
    if (length < 1 || length > size - *first) return std::nullopt;
    return std::pair(*first, length);
}

}  // namespace keepword::feel
