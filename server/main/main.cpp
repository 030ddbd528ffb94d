#include <CLI/CLI.hpp>

#include <optional>

#include "main/settings.hpp"
#include "main/verbs.hpp"

// The command line of keepword: each verb, its options, and which function does it.
namespace {

namespace verbs = keepword::verbs;

using keepword::Home;
using keepword::Result;
using keepword::Settings;

// What was said on the command line.
struct Options {
    std::string config;
    std::optional<std::string> data;
    std::optional<std::string> database;
    std::optional<std::string> listen;
    std::optional<std::string> tls_cert;
    std::optional<std::string> tls_key;
    std::optional<std::int64_t> threads;
    std::vector<std::string> trusted_proxies;
    std::optional<std::string> log;
    std::optional<std::string> log_level;
    bool access_log = false;
    bool json = false;
    verbs::ServeOptions serve;
    std::string login;
    std::string name;
    verbs::DemoOptions demo;
    bool with_mail = false;
    std::vector<std::filesystem::path> files;
    verbs::SimulateOptions simulate;
    std::filesystem::path file;
    std::filesystem::path out;
    std::string id;
    std::string expires;
    std::string version;
    std::string public_key;
    verbs::MigrateOptions migrate;
    verbs::ImportOptions import;
};

// The file's settings, with what the command line says over them.
Result<Settings> settings_of(Options const& o) {
    Settings settings;
    if (!o.config.empty()) TRY(keepword::read_settings(o.config, settings));
    auto const over = [](auto const& given, auto& to) {
        if (given) to = *given;
    };
    over(o.data, settings.home.data);
    over(o.database, settings.home.database);
    over(o.listen, settings.listen);
    over(o.tls_cert, settings.tls_cert);
    over(o.tls_key, settings.tls_key);
    over(o.threads, settings.threads);
    over(o.log, settings.log);
    over(o.log_level, settings.log_level);
    if (o.access_log) settings.access_log = true;
    if (!o.trusted_proxies.empty()) settings.trusted_proxies = o.trusted_proxies;
    // As a shell completes it, with a slash at its end, it would not be the folder's name but something inside it.
    settings.home.data = settings.home.data.lexically_normal();
    if (!settings.home.data.has_filename()) settings.home.data = settings.home.data.parent_path();
    return settings;
}

// Does a verb with the settings, or says what is wrong with them.
template <class Work>
int with_settings(Options const& o, Work work) {
    auto const settings = settings_of(o);
    return settings ? work(*settings) : verbs::report(settings.error());
}
template <class Work>
int at_home(Options const& o, Work work) {
    return with_settings(o, [&](Settings const& settings) { return work(settings.home); });
}

CLI::App* verb(CLI::App& of, Options& o, std::string const& name, std::string const& help, bool centre = true) {
    auto* added = of.add_subcommand(name, help);
    if (!centre) return added;
    added->add_option("--data", o.data, "Folder of the centre (./keepword-data)");
    added->add_option("--database", o.database, "postgresql://… instead of SQLite in that folder");
    added->add_option("--config", o.config, "Settings file (TOML); see keepword config show");
    return added;
}

void add_serving_options(CLI::App* of, Options& o) {
    of->add_option("--listen", o.listen, "Address and port (127.0.0.1:8080)");
    of->add_option("--tls-cert", o.tls_cert, "Certificate chain, PEM");
    of->add_option("--tls-key", o.tls_key, "Private key, PEM");
    of->add_option("--threads", o.threads, "Threads for connections (2)")->check(CLI::Range(1, 64));
    of->add_option("--log", o.log, "text, json, or auto: text at a terminal")
        ->check(CLI::IsMember({"auto", "text", "json"}));
    of->add_option("--log-level", o.log_level, "debug, info, warning or error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    of->add_flag("--access-log", o.access_log, "A line in the log for each request");
    of->add_option("--trusted-proxy", o.trusted_proxies, "Address or network whose X-Forwarded-For is taken");
}

void add_serving(CLI::App& app, Options& o, int& status) {
    auto* serve = verb(app, o, "serve", "Serve a centre over HTTP");
    add_serving_options(serve, o);
    serve
        ->add_option_function<std::string>(
            "--clock", [&o](std::string const& kind) { o.serve.manual_clock = kind == "manual"; },
            "system, or manual: moved by POST /test/clock")
        ->check(CLI::IsMember({"system", "manual"}));
    serve->add_option("--clock-start", o.serve.manual_start, "Where a manual clock begins, RFC 3339");
    serve->callback([&] {
        status = with_settings(o, [&](Settings const& settings) {
            o.serve.settings = settings;
            return verbs::serve(o.serve);
        });
    });
    // Of the server's own; not among the verbs that are shown.
    auto* text_of = app.add_subcommand("text-of", "Print the text in a file")->group("");
    text_of->add_option("file", o.file, "File")->required();
    text_of->add_option("type", o.name, "What its content says it is")->required();
    text_of->callback([&] { status = verbs::text_of(o.file, o.name); });
    auto* init = verb(app, o, "init", "Make a new, empty centre; the owner's password comes from standard input");
    init->add_option("--owner-login", o.login, "Login of the owner")->required();
    init->add_option("--owner-name", o.name, "Name of the owner");
    init->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::init(home, o.login, o.name); }); });
    auto* demo = verb(app, o, "demo", "Make a centre filled with months of work");
    demo->add_option("--seed", o.demo.seed, "Another seed, another history")->capture_default_str();
    demo->add_option("--day", o.demo.day, "The demo's today, YYYY-MM-DD");
    demo->add_option("--months", o.demo.months, "So long a history")->check(CLI::Range(1, 12))->capture_default_str();
    demo->add_option("--scale", o.demo.scale, "So many cases more, in the years before, for measuring")
        ->check(CLI::Range(1, 5'000'000));
    demo->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::demo(home, o.demo); }); });
    auto* config = app.add_subcommand("config", "The settings of a centre")->require_subcommand(1);
    auto* show = verb(*config, o, "show", "Print all settings as a file, with what each means");
    add_serving_options(show, o);
    show->callback([&] { status = with_settings(o, verbs::config_show); });
    auto* check = config->add_subcommand("check", "Check a settings file");
    check->add_option("file", o.config, "The file")->required();
    check->callback([&] { status = verbs::config_check(o.config); });
}

