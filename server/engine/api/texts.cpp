#include "engine/api/texts.hpp"

#include "foundation/json.hpp"

namespace keepword::api {

Result<Texts> Texts::load(std::string_view text) {
    auto const parsed = TRY(json::parse(text));
    if (!parsed.is_object()) return fail(Kind::internal, "texts.invalid", "not an object");
    Texts out;
    for (auto const& [code, entry] : parsed.get_object()) {
        auto const* zh = entry.is_object() ? entry.get_object().if_contains("zh") : nullptr;
        auto const* en = entry.is_object() ? entry.get_object().if_contains("en") : nullptr;
        if (zh == nullptr || en == nullptr || !zh->is_string() || !en->is_string()) {
            return fail(Kind::internal, "texts.invalid", std::string(code));
        }
        out.texts_[std::string(code)] = {std::string(zh->get_string()), std::string(en->get_string())};
    }
    return out;
}

std::string Texts::say(Locale locale, std::string_view code,
                       std::vector<std::pair<std::string, std::string>> const& params) const {
    auto const found = texts_.find(code);
    if (found == texts_.end()) return std::string(code);
    std::string out = locale == Locale::zh ? found->second.zh : found->second.en;
    for (auto const& [name, value] : params) {
        std::string const placeholder = "{" + name + "}";
        for (auto at = out.find(placeholder); at != std::string::npos; at = out.find(placeholder, at + value.size())) {
            out.replace(at, placeholder.size(), value);
        }
    }
    return out;
}

}  // namespace keepword::api
