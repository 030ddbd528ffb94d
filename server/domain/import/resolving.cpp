#include "domain/import/resolving.hpp"

#include <algorithm>
#include <unordered_map>

// Names become ids. Every kind of name is asked for once, all of them together: a file of a hundred thousand rows names
// a few dozen organisations.
namespace keepword::imports {
namespace {

using Ids = std::unordered_multimap<std::string, std::int64_t>;

class Resolver {
  public:
    Resolver(Sheet& sheet, Centre const& centre, Errors& errors) : sheet_(sheet), centre_(centre), errors_(errors) {}

    Result<> names() {
        TRY(organisations());
        TRY(departments());
        TRY(sites());
        if (has("parent")) TRY(parents());
        return {};
    }
    Result<> find_there(bool update);
    void required();

  private:
    bool has(std::string_view key) const { return sheet_.field(key) < sheet_.kind->fields.size(); }
    void wrong(Row const& row, std::string_view key, std::string code, Errors::Params params = {}) {
        auto at = sheet_.place(row, key);
        params.emplace_back("value", at.value);
        errors_.add(std::move(at), std::move(code), std::move(params));
    }
    std::vector<std::string> distinct(std::string_view key) const;
    // The only one of a name, or what is wrong with it.
    void take(Row const& row, std::string_view key, Value& value, Ids const& ids, char const* none);
    Result<> organisations();
    Result<> departments();
    Result<> sites();
    Result<> parents();
    Result<std::unordered_map<std::string, std::int64_t>> there();
    Result<> there_people(std::unordered_map<std::string, std::int64_t>& out);