void add_processes(CLI::App& app, Options& o, int& status) {
    auto* process = app.add_subcommand("process", "Work with process files")->require_subcommand(1);
    auto* list = verb(*process, o, "list", "The deployed processes");
    list->add_flag("--json", o.json, "As JSON");
    list->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::process_list(home, o.json); }); });
    auto* check = verb(*process, o, "check", "Check BPMN files: FILE:LINE:COLUMN rule message", false);
    check->add_option("files", o.files, "BPMN files")->required();
    check->callback([&] { status = verbs::process_check(o.files); });
    auto* trip = verb(*process, o, "round-trip", "Read a BPMN file and write it again", false);
    trip->add_option("file", o.file, "BPMN file")->required();
    trip->add_option("-o", o.out, "Where to")->required();
    trip->callback([&] { status = verbs::process_round_trip(o.file, o.out); });
    auto* simulate =
        verb(*process, o, "simulate", "Run a BPMN file on a virtual clock; a line of JSON per step", false);
    simulate->add_option("file", o.simulate.file, "BPMN file")->required();
    simulate->add_option("--events", o.simulate.events, "What happens, a line of JSON each");
    simulate->add_option("--process", o.simulate.process, "Key of the process, where the file has several");
    simulate->add_flag("--flows", o.simulate.flows, "Sequence flows too");
    simulate->callback([&] { status = verbs::process_simulate(o.simulate); });
    auto* deploy = verb(*process, o, "deploy", "Deploy a BPMN file with the forms beside it");
    deploy->add_option("file", o.file, "BPMN file")->required();
    deploy->callback(
        [&] { status = at_home(o, [&](Home const& home) { return verbs::process_deploy(home, o.file); }); });
}

void add_backup(CLI::App& app, Options& o, int& status) {
    auto* backup = app.add_subcommand("backup", "Everything of a centre in one file")->require_subcommand(1);
    auto* create = verb(*backup, o, "create", "Make a backup, also while the centre is served; it holds the keys");
    create->add_option("file", o.file, "The file to make")->required();
    create->add_flag("--json", o.json, "As JSON");
    create->callback(
        [&] { status = at_home(o, [&](Home const& home) { return verbs::backup_create(home, o.file, o.json); }); });
    auto* check = backup->add_subcommand("verify", "Prove a backup by restoring it beside everything");
    check->add_option("file", o.file, "The backup")->required();
    check->add_option("--database", o.database, "An empty one to restore into, for a backup from PostgreSQL");
    check->add_flag("--json", o.json, "As JSON");
    check->callback([&] { status = verbs::backup_verify(o.database.value_or(""), o.file, o.json); });
    auto* restore = verb(*backup, o, "restore", "Restore a backup into a new folder (and an empty database)");
    restore->add_option("file", o.file, "The backup")->required();
    restore->add_flag("--with-mail", o.with_mail, "Leave its mailboxes on: the centre it was taken of is gone");
    restore->callback([&] {
        status = at_home(o, [&](Home const& home) { return verbs::backup_restore(home, o.file, o.with_mail); });
    });
}

