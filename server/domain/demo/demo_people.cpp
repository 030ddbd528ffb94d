#include "domain/demo/demo_inside.hpp"

namespace keepword::demo {
namespace {

// The company's centres with their departments; answers the departments by key.
Result<std::map<std::string, people::DepartmentId>> make_departments(storage::Transaction& tx, people::Act const& act,
                                                                     World const& world) {
    std::map<std::string, people::DepartmentId> by_key;
    for (auto const& centre : world.material.list("centres")) {
        auto const parent = TRY(people::create_department(
            tx, act,
            {.name = {text_at(centre.at("name"), "zh")}, .kind = people::DepartmentKind::centre, .parent = {}}));
        by_key[text_at(centre, "key")] = parent;
        for (auto const& department : centre.at("departments").as_array()) {
            by_key[text_at(department, "key")] =
                TRY(people::create_department(tx, act,
                                              {.name = {text_at(department.at("name"), "zh")},
                                               .kind = people::DepartmentKind::department,
                                               .parent = parent}));
        }
    }
    return by_key;
}

}  // namespace

Result<> make_people(storage::Transaction& tx, Parts const& parts, World& world, Instant now, Made& made) {
    people::Act const act{{}, now, parts.ids};
    auto const departments = TRY(make_departments(tx, act, world));
    auto const at_home = "@" + text_at(world.material.demo, "mail_domain");
    Dice dice(40);
    for (auto const& entry : world.material.list("people")) {
        auto const login = text_at(entry, "login");
        people::NewPerson person{.name = {text_at(entry, "name")}, .kind = people::PersonKind::staff};
        person.login = json::Text<64>{login};
        person.email = json::Text<200>{login + at_home};
        person.phone = json::Text<100>{dice.digits(text_at(world.material.demo.at("phones"), "mobile"))};
        if (auto const found = departments.find(text_at(entry, "department")); found != departments.end()) {
            person.department = found->second;
        }
        auto const id = TRY(people::create_person(tx, act, person));
        TRY(parts.set_password(tx, id, parts.password_hash, now));
        for (auto const& role : entry.at("roles").as_array()) {
            std::string const key(role.as_string());
            TRY(people::give_role(
                tx, act, parts.roles, parts.regions, id,
                {.role = {key}, .scope_kind = people::ScopeKind::all, .scope = {}, .from = {}, .until = {}}));
            world.holders[key].push_back(id);
        }
        ++made.people;
    }
    return {};
}

}  // namespace keepword::demo
