#include <fmt/core.h>

#include <cstdlib>
#include <cstring>

#include "embedded/embedded.hpp"
#include "engine/api/texts.hpp"
#include "extract/extract.hpp"
#include "main/verbs.hpp"

namespace keepword::verbs {

Locale terminal_language() {
    for (char const* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        char const* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return std::strncmp(value, "zh", 2) == 0 ? Locale::zh : Locale::en;
    }
    return Locale::en;
}

std::string said(std::string_view code, Params const& params) {
    auto const file = embedded::find("data/texts.json");
    auto const texts = file ? api::Texts::load(*file) : Result<api::Texts>(fail(Kind::internal, "texts.invalid"));
    return texts ? texts->say(terminal_language(), code, params) : std::string(code);
}

void tell(std::FILE* to, std::string_view code, Params const& params) {
    fmt::print(to, "{}\n", said(code, params));
}

int text_of(std::filesystem::path const& file, std::string const& type) {
    extract::confine();
    auto const text = extract::text_of(file, type);
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0
               ? done
               : environment_failed;
}

int report(Error const& error) {
    tell(stderr, error.code, error.params);
    for (auto const& field : error.fields) {
        auto const why = said("field." + field.code);
        if (field.said.empty())
            fmt::print(stderr, "  {}: {}\n", field.field, why);
        else
            fmt::print(stderr, "  {} {} {}\n", field.field, field.code, field.said);
    }
    if (!error.detail.empty()) fmt::print(stderr, "  ({}: {})\n", error.code, error.detail);
    return error.kind == Kind::invalid || error.kind == Kind::not_found ? wrong_usage : environment_failed;
}

}  // namespace keepword::verbs
