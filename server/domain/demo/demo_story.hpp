#pragma once
#include "domain/demo/demo_inside.hpp"

// What a case of the demo is about, and what people write on it. Inside of the slice only.
namespace keepword::demo {

struct Story {
    json::object const* guide = nullptr;  // where the case is to stand at the end, of the material's list
    cases::CaseId id{};
    std::string kind = "customer-acceptance";
    cases::Channel channel = cases::Channel::hotline;
    json::object const* plot = nullptr;  // of the material's cases
    Customer const* customer = nullptr;
    Contact const* contact = nullptr;
    Place const* place = nullptr;
    Machine const* machine = nullptr;
    std::map<std::string, std::string> words;
    int acts = 0;
    int coordinated = 0;
    bool waits = false;  // for the customer

    bool written() const { return channel == cases::Channel::mail || channel == cases::Channel::portal; }
};

// Chooses how a case came, what happened, to whom, where, and the words for it: once, so that a case does not
// contradict itself.
void invent(Story& story, World const& world, Dice& dice, Instant at);
// What the customer reports.
cases::Facts facts_of(Story const& story, Dice& dice);

// One of the material's texts of this name.
std::string some_text(Story const& story, World const& world, Dice& dice, char const* name);
// What somebody writes into a field of a form.
json::value value_of(process::Field const& field, Story const& story, World const& world, Dice& dice, Instant at,
                     PersonId person);

}  // namespace keepword::demo
