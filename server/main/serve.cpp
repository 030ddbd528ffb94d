#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>

#include "foundation/log.hpp"
#include "main/admin.hpp"
#include "main/centre.hpp"
#include "main/verbs.hpp"
#include "transport/server.hpp"

namespace keepword::verbs {
namespace {

struct Address {
    std::string host;
    unsigned short port = 0;
};

// "127.0.0.1:8080" or "[::1]:8080"
Result<Address> address_of(std::string_view text) {
    auto const colon = text.rfind(':');
    Address out;
    if (colon == std::string_view::npos) return invalid("listen", "address");
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    auto const digits = text.substr(colon + 1);
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (error != std::errc{} || end != digits.data() + digits.size() || host.empty())
        return invalid("listen", "address");
    out.host = host;
    return out;
}

// A new certificate is taken up by connections from now on; a bad one leaves the old in place.
void reload(transport::Server& server) {
    if (auto const reloaded = server.reload_tls(); reloaded)
        log::info("the certificate was read again");
    else
        log::error("the certificate was not read again: {} {}", reloaded.error().code, reloaded.error().detail);
}

// Waits for Ctrl-C or the service manager's wish to stop; SIGHUP means a new certificate. The signals are blocked in
// every thread and taken here, so that no handler runs inside anything else.
void wait_for_stop(sigset_t const& signals, transport::Server& server) {
    for (int signal = SIGHUP; signal == SIGHUP;) {
        sigwait(&signals, &signal);
        if (signal == SIGHUP) reload(server);
    }
}

void begin_log(Settings const& settings) {
    bool const json = settings.log == "json" || (settings.log == "auto" && ::isatty(STDERR_FILENO) == 0);
    log::set_format(json ? log::Format::json : log::Format::text);
    log::set_level(settings.log_level == "debug"     ? log::Level::debug
                   : settings.log_level == "warning" ? log::Level::warning
                   : settings.log_level == "error"   ? log::Level::error
                                                     : log::Level::info);
}

Result<Instant> manual_start(std::string const& text) {
    if (text.empty()) return SystemClock().now();
    return Instant::parse(text);
}

Result<int> run(ServeOptions const& options, sigset_t const& signals) {
    begin_log(options.settings);
    auto const address = TRY(address_of(options.settings.listen));
    CentreOptions centre_options{.home = options.settings.home, .read_files = true, .manual_start = {}};
    if (options.manual_clock) centre_options.manual_start = TRY(manual_start(options.manual_start));
    auto centre = TRY(Centre::open(centre_options));
    auto server = TRY(transport::Server::start({.address = address.host,
                                                .port = address.port,
                                                .threads = static_cast<unsigned>(options.settings.threads),
                                                .spool = centre->spool(),
                                                .tls_cert = options.settings.tls_cert,
                                                .tls_key = options.settings.tls_key,
                                                .trusted_proxies = options.settings.trusted_proxies},
                                               centre->app()));
    centre->log_requests(options.settings.access_log);
    centre->watch(server.get());
    centre->start_runners();
    auto admin = TRY(admin::Socket::listen(*centre, options.settings.home.data));
    auto const scheme = options.settings.tls_cert.empty() ? "http" : "https";
    auto const host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
    fmt::print("keepword {}://{}:{}/\n", scheme, host, server->port());
    if (auto const& code = centre->first_run().code(); !code.empty()) {
        fmt::print("first-run {}://{}:{}/first-run?code={}\n", scheme, host, server->port(), code);
    }
    std::fflush(stdout);
    wait_for_stop(signals, *server);
    centre->break_off();
    admin.reset();
    server->stop();
    centre->watch(nullptr);
    centre->stop_runners();
    return done;
}

}  // namespace

int serve(ServeOptions const& options) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // Without a certificate it is what a terminal says when it goes, and ends the program as ever.
    if (!options.settings.tls_cert.empty()) sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // A peer that has gone must not end the program; writing to it fails as an error instead.
    ::signal(SIGPIPE, SIG_IGN);
    auto const status = run(options, signals);
    return status ? *status : report(status.error());
}

}  // namespace keepword::verbs
