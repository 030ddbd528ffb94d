#include "engine/api/call.hpp"

#include <charconv>

namespace keepword::api {
namespace {

// %XX and '+' in a query; a broken escape stays as it is written.
std::string unescape(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        unsigned byte = 0;
        if (raw[i] == '+') {
            out.push_back(' ');
        } else if (raw[i] == '%' && i + 2 < raw.size() &&
                   std::from_chars(raw.data() + i + 1, raw.data() + i + 3, byte, 16).ptr == raw.data() + i + 3) {
            out.push_back(static_cast<char>(byte));
            i += 2;
        } else {
            out.push_back(raw[i]);
        }
    }
    return text::repair_utf8(out);
}

}  // namespace

Query::Query(std::string_view raw) {
    if (raw.empty()) return;
    for (auto part : text::split(raw, '&')) {
        if (values_.size() >= 64) return;
        auto const equals = part.find('=');
        auto const name = unescape(part.substr(0, equals));
        values_[name] = equals == std::string_view::npos ? "" : unescape(part.substr(equals + 1));
    }
}

std::optional<std::string> Query::get(std::string_view name) const {
    auto const found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::int64_t> Call::limit() const {
    auto const given = query.get("limit");
    if (!given) return 50;
    std::int64_t n = 0;
    auto const [end, error] = std::from_chars(given->data(), given->data() + given->size(), n);
    if (error != std::errc{} || end != given->data() + given->size() || n < 1 || n > 200) {
        return invalid("limit", "range");
    }
    return n;
}

Result<> Call::expect_version(std::int64_t current) const {
    if (!if_match) return fail(Kind::invalid, "version.required");
    if (*if_match != current) return fail(Kind::stale, "version.stale");
    return {};
}

}  // namespace keepword::api
