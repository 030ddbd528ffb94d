#include "domain/people/change.hpp"

#include <algorithm>
#include <utility>

#include "engine/audit/audit.hpp"
#include "foundation/text.hpp"

namespace keepword::people {
namespace {

json::object members_of(json::value const& v) {
    json::object members = v.is_object() ? v.get_object() : json::object();
    members.stable_erase("version");
    return members;
}

}  // namespace

Result<> record(storage::Transaction& tx, Act const& act, std::string action, std::string subject,
                json::value const& before, json::value const& after) {
    if (act.in_bulk && before.is_null()) return {};
    auto old_members = members_of(before);
    auto new_members = members_of(after);
    if (before.is_object() && after.is_object()) {
        for (auto const& [name, value] : members_of(after)) {
            auto const* old_value = old_members.if_contains(name);
            if (old_value == nullptr || *old_value != value) continue;
            old_members.stable_erase(name);
            new_members.stable_erase(name);
        }
        if (old_members.empty() && new_members.empty()) return {};
    }
    json::object data;
    if (before.is_object()) data["old"] = std::move(old_members);
    if (after.is_object()) data["new"] = std::move(new_members);
    return audit::append(tx, {.chain = audit::system_chain,
                              .at = act.now,
                              .actor = act.by ? act.by.str() : "system",
                              .action = std::move(action),
                              .subject = std::move(subject),
                              .data = std::move(data)});
}

std::string Checks::required(std::string field, std::string_view entered) {
    auto const text = text::trim(entered);
    if (text.empty()) wrong(std::move(field), "required");
    return std::string(text);
}

std::optional<std::string> Checks::optional(std::string_view entered) {
    auto const text = text::trim(entered);
    return text.empty() ? std::nullopt : std::optional(std::string(text));
}

Result<> Checks::done() const {
    if (failed()) return std::unexpected(error_);
    return {};
}

Secret take_secret(std::string& text, json::value& body, std::string_view member) {
    auto* sent = body.is_object() ? body.get_object().if_contains(member) : nullptr;
    if (sent != nullptr && sent->is_string()) {
        std::fill(sent->get_string().begin(), sent->get_string().end(), '\0');
        body.get_object().stable_erase(member);
    }
    return Secret(std::exchange(text, {}));
}

Result<std::int64_t> cursor_of(api::Call const& call) {
    auto const given = call.query.get("cursor");
    if (!given || given->empty()) return 0;
    struct RowTag;
    auto const id = Id<RowTag>::parse(*given);
    if (!id) return invalid("cursor", "invalid");
    return id->value;
}

std::vector<std::string> search_patterns(std::string_view query) {
    constexpr std::size_t most = 5;
    std::vector<std::string> patterns;
    // Folding makes of the wide blank of Chinese typing an ordinary one.
    std::string const folded = text::fold(text::head(query, 100));
    for (auto part : text::split(folded, ' ')) {
        if (!text::trim(part).empty() && patterns.size() < most)
            patterns.push_back(storage::contains(text::trim(part)));
    }
    return patterns;
}

}  // namespace keepword::people
