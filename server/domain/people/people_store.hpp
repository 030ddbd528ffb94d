#pragma once
#include "domain/people/people.hpp"

// The SQL of persons. Inside of the slice only.
namespace keepword::people {

// A person as kept, and as the audit shows what changed of one.
struct PersonRecord {
    PersonId id;
    PersonKind kind = PersonKind::staff;
    std::optional<std::string> login;
    std::string name;
    std::optional<DepartmentId> department;
    std::optional<OrganisationId> organisation;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    Locale locale = Locale::zh;
    bool active = true;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(PersonRecord, (),
                      (id, kind, login, name, department, organisation, phone, email, locale, active, version))

Result<PersonRecord> read_person(storage::Transaction& tx, PersonId id);
// New, or in place of the one that was; keeps the numbers they are found by.
Result<> insert_person(storage::Transaction& tx, PersonRecord const& person);
Result<> update_person(storage::Transaction& tx, PersonRecord const& person);
// Another version, because something beside the row (a grant, a deputy) has changed.
Result<> touch_person(storage::Transaction& tx, PersonId id);
Result<bool> login_taken(storage::Transaction& tx, std::string_view key, PersonId by_other_than);

struct PersonFilter {
    std::string q;
    std::optional<DepartmentId> department;  // with the departments below it
    std::optional<OrganisationId> organisation;
    std::optional<PersonKind> kind;
    std::optional<std::string> role;  // held by grant now
    std::optional<bool> active;
    std::int64_t after = 0;  // ids above this one
    std::int64_t limit = 50;
    bool by_name = false;  // type-ahead: names beginning with q first
};
Result<std::vector<PersonRow>> list_persons(storage::Transaction& tx, PersonFilter const& filter, Instant now);

// A LIKE pattern (with ESCAPE '\') for "begins with this text", folded.
std::string begins(std::string_view wanted);

}  // namespace keepword::people
