#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/caller.hpp"
#include "foundation/result.hpp"

// What the operator says: where a centre lies and how it is served. It stands in a TOML file (--config FILE) or on the
// command line, which wins.
namespace keepword {

// Where a centre lies: files and keys in the folder, everything else in the database.
struct Home {
    std::filesystem::path data = "./keepword-data";
    std::string database;  // postgresql://…; empty: SQLite in the folder
};

struct Settings {
    Home home;
    std::string listen = "127.0.0.1:8080";
    std::string tls_cert;  // PEM file with the chain; empty: no TLS
    std::string tls_key;   // PEM file
    std::int64_t threads = 2;
    std::vector<std::string> trusted_proxies;  // addresses or networks, CIDR
    std::string log = "auto";                  // text, json; auto: text at a terminal, else json
    std::string log_level = "info";            // debug, info, warning, error
    bool access_log = false;                   // a line for each request
};

// Reads a TOML file over what `settings` has. Paths in it are relative to the file's folder. Errors: file.unreadable,
// config.invalid with a field for each complaint ("LINE:COLUMN", config.syntax|config.unknown|config.type).
Result<> read_settings(std::filesystem::path const& file, Settings& settings);

// As such a file, with what each key means beside it.
std::string shown(Settings const& settings, Locale language);

}  // namespace keepword
