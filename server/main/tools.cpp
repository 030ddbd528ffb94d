#include <fmt/core.h>
#include <fmt/ranges.h>

#include <fstream>
#include <sstream>

#include <unistd.h>

#include "engine/api/openapi.hpp"
#include "engine/bpmn/import.hpp"
#include "engine/bpmn/simulate.hpp"
#include "main/admin.hpp"
#include "main/centre.hpp"
#include "main/verbs.hpp"

// The verbs that read, check and hand out.
namespace keepword::verbs {
namespace {

constexpr std::size_t max_file = 2ULL << 30;

Result<std::string> read_file(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Kind::invalid, "file.unreadable", path.string());
    std::error_code error;
    if (std::filesystem::file_size(path, error) > max_file)
        return fail(Kind::too_large, "file.too-large", path.string());
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return std::move(bytes).str();
}

Result<> write_file(std::filesystem::path const& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.flush();
    if (!file) return fail(Kind::internal, "file.unwritable", path.string());
    return {};
}

Result<std::unique_ptr<Centre>> open(Home const& home) {
    return Centre::open({.home = home, .manual_start = {}});
}

// Moves what the program that serves has made to where it is wanted.
Result<> take_over(std::filesystem::path const& made, std::filesystem::path const& out) {
    std::error_code error;
    std::filesystem::copy_file(made, out, std::filesystem::copy_options::overwrite_existing, error);
    std::error_code ignored;
    std::filesystem::remove(made, ignored);
    if (error) return fail(Kind::internal, "file.unwritable", out.string());
    return {};
}

std::string text_of(json::value const& in, char const* name) {
    return std::string(in.at(name).as_string());
}

template <class F>
int run(F work) {
    Result<int> status = fail(Kind::internal, "internal");
    try {
        status = work();
    } catch (std::exception const& e) {  // a folder that is not there, an answer of another version
        status = fail(Kind::internal, "internal", e.what());
    }
    return status ? *status : report(status.error());
}

}  // namespace

int process_list(Home const& home, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto const told = TRY(admin::ask(home, "process list", {}));
        auto const& items = told.at("items").as_array();
        if (json_wanted) fmt::print("{}\n", json::serialize(items));
        for (auto const& item : json_wanted ? json::array() : items) {
            fmt::print("{}  {}\n", text_of(item, "version").substr(0, 12), text_of(item, "key"));
        }
        return done;
    });
}

int process_check(std::vector<std::filesystem::path> const& files) {
    return run([&]() -> Result<int> {
        bool holds = true;
        for (auto const& file : files) {
            auto const bytes = TRY(read_file(file));
            for (auto const& v : bpmn::check(bytes).violations) {
                fmt::print("{}:{}:{} {} {}\n", file.string(), v.line, v.column, v.rule, v.message);
                holds = false;
            }
        }
        return holds ? done : does_not_hold;
    });
}

int process_round_trip(std::filesystem::path const& file, std::filesystem::path const& out) {
    return run([&]() -> Result<int> {
        TRY(write_file(out, TRY(bpmn::round_trip(TRY(read_file(file))))));
        return done;
    });
}

int process_simulate(SimulateOptions const& options) {
    return run([&]() -> Result<int> {
        auto const checked = bpmn::check(TRY(read_file(options.file)), bpmn::For::simulation);
        for (auto const& v : checked.violations) {
            fmt::print(stderr, "{}:{}:{} {} {}\n", options.file.string(), v.line, v.column, v.rule, v.message);
        }
        if (!checked.definition || !checked.violations.empty()) return does_not_hold;
        auto const events = options.events.empty() ? std::string() : TRY(read_file(options.events));
        bpmn::Simulation how;
        how.process = options.process;
        how.flows = options.flows;
        auto const simulated = TRY(bpmn::simulate(*checked.definition, events, how,
                                                  [](std::string const& line) { fmt::print("{}\n", line); }));
        for (int const line : simulated.unused) {
            fmt::print(stderr, "{}:{}: never happened\n", options.events.string(), line);
        }
        if (!simulated.waiting.empty()) {
            fmt::print(stderr, "still waiting: {}\n", fmt::join(simulated.waiting, ", "));
        }
        return simulated.unused.empty() ? done : does_not_hold;
    });
}

int process_deploy(Home const& home, std::filesystem::path const& file) {
    return run([&]() -> Result<int> {
        json::object forms;
        // The forms stand beside the file they belong to.
        for (auto const& entry : std::filesystem::directory_iterator(std::filesystem::absolute(file).parent_path())) {
            auto const name = entry.path().filename().string();
            constexpr std::string_view ending = ".form.json";
            if (name.ends_with(ending))
                forms[name.substr(0, name.size() - ending.size())] = TRY(read_file(entry.path()));
        }
        auto const drawing = TRY(read_file(file));
        json::object const arguments{{"xml", drawing}, {"forms", std::move(forms)}};
        fmt::print("{}\n", text_of(TRY(admin::ask(home, "process deploy", arguments)), "version"));
        return done;
    });
}

int case_export(Home const& home, std::string const& id, std::filesystem::path const& out) {
    return run([&]() -> Result<int> {
        TRY(take_over(text_of(TRY(admin::ask(home, "case export", {{"case", id}})), "zip"), out));
        return done;
    });
}

