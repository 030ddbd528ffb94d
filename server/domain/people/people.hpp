#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/people/change.hpp"
#include "domain/people/phone.hpp"
#include "domain/people/regions.hpp"
#include "domain/people/roles.hpp"
#include "engine/api/route.hpp"
#include "foundation/pool.hpp"
#include "foundation/secret.hpp"

// Who there is: departments and centres, outside organisations, persons; and what they may do, from when until when.
namespace keepword::people {

struct DepartmentTag;
using DepartmentId = Id<DepartmentTag>;
struct OrganisationTag;
using OrganisationId = Id<OrganisationTag>;
struct GrantTag;
using GrantId = Id<GrantTag>;
struct DeputyTag;
using DeputyId = Id<DeputyTag>;

enum class DepartmentKind { centre, department };
BOOST_DESCRIBE_ENUM(DepartmentKind, centre, department)
enum class OrganisationKind { customer, operator_, partner, builder, installer };
BOOST_DESCRIBE_ENUM(OrganisationKind, customer, operator_, partner, builder, installer)
enum class PersonKind { staff, contact };
BOOST_DESCRIBE_ENUM(PersonKind, staff, contact)
enum class ScopeKind { all, department, organisation, region };
BOOST_DESCRIBE_ENUM(ScopeKind, all, department, organisation, region)

// ---- as the API shows them ---------------------------------------------------------------------------------------

struct Department {
    DepartmentId id;
    std::string name;
    DepartmentKind kind = DepartmentKind::department;
    std::optional<api::Ref> parent;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Department, (), (id, name, kind, parent, version))

struct Organisation {
    OrganisationId id;
    std::string name;
    OrganisationKind kind = OrganisationKind::customer;
    std::optional<std::string> region;
    std::optional<std::string> region_name;
    std::optional<std::string> address;
    std::optional<std::string> phone;
    std::optional<std::string> note;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Organisation, (), (id, name, kind, region, region_name, address, phone, note, version))

struct PersonRow {
    PersonId id;
    std::optional<std::string> login;
    std::string name;
    PersonKind kind = PersonKind::staff;
    std::optional<api::Ref> department;
    std::optional<api::Ref> organisation;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::vector<std::string> roles;  // keys of those held by grant now, without those held in somebody's stead
    bool active = true;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(PersonRow, (),
                      (id, login, name, kind, department, organisation, phone, email, roles, active, version))

// ---- creating them (HTTP, demo, imports) -------------------------------------------------------------------------

struct NewDepartment {
    json::Text<100> name;
    DepartmentKind kind = DepartmentKind::department;
    std::optional<DepartmentId> parent;
};
BOOST_DESCRIBE_STRUCT(NewDepartment, (), (name, kind, parent))

struct NewOrganisation {
    json::Text<200> name;
    std::optional<OrganisationKind> kind;  // required, except below /customers
    std::optional<json::Text<12>> region;
    std::optional<json::Text<300>> address;
    std::optional<json::Text<100>> phone;
    std::optional<json::Text<2000>> note;
};
BOOST_DESCRIBE_STRUCT(NewOrganisation, (), (name, kind, region, address, phone, note))

struct NewPerson {
    json::Text<100> name;
    PersonKind kind = PersonKind::staff;
    std::optional<json::Text<64>> login;
    std::optional<json::Text<200>> password;  // over HTTP only; create_person does not look at it
    std::optional<DepartmentId> department;
    std::optional<OrganisationId> organisation;
    std::optional<json::Text<100>> phone;
    std::optional<json::Text<200>> email;
    std::optional<Locale> locale;
};
BOOST_DESCRIBE_STRUCT(NewPerson, (), (name, kind, login, password, department, organisation, phone, email, locale))

struct NewGrant {
    json::Text<60> role;
    ScopeKind scope_kind = ScopeKind::all;
    std::optional<json::Text<20>> scope;  // id of the department or organisation, code of the region
    std::optional<Instant> from;          // now unless said
    std::optional<Instant> until;         // without end unless said
};
BOOST_DESCRIBE_STRUCT(NewGrant, (), (role, scope_kind, scope, from, until))

struct NewDeputy {
    PersonId deputy;
    std::optional<json::Text<60>> role;  // all roles unless said
    Instant from;
    Instant until;
};
BOOST_DESCRIBE_STRUCT(NewDeputy, (), (deputy, role, from, until))

// Errors: input.invalid naming the fields ("unknown": what they point at is not there), people.name-taken (a department
// of that name stands beside it), people.login-taken; each writes its audit entry.
Result<DepartmentId> create_department(storage::Transaction& tx, Act const& act, NewDepartment const& in);
Result<OrganisationId> create_organisation(storage::Transaction& tx, Act const& act, RegionBook const& regions,
                                           NewOrganisation const& in);
Result<PersonId> create_person(storage::Transaction& tx, Act const& act, NewPerson const& in);
// Also people.grant-to-oneself (forbidden), people.contact-has-no-roles (conflict).
Result<GrantId> give_role(storage::Transaction& tx, Act const& act, RoleBook const& roles, RegionBook const& regions,
                          PersonId person, NewGrant const& in);
Result<DeputyId> name_deputy(storage::Transaction& tx, Act const& act, RoleBook const& roles, PersonId person,
                             NewDeputy const& in);

// The language a person is spoken to in.
Result<> set_locale(storage::Transaction& tx, Act const& act, PersonId person, Locale locale);

// ---- who holds what ----------------------------------------------------------------------------------------------

// The roles a person holds now: by grant, and in the stead of others. Nobody's, where the person is not active.
Result<std::vector<api::Holding>> holdings(storage::Transaction& tx, PersonId person, Instant now);

struct HeldRole {
    api::Holding holding;
    std::optional<Instant> until;  // when this ends, where it does
};
Result<std::vector<HeldRole>> held_roles(storage::Transaction& tx, PersonId person, Instant now);

// Ends the streams of live updates that the person and whoever stands in for them have open, once this is committed:
// their browsers come back at once, and what they may hear is looked at anew. The event's topic is `rights_topic`.
Result<> rights_changed(storage::Transaction& tx, PersonId person, Instant now);
inline constexpr char const* rights_topic = "rights";

// `session.browser-only` where a token would change its own person: one that leaked must not take them over, say by
// another address for a forgotten password.
Result<> expect_browser_for(api::Call const& call, PersonId person);

// The person as the maker of a call, without session; Kind::unauthorised session.none where they cannot sign in (any
// more).
Result<api::Caller> caller_of(storage::Transaction& tx, PersonId person, Instant now, RoleBook const& roles);

struct Holder {
    PersonId person;
    std::string name;
    api::Holding holding;  // with its scope; deputy_for where held in somebody's stead
};
// All active persons who hold a role now, deputies with them; somebody with two scopes stands there twice.
Result<std::vector<Holder>> holders(storage::Transaction& tx, std::string_view role, Instant now);

// ---- looking them up ---------------------------------------------------------------------------------------------

// Id and name, for showing beside other things; Kind::not_found.
Result<api::Ref> person_ref(storage::Transaction& tx, PersonId id);
Result<api::Ref> department_ref(storage::Transaction& tx, DepartmentId id);
Result<api::Ref> organisation_ref(storage::Transaction& tx, OrganisationId id);
// What a scope points at; nothing for all, or where it is gone.
Result<std::optional<api::Ref>> scope_ref(storage::Transaction& tx, RegionBook const& regions, ScopeKind kind,
                                          std::string const& scope);

// Whole rows; Kind::not_found.
Result<PersonRow> person_row(storage::Transaction& tx, PersonId id, Instant now);
Result<Organisation> organisation(storage::Transaction& tx, RegionBook const& regions, OrganisationId id);

// The person with this login, whatever its case; active or not.
Result<std::optional<PersonId>> person_by_login(storage::Transaction& tx, std::string_view login);
// Whether anybody can sign in at all.
Result<bool> anybody_signs_in(storage::Transaction& tx);
// How logins are compared: folded.
std::string login_key(std::string_view login);

// Type-ahead: those whose name, or telephone number, has all parts of the query in it; names that begin with it first.
Result<std::vector<Organisation>> find_organisations(storage::Transaction& tx, RegionBook const& regions,
                                                     std::string_view query, std::int64_t limit);
Result<std::vector<PersonRow>> find_contacts(storage::Transaction& tx, std::string_view query, std::int64_t limit,
                                             Instant now);

// Whose telephone number this is: active persons (contacts before staff) and organisations.
struct NumberOwners {
    std::vector<PersonId> persons;
    std::vector<OrganisationId> organisations;
};
Result<NumberOwners> owners_of_number(storage::Transaction& tx, std::string_view phone);

// Keeps the telephone numbers an owner is found by: those of `typed`, and no others. `owner_kind` is "person",
// "organisation" or "terminal".
Result<> keep_numbers(storage::Transaction& tx, std::int64_t owner, std::string_view owner_kind,
                      std::optional<std::string> const& typed);

// The same for many owners that are new, some hundred numbers at a time.
class NewNumbers {
  public:
    explicit NewNumbers(std::string owner_kind);
    Result<> add(storage::Transaction& tx, std::int64_t owner, std::optional<std::string> const& typed);
    // Keeps the rest.
    Result<> done(storage::Transaction& tx);

