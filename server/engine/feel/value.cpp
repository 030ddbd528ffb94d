#include "engine/feel/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace keepword::feel {
namespace {

void write_number(double n, std::string& out) {
    // The longest is the smallest: 1e-308 and its seventeen digits.
    std::array<char, 400> digits{};
    auto const [end, error] = std::to_chars(digits.begin(), digits.end(), n, std::chars_format::fixed);
    if (error == std::errc{}) out.append(digits.begin(), end);
}

void write_text(std::string_view text, std::string& out) {
    out += '"';
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

bool is_word(std::string_view key) {
    return std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

json::value Value::take(Budget& budget) && {
    if (own_) return std::move(*own_);
    return budget.hold(bytes_of(*borrowed_)) ? *borrowed_ : json::value();
}

Value Value::part(json::value const& of_it) && {
    if (!own_) return borrow(of_it);
    // It is a part of own_, which is ours to take apart.
    return own(std::move(const_cast<json::value&>(of_it)));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

std::int64_t bytes_of(json::value const& v) {
    std::int64_t bytes = bytes_of_scalar;
    if (v.is_string()) bytes += static_cast<std::int64_t>(v.get_string().size());
    if (v.is_array()) {
        for (auto const& item : v.get_array()) bytes += bytes_of(item);
    }
    if (v.is_object()) {
        for (auto const& [key, item] : v.get_object()) {
            bytes += bytes_of_scalar + static_cast<std::int64_t>(key.size()) + bytes_of(item);
        }
    }
    return bytes;
}

std::size_t levels_of(json::value const& v) {
    std::size_t inner = 0;
    if (v.is_array()) {
        for (auto const& item : v.get_array()) inner = std::max(inner, levels_of(item));
        return inner + 1;
    }
    if (v.is_object()) {
        for (auto const& [key, item] : v.get_object()) inner = std::max(inner, levels_of(item));
        return inner + 1;
    }
    return 0;
}

std::optional<std::int64_t> whole(json::value const& v) {
    auto const n = number(v);
    return n ? std::optional(static_cast<std::int64_t>(std::clamp(*n, -exact, exact))) : std::nullopt;
}

Truth equal(json::value const& a, json::value const& b, Budget& budget) {
    if (!budget.work(1)) return std::nullopt;
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    if (a.is_string() && b.is_string()) {
        if (a.get_string().size() != b.get_string().size()) return false;
        budget.work(work_of_text(a.get_string()));
        return a.get_string() == b.get_string();
    }
    if (auto const x = number(a), y = number(b); x || y) return x && y ? Truth(*x == *y) : std::nullopt;
    if (a.kind() != b.kind()) return std::nullopt;
    if (a.is_bool()) return a.get_bool() == b.get_bool();
    if (a.is_array()) {
        auto const& x = a.get_array();
        auto const& y = b.get_array();
        if (x.size() != y.size()) return false;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (equal(x[i], y[i], budget) != Truth(true)) return false;
        }
        return true;
    }
    auto const& x = a.get_object();
    auto const& y = b.get_object();
    if (x.size() != y.size()) return false;
    for (auto const& [key, item] : x) {
        auto const* other = y.if_contains(key);
        if (other == nullptr || equal(item, *other, budget) != Truth(true)) return false;
    }
    return true;
}

std::optional<int> order(json::value const& a, json::value const& b, Budget& budget) {
    if (auto const x = number(a), y = number(b); x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
    if (!a.is_string() || !b.is_string() || !budget.work(work_of_text(a.get_string()))) return std::nullopt;
    int const c = a.get_string().compare(b.get_string());
    return c < 0 ? -1 : c > 0 ? 1 : 0;
}

bool list_contains(json::array const& list, json::value const& wanted, Budget& budget) {
    for (auto const& item : list) {
        if (equal(item, wanted, budget) == Truth(true)) return true;
    }
    return false;
}

void write(json::value const& v, std::string& out, bool inside) {
    std::string_view between;
    if (auto const n = number(v)) {
        write_number(*n, out);
    } else if (v.is_string()) {
        std::string_view const text = v.get_string();
        if (inside) {
            write_text(text, out);
        } else {
            out += text;
        }
    } else if (v.is_array()) {
        out += '[';
        for (auto const& item : v.get_array()) {
            out += std::exchange(between, ", ");
            write(item, out, true);
        }
        out += ']';
    } else if (v.is_object()) {
        out += '{';
        for (auto const& [key, item] : v.get_object()) {
            out += std::exchange(between, ", ");
            if (is_word(key)) {
                out += key;
            } else {
                write_text(key, out);
            }
            out += ": ";
            write(item, out, true);
        }
        out += '}';
    } else {
        out += v.is_null() ? "null" : v.get_bool() ? "true" : "false";
    }
}

}  // namespace keepword::feel
