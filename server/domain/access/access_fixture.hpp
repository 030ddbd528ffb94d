#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/access/access.hpp"
#include "domain/access/cookie.hpp"
#include "embedded/embedded.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"

// How people get in, over the slice's routes. Only for tests.
namespace keepword::access {

using storage::Transaction;

constexpr std::string_view password = "correct horse";

// The slice's routes with those of people, called as browsers and programs call them.
class AccessTest : public testkit::DomainTest {
  protected:
    using As = testkit::CallDriver::As;

    api::Routes all_routes() {
        auto out = routes(parts_, regions_, [this](storage::Transaction&) -> Result<bool> { return letters_go_; });
        for (auto& route : people::people_routes({*database_, ids_, roles_, regions_, sign_ins()})) {
            out.push_back(std::move(route));
        }
        return out;
    }
    people::Act act() { return {.by = {}, .now = clock_.now(), .ids = ids_}; }
    PersonId enter(std::string const& login) {
        return write([&](Transaction& tx) -> Result<PersonId> {
            auto const person =
                TRY(people::create_person(tx, act(), {.name = {login}, .login = json::Text<64>{login}}));
            TRY(set_password(tx, person, hash_, clock_.now()));
            return person;
        });
    }
    testkit::Answer sign_in(std::string_view login, std::string_view with = password) {
        return calls_.nobody().post("/session", {{"login", login}, {"password", with}});
    }
    // A browser that has signed in: sends its cookie, and the CSRF token with it.
    As browser(testkit::Answer const& signed_in) {
        return calls_.nobody().with("cookie", cookie(signed_in)).with("x-csrf-token", csrf(signed_in));
    }
    static std::string cookie(testkit::Answer const& answer) {
        auto const set = api::header(answer.headers, "set-cookie");
        return std::string(set.substr(0, set.find(';')));
    }
    static std::string csrf(testkit::Answer const& answer) { return std::string(answer["csrf"].as_string()); }
    As program(std::string const& token) { return calls_.nobody().with("authorization", "Bearer " + token); }
    // A browser of somebody who signs in with this code besides.
    testkit::Answer sign_in_with(std::string_view login, std::string_view code) {
        return calls_.nobody().post("/session", {{"login", login}, {"password", password}, {"totp", code}});
    }
    std::string new_token(PersonId person, std::optional<Instant> until = {}) {
        auto const made = write([&](Transaction& tx) { return create_token(tx, act(), person, "脚本", until); });
        return std::string(made.token.reveal());
    }

    people::RoleBook roles_ = testkit::must(people::RoleBook::load(*embedded::find("data/roles.json")));
    people::RegionBook regions_ = testkit::must(people::RegionBook::load(*embedded::find("data/regions.json")));
    FirstRun first_run_{true};
    Secret key_{std::string(32, 'k')};
    Sealing sealing_{.seal = [this](std::string_view bytes) { return crypto::seal(key_, bytes); },
                     .open = [this](std::string_view sealed) { return crypto::open_sealed(key_, sealed); },
                     .mac = [this](std::string_view bytes) { return crypto::hmac_sha256(key_.reveal(), bytes); }};
    Parts parts_{*database_, ids_, roles_, first_run_, sealing_};
    std::string hash_ = testkit::must(hash_password("nobody", Secret(std::string(password))));
    bool letters_go_ = true;
    testkit::CallDriver calls_{*database_, clock_, all_routes(), identify(parts_, clock_)};
};

}  // namespace keepword::access
