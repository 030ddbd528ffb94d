#pragma once
#include <string>

#include "domain/case/case_store.hpp"

// By which words and marks the search finds cases. For this folder only.
namespace keepword::cases {

// What a case carries itself, and what its entries and files carry.
std::string mark_of(std::string const& kind);
std::string mark_within(std::string const& kind);
// What a case carries of its facts: category, urgency, channel, organisation.
std::string mark_of_fact(std::string const& name, std::string const& value);

// All that an entry says: its text, and what was written into a form.
std::string text_of(Entry const& entry);

}  // namespace keepword::cases
