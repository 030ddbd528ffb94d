#include <unordered_map>

#include "domain/import/resolving.hpp"

// Rows become things, by the slices' own acts. What is there gets what the file says; an empty cell says nothing.
namespace keepword::imports {
namespace {

constexpr std::int64_t told_every = 500;
constexpr std::int64_t many = 1'000;

// Values of a row as the slices take them.
class Values {
  public:
    Values(Sheet const& sheet, Row const& row) : sheet_(sheet), row_(row) {}

    std::optional<std::string> text(std::string_view key) const {
        auto const& value = sheet_.value(row_, key);
        return value.given() ? std::optional(value.text) : std::nullopt;
    }
    template <std::size_t Max>
    std::optional<json::Text<Max>> limited(std::string_view key) const {
        auto const& value = sheet_.value(row_, key);
        return value.given() ? std::optional(json::Text<Max>{value.text}) : std::nullopt;
    }
    template <std::size_t Max>
    json::Text<Max> needed(std::string_view key) const {
        return {sheet_.value(row_, key).text};
    }
    template <class Tag>
    std::optional<Id<Tag>> id(std::string_view key) const {
        auto const& value = sheet_.value(row_, key);
        return value.given() ? std::optional(Id<Tag>{value.id}) : std::nullopt;
    }
    template <class E>
    std::optional<E> word(std::string_view key) const {
        auto const& value = sheet_.value(row_, key);
        return value.given() ? json::from_word<E>(value.text) : std::nullopt;
    }
    std::optional<Day> day(std::string_view key) const {
        auto const& value = sheet_.value(row_, key);
        auto const day = value.given() ? Day::parse(value.text) : fail(Kind::invalid, "time.day");
        return day ? std::optional(*day) : std::nullopt;
    }

  private:
    Sheet const& sheet_;
    Row const& row_;
};

using people::OrganisationTag;

class Writer {
  public:
    Writer(Sheet const& sheet, Centre const& centre, std::function<void(std::int64_t)> const& step)
        : sheet_(sheet),
          centre_(centre),
          step_(step),
          // Who holds which rights is told one by one, however many there are.
          act_{.by = centre.by,
               .now = centre.now,
               .ids = centre.ids,
               .in_bulk = sheet.kind->kind != ImportKind::people} {}

    Result<Written> write() {
        if (sheet_.kind->kind == ImportKind::terminals) {
            TRY(terminals());
            return written_;
        }
        if (sheet_.kind->kind == ImportKind::assets) {
            for (auto const at : parents_first(sheet_).value_or(std::vector<std::size_t>())) {
                TRY(asset(at));
                count();
            }
            return written_;
        }
        for (auto const& row : sheet_.rows) {
            switch (sheet_.kind->kind) {
                case ImportKind::customers:
                    TRY(organisation(row));
                    break;
                case ImportKind::sites:
                    TRY(site(row));
                    break;
                default:
                    TRY(person(row));
                    break;
            }
            count();
        }
        return written_;
    }

  private:
    void count() {
        if (++done_ % told_every == 0) step_(done_);
    }
    void changed(bool something) { ++(something ? written_.updated : written_.unchanged); }

    Result<> organisation(Row const& row) {
        Values const v(sheet_, row);
        if (row.there != 0) {
            people::OrganisationUpdate const update{.kind = v.word<people::OrganisationKind>("kind"),
                                                    .region = v.text("region"),
                                                    .address = v.text("address"),
                                                    .phone = v.text("phone"),
                                                    .note = v.text("note")};
            changed(TRY(people::update_from_file(centre_.tx, act_, centre_.regions, people::OrganisationId{row.there},
                                                 update)));
            return {};
        }
        TRY(people::create_organisation(
            centre_.tx, act_, centre_.regions,
            {.name = v.needed<200>("name"),
             .kind = v.word<people::OrganisationKind>("kind").value_or(people::OrganisationKind::customer),
             .region = v.limited<12>("region"),
             .address = v.limited<300>("address"),
             .phone = v.limited<100>("phone"),
             .note = v.limited<2000>("note")}));
        ++written_.created;
        return {};
    }

    Result<> site(Row const& row) {
        Values const v(sheet_, row);
        if (row.there != 0) {
            changed(TRY(place::update_from_file(centre_.tx, act_, centre_.regions, place::SiteId{row.there},
                                                {.region = v.text("region"), .address = v.text("address")})));
            return {};
        }
        TRY(place::create_site(centre_.tx, act_, centre_.regions,
                               {.name = v.needed<200>("name"),
                                .organisation = v.id<OrganisationTag>("organisation"),
                                .region = v.limited<12>("region"),
                                .address = v.limited<300>("address")}));
        ++written_.created;
        return {};
    }

