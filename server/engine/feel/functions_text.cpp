#include <charconv>
#include <cstring>

#include "engine/feel/functions.hpp"
#include "foundation/text.hpp"

// Texts. Positions and lengths are in characters (code points); the first has the position 1, the last -1.
namespace keepword::feel::builtin {
namespace {

std::string_view at(Arguments arguments, std::size_t i) {
    return arguments[i].get().get_string();
}

Value made(std::string_view text, Budget& budget) {
    if (!budget.hold(bytes_of_scalar + static_cast<std::int64_t>(text.size()))) return {};
    return Value::own(json::string(text));
}

// Where a text first stands in another, npos for nowhere. memmem takes linear time, which string_view's own search does
// not, but is slower on short texts.
std::size_t find(std::string_view in, std::string_view what) {
    if (in.size() < 256) return in.find(what);
    auto const* found = static_cast<char const*>(memmem(in.data(), in.size(), what.data(), what.size()));
    return found != nullptr ? static_cast<std::size_t>(found - &in.front()) : in.npos;
}

// `-`, digits and a point: as numbers are written in FEEL.
std::optional<double> read_number(std::string_view digits) {
    double n = 0;
    auto const* const first = digits.data();
    auto const* const end = first + digits.size();
    auto const unsigned_part = digits.substr(digits.starts_with('-') ? 1 : 0);
    if (unsigned_part.find_first_not_of("0123456789.") != unsigned_part.npos || unsigned_part.ends_with('.')) return {};
    auto const [at, error] = std::from_chars(first, end, n, std::chars_format::fixed);
    if (error != std::errc{} || at != end) return std::nullopt;
    return n;
}

std::string without(std::string_view text, std::string_view sign) {
    std::string out;
    for (char const c : text) {
        if (sign.empty() || c != sign[0]) out += c;
    }
    return out;
}

// A separator of number(): one of the signs, or none where it is null; std::nullopt for anything else.
std::optional<std::string_view> separator(json::value const& v, std::string_view signs) {
    if (v.is_null()) return "";
    std::string_view const sign = v.get_string();
    return sign.size() == 1 && signs.find(sign) != signs.npos ? std::optional(sign) : std::nullopt;
}

}  // namespace

Value contains(Arguments arguments, Budget&) {
    return Value::of(find(at(arguments, 0), at(arguments, 1)) != std::string_view::npos);
}
Value starts_with(Arguments arguments, Budget&) {
    return Value::of(at(arguments, 0).starts_with(at(arguments, 1)));
}
Value ends_with(Arguments arguments, Budget&) {
    return Value::of(at(arguments, 0).ends_with(at(arguments, 1)));
}
Value string_length(Arguments arguments, Budget&) {
    return Value::own(static_cast<std::int64_t>(text::length(at(arguments, 0))));
}

Value substring(Arguments arguments, Budget& budget) {
    auto const text = at(arguments, 0);
    auto const size = static_cast<std::int64_t>(text::length(text));
    auto const part = part_of(size, arguments);
    if (!part) return {};
    auto const rest = text.substr(text::head(text, static_cast<std::size_t>(part->first)).size());
    return made(text::head(rest, static_cast<std::size_t>(part->second)), budget);
}

Value substring_before(Arguments arguments, Budget& budget) {
    auto const where = find(at(arguments, 0), at(arguments, 1));
    return made(where != std::string_view::npos ? at(arguments, 0).substr(0, where) : "", budget);
}
Value substring_after(Arguments arguments, Budget& budget) {
    auto const where = find(at(arguments, 0), at(arguments, 1));
    return made(where != std::string_view::npos ? at(arguments, 0).substr(where + at(arguments, 1).size()) : "",
                budget);
}

Value upper_case(Arguments arguments, Budget& budget) {
    return made(text::upper(at(arguments, 0)), budget);
}
Value lower_case(Arguments arguments, Budget& budget) {
    return made(text::lower(at(arguments, 0)), budget);
}

// Nulls in the list are left out; a delimiter that is null is none.
Value string_join(Arguments arguments, Budget& budget) {
    auto const delimiter = arguments.size() > 1 ? arguments[1].get() : json::value();
    std::string out;
    std::string_view between;
    for (auto const& item : arguments[0].get().get_array()) {
        if (item.is_null()) continue;
        if (!item.is_string() || !budget.hold(static_cast<std::int64_t>(item.get_string().size() + between.size())))
            return {};
        out += between;
        out += item.get_string();
        if (delimiter.is_string()) between = delimiter.get_string();
    }
    return Value::own(json::string(out));
}

Value string(Arguments arguments, Budget& budget) {
    if (arguments[0].get().is_null()) return {};
    std::string out;
    write(arguments[0].get(), out);
    return made(out, budget);
}

Value number(Arguments arguments, Budget&) {
    if (arguments.size() == 2) return {};
    std::string digits(at(arguments, 0));
    if (arguments.size() == 3) {
        auto const grouping = separator(arguments[1].get(), " ,.");
        auto const point = separator(arguments[2].get(), ",.");
        if (!grouping || !point || (!grouping->empty() && *grouping == *point)) return {};
        digits = without(digits, *grouping);
        // Where the point is a comma, a point that is left over is none.
        if (*point == "," && digits.find('.') != digits.npos) return {};
        for (char& c : digits) {
            if (*point == "," && c == ',') c = '.';
        }
    }
    auto const n = read_number(digits);
    return n ? make_number(*n) : Value();
}

}  // namespace keepword::feel::builtin
