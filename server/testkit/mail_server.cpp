#include "testkit/mail_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "foundation/json.hpp"

extern char** environ;

namespace keepword::testkit {
namespace {

constexpr auto patience = std::chrono::seconds(30);  // to start, on a busy machine

struct Pipe {
    int read = -1;
    int write = -1;
};

Result<Pipe> open_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(Kind::internal, "testkit.mail-server", "no pipe");
    return Pipe{ends[0], ends[1]};
}

unsigned short port(json::object const& o, char const* name) {
    return o.at(name).to_number<unsigned short>();
}

}  // namespace

Result<std::unique_ptr<MailServer>> MailServer::start(std::vector<std::string> const& users) {
    auto const input = TRY(open_pipe());
    auto const output = TRY(open_pipe());
    std::vector<std::string> words{KEEPWORD_SOURCE "/tools/mail-server", "--while-stdin"};
    for (auto const& user : users) words.insert(words.end(), {"--user", user});
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.read, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.write, STDOUT_FILENO);
    std::unique_ptr<MailServer> server(new MailServer);
    int const failed = posix_spawn(&server->pid_, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(input.read);
    close(output.write);
    server->input_ = input.write;
    server->output_ = output.read;
    if (failed != 0) {
        server->pid_ = -1;
        return fail(Kind::internal, "testkit.mail-server", "cannot be started");
    }
    TRY(server->read_line());
    return server;
}

// The one line of JSON that the script prints when both servers answer.
Result<> MailServer::read_line() {
    std::string line;
    auto const until = std::chrono::steady_clock::now() + patience;
    while (line.find('\n') == std::string::npos) {
        auto const left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd wait{output_, POLLIN, 0};
        if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) <= 0) {
            return fail(Kind::internal, "testkit.mail-server", "did not start in time");
        }
        std::array<char, 4096> buffer{};
        auto const n = read(output_, buffer.data(), buffer.size());
        if (n <= 0) return fail(Kind::internal, "testkit.mail-server", "ended: are its packages installed?");
        line.append(buffer.data(), static_cast<std::size_t>(n));
    }
    auto const said = TRY(json::parse(line));
    auto const& o = said.as_object();
    imap = port(o, "imap");
    imaps = port(o, "imaps");
    smtp = port(o, "smtp");
    smtps = port(o, "smtps");
    ca = std::string(o.at("ca").as_string());
    folder = std::string(o.at("folder").as_string());
    for (auto const& user : o.at("users").as_array()) {
        users.push_back({std::string(user.at("address").as_string()), std::string(user.at("password").as_string())});
    }
    return {};
}

MailServer::~MailServer() {
    if (input_ >= 0) close(input_);
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    if (output_ >= 0) close(output_);
}

std::string MailServer::password(std::string const& address) const {
    for (auto const& user : users) {
        if (user.address == address) return user.password;
    }
    return {};
}

}  // namespace keepword::testkit
