#include "domain/people/people_store.hpp"

#include <map>

#include "domain/people/phone.hpp"
#include "engine/search/search.hpp"

namespace keepword::people {
namespace {

std::optional<api::Ref> ref_at(storage::Row const& row, std::size_t id, std::size_t name) {
    if (row.null(id)) return std::nullopt;
    return api::Ref{std::to_string(row.integer(id)), row.text(name)};
}

constexpr storage::Sql rows_head =
    "SELECT p.id, p.login, p.name, p.kind, d.id, d.name, o.id, o.name, p.phone, p.email, p.active, p.version "
    "FROM person p LEFT JOIN department d ON d.id = p.department LEFT JOIN organisation o ON o.id = p.organisation";

PersonRow row_of(storage::Row const& row) {
    return {.id = row.id<PersonTag>(0),
            .login = row.optional_text(1),
            .name = row.text(2),
            .kind = row.word<PersonKind>(3),
            .department = ref_at(row, 4, 5),
            .organisation = ref_at(row, 6, 7),
            .phone = row.optional_text(8),
            .email = row.optional_text(9),
            .active = row.flag(10),
            .version = row.integer(11)};
}

// The roles of all rows of a page by one query.
Result<> add_roles(storage::Transaction& tx, std::vector<PersonRow>& rows, Instant now) {
    std::vector<PersonId> ids;
    for (auto const& row : rows) ids.push_back(row.id);
    storage::Select select("SELECT DISTINCT person, role FROM role_grant");
    select.where_in("person", ids)
        .where("valid_from <= ?", now)
        .where("valid_until IS NULL OR valid_until > ?", now)
        .end("ORDER BY role");
    std::map<PersonId, std::vector<std::string>> roles;
    for (auto const& row : TRY(tx.query(select))) roles[row.id<PersonTag>(0)].push_back(row.text(1));
    for (auto& row : rows) row.roles = std::move(roles[row.id]);
    return {};
}

void add_query(storage::Select& select, std::string const& q) {
    auto const digits = digits_of_query(q);
    if (!digits.empty()) {
        auto const pattern = storage::contains(digits);
        select.where(
            "p.name_key LIKE ? ESCAPE '\\' OR p.login_key LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM "
            "phone_number n WHERE n.owner = p.id AND n.digits LIKE ? ESCAPE '\\')",
            pattern, pattern, pattern);
        return;
    }
    for (auto const& pattern : search_patterns(q)) {
        select.where(
            "p.name_key LIKE ? ESCAPE '\\' OR p.login_key LIKE ? ESCAPE '\\' OR lower(p.email) LIKE ? ESCAPE "
            "'\\' OR o.name_key LIKE ? ESCAPE '\\'",
            pattern, pattern, pattern, pattern);
    }
}

}  // namespace

std::string begins(std::string_view wanted) {
    return storage::contains(text::fold(text::trim(wanted))).substr(1);
}

Result<PersonRecord> read_person(storage::Transaction& tx, PersonId id) {
    auto const row =
        TRY(tx.one("SELECT id, kind, login, name, department, organisation, phone, email, locale, active, "
                   "version FROM person WHERE id = ?",
                   id));
    if (!row) return fail(Kind::not_found, "not-found");
    return PersonRecord{.id = row->id<PersonTag>(0),
                        .kind = row->word<PersonKind>(1),
                        .login = row->optional_text(2),
                        .name = row->text(3),
                        .department = row->optional_id<DepartmentTag>(4),
                        .organisation = row->optional_id<OrganisationTag>(5),
                        .phone = row->optional_text(6),
                        .email = row->optional_text(7),
                        .locale = row->word<Locale>(8),
                        .active = row->flag(9),
                        .version = row->integer(10)};
}

namespace {

Result<> index_person(storage::Transaction& tx, PersonRecord const& p) {
    std::string body;
    for (auto const& part : {p.login, p.phone, p.email}) body += part.value_or("") + " ";
    if (p.organisation) {
        auto const row = TRY(tx.one("SELECT name FROM organisation WHERE id = ?", *p.organisation));
        if (row) body += row->text(0);
    }
    return search::index(
        tx,
        {.kind = "person", .id = p.id.value, .title = p.name, .body = body, .marks = {"person"}, .names = {p.name}});
}

}  // namespace

Result<> index_person_again(storage::Transaction& tx, PersonId id) {
    return index_person(tx, TRY(read_person(tx, id)));
}

Result<> insert_person(storage::Transaction& tx, PersonRecord const& p) {
    std::optional<std::string> const key = p.login ? std::optional(login_key(*p.login)) : std::nullopt;
    TRY(
        tx.execute("INSERT INTO person (id, kind, login, login_key, name, name_key, department, organisation, phone, "
                   "email, locale, active, version) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   p.id, p.kind, p.login, key, p.name, text::fold(p.name), p.department, p.organisation, p.phone,
                   p.email, p.locale, p.active, p.version));
    TRY(index_person(tx, p));
    return keep_numbers(tx, p.id.value, "person", p.phone);
}

Result<> update_person(storage::Transaction& tx, PersonRecord const& p) {
    std::optional<std::string> const key = p.login ? std::optional(login_key(*p.login)) : std::nullopt;
    TRY(tx.execute(
        "UPDATE person SET login = ?, login_key = ?, name = ?, name_key = ?, department = ?, organisation = ?, "
        "phone = ?, email = ?, locale = ?, active = ?, version = ? WHERE id = ?",
        p.login, key, p.name, text::fold(p.name), p.department, p.organisation, p.phone, p.email, p.locale, p.active,
        p.version, p.id));
    TRY(index_person(tx, p));
    return keep_numbers(tx, p.id.value, "person", p.phone);
}

Result<> touch_person(storage::Transaction& tx, PersonId id) {
    TRY(tx.execute("UPDATE person SET version = version + 1 WHERE id = ?", id));
    return {};
}

Result<bool> login_taken(storage::Transaction& tx, std::string_view key, PersonId by_other_than) {
    auto const row = TRY(tx.one("SELECT id FROM person WHERE login_key = ?", key));
    return row.has_value() && row->id<PersonTag>(0) != by_other_than;
}

Result<> keep_numbers(storage::Transaction& tx, std::int64_t owner, std::string_view owner_kind,
                      std::optional<std::string> const& typed) {
    TRY(tx.execute("DELETE FROM phone_number WHERE owner = ?", owner));
    for (auto const& digits : phone_numbers(typed.value_or(""))) {
        TRY(tx.execute("INSERT INTO phone_number (owner, owner_kind, digits, tail) VALUES (?,?,?,?)", owner, owner_kind,
                       digits, phone_tail(digits)));
    }
    return {};
}

Result<std::vector<PersonRow>> list_persons(storage::Transaction& tx, PersonFilter const& filter, Instant now) {
    storage::Select select(rows_head);
    add_query(select, filter.q);
    if (filter.department) {
        select.where(
            "p.department IN (WITH RECURSIVE below (id) AS (SELECT CAST(? AS BIGINT) UNION SELECT c.id FROM "
            "department c JOIN below b ON c.parent = b.id) SELECT id FROM below)",
            *filter.department);
    }
    if (filter.organisation) select.where("p.organisation = ?", *filter.organisation);
    if (filter.kind) select.where("p.kind = ?", *filter.kind);
    if (filter.active) select.where("p.active = ?", *filter.active);
    if (filter.role) {
        select.where(
            "EXISTS (SELECT 1 FROM role_grant g WHERE g.person = p.id AND g.role = ? AND g.valid_from <= ? AND "
            "(g.valid_until IS NULL OR g.valid_until > ?))",
            *filter.role, now, now);
    }
    if (filter.by_name) {
        select.end("ORDER BY CASE WHEN p.name_key LIKE ? ESCAPE '\\' THEN 0 ELSE 1 END, p.id LIMIT ?", begins(filter.q),
                   filter.limit);
    } else {
        select.where("p.id > ?", filter.after).end("ORDER BY p.id LIMIT ?", filter.limit);
    }
    std::vector<PersonRow> rows;
    for (auto const& row : TRY(tx.query(select))) rows.push_back(row_of(row));
    TRY(add_roles(tx, rows, now));
    return rows;
}

Result<PersonRow> person_row(storage::Transaction& tx, PersonId id, Instant now) {
    storage::Select select(rows_head);
    select.where("p.id = ?", id);
    auto const found = TRY(tx.query(select));
    if (found.empty()) return fail(Kind::not_found, "not-found");
    std::vector<PersonRow> rows{row_of(found.front())};
    TRY(add_roles(tx, rows, now));
    return std::move(rows.front());
}

Result<api::Ref> person_ref(storage::Transaction& tx, PersonId id) {
    auto const row = TRY(tx.one("SELECT name FROM person WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return api::Ref{id.str(), row->text(0)};
}

std::string login_key(std::string_view login) {
    return text::fold(text::trim(login));
}

Result<std::optional<PersonId>> person_by_login(storage::Transaction& tx, std::string_view login) {
    auto const row = TRY(tx.one("SELECT id FROM person WHERE login_key = ?", login_key(login)));
    return row ? std::optional(row->id<PersonTag>(0)) : std::nullopt;
}

Result<bool> anybody_signs_in(storage::Transaction& tx) {
    return TRY(tx.one("SELECT 1 FROM person WHERE login_key IS NOT NULL LIMIT 1")).has_value();
}

Result<std::vector<PersonRow>> find_contacts(storage::Transaction& tx, std::string_view query, std::int64_t limit,
                                             Instant now) {
    return list_persons(
        tx, {.q = std::string(query), .kind = PersonKind::contact, .active = true, .limit = limit, .by_name = true},
        now);
}

Result<NumberOwners> owners_of_number(storage::Transaction& tx, std::string_view phone) {
    NumberOwners owners;
    auto const numbers = phone_numbers(phone);
    if (numbers.empty()) return owners;
    auto const& digits = numbers.front();
    // Contacts come before staff: a number that both have is more likely the customer's.
    for (auto const& row :
         TRY(tx.query("SELECT n.owner, n.owner_kind, n.digits FROM phone_number n LEFT JOIN person p ON "
                      "p.id = n.owner WHERE n.tail = ? AND (n.owner_kind = 'organisation' OR "
                      "(n.owner_kind = 'person' AND p.active = 1)) "
                      "ORDER BY p.kind, n.owner LIMIT 200",
                      phone_tail(digits)))) {
        if (!same_line(digits, row.text(2))) continue;
        if (row.text(1) == "person") {
            owners.persons.push_back(row.id<PersonTag>(0));
        } else {
            owners.organisations.push_back(row.id<OrganisationTag>(0));
        }
    }
    return owners;
}

}  // namespace keepword::people
