#include <fmt/core.h>

#include <fstream>
#include <sstream>

#include <unistd.h>

#include "engine/api/openapi.hpp"
#include "engine/audit/audit.hpp"
#include "engine/bpmn/import.hpp"
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

Result<std::unique_ptr<Centre>> open(std::filesystem::path const& data) {
    return Centre::open({.data = data, .database_url = {}, .manual_start = {}});
}

template <class F>
int run(F work) {
    Result<int> status = work();
    return status ? *status : report(status.error());
}

people::Act act_of(Centre& centre) {
    return {{}, centre.clock().now(), centre.ids()};
}

}  // namespace

int process_list(std::filesystem::path const& data, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto centre = TRY(open(data));
        auto const rows = TRY(centre->database().read(
            [](storage::Transaction& tx) { return tx.query("SELECT key, hash FROM process_current ORDER BY key"); }));
        json::array out;
        for (auto const& row : rows) out.push_back(json::object{{"key", row.text(0)}, {"version", row.text(1)}});
        if (json_wanted)
            fmt::print("{}\n", json::serialize(out));
        else
            for (auto const& row : rows) fmt::print("{}  {}\n", row.text(1).substr(0, 12), row.text(0));
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

int process_deploy(std::filesystem::path const& data, std::filesystem::path const& file) {
    return run([&]() -> Result<int> {
        process::Package package{.xml = TRY(read_file(file)), .forms = {}};
        // The forms stand beside the file they belong to.
        for (auto const& entry : std::filesystem::directory_iterator(std::filesystem::absolute(file).parent_path())) {
            auto const name = entry.path().filename().string();
            constexpr std::string_view ending = ".form.json";
            if (name.ends_with(ending))
                package.forms[name.substr(0, name.size() - ending.size())] = TRY(read_file(entry.path()));
        }
        auto centre = TRY(open(data));
        auto const hash = TRY(centre->database().write(
            [&](storage::Transaction& tx) { return process::deploy(tx, package, centre->clock().now(), {}); }));
        fmt::print("{}\n", hash);
        return done;
    });
}

int case_export(std::filesystem::path const& data, std::string const& id, std::filesystem::path const& out) {
    return run([&]() -> Result<int> {
        auto centre = TRY(open(data));
        auto const row = TRY(centre->database().read([&](storage::Transaction& tx) {
            return tx.one("SELECT id FROM cases WHERE number = ? OR CAST(id AS TEXT) = ?", id, id);
        }));
        if (!row) return fail(Kind::not_found, "not-found");
        auto const packed = TRY(
            cases::export_case(centre->desk(), centre->database(), row->id<cases::CaseTag>(0), centre->clock().now()));
        TRY(write_file(out, packed.zip));
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
            fmt::print("{} {}\n  key {}\n", verified.number, verified.holds ? "holds" : "does not hold",
                       verified.public_key);
            for (auto const& what : verified.broken) fmt::print("  {}\n", what);
        }
        return verified.holds ? done : does_not_hold;
    });
}

int audit_verify(std::filesystem::path const& data, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto centre = TRY(open(data));
        auto const report = TRY(audit::verify_all(centre->database(), {centre->signing_key().public_key}));
        auto const& broken = report.first_broken;
        if (json_wanted) {
            json::object out{{"holds", !broken},
                             {"chains", report.chains},
                             {"entries", report.entries},
                             {"checkpoints", report.checkpoints}};
            if (broken)
                out["broken"] =
                    json::object{{"chain", broken->chain}, {"seq", broken->seq}, {"what", json::word(broken->damage)}};
            fmt::print("{}\n", json::serialize(out));
        } else {
            fmt::print("{} chains, {} entries, {} checkpoints\n", report.chains, report.entries, report.checkpoints);
            if (broken)
                fmt::print("first broken: chain {} entry {}: {}\n", broken->chain, broken->seq,
                           json::word(broken->damage));
            else
                fmt::print("holds\n");
        }
        return broken ? does_not_hold : done;
    });
}

int token_create(std::filesystem::path const& data, std::string const& login, std::string const& expires,
                 bool json_wanted) {
    return run([&]() -> Result<int> {
        auto centre = TRY(open(data));
        std::optional<Instant> until;
        if (!expires.empty()) until = TRY(Instant::parse(expires));
        auto const made = TRY(centre->database().write([&](storage::Transaction& tx) -> Result<access::NewToken> {
            auto const person = TRY(people::person_by_login(tx, login));
            if (!person) return fail(Kind::not_found, "not-found");
            return access::create_token(tx, act_of(*centre), *person, "command line", until);
        }));
        if (json_wanted)
            fmt::print("{}\n", json::serialize(json::object{{"id", made.id.str()}, {"token", made.token.reveal()}}));
        else
            fmt::print("{}\n", made.token.reveal());
        return done;
    });
}

int token_list(std::filesystem::path const& data, bool json_wanted) {
    return run([&]() -> Result<int> {
        auto centre = TRY(open(data));
        auto const rows =
            TRY(centre->database().read([](storage::Transaction& tx) { return access::list_tokens(tx, {}); }));
        if (json_wanted)
            fmt::print("{}\n", json::serialize(json::encode(rows)));
        else
            for (auto const& row : rows) fmt::print("{}  {}  {}\n", row.id.str(), row.login, row.name);
        return done;
    });
}

int token_revoke(std::filesystem::path const& data, std::string const& id) {
    return run([&]() -> Result<int> {
        auto centre = TRY(open(data));
        auto const token = access::TokenId::parse(id);
        if (!token) return invalid("id", "id");
        TRY(centre->database().write(
            [&](storage::Transaction& tx) { return access::revoke_token(tx, act_of(*centre), {}, *token); }));
        return done;
    });
}

int migrate_check(std::filesystem::path const& data) {
    return run([&]() -> Result<int> {
        TRY(open(data));
        return done;
    });
}

int openapi() {
    return run([&]() -> Result<int> {
        std::filesystem::path const folder =
            std::filesystem::temp_directory_path() / ("keepword-openapi-" + std::to_string(::getpid()));
        auto const status = [&]() -> Result<int> {
            auto centre = TRY(open(folder));
            fmt::print("{}\n", json::serialize(api::openapi(centre->app().routes(), "0.1.0")));
            return done;
        }();
        std::filesystem::remove_all(folder);
        return status;
    });
}

}  // namespace keepword::verbs
