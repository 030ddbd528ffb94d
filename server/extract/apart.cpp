#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

#include "extract/extract.hpp"
#include "extract/kinds.hpp"
#include "foundation/text.hpp"

extern char** environ;

namespace keepword::extract {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    int from = -1;
    int to = -1;
    Pipe() {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) == 0) from = ends[0], to = ends[1];
    }
    Pipe(Pipe const&) = delete;
    Pipe& operator=(Pipe const&) = delete;
    ~Pipe() {
        if (from >= 0) ::close(from);
        close_to();
    }
    void close_to() {
        if (to >= 0) ::close(std::exchange(to, -1));
    }
};

pid_t start(std::vector<std::string> words, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    // The signals that the server keeps for itself are the child's own again.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = -1;
    if (::posix_spawnp(&child, arguments.front(), &actions, &attributes, arguments.data(), environ) != 0) child = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

enum class Ended { whole, longer, late };
// What comes out until the end, or until there is more than counts, or it takes too long.
Ended read_until(int from, Clock::time_point until, std::string& out) {
    std::array<char, 65'536> some{};
    while (out.size() <= max_text + 4) {
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        pollfd ready{from, POLLIN, 0};
        if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) return Ended::late;
        auto const n = ::read(from, some.data(), some.size());
        if (n == 0) return Ended::whole;
        if (n < 0) return Ended::late;
        out.append(some.data(), static_cast<std::size_t>(n));
    }
    return Ended::longer;
}

void limit(__rlimit_resource what, rlim_t to) {
    rlimit const both{to, to};
    (void)::setrlimit(what, &both);
}

}  // namespace

std::string output_of(std::vector<std::string> const& words, std::chrono::seconds patience, bool may_be_longer) {
    Pipe pipe;
    if (pipe.from < 0) return {};
    auto const child = start(words, pipe.to);
    pipe.close_to();
    if (child < 0) return {};
    std::string out;
    auto const ended = read_until(pipe.from, Clock::now() + patience, out);
    if (ended != Ended::whole) (void)::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (ended == Ended::longer && may_be_longer) return out;
    bool const succeeded = ended == Ended::whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return succeeded ? out : std::string();
}

std::string text_apart(std::filesystem::path const& program, std::filesystem::path const& file, std::string const& type,
                       std::chrono::seconds patience) {
    auto text = output_of({program.string(), "text-of", file.string(), type}, patience, false);
    return text::valid_utf8(text) ? text : std::string();
}

void confine() {
    limit(RLIMIT_CPU, 10);
    limit(RLIMIT_AS, rlim_t{1} << 30U);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
    (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // Whoever started it is gone: nobody waits for the answer.
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

}  // namespace keepword::extract
