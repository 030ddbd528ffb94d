#include <fmt/core.h>

#include <cstdlib>
#include <cstring>

#include "embedded/embedded.hpp"
#include "engine/api/texts.hpp"
#include "main/verbs.hpp"

namespace keepword::verbs {

Locale terminal_language() {
    for (char const* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        char const* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return std::strncmp(value, "zh", 2) == 0 ? Locale::zh : Locale::en;
    }
    return Locale::en;
}

int report(Error const& error) {
    auto const file = embedded::find("data/texts.json");
    auto const texts = file ? api::Texts::load(*file) : Result<api::Texts>(fail(Kind::internal, "texts.invalid"));
    auto const locale = terminal_language();
    fmt::print(stderr, "{}\n", texts ? texts->say(locale, error.code, error.params) : error.code);
    for (auto const& field : error.fields) {
        auto const said = texts ? texts->say(locale, "field." + field.code) : field.code;
        if (field.said.empty())
            fmt::print(stderr, "  {}: {}\n", field.field, said);
        else
            fmt::print(stderr, "  {} {} {}\n", field.field, field.code, field.said);
    }
    if (!error.detail.empty()) fmt::print(stderr, "  ({}: {})\n", error.code, error.detail);
    return error.kind == Kind::invalid || error.kind == Kind::not_found ? wrong_usage : environment_failed;
}

}  // namespace keepword::verbs