void add_records(CLI::App& app, Options& o, int& status) {
    auto* cases = app.add_subcommand("case", "Hand out and verify cases")->require_subcommand(1);
    auto* pack = verb(*cases, o, "export", "One signed zip of a case");
    pack->add_option("id", o.id, "Number or id of the case")->required();
    pack->add_option("-o", o.out, "Where to")->required();
    pack->callback(
        [&] { status = at_home(o, [&](Home const& home) { return verbs::case_export(home, o.id, o.out); }); });
    auto* check = verb(*cases, o, "verify", "Verify an exported case, offline", false);
    check->add_option("file", o.file, "The zip")->required();
    check->add_option("--public-key", o.public_key, "The centre's key, hexadecimal: whoever else sealed it is refused");
    check->add_flag("--json", o.json, "As JSON");
    check->callback([&] { status = verbs::case_verify(o.file, o.public_key, o.json); });
    auto* move = verb(*cases, o, "migrate", "Move a running case to another version of its process");
    move->add_option("id", o.id, "Number or id of the case")->required();
    move->add_option("--to", o.version, "The version: SHA-256 of its file")->required();
    move->add_option("--map", o.file,
                     "JSON: where everything that waits goes; without it a map to begin with is printed");
    move->callback([&] {
        status = at_home(o, [&](Home const& home) { return verbs::case_migrate(home, o.id, o.version, o.file); });
    });
    auto* audit = app.add_subcommand("audit", "The audit")->require_subcommand(1);
    auto* verify = verb(*audit, o, "verify", "Verify all chains; names the first broken entry");
    verify->add_flag("--json", o.json, "As JSON");
    verify->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::audit_verify(home, o.json); }); });
    auto* hand_out = verb(*audit, o, "export", "Write all entries as JSON lines with their hashes");
    hand_out->add_option("-o", o.out, "Where to")->required();
    hand_out->callback(
        [&] { status = at_home(o, [&](Home const& home) { return verbs::audit_export(home, o.out); }); });
    auto* replay = verb(*audit, o, "replay", "Play all events again: do they lead to the states there are?");
    replay->add_flag("--json", o.json, "As JSON");
    replay->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::audit_replay(home, o.json); }); });
    add_backup(app, o, status);
    auto* migrate = verb(app, o, "migrate", "Bring the database's schema up to date, or move it to PostgreSQL");
    auto* only_check = migrate->add_flag("--check", o.migrate.check, "Only print what is to come; 1 if anything is");
    migrate->add_option("--to", o.migrate.to, "postgresql://…: move the centre there from SQLite")
        ->excludes(only_check);
    migrate->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::migrate(home, o.migrate); }); });
    app.add_subcommand("openapi", "Print the API description")->callback([&] { status = verbs::openapi(); });
}

void add_import(CLI::App& app, Options& o, int& status) {
    auto* bring = verb(app, o, "import", "Import a CSV or XLSX file: all rows or none, errors by row and column");
    bring->add_option("kind", o.import.kind, "people, customers, sites, assets or terminals")
        ->required()
        ->check(CLI::IsMember({"people", "customers", "sites", "assets", "terminals"}));
    bring->add_option("file", o.import.file, "The file")->required();
    bring->add_flag("--dry-run", o.import.dry_run, "Only check");
    bring->add_flag("--update", o.import.update, "What is there already gets what the file says");
    bring->add_option("--mapping", o.import.mapping, "COLUMN=FIELD, by letters or heading; FIELD empty leaves it out");
    bring->add_option("--sheet", o.import.sheet, "Of a workbook (the first that is shown)");
    bring->add_flag("--json", o.import.json, "As JSON");
    bring->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::import_file(home, o.import); }); });
}

void add_tokens(CLI::App& app, Options& o, int& status) {
    auto* token = app.add_subcommand("token", "API tokens")->require_subcommand(1);
    auto* create = verb(*token, o, "create", "A new token, shown once");
    create->add_option("--login", o.login, "Whose")->required();
    create->add_option("--expires", o.expires, "RFC 3339");
    create->add_flag("--json", o.json, "As JSON");
    create->callback([&] {
        status = at_home(o, [&](Home const& home) { return verbs::token_create(home, o.login, o.expires, o.json); });
    });
    auto* list = verb(*token, o, "list", "All tokens");
    list->add_flag("--json", o.json, "As JSON");
    list->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::token_list(home, o.json); }); });
    auto* revoke = verb(*token, o, "revoke", "Revoke a token");
    revoke->add_option("id", o.id, "Its id")->required();
    revoke->callback([&] { status = at_home(o, [&](Home const& home) { return verbs::token_revoke(home, o.id); }); });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("keepword 守诺: runs a service centre and proves that it keeps its word");
    app.require_subcommand(1);
    Options options;
    int status = verbs::done;
    add_serving(app, options, status);
    add_processes(app, options, status);
    add_records(app, options, status);
    add_tokens(app, options, status);
    add_import(app, options, status);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? verbs::done : verbs::wrong_usage;
    }
    return status;
}
