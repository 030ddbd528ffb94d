#pragma once
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "foundation/result.hpp"
#include "main/settings.hpp"

// What the command line's verbs do. Exit status (contract): 0 done, and what was checked holds; 1 what was checked does
// not hold; 2 wrong usage; 3 the environment failed. Data goes to standard output, everything else to standard error.
namespace keepword::verbs {

constexpr int done = 0;
constexpr int does_not_hold = 1;
constexpr int wrong_usage = 2;
constexpr int environment_failed = 3;

struct ServeOptions {
    Settings settings;
    bool manual_clock = false;
    std::string manual_start;  // RFC 3339; empty: now
};
int serve(ServeOptions const& options);

int init(Home const& home, std::string const& login, std::string const& name);
struct DemoOptions {
    std::uint64_t seed = 1;
    std::string day;
    std::int64_t months = 3;
    std::int64_t scale = 0;  // cases more than those of the months, before them
};
int demo(Home const& home, DemoOptions const& options);

int process_list(Home const& home, bool json);
int process_check(std::vector<std::filesystem::path> const& files);
struct SimulateOptions {
    std::filesystem::path file;
    std::filesystem::path events;  // empty: none
    std::string process;           // key, where the file has several
    bool flows = false;            // sequence flows too
};
// 1 where an event could never happen.
int process_simulate(SimulateOptions const& options);
int process_round_trip(std::filesystem::path const& file, std::filesystem::path const& out);
int process_deploy(Home const& home, std::filesystem::path const& file);

int case_export(Home const& home, std::string const& id, std::filesystem::path const& out);
int case_verify(std::filesystem::path const& file, std::string const& public_key, bool json);
int audit_verify(Home const& home, bool json);
// All entries as JSON lines with their hashes, newest first.
int audit_export(Home const& home, std::filesystem::path const& out);
// Plays every case's events again and compares with its state.
int audit_replay(Home const& home, bool json);
// Moves a case to another version by the map in a file; without a file prints a map to begin with.
int case_migrate(Home const& home, std::string const& id, std::string const& version, std::filesystem::path const& map);

int token_create(Home const& home, std::string const& login, std::string const& expires, bool json);
int token_list(Home const& home, bool json);
int token_revoke(Home const& home, std::string const& id);
// Everything of a centre in one file; see backup/backup.hpp.
int backup_create(Home const& home, std::filesystem::path const& file, bool json);
// Proves a backup by restoring it beside everything: of a centre on PostgreSQL into the empty database given, which is
// empty again afterwards.
int backup_verify(std::string const& database, std::filesystem::path const& file, bool json);
// Into a folder that is not there yet (and an empty database).
int backup_restore(Home const& home, std::filesystem::path const& file, bool with_mail);

struct ImportOptions {
    std::string kind;
    std::filesystem::path file;
    bool dry_run = false;
    bool update = false;
    bool json = false;
    std::string sheet;
    std::vector<std::string> mapping;  // "COLUMN=FIELD"
};
// 1 with a line "FILE:ROW:COLUMN code text" for each cell that is wrong; nothing is imported then.
int import_file(Home const& home, ImportOptions const& options);

struct MigrateOptions {
    bool check = false;  // only says what is to come: 1 where there is something
    std::string to;      // postgresql://…: move a centre from SQLite there
};
int migrate(Home const& home, MigrateOptions const& options);
// Prints the settings as a file, with what each key means.
int config_show(Settings const& settings);
// 1 with a line for each thing that does not hold.
int config_check(std::filesystem::path const& file);
// The language of the terminal, by LANG.
Locale terminal_language();
// The API description, without a running server: what the web client's types are made from.
int openapi();

// Says an error to whoever sits at the terminal, in the language of LANG, with what to do next; answers the exit
// status.
int report(Error const& error);

// What the server starts for each file that came from outside: prints the text in it (extract::text_apart).
int text_of(std::filesystem::path const& file, std::string const& type);
// A text of data/texts.json in the terminal's language, its placeholders filled; tell() writes it as a line.
using Params = std::vector<std::pair<std::string, std::string>>;
std::string said(std::string_view code, Params const& params = {});
void tell(std::FILE* to, std::string_view code, Params const& params = {});

}  // namespace keepword::verbs
