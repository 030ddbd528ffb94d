#pragma once
#include "domain/demo/demo.hpp"
#include "domain/demo/material.hpp"
#include "domain/knowledge/knowledge.hpp"

// What the parts of the demo's making hand to each other. Inside of the slice only.
namespace keepword::demo {

struct Contact {
    PersonId person{};
    std::string name;
    std::string phone;
    std::string email;
};
struct Machine {
    cases::OtherId id{};
    std::string class_;
    std::string name;
};
struct Place {
    cases::OtherId id{};
    std::string name;
    std::vector<Machine> machines;
};
struct Customer {
    people::OrganisationId id{};
    std::string name;
    std::string short_name;
    std::string sector;
    std::vector<Contact> contacts;
    std::vector<Place> places;
};
struct World {
    Material material;
    std::map<std::string, std::vector<PersonId>> holders;  // by role
    std::vector<Customer> customers;
    std::map<std::string, knowledge::ArticleId> articles;  // by the key of the cases they solve
};

Result<> make_people(storage::Transaction& tx, Parts const& parts, World& world, Instant now, Made& made);
Result<> make_customers(storage::Transaction& tx, Parts const& parts, World& world, Dice& dice, Instant now,
                        Made& made);
// What is published of the knowledge base before the history begins, and at its end what is still being written.
Result<> make_articles(storage::Transaction& tx, Parts const& parts, World& world, Instant start, Instant end);
Result<> make_unfinished_articles(storage::Transaction& tx, Parts const& parts, World& world, Instant now);
Result<> make_cases(Parts const& parts, World const& world, Dice& dice, Instant now, std::int64_t days_of_history,
                    Made& made);

}  // namespace keepword::demo
