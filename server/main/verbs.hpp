#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "foundation/result.hpp"

// What the command line's verbs do. Exit status (contract): 0 done, and what was checked holds; 1 what was checked does
// not hold; 2 wrong usage; 3 the environment failed. Data goes to standard output, everything else to standard error.
namespace keepword::verbs {

constexpr int done = 0;
constexpr int does_not_hold = 1;
constexpr int wrong_usage = 2;
constexpr int environment_failed = 3;

struct ServeOptions {
    std::filesystem::path data;
    std::string listen = "127.0.0.1:8080";
    std::string database;
    std::string tls_cert;
    std::string tls_key;
    bool manual_clock = false;
    std::string manual_start;  // RFC 3339; empty: now
    unsigned threads = 2;
};
int serve(ServeOptions const& options);

int init(std::filesystem::path const& data, std::string const& login, std::string const& name);
int demo(std::filesystem::path const& data, std::uint64_t seed, std::string const& day);

int process_list(std::filesystem::path const& data, bool json);
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
int process_deploy(std::filesystem::path const& data, std::filesystem::path const& file);

int case_export(std::filesystem::path const& data, std::string const& id, std::filesystem::path const& out);
int case_verify(std::filesystem::path const& file, std::string const& public_key, bool json);
int audit_verify(std::filesystem::path const& data, bool json);
// Plays every case's events again and compares with its state.
int audit_replay(std::filesystem::path const& data, bool json);
// Moves a case to another version by the map in a file; without a file prints a map to begin with.
int case_migrate(std::filesystem::path const& data, std::string const& id, std::string const& version,
                 std::filesystem::path const& map);

int token_create(std::filesystem::path const& data, std::string const& login, std::string const& expires, bool json);
int token_list(std::filesystem::path const& data, bool json);
int token_revoke(std::filesystem::path const& data, std::string const& id);
int migrate(std::filesystem::path const& data);
// The API description, without a running server: what the web client's types are made from.
int openapi();

// Says an error to whoever sits at the terminal, in the language of LANG, with what to do next; answers the exit
// status.
int report(Error const& error);

}  // namespace keepword::verbs
