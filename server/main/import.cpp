#include <fmt/core.h>

#include "main/admin.hpp"
#include "main/verbs.hpp"

// keepword import.
namespace keepword::verbs {
namespace {

std::string text_at(json::value const& in, char const* name) {
    auto const* found = in.as_object().if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}
std::int64_t count_at(json::object const& in, char const* name) {
    auto const* found = in.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

Result<json::object> mapping_of(std::vector<std::string> const& given) {
    json::object mapping;
    for (auto const& one : given) {
        // A heading may hold the sign itself; a field never does.
        auto const equals = one.rfind('=');
        if (equals == std::string::npos || equals == 0) return invalid("--mapping", "invalid");
        mapping[one.substr(0, equals)] = one.substr(equals + 1);
    }
    return mapping;
}

// A line for each wrong cell, as compilers say it, so that an editor finds the place.
void tell_errors(std::filesystem::path const& file, json::object const& told) {
    bool const chinese = terminal_language() == Locale::zh;
    auto const& errors = told.at("errors").as_array();
    for (auto const& one : errors) {
        auto const heading = text_at(one, "heading");
        fmt::print(stderr, "{}:{}:{} {} {}{}{}\n", file.string(), one.at("row").to_number<std::int64_t>(),
                   text_at(one, "column"), text_at(one, "code"), heading, heading.empty() ? "" : ": ",
                   text_at(one, chinese ? "zh" : "en"));
    }
    auto const more = count_at(told, "wrong") - static_cast<std::int64_t>(errors.size());
    if (more > 0) tell(stderr, "cli.more-errors", {{"count", std::to_string(more)}});
}

Result<int> bring(Home const& home, ImportOptions const& options) {
    auto mapping = TRY(mapping_of(options.mapping));
    json::object const arguments{
        {"kind", options.kind},       {"file", std::filesystem::absolute(options.file).string()},
        {"dry_run", options.dry_run}, {"update", options.update},
        {"sheet", options.sheet},     {"mapping", std::move(mapping)}};
    auto const told = TRY(admin::ask(home, "import", arguments));
    bool const holds = told.at("holds").as_bool();
    if (options.json) fmt::print("{}\n", json::serialize(told));
    if (!holds) {
        if (!options.json) tell_errors(options.file, told);
        tell(stderr, "cli.not-imported", {{"count", std::to_string(count_at(told, "wrong"))}});
        return does_not_hold;
    }
    auto const count = [&](char const* name) { return std::to_string(count_at(told, name)); };
    if (!options.json && options.dry_run)
        tell(stdout, "cli.import-holds", {{"rows", count("rows")}, {"there", count("there")}});
    if (!options.json && !options.dry_run) {
        tell(stdout, "cli.imported",
             {{"rows", count("rows")},
              {"created", count("created")},
              {"updated", count("updated")},
              {"unchanged", count("unchanged")}});
    }
    return done;
}

}  // namespace

int import_file(Home const& home, ImportOptions const& options) {
    Result<int> status = fail(Kind::internal, "internal");
    try {
        status = bring(home, options);
    } catch (std::exception const& e) {  // an answer of another version
        status = fail(Kind::internal, "internal", e.what());
    }
    return status ? *status : report(status.error());
}

}  // namespace keepword::verbs
