#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <set>

#include "domain/demo/demo.hpp"
#include "embedded/embedded.hpp"
#include "main/centre.hpp"
#include "main/verbs.hpp"

// The verbs that make a centre: an empty one with its owner, or the demo.
namespace keepword::verbs {
namespace {

constexpr char const* demo_password = "keepword-demo";

// A line from standard input; at a terminal without showing what is typed.
Secret read_password() {
    bool const terminal = ::isatty(STDIN_FILENO) == 1;
    termios before{};
    if (terminal) {
        fmt::print(stderr, "密码 / Password: ");
        ::tcgetattr(STDIN_FILENO, &before);
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    }
    std::string line;
    std::getline(std::cin, line);
    if (terminal) {
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
        fmt::print(stderr, "\n");
    }
    return Secret(std::move(line));
}

Result<int> make_empty(Home const& home, std::string const& login, std::string const& name) {
    TRY(crypto::start());
    auto const password = read_password();
    auto const hash = TRY(access::hash_password(login, password));
    auto centre = TRY(Centre::open({.home = home, .manual_start = {}}));
    TRY(centre->database().write([&](storage::Transaction& tx) -> Result<> {
        people::Act const act{{}, centre->clock().now(), centre->ids()};
        TRY(access::create_owner(tx, act, centre->roles(), centre->regions(), login, name.empty() ? login : name,
                                 hash));
        return {};
    }));
    fmt::print(stderr, "{}: {}\n", home.data.string(), login);
    return done;
}

// Ten in the morning, China's time, of the day: the demo's present, so that its open cases are a working day's.
Result<Instant> present(std::string const& day) {
    if (day.empty()) return SystemClock().now();
    return Instant{TRY(Day::parse(day)).number() * 86'400'000 + hours(2).ms};
}

// One sign-in for each role to standard output, a line each: who tries the demo wants to know whom to be.
Result<> print_sign_ins(std::string_view material) {
    auto const demo = TRY(json::parse(material));
    std::set<std::string> shown;
    for (auto const& person : demo.at("people").as_array()) {
        std::string roles;
        bool first_of_a_role = false;
        for (auto const& role : person.at("roles").as_array()) {
            std::string const key(role.as_string());
            roles += " " + key;
            first_of_a_role |= shown.insert(key).second;
        }
        auto const text = [&](char const* name) { return std::string(person.at(name).as_string()); };
        if (first_of_a_role) fmt::print("  {:<14} {} {}:{}\n", text("login"), demo_password, text("name"), roles);
    }
    return {};
}

// Copies on a grand scale, saying every few seconds how far it has come; and signs what it has made, so that exports
// of it can be verified.
Result<> scale_up(Centre& centre, demo::Parts const& parts, std::int64_t wanted, Instant now) {
    auto const begun = std::chrono::steady_clock::now();
    auto told = begun;
    TRY(demo::scale(parts, now, wanted, [&](std::int64_t made) {
        auto const at = std::chrono::steady_clock::now();
        if (at - told < std::chrono::seconds(5) && made < wanted) return;
        told = at;
        auto const rate = static_cast<double>(made) / std::chrono::duration<double>(at - begun).count();
        tell(stderr, "cli.scaled",
             {{"made", std::to_string(made)},
              {"wanted", std::to_string(wanted)},
              {"rate", fmt::format("{:.0f}", rate)}});
    }));
    return centre.sign_everything(now);
}

Result<int> make_demo(Home const& home, verbs::DemoOptions const& options) {
    auto const begun = std::chrono::steady_clock::now();
    TRY(crypto::start());
    auto const now = TRY(present(options.day));
    auto const hash = TRY(crypto::hash_password(Secret(demo_password)));
    // The clock stands at the beginning of the demo's history and is moved along with it.
    auto centre =
        TRY(Centre::open({.home = home, .manual_start = now - days(options.months * demo::days_of_a_month + 2)}));
    auto* const clock = centre->manual_clock();
    demo::Parts const parts{
        .database = centre->database(),
        .desk = centre->desk(),
        .ids = centre->ids(),
        .roles = centre->roles(),
        .regions = centre->regions(),
        .password_hash = hash,
        .set_password = access::set_password,
        .calendar = [&](storage::Transaction& tx, std::string const& key) { return centre->calendars().load(tx, key); },
        .ring_alarms = [&](storage::Transaction& tx, Instant at) { return centre->ring_alarms(tx, at); },
        .set_clock = [clock](Instant at) { clock->set(at); },
        .material = embedded::find("data/demo.json").value_or(""),
        .province = embedded::find("data/regions.json").value_or("")};
    auto const made = TRY(demo::fill(parts, now, options.months, options.seed));
    if (options.scale > 0) TRY(scale_up(*centre, parts, options.scale, now));
    auto const took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    tell(stderr, "cli.demo-made",
         {{"folder", home.data.string()},
          {"people", std::to_string(made.people)},
          {"customers", std::to_string(made.customers)},
          {"sites", std::to_string(made.sites)},
          {"assets", std::to_string(made.assets)},
          {"cases", std::to_string(made.cases)},
          {"seconds", fmt::format("{:.1f}", took)}});
    TRY(print_sign_ins(parts.material));
    return done;
}

}  // namespace

int init(Home const& home, std::string const& login, std::string const& name) {
    auto const made = make_empty(home, login, name);
    return made ? *made : report(made.error());
}

int demo(Home const& home, DemoOptions const& options) {
    auto const made = make_demo(home, options);
    return made ? *made : report(made.error());
}

}  // namespace keepword::verbs