    Sheet& sheet_;
    Centre const& centre_;
    Errors& errors_;
};

std::vector<std::string> Resolver::distinct(std::string_view key) const {
    std::vector<std::string> out;
    auto const index = sheet_.field(key);
    for (auto const& row : sheet_.rows) {
        if (row.values[index].given()) out.push_back(row.values[index].text);
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    for (auto& text : out) text = text::fold(text);
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

void Resolver::take(Row const& row, std::string_view key, Value& value, Ids const& ids, char const* none) {
    auto const [first, last] = ids.equal_range(text::fold(value.text));
    auto const count = std::distance(first, last);
    if (count == 1) {
        value.id = first->second;
        return;
    }
    wrong(row, key, count == 0 ? none : "import.ambiguous");
    value = Value::spoilt();
}

Result<> Resolver::organisations() {
    if (!has("organisation")) return {};
    Ids ids;
    auto const names = distinct("organisation");
    for (auto const& one : TRY(people::organisations_named(centre_.tx, names))) ids.emplace(one.key, one.id);
    // Where no name fits, a number of that many digits is an id.
    for (auto const& name : names) {
        auto const id = Id<people::OrganisationTag>::parse(name);
        if (!id || name.size() < 12 || ids.contains(name)) continue;
        auto const found = people::organisation_ref(centre_.tx, *id);
        if (found) ids.emplace(name, id->value);
        if (!found && found.error().kind != Kind::not_found) return std::unexpected(found.error());
    }
    for (auto& row : sheet_.rows) {
        auto& value = sheet_.value(row, "organisation");
        if (value.given()) take(row, "organisation", value, ids, "import.organisation");
    }
    return {};
}

Result<> Resolver::departments() {
    if (!has("department")) return {};
    Ids ids;
    for (auto const& one : TRY(people::all_departments(centre_.tx))) ids.emplace(one.key, one.id);
    for (auto& row : sheet_.rows) {
        auto& value = sheet_.value(row, "department");
        if (value.given()) take(row, "department", value, ids, "import.department");
    }
    return {};
}

// A site's name is its own within an organisation only: where the row names one, its site is meant.
Result<> Resolver::sites() {
    if (!has("site")) return {};
    Ids any;
    Ids within;
    for (auto const& one : TRY(place::sites_named(centre_.tx, distinct("site")))) {
        any.emplace(one.key, one.id.value);
        if (one.organisation) within.emplace(one.organisation->str() + " " + one.key, one.id.value);
    }
    for (auto& row : sheet_.rows) {
        auto& value = sheet_.value(row, "site");
        if (!value.given()) continue;
        auto const& organisation = sheet_.value(row, "organisation");
        auto const own = within.find(std::to_string(organisation.id) + " " + text::fold(value.text));
        if (own != within.end() && within.count(own->first) == 1)
            value.id = own->second;
        else
            take(row, "site", value, any, "import.site");
    }
    return {};
}

// A parent is there already, or stands in the same file: then its id is the row's number, negative and one lower than
// what is spoilt.
Result<> Resolver::parents() {
    Ids serials;
    Ids names;
    for (auto const& one : TRY(place::all_assets(centre_.tx))) {
        if (!one.serial.empty()) serials.emplace(one.serial, one.id.value);
        names.emplace(one.key, one.id.value);
    }
    Ids own_serials;
    Ids own_names;
    for (std::size_t i = 0; i < sheet_.rows.size(); ++i) {
        auto const& row = sheet_.rows[i];
        auto const place = -2 - static_cast<std::int64_t>(i);
        auto const serial = place::serial_key(sheet_.value(row, "serial").text);
        if (!serial.empty() && !serials.contains(serial)) own_serials.emplace(serial, place);
        auto const name = text::fold(sheet_.value(row, "name").text);
        if (!names.contains(name)) own_names.emplace(name, place);
    }
    for (auto& row : sheet_.rows) {
        auto& value = sheet_.value(row, "parent");
        if (!value.given()) continue;
        auto const serial = place::serial_key(value.text);
        for (auto const* ids : {&serials, &own_serials}) {
            if (value.id == 0 && ids->count(serial) == 1) value.id = ids->find(serial)->second;
        }
        if (value.id != 0) continue;
        auto const name = text::fold(value.text);
        take(row, "parent", value, names.contains(name) ? names : own_names, "import.asset");
    }
    if (!parents_first(sheet_)) {
        for (auto const& row : sheet_.rows) {
            if (sheet_.value(row, "parent").id < -1) {
                wrong(row, "parent", "import.circle");
                break;
            }
        }
    }
    return {};
}

// Which identities are there already.
Result<std::unordered_map<std::string, std::int64_t>> Resolver::there() {
    std::unordered_map<std::string, std::int64_t> out;
    switch (sheet_.kind->kind) {
        case ImportKind::terminals: {
            std::vector<std::string> keys;
            for (auto const& row : sheet_.rows) {
                if (auto key = identity(sheet_, row); !key.empty()) keys.push_back(std::move(key));
            }
            for (auto const& one : TRY(place::terminals_of(centre_.tx, keys)))
                out.emplace(place::serial_key(one.serial), one.id.value);
            break;
        }
        case ImportKind::assets:
            for (auto const& one : TRY(place::all_assets(centre_.tx))) {
                if (!one.serial.empty()) out.emplace(one.serial, one.id.value);
            }
            break;
        case ImportKind::sites:
            for (auto const& one : TRY(place::sites_named(centre_.tx, distinct("name"))))
                out.emplace(std::to_string(one.organisation.value_or(people::OrganisationId{}).value) + " " + one.key,
                            one.id.value);
            break;
        case ImportKind::customers:
            for (auto const& one : TRY(people::organisations_named(centre_.tx, distinct("name"))))
                out.emplace(one.key, one.id);
            break;
        case ImportKind::people:
            TRY(there_people(out));
            break;
    }
    return out;
}

Result<> Resolver::there_people(std::unordered_map<std::string, std::int64_t>& out) {
    for (auto const& one : TRY(people::persons_with_logins(centre_.tx, distinct("login"))))
        out.emplace("login " + one.key, one.id);
    for (auto const& one : TRY(people::persons_named(centre_.tx, distinct("name"))))
        out.emplace("name " + one.key + " " + one.beside, one.id);
    return {};
}

char const* identity_field(ImportKind kind, Sheet const& sheet, Row const& row) {
    if (kind == ImportKind::terminals || kind == ImportKind::assets) return "serial";
    if (kind == ImportKind::people && sheet.value(row, "login").given()) return "login";
    return "name";
}

Result<> Resolver::find_there(bool update) {
    auto const known = TRY(there());
    std::unordered_map<std::string, std::int64_t> seen;
    for (auto& row : sheet_.rows) {
        auto const key = identity(sheet_, row);
        if (key.empty()) continue;
        auto const* const field = identity_field(sheet_.kind->kind, sheet_, row);
        auto const [before, fresh] = seen.emplace(key, row.number);
        if (!fresh) wrong(row, field, "import.twice", {{"row", std::to_string(before->second)}});
        auto const found = known.find(key);
        if (found == known.end()) continue;
        row.there = found->second;
        if (!update) wrong(row, field, "import.there");
    }
    return {};
}

void Resolver::required() {
    for (auto const& row : sheet_.rows) {
        for (std::size_t i = 0; i < sheet_.kind->fields.size(); ++i) {
            auto const& field = sheet_.kind->fields[i];
            auto const& value = row.values[i];
            // What is there already has it.
            if (field.required && !value.given() && !value.is_spoilt() && row.there == 0)
                errors_.add(sheet_.place(row.number, i), "import.required");
        }
        if (sheet_.kind->kind != ImportKind::people) continue;
        bool const contact = sheet_.value(row, "kind").text == "contact" ||
                             (!sheet_.value(row, "kind").given() && !sheet_.value(row, "login").given());
        if (contact && sheet_.value(row, "login").given()) wrong(row, "login", "import.contact-login");
        if (contact && sheet_.value(row, "roles").given()) wrong(row, "roles", "import.contact-roles");
        if (row.there != 0 && row.there == centre_.by.value && sheet_.value(row, "roles").given())
            wrong(row, "roles", "import.own-roles");
    }
}

}  // namespace

std::string identity(Sheet const& sheet, Row const& row) {
    switch (sheet.kind->kind) {
        case ImportKind::terminals:
        case ImportKind::assets:
            return place::serial_key(sheet.value(row, "serial").text);
        case ImportKind::customers:
            return text::fold(sheet.value(row, "name").text);
        case ImportKind::sites: {
            auto const& name = sheet.value(row, "name");
            return name.given() ? std::to_string(sheet.value(row, "organisation").id) + " " + text::fold(name.text)
                                : "";
        }
        case ImportKind::people: {
            auto const& login = sheet.value(row, "login");
            if (login.given()) return "login " + people::login_key(login.text);
            auto const& name = sheet.value(row, "name");
            if (!name.given()) return {};
            people::OrganisationId const organisation{sheet.value(row, "organisation").id};
            return "name " + text::fold(name.text) + " " +
                   people::beside_name(organisation ? std::optional(organisation) : std::nullopt,
                                       sheet.value(row, "phone").text);
        }
    }
    return {};
}

std::optional<std::vector<std::size_t>> parents_first(Sheet const& sheet) {
    enum class Mark : char { none, under_way, done };
    std::vector<Mark> marks(sheet.rows.size(), Mark::none);
    std::vector<std::size_t> out;
    auto const index = sheet.field("parent");
    for (std::size_t first = 0; first < sheet.rows.size(); ++first) {
        // Up to one that is done, then down again.
        std::vector<std::size_t> way;
        for (auto at = first; marks[at] != Mark::done;) {
            if (marks[at] == Mark::under_way) return std::nullopt;
            marks[at] = Mark::under_way;
            way.push_back(at);
            auto const parent = sheet.rows[at].values[index].id;
            if (parent >= -1) break;
            at = static_cast<std::size_t>(-2 - parent);
        }
        for (; !way.empty(); way.pop_back()) {
            marks[way.back()] = Mark::done;
            out.push_back(way.back());
        }
    }
    return out;
}

Result<> resolve(Sheet& sheet, Centre const& centre, bool update, Errors& errors) {
    Resolver resolver(sheet, centre, errors);
    TRY(resolver.names());
    TRY(resolver.find_there(update));
    resolver.required();
    return {};
}

}  // namespace keepword::imports
