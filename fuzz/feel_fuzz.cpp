// Any bytes are an expression that is refused with a column in the text, or one that has a value within the limits,
// over whatever context; the same value when its text is parsed again.
#include <cstdint>
#include <cstdlib>

#include "engine/feel/feel.hpp"
#include "foundation/text.hpp"

namespace {

using namespace keepword;

void check(bool holds) {
    if (!holds) std::abort();
}

json::object const& context() {
    static json::object const made = json::parse(R"({
        "a": 1, "b": -2.5, "n": 7, "zero": 0, "x": 9007199254740993, "outcome": "solved", "t": "南昌市a😀", "blank": "",
        "yes": true, "no": false, "nothing": null, "list": [3, 1, 2], "l": [1, null, "a", true, [1], {"a": 1}],
        "texts": ["b", "a", ""], "empty": [], "nested": [[1, [2, [3]]], []],
        "p": [{"name": "甲", "age": 30, "here": true}, {"name": "乙", "age": 41.5, "here": false, "item": 1}],
        "c": {"a": {"b": {"c": [1]}}, "other key": 2, "count": 3},
        "case": {"urgency": "grave", "severity": 3, "site": {"city": "南昌"}}})")
                                         ->as_object();
    return made;
}

std::size_t levels(json::value const& v) {
    std::size_t inner = 0;
    if (v.is_array()) {
        for (auto const& item : v.get_array()) inner = std::max(inner, levels(item));
        return inner + 1;
    }
    if (!v.is_object()) return 0;
    for (auto const& [key, item] : v.get_object()) inner = std::max(inner, levels(item));
    return inner + 1;
}

void check_refused(Error const& error, std::string_view text) {
    check(error.code == "feel.syntax" && error.params.size() == 2);
    auto const column = std::stoul(error.params[0].second);
    std::size_t const length = text::valid_utf8(text) ? text::length(text) : 0;
    // After the last character stands what is missing.
    check(column >= 1 && column <= length + 1);
    check(!error.params[1].second.empty() && text::valid_utf8(error.params[1].second));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const parsed = feel::parse(text);
    if (!parsed) {
        check_refused(parsed.error(), text);
        return 0;
    }
    auto const value = feel::evaluate(*parsed, context());
    check(levels(value) <= feel::max_levels);
    auto const written = json::serialize(value);
    check(text::valid_utf8(written) && written.size() < 20 * feel::max_bytes);
    check(feel::holds(*parsed, context()) == (value.is_bool() && value.get_bool()));
    auto const again = feel::parse(parsed->text());
    check(again.has_value() && json::serialize(feel::evaluate(*again, context())) == written);
    check(json::parse(written).has_value());
    feel::evaluate(*parsed, json::object{});
    for (auto const& compared : feel::compared_texts(*parsed, "outcome")) check(text::valid_utf8(compared));
    return 0;
}
