#include "testkit/postgres_server.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "storage/database.hpp"

namespace keepword::testkit {
namespace {

std::string const programs = "/usr/lib/postgresql/15/bin/";

// The user that PostgreSQL's package made.
constexpr char const* user_name = "postgres";
struct User {
    uid_t id;
    gid_t group;
};
std::optional<User> postgres_user() {
    passwd user{};
    passwd* found = nullptr;
    char words[4096];
    ::getpwnam_r(user_name, &user, words, sizeof words, &found);
    return found != nullptr ? std::optional(User{user.pw_uid, user.pw_gid}) : std::nullopt;
}

// PostgreSQL refuses to run as root, so the child becomes that user.
void leave_root() {
    if (::geteuid() != 0) return;
    auto const user = postgres_user();
    if (!user || ::initgroups(user_name, user->group) != 0 || ::setgid(user->group) != 0 || ::setuid(user->id) != 0) {
        ::_exit(126);
    }
}

pid_t run(std::vector<std::string> words, std::string const& folder, bool ends_with_us) {
    std::string const log = folder + "/log";
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t const child = ::fork();
    if (child < 0) throw std::runtime_error("no process for " + words.front());
    if (child > 0) return child;
    leave_root();
    // Should the test program be killed, its server must not stay behind.
    if (ends_with_us) ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int const out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (out < 0) ::_exit(127);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    if (::chdir(folder.c_str()) == 0) ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

std::string log_of(TempDir const& folder) {
    std::ifstream in(folder / "log");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

// Statements that take no parameters and no transaction block go through psql, which is there with the server.
void psql(TempDir const& folder, std::string const& sql) {
    int status = 0;
    pid_t const child =
        run({programs + "psql", "-h", folder.path(), "-U", "keepword", "-d", "postgres", "-X", "-q", "-c", sql},
            folder.path(), false);
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("psql failed: " + sql + "\n" + log_of(folder));
}

}  // namespace

PostgresServer::PostgresServer() {
    if (::geteuid() == 0) {
        auto const user = postgres_user();
        if (!user || ::chown(folder_.path().c_str(), user->id, user->group) != 0) {
            throw std::runtime_error("PostgreSQL 15 is not installed (postgresql-15)");
        }
    }
    int status = 0;
    // The new cluster's files need no fsync before its server runs; the server itself keeps its default.
    pid_t const child = run({programs + "initdb", "-D", folder_ / "data", "-U", "keepword", "-A", "trust", "-E", "UTF8",
                             "--locale=C.UTF-8", "--no-sync"},
                            folder_.path(), false);
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("initdb failed:\n" + log_of(folder_));
    start();
}

void PostgresServer::start() {
    process_ = run({programs + "postgres", "-D", folder_ / "data", "-k", folder_.path(), "-c", "listen_addresses="},
                   folder_.path(), true);
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
        storage::Options options;
        options.url = url("postgres");
        options.readers = 1;
        if (storage::open(options)) return;
        if (::waitpid(process_, nullptr, WNOHANG) == process_) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("PostgreSQL did not start:\n" + log_of(folder_));
}

PostgresServer::~PostgresServer() {
    // Immediately: nothing in it is worth a clean end, the folder goes next.
    ::kill(process_, SIGQUIT);
    ::waitpid(process_, nullptr, 0);
}

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

std::string PostgresServer::url(std::string const& database) const {
    return "postgresql:///" + database + "?user=keepword&host=" + folder_.path().string();
}

std::string PostgresServer::create_database(std::string const& from) {
    std::string const name = "test_" + std::to_string(++created_);
    psql(folder_, "CREATE DATABASE " + name + " TEMPLATE " + from);
    return url(name);
}

}  // namespace keepword::testkit