int case_verify(std::filesystem::path const& file, std::string const& public_key, bool json_wanted) {
    return run([&]() -> Result<int> {
        TRY(crypto::start());
        auto verified = TRY(cases::verify_export(TRY(read_file(file))));
        if (!public_key.empty() && public_key != verified.public_key) {
            verified.holds = false;
            verified.broken.emplace_back("it was sealed with another key than the one given");
        }
        if (json_wanted) {
            fmt::print("{}\n", json::serialize(json::object{{"holds", verified.holds},
                                                            {"number", verified.number},
                                                            {"public_key", verified.public_key},
                                                            {"broken", json::encode(verified.broken)}}));
        } else {
            tell(stdout, verified.holds ? "cli.case-holds" : "cli.case-broken",
                 {{"number", verified.number.empty() ? file.filename().string() : verified.number},
                  {"key", verified.public_key.empty() ? "—" : verified.public_key}});
            for (auto const& what : verified.broken) fmt::print("  {}\n", what);
        }
        return verified.holds ? done : does_not_hold;
    });
}

int audit_verify(Home const& home, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto const told = TRY(admin::ask(home, "audit verify", {}));
        auto const count = [&](char const* name) { return std::to_string(told.at(name).as_int64()); };
        if (json_wanted) {
            fmt::print("{}\n", json::serialize(told));
        } else {
            tell(stdout, "cli.audit-counts",
                 {{"chains", count("chains")}, {"entries", count("entries")}, {"checkpoints", count("checkpoints")}});
            if (auto const* broken = told.if_contains("broken")) {
                tell(stdout, "cli.audit-broken",
                     {{"chain", text_of(*broken, "chain")},
                      {"seq", std::to_string(broken->at("seq").as_int64())},
                      {"what", text_of(*broken, "what")}});
            } else {
                tell(stdout, "cli.audit-holds");
            }
        }
        return told.at("holds").as_bool() ? done : does_not_hold;
    });
}

int audit_export(Home const& home, std::filesystem::path const& out) {
    return run([&]() -> Result<int> {
        auto const told = TRY(admin::ask(home, "audit export", {}));
        TRY(take_over(text_of(told, "file"), out));
        tell(stdout, "cli.audit-exported", {{"entries", std::to_string(told.at("entries").as_int64())}});
        return done;
    });
}

int audit_replay(Home const& home, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto const told = TRY(admin::ask(home, "audit replay", {}));
        if (json_wanted) {
            fmt::print("{}\n", json::serialize(told));
        } else {
            auto const different = told.at("different").as_int64();
            tell(stdout, "cli.replayed",
                 {{"cases", std::to_string(told.at("cases").as_int64())}, {"different", std::to_string(different)}});
            if (different > 0) tell(stdout, "cli.differs", {{"number", text_of(told, "first_different")}});
        }
        return told.at("holds").as_bool() ? done : does_not_hold;
    });
}

int case_migrate(Home const& home, std::string const& id, std::string const& version,
                 std::filesystem::path const& map) {
    return run([&]() -> Result<int> {
        json::object arguments{{"case", id}, {"version", version}};
        if (!map.empty()) {
            auto const given = json::parse(TRY(read_file(map)));
            if (!given || !given->is_object()) return fail(Kind::invalid, "file.unreadable", map.string());
            arguments["elements"] = given->get_object();
        }
        auto const told = TRY(admin::ask(home, "case migrate", arguments));
        auto const* elements = told.if_contains("elements");
        fmt::print("{}\n", elements != nullptr ? json::serialize(*elements) : text_of(told, "migrated"));
        return done;
    });
}

int token_create(Home const& home, std::string const& login, std::string const& expires, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto const told = TRY(admin::ask(home, "token create", {{"login", login}, {"expires", expires}}));
        fmt::print("{}\n", json_wanted ? json::serialize(told) : text_of(told, "token"));
        return done;
    });
}

int token_list(Home const& home, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto const told = TRY(admin::ask(home, "token list", {}));
        auto const& items = told.at("items").as_array();
        if (json_wanted) fmt::print("{}\n", json::serialize(items));
        for (auto const& item : json_wanted ? json::array() : items) {
            fmt::print("{}  {}  {}\n", text_of(item, "id"), text_of(item, "login"), text_of(item, "name"));
        }
        return done;
    });
}

int token_revoke(Home const& home, std::string const& id) {
    return run([&]() -> Result<int> {
        TRY(admin::ask(home, "token revoke", {{"id", id}}));
        return done;
    });
}

int config_show(Settings const& settings) {
    fmt::print("{}", shown(settings, terminal_language()));
    return done;
}

int config_check(std::filesystem::path const& file) {
    Settings settings;
    auto const read = read_settings(file, settings);
    if (read) return done;
    for (auto const& field : read.error().fields)
        fmt::print("{}:{} {} {}\n", file.string(), field.field, field.code, field.said);
    return read.error().fields.empty() ? report(read.error()) : does_not_hold;
}

int openapi() {
    return run([&]() -> Result<int> {
        std::filesystem::path const folder =
            std::filesystem::temp_directory_path() / ("keepword-openapi-" + std::to_string(::getpid()));
        auto const made = [&]() -> Result<std::string> {
            auto centre = TRY(open({.data = folder}));
            return json::serialize(api::openapi(centre->app().routes(), "0.1.0"));
        }();
        // Before printing, which may end the program where nobody reads on.
        std::filesystem::remove_all(folder);
        fmt::print("{}\n", TRY(made));
        return done;
    });
}

}  // namespace keepword::verbs
