#pragma once
#include "domain/people/grant_store.hpp"
#include "domain/people/people_store.hpp"
#include "domain/people/unit_store.hpp"

// What holds for every department, organisation and person, however it is entered or changed. Inside of the slice only.
namespace keepword::people {

// Each finds what is wrong with the whole thing as it would be kept: input.invalid naming the fields.
Result<> check_department(storage::Transaction& tx, DepartmentRecord const& department);
Result<> check_organisation(RegionBook const& regions, OrganisationRecord const& organisation);
Result<> check_person(storage::Transaction& tx, PersonRecord const& person);

// people.last-owner where nobody would be left who can sign in and holds the owner's role: checked after a change in
// its transaction, which the error takes back.
Result<> keep_an_owner(storage::Transaction& tx, Instant now);

}  // namespace keepword::people