    Result<> asset(std::size_t at) {
        auto const& row = sheet_.rows[at];
        Values const v(sheet_, row);
        auto parent = v.id<place::AssetTag>("parent");
        if (parent && parent->value < -1) parent = made_.at(static_cast<std::size_t>(-2 - parent->value));
        if (row.there != 0) {
            made_[at] = place::AssetId{row.there};
            place::AssetUpdate const update{.name = v.text("name"),
                                            .class_ = v.text("class"),
                                            .model = v.text("model"),
                                            .ip = v.text("ip"),
                                            .site = v.id<place::SiteTag>("site"),
                                            .organisation = v.id<OrganisationTag>("organisation"),
                                            .parent = parent};
            changed(TRY(place::update_from_file(centre_.tx, act_, made_[at], update)));
            return {};
        }
        made_[at] = TRY(place::create_asset(centre_.tx, act_,
                                            {.name = v.needed<200>("name"),
                                             .class_ = v.needed<40>("class"),
                                             .model = v.limited<100>("model"),
                                             .serial = v.limited<100>("serial"),
                                             .ip = v.limited<60>("ip"),
                                             .site = v.id<place::SiteTag>("site"),
                                             .organisation = v.id<OrganisationTag>("organisation"),
                                             .parent = parent}));
        ++written_.created;
        return {};
    }

    Result<> person(Row const& row) {
        Values const v(sheet_, row);
        auto id = PersonId{row.there};
        if (id) {
            people::PersonUpdate const update{.name = v.text("name"),
                                              .department = v.id<people::DepartmentTag>("department"),
                                              .organisation = v.id<OrganisationTag>("organisation"),
                                              .phone = v.text("phone"),
                                              .email = v.text("email")};
            bool const differs = TRY(people::update_from_file(centre_.tx, act_, id, update));
            changed(TRY(give_roles(id, v)) || differs);
            return {};
        }
        auto const kind = v.text("login") ? people::PersonKind::staff : people::PersonKind::contact;
        id = TRY(people::create_person(centre_.tx, act_,
                                       {.name = v.needed<100>("name"),
                                        .kind = v.word<people::PersonKind>("kind").value_or(kind),
                                        .login = v.limited<64>("login"),
                                        .password = {},
                                        .department = v.id<people::DepartmentTag>("department"),
                                        .organisation = v.id<OrganisationTag>("organisation"),
                                        .phone = v.limited<100>("phone"),
                                        .email = v.limited<200>("email"),
                                        .locale = {}}));
        TRY(give_roles(id, v));
        ++written_.created;
        return {};
    }

    // Those the person does not hold yet; none is taken away.
    Result<bool> give_roles(PersonId id, Values const& v) {
        auto const wanted = v.text("roles");
        if (!wanted) return false;
        auto const held = TRY(people::whole_roles_of(centre_.tx, id, centre_.now));
        bool given = false;
        for (auto const& role : roles_of(centre_.roles, *wanted).keys) {
            if (std::find(held.begin(), held.end(), role) != held.end()) continue;
            TRY(people::give_role(centre_.tx, act_, centre_.roles, centre_.regions, id, {.role = {role}}));
            given = true;
        }
        return given;
    }

    // Over what is there, which is nothing for a new one.
    place::TerminalRecord terminal(Row const& row, place::TerminalRecord record) const {
        Values const v(sheet_, row);
        auto const put = [](auto& to, auto given) {
            if (given) to = std::move(given);
        };
        put(record.model, v.text("model"));
        put(record.customer_name, v.text("customer_name"));
        put(record.phone, v.text("phone"));
        put(record.address, v.text("address"));
        put(record.region, v.text("region"));
        put(record.organisation, v.id<OrganisationTag>("organisation"));
        put(record.site, v.id<place::SiteTag>("site"));
        put(record.installed_on, v.day("installed_on"));
        put(record.note, v.text("note"));
        record.kind = v.word<place::TerminalKind>("kind").value_or(record.kind);
        record.state = v.word<place::TerminalState>("state").value_or(record.state);
        return record;
    }

    Result<> terminals() {
        std::vector<std::string> keys;
        for (auto const& row : sheet_.rows) {
            if (row.there != 0) keys.push_back(identity(sheet_, row));
        }
        std::unordered_map<std::int64_t, place::TerminalRecord> there;
        for (auto& record : TRY(place::terminals_of(centre_.tx, keys))) there.emplace(record.id.value, record);
        constexpr std::size_t at_once = 2'000;
        std::vector<place::TerminalRecord> fresh;
        auto const add = [&]() -> Result<> {
            TRY(place::add_terminals(centre_.tx, fresh));
            fresh.clear();
            return {};
        };
        for (auto const& row : sheet_.rows) {
            if (row.there != 0) {
                auto const& before = there.at(row.there);
                changed(TRY(place::replace_terminal(centre_.tx, act_, before, terminal(row, before))));
            } else {
                place::TerminalRecord const blank{.id = centre_.ids.next<place::TerminalTag>(),
                                                  .serial = sheet_.value(row, "serial").text};
                fresh.push_back(terminal(row, blank));
                ++written_.created;
            }
            if (fresh.size() >= at_once) TRY(add());
            count();
        }
        TRY(add());
        return written_.created >= many ? place::terminals_grew(centre_.tx) : Result<>();
    }

    Sheet const& sheet_;
    Centre const& centre_;
    std::function<void(std::int64_t)> const& step_;
    people::Act const act_;
    Written written_;
    std::int64_t done_ = 0;
    std::unordered_map<std::size_t, place::AssetId> made_;  // by the row's place
};

}  // namespace

Result<Written> write(Sheet const& sheet, Centre const& centre, std::function<void(std::int64_t)> const& step) {
    return Writer(sheet, centre, step).write();
}

}  // namespace keepword::imports
