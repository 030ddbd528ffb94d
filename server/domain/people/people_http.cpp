#include "domain/people/people_http.hpp"

#include "domain/people/people_rules.hpp"
#include "engine/api/idempotency.hpp"

namespace keepword::people {
namespace {

using api::Call;
using api::Nothing;
using storage::Transaction;

struct PersonChange {
    json::Given<json::Text<100>> name;
    json::Given<json::Text<64>> login;
    json::Given<DepartmentId> department;
    json::Given<OrganisationId> organisation;
    json::Given<json::Text<100>> phone;
    json::Given<json::Text<200>> email;
    json::Given<Locale> locale;
    json::Given<bool> active;
};
BOOST_DESCRIBE_STRUCT(PersonChange, (), (name, login, department, organisation, phone, email, locale, active))

struct PasswordOfOther {
    json::Text<200> password;
};
BOOST_DESCRIBE_STRUCT(PasswordOfOther, (), (password))

// A word of a described enum in the query; an input error where it is none, because a filter that is ignored shows too
// much.
template <class E>
Result<std::optional<E>> query_word(Call const& call, std::string const& name) {
    auto const given = call.query.text(name);
    if (given.empty()) return std::optional<E>();
    auto const found = json::from_word<E>(given);
    if (!found) return invalid(name, "choice");
    return found;
}

Result<std::optional<bool>> query_flag(Call const& call, std::string const& name) {
    auto const given = call.query.text(name);
    if (given.empty()) return std::optional<bool>();
    if (given != "true" && given != "false") return invalid(name, "choice");
    return std::optional(given == "true");
}

Result<api::Page<PersonRow>> list(PeopleParts const& parts, Call const& call, Transaction& tx) {
    auto const limit = TRY(call.limit());
    PersonFilter filter{.q = call.query.text("q"), .limit = limit + 1};
    filter.department = TRY(call.query_id<DepartmentTag>("department"));
    filter.organisation = TRY(call.query_id<OrganisationTag>("organisation"));
    filter.kind = TRY(query_word<PersonKind>(call, "kind"));
    filter.active = TRY(query_flag(call, "active"));
    filter.after = TRY(cursor_of(call));
    if (auto const role = call.query.text("role"); !role.empty()) {
        if (parts.roles.find(role) == nullptr) return invalid("role", "choice");
        filter.role = role;
    }
    return page_of(TRY(list_persons(tx, filter, call.now)), limit, [](PersonRow const& row) { return row.id.str(); });
}

Result<Person> change(PeopleParts const& parts, Call const& call, PersonChange const& in, Transaction& tx) {
    auto const id = TRY(call.id<PersonTag>());
    TRY(expect_browser_for(call, id));
    auto const before = TRY(read_person(tx, id));
    TRY(call.expect_version(before.version));
    auto person = before;
    Checks checks;
    set_required(person.name, "name", in.name, checks);
    set(person.login, in.login);
    set(person.department, in.department);
    set(person.organisation, in.organisation);
    set(person.phone, in.phone);
    set(person.email, in.email);
    if (in.locale.value) person.locale = *in.locale.value;
    if (in.active.value) person.active = *in.active.value;
    TRY(checks.done());
    TRY(check_person(tx, person));
    ++person.version;
    TRY(update_person(tx, person));
    if (before.active != person.active || before.organisation != person.organisation || before.login != person.login)
        TRY(rights_changed(tx, id, call.now));
    bool const shut_out = (before.active && !person.active) || (before.login && !person.login);
    if (shut_out) {
        bool was_owner = false;
        for (auto const& grant : TRY(grants_of(tx, id, call.now))) was_owner = was_owner || grant.role == owner_role;
        if (was_owner) TRY(keep_an_owner(tx, call.now));
        TRY(parts.sign_ins.shut_out(tx, id));
    }
    TRY(record(tx, act_of(parts, call), "person.changed", subject("person", id), json::encode(before),
               json::encode(person)));
    return show_person(tx, parts.regions, id, call.now);
}

// On the pool, because a password is hashed before the transaction begins.
Result<api::Reply> create(PeopleParts const& parts, Call& call, NewPerson in) {
    std::optional<std::string> hash;
    if (in.password) {
        auto const password = take_secret(in.password->value, call.body, "password");
        in.password.reset();
        if (!in.login) return invalid("login", "required");
        hash = TRY(parts.sign_ins.hash(in.login->value, password));
    }
    auto const enter = [&](Transaction& tx) -> Result<api::Reply> {
        auto const id = TRY(create_person(tx, act_of(parts, call), in));
        if (hash) TRY(parts.sign_ins.set_password(tx, id, *hash, call.now));
        auto const person = TRY(show_person(tx, parts.regions, id, call.now));
        return api::Reply{.status = 201, .body = json::text_of(person), .version = person.version};
    };
    // What is kept for the key holds no password: it was taken out of the body above.
    return parts.database.write(
        [&](Transaction& tx) { return api::act_once(call, "POST /people", tx, [&] { return enter(tx); }); });
}

Result<Nothing> set_password(PeopleParts const& parts, Call& call, PasswordOfOther in) {
    auto const id = TRY(call.id<PersonTag>());
    auto const password = take_secret(in.password.value, call.body, "password");
    // One's own password asks for the one it replaces: POST /me/password.
    if (id == call.caller.person) return fail(Kind::forbidden, "people.own-password");
    auto const person = TRY(parts.database.read([&](Transaction& tx) { return read_person(tx, id); }));
    if (!person.login) return fail(Kind::conflict, "people.no-login");
    auto const hash = TRY(parts.sign_ins.hash(*person.login, password));
    return parts.database.write([&](Transaction& tx) -> Result<Nothing> {
        TRY(parts.sign_ins.set_password(tx, id, hash, call.now));
        TRY(record(tx, act_of(parts, call), "person.password-set", subject("person", id), nullptr, json::object()));
        return Nothing{};
    });
}

}  // namespace

Result<Person> show_person(Transaction& tx, RegionBook const& regions, PersonId id, Instant now) {
    auto const row = TRY(person_row(tx, id, now));
    Person out{row.id,    row.login, row.name,  row.kind,   row.department, row.organisation,
               row.phone, row.email, row.roles, row.active, row.version};
    out.locale = TRY(read_person(tx, id)).locale;
    for (auto const& grant : TRY(grants_of(tx, id, now))) {
        Grant shown{.id = grant.id, .role = grant.role, .scope_kind = grant.scope_kind, .from = grant.from};
        shown.scope = TRY(scope_ref(tx, regions, grant.scope_kind, grant.scope));
        shown.until = grant.until;
        if (grant.given_by) shown.given_by = TRY(person_ref(tx, *grant.given_by));
        out.grants.push_back(std::move(shown));
    }
    for (auto const& deputy : TRY(deputies_of(tx, id, now))) {
        auto person = TRY(person_ref(tx, deputy.deputy));
        out.deputies.push_back({deputy.id, std::move(person), deputy.role, deputy.from, deputy.until});
    }
    return out;
}

void add_person_routes(api::Routes& routes, PeopleParts const& parts) {
    routes.push_back(api::get("/people",
                              {.right = "people.read",
                               .help = "Persons: who signs in, and contacts who do not",
                               .query = {{"q", "part of name, login, mail address or telephone number"},
                                         {"kind", "staff or contact"},
                                         {"department", "id; with the departments below it"},
                                         {"role", "key of a role held now"},
                                         {"organisation", "id"},
                                         {"active", "true or false"},
                                         {"limit", "1 to 200"},
                                         {"cursor", "next of the page before"}}},
                              [parts](Call const& call, Transaction& tx) { return list(parts, call, tx); }));
    routes.push_back(api::get("/people/{id}", {.right = "people.read", .help = "One person with grants and deputies"},
                              [parts](Call const& call, Transaction& tx) -> Result<Person> {
                                  return show_person(tx, parts.regions, TRY(call.id<PersonTag>()), call.now);
                              }));
    auto enter = api::work<NewPerson>(
        "POST", "/people", {.right = "people.manage", .help = "Enter a person", .status = 201, .step_up = true},
        [parts](Call& call, NewPerson&& in) { return create(parts, call, std::move(in)); });
    enter.reply = [](json::object& components) { return json::schema<Person>(components); };
    routes.push_back(std::move(enter));
    routes.push_back(api::patch<PersonChange>(
        "/people/{id}",
        {.right = "people.manage", .help = "Change a person; not active ends all sessions and tokens", .step_up = true},
        [parts](Call const& call, PersonChange const& in, Transaction& tx) { return change(parts, call, in, tx); }));
    routes.push_back(api::work<PasswordOfOther>(
        "POST", "/people/{id}/password",
        {.right = "people.manage",
         .help = "Set somebody's password; ends their sessions",
         .keep_answer = false,
         .step_up = true},
        [parts](Call& call, PasswordOfOther&& in) { return set_password(parts, call, std::move(in)); }));
    routes.push_back(api::get(
        "/organisations/{id}/contacts",
        {.right = "people.read",
         .help = "An organisation's contacts",
         .query = {{"limit", "1 to 200"}, {"cursor", "next of the page before"}}},
        [](Call const& call, Transaction& tx) -> Result<api::Page<PersonRow>> {
            auto const limit = TRY(call.limit());
            auto const id = TRY(call.id<OrganisationTag>());
            TRY(organisation_ref(tx, id));
            auto const after = TRY(cursor_of(call));
            PersonFilter const filter{
                .organisation = id, .kind = PersonKind::contact, .active = true, .after = after, .limit = limit + 1};
            return page_of(TRY(list_persons(tx, filter, call.now)), limit,
                           [](PersonRow const& row) { return row.id.str(); });
        }));
}

api::Routes people_routes(PeopleParts const& parts) {
    api::Routes routes;
    add_person_routes(routes, parts);
    add_grant_routes(routes, parts);
    add_unit_routes(routes, parts);
    return routes;
}

}  // namespace keepword::people
