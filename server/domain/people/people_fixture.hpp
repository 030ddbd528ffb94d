#pragma once
#include "domain/people/people.hpp"
#include "embedded/embedded.hpp"
#include "engine/audit/audit.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::people {

// People on both databases, with the program's own roles and regions.
class PeopleFixture : public testkit::DomainTest {
  protected:
    Act act(PersonId by = {}) { return {.by = by, .now = clock_.now(), .ids = ids_}; }

    PersonId enter(NewPerson const& person) {
        return write([&](storage::Transaction& tx) { return create_person(tx, act(), person); });
    }
    PersonId staff(std::string const& login) { return enter({.name = {login}, .login = json::Text<64>{login}}); }
    GrantId give(PersonId person, NewGrant const& grant) {
        return write([&](storage::Transaction& tx) { return give_role(tx, act(), roles_, regions_, person, grant); });
    }
    GrantId give(PersonId person, std::string role) { return give(person, NewGrant{.role = {std::move(role)}}); }
    std::vector<std::string> roles_of(PersonId person) {
        std::vector<std::string> out;
        for (auto const& holding : read([&](storage::Transaction& tx) { return holdings(tx, person, clock_.now()); })) {
            out.push_back(holding.role);
        }
        return out;
    }
    // The system's audit entries about a subject, in order.
    std::vector<audit::Recorded> audited(std::string const& subject) {
        auto entries = read([](storage::Transaction& tx) { return audit::entries(tx, audit::system_chain, 0, 1000); });
        std::erase_if(entries, [&](audit::Recorded const& entry) { return entry.subject != subject; });
        return entries;
    }
    std::vector<std::string> actions_on(std::string const& subject) {
        std::vector<std::string> actions;
        for (auto const& entry : audited(subject)) actions.push_back(entry.action);
        return actions;
    }

    RoleBook roles_ = testkit::must(RoleBook::load(*embedded::find("data/roles.json")));
    RegionBook regions_ = testkit::must(RegionBook::load(*embedded::find("data/regions.json")));
};

}  // namespace keepword::people
