#include "transport/conditions.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "foundation/text.hpp"

namespace keepword::transport {
namespace {

constexpr std::string_view mark = "-gz\"";

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Takes the next entry off a list of entity tags; a comma inside quotes does not part. Empty at the end or on nonsense.
std::string_view next_tag(std::string_view& list) {
    while (!list.empty() && (list.front() == ' ' || list.front() == '\t' || list.front() == ',')) list.remove_prefix(1);
    auto const quote = list.starts_with("W/") ? 2U : 0U;
    if (list.size() <= quote || list[quote] != '"') return {};
    auto const end = list.find('"', quote + 1);
    if (end == std::string_view::npos) return {};
    auto const tag = list.substr(0, end + 1);
    list.remove_prefix(end + 1);
    return tag;
}

std::string_view opaque(std::string_view tag) {
    return tag.starts_with("W/") ? tag.substr(2) : tag;
}

// Of ";q=0.5": is it above zero?
bool wanted(std::string_view parameters) {
    auto const lower = text::ascii_lower(parameters);
    auto const q = lower.find("q=");
    if (q == std::string::npos) return true;
    auto const weight = trim(std::string_view(lower).substr(q + 2));
    return weight.find_first_of("123456789") != std::string_view::npos;
}

std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.front() == '-') return std::nullopt;
    return value;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
    std::optional<bool> named;
    bool any = false;
    for (auto const entry : text::split(accept_encoding, ',')) {
        auto const semicolon = entry.find(';');
        auto const coding = text::ascii_lower(trim(entry.substr(0, semicolon)));
        bool const yes = semicolon == std::string_view::npos || wanted(entry.substr(semicolon));
        if (coding == "gzip" || coding == "x-gzip") named = yes;
        if (coding == "*") any = yes;
    }
    return named.value_or(any);
}

bool compressible(std::string_view content_type) {
    auto const type = text::ascii_lower(trim(content_type.substr(0, content_type.find(';'))));
    if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
    constexpr std::string_view others[] = {"application/json",     "application/javascript", "application/xml",
                                           "application/x-ndjson", "application/wasm",       "application/sql"};
    return std::ranges::find(others, type) != std::end(others);
}

bool none_match_holds(std::string_view list, std::string_view etag) {
    if (trim(list) == "*") return true;
    for (auto tag = next_tag(list); !tag.empty(); tag = next_tag(list)) {
        if (opaque(tag) == opaque(etag)) return true;
    }
    return false;
}

bool if_range_holds(std::string_view condition, std::string_view etag, std::string_view last_modified) {
    if (condition.starts_with("W/")) return false;
    if (condition.starts_with('"')) return condition == etag;
    return !condition.empty() && condition == last_modified;
}

Range parse_range(std::string_view header, std::int64_t size) {
    Range const whole{Range::Kind::whole, 0, size};
    Range const unsatisfiable{Range::Kind::unsatisfiable, 0, 0};
    if (text::ascii_lower(header.substr(0, 6)) != "bytes=") return whole;
    auto const set = trim(header.substr(6));
    auto const dash = set.find('-');
    if (dash == std::string_view::npos || set.size() == 1 || set.find(',') != std::string_view::npos) return whole;
    auto const first = set.substr(0, dash);
    auto const last = set.substr(dash + 1);
    if (first.empty()) {  // the last so many bytes
        auto const count = number(last);
        if (!count) return whole;
        if (*count == 0 || size == 0) return unsatisfiable;
        auto const length = std::min(*count, size);
        return {Range::Kind::part, size - length, length};
    }
    auto const from = number(first);
    auto const to = last.empty() ? std::optional(size - 1) : number(last);
    if (!from || !to || (!last.empty() && *to < *from)) return whole;
    if (*from >= size) return unsatisfiable;
    return {Range::Kind::part, *from, std::min(*to, size - 1) - *from + 1};
}

std::string mark_tag(std::string_view etag) {
    if (!etag.starts_with('"') || etag.size() < 2) return std::string(etag);
    return std::string(etag.substr(0, etag.size() - 1)) + std::string(mark);
}

std::string unmark_tags(std::string_view list) {
    std::string out(list);
    for (auto at = out.find(mark); at != std::string::npos; at = out.find(mark, at)) out.erase(at, mark.size() - 1);
    return out;
}

}  // namespace keepword::transport