  private:
    std::string owner_kind_;
    storage::Insert into_;
};

// ---- for imports -------------------------------------------------------------------------------------------------

// Whose name it is, for files that say names instead of ids. Names are compared folded.
struct Named {
    std::int64_t id = 0;
    std::string key;     // the folded name
    std::string beside;  // of a person: "ORGANISATION DIGITS"; of a department: the id of the one above it
};
Result<std::vector<Named>> organisations_named(storage::Transaction& tx, std::vector<std::string> const& keys);
Result<std::vector<Named>> all_departments(storage::Transaction& tx);
// Of persons by their logins as keys; contacts and staff without login by their names.
Result<std::vector<Named>> persons_with_logins(storage::Transaction& tx, std::vector<std::string> const& login_keys);
Result<std::vector<Named>> persons_named(storage::Transaction& tx, std::vector<std::string> const& keys);
// What such a person is told apart by: their organisation and the digits of their telephone numbers.
std::string beside_name(std::optional<OrganisationId> organisation, std::optional<std::string> const& phone);

// What an import says anew of somebody or something; what it leaves out stays. Each writes its audit entry where
// anything differs. Errors as of the acts that make them.
struct OrganisationUpdate {
    std::optional<OrganisationKind> kind;
    std::optional<std::string> region;
    std::optional<std::string> address;
    std::optional<std::string> phone;
    std::optional<std::string> note;
};
Result<bool> update_from_file(storage::Transaction& tx, Act const& act, RegionBook const& regions, OrganisationId id,
                              OrganisationUpdate const& in);
struct PersonUpdate {
    std::optional<std::string> name;
    std::optional<DepartmentId> department;
    std::optional<OrganisationId> organisation;
    std::optional<std::string> phone;
    std::optional<std::string> email;
};
Result<bool> update_from_file(storage::Transaction& tx, Act const& act, PersonId id, PersonUpdate const& in);
// The roles a person holds for the whole centre, now or later, without end.
Result<std::vector<std::string>> whole_roles_of(storage::Transaction& tx, PersonId id, Instant now);
// What is wrong with a text as a login or a mail address, as a code of texts ("login"), or nothing.
bool plausible_login(std::string_view key);
bool plausible_email(std::string_view email);

// ---- over HTTP ---------------------------------------------------------------------------------------------------

// What people asks of the slice above it, which keeps passwords, sessions and tokens (domain/access).
struct SignIns {
    // Checks the rules for a new password of this login and hashes it: on the pool, outside of any transaction.
    std::function<Result<std::string>(std::string_view login, Secret const& password)> hash;
    // The person's password from now on; ends their sessions.
    std::function<Result<>(storage::Transaction&, PersonId, std::string const& hash, Instant now)> set_password;
    // The person is out: sessions and tokens end.
    std::function<Result<>(storage::Transaction&, PersonId)> shut_out;
};

struct PeopleParts {
    storage::Database& database;
    IdSource& ids;
    RoleBook const& roles;
    RegionBook const& regions;
    SignIns sign_ins;
};

// Roles, departments, persons with their grants and deputies, organisations (and /customers). The parts' references
// must live as long as the routes.
api::Routes people_routes(PeopleParts const& parts);

// Make a person or an organisation findable by what they are now.
Result<> index_person_again(storage::Transaction& tx, PersonId id);
Result<> index_organisation_again(storage::Transaction& tx, OrganisationId id);

}  // namespace keepword::people
