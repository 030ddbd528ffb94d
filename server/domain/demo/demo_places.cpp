#include <algorithm>

#include "domain/demo/demo_inside.hpp"
#include "domain/place/place.hpp"

namespace keepword::demo {
namespace {

constexpr std::int64_t wanted_sites = 300;
constexpr std::int64_t wanted_assets = 2'000;

Contact make_contact_details(Material const& material, Dice& dice, std::string const& domain) {
    auto const& names = material.demo.at("names");
    auto const& surname = dice.pick(names.at("surnames").as_array()).as_array();
    auto const& given = dice.pick(names.at(dice.chance(50) ? "male" : "female").as_array()).as_array();
    auto const text = [](json::value const& v) { return std::string(v.as_string()); };
    return {.person = {},
            .name = text(surname[0]) + text(given[0]),
            .phone = dice.digits(text_at(material.demo.at("phones"), "mobile")),
            .email = text(surname[1]) + text(given[1]) + "@" + domain};
}

Result<> make_contacts(storage::Transaction& tx, people::Act const& act, World const& world, Customer& customer,
                       std::string const& domain, Dice& dice) {
    auto const count = dice.between(2, 3);
    for (std::int64_t i = 0; i < count; ++i) {
        auto contact = make_contact_details(world.material, dice, domain);
        contact.person = TRY(people::create_person(tx, act,
                                                   {.name = {contact.name},
                                                    .kind = people::PersonKind::contact,
                                                    .login = {},
                                                    .password = {},
                                                    .department = {},
                                                    .organisation = customer.id,
                                                    .phone = json::Text<100>{contact.phone},
                                                    .email = json::Text<200>{contact.email},
                                                    .locale = {}}));
        customer.contacts.push_back(std::move(contact));
    }
    return {};
}

// A county's name as it stands inside a site's name: without the last 县, 区 or 市 where enough is left.
std::string short_county(std::string const& name) {
    return text::length(name) > 2 ? std::string(text::head(name, text::length(name) - 1)) : name;
}

Result<> add_site(storage::Transaction& tx, Parts const& parts, people::Act const& act, Customer& customer,
                  std::string const& name, County const& county, Made& made) {
    auto const id = TRY(place::create_site(tx, act, parts.regions,
                                           {.name = {name},
                                            .organisation = customer.id,
                                            .region = json::Text<12>{county.code},
                                            .address = json::Text<300>{county.city + county.name}}));
    customer.places.push_back({cases::OtherId{id.value}, name, {}});
    ++made.sites;
    return {};
}

Result<> make_sites(storage::Transaction& tx, Parts const& parts, people::Act const& act, World const& world,
                    Customer& customer, County const& home, Made& made) {
    auto const* sector = world.material.demo.at("sectors").as_object().if_contains(customer.sector);
    if (sector == nullptr) return fail(Kind::internal, "demo.sector", customer.sector);
    for (auto const& pattern : sector->at("sites").as_array()) {
        std::string const text(pattern.as_string());
        bool const everywhere = customer.sector == "operator" && text.find("{county}") != std::string::npos;
        for (auto const& [code, county] : world.material.counties) {
            if (made.sites >= wanted_sites || (everywhere ? county.city_code != home.city_code : code != home.code))
                continue;
            auto const name = filled(text, {{"short", customer.short_name}, {"county", short_county(county.name)}});
            TRY(add_site(tx, parts, act, customer, name, county, made));
        }
    }
    return {};
}

struct Sort {
    json::object const* facts = nullptr;
    std::int64_t share = 1;
};

// A class of asset that such a customer has, by its share of all.
json::object const* a_sort(std::vector<Sort> const& sorts, Dice& dice) {
    std::int64_t total = 0;
    for (auto const& sort : sorts) total += sort.share;
    auto at = dice.below(total);
    for (auto const& sort : sorts) {
        if (at < sort.share) return sort.facts;
        at -= sort.share;
    }
    return sorts.empty() ? nullptr : sorts.front().facts;
}

std::vector<Sort> sorts_of(World const& world, std::string const& sector) {
    std::vector<Sort> out;
    for (auto const& entry : world.material.list("assets")) {
        auto const& sectors = entry.at("sectors").as_array();
        if (std::find(sectors.begin(), sectors.end(), json::value(json::string(sector))) != sectors.end()) {
            out.push_back({&entry.as_object(), entry.at("share").to_number<std::int64_t>()});
        }
    }
    return out;
}

Result<> add_asset(storage::Transaction& tx, people::Act const& act, Customer const& customer, Place& place,
                   json::object const& sort, Dice& dice, Made& made) {
    auto const& model = dice.pick(sort.at("models").as_array());
    auto const class_ = text_at(sort, "class");
    auto const number = std::to_string(place.machines.size() + 1);
    auto const name = place.name + text_at(sort.at("name"), "zh") + number;
    bool const has_address = text_at(sort, "kind") != "terminal";
    auto const id = TRY(place::create_asset(
        tx, act,
        {.name = {name},
         .class_ = {class_},
         .model = json::Text<100>{text_at(model, "vendor") + " " + text_at(model, "model")},
         .serial = json::Text<100>{text_at(sort, "prefix") + dice.digits("########")},
         .ip = has_address ? std::optional(json::Text<60>{"10.36." + std::to_string(dice.below(256)) + "." +
                                                          std::to_string(dice.between(1, 254))})
                           : std::nullopt,
         .site = place::SiteId{place.id.value},
         .organisation = customer.id,
         .parent = {}}));
    place.machines.push_back({cases::OtherId{id.value}, class_, name});
    ++made.assets;
    return {};
}

}  // namespace

Result<> make_customers(storage::Transaction& tx, Parts const& parts, World& world, Dice& dice, Instant now,
                        Made& made) {
    people::Act const act{{}, now, parts.ids};
    std::vector<County> homes;
    for (auto const& entry : world.material.list("customers")) {
        Customer customer{.id = {},
                          .name = text_at(entry, "name"),
                          .short_name = text_at(entry, "short"),
                          .sector = text_at(entry, "sector"),
                          .contacts = {},
                          .places = {}};
        auto const county = world.material.counties.find(text_at(entry, "county"));
        if (county == world.material.counties.end()) return fail(Kind::internal, "demo.county", customer.name);
        auto const& home = county->second;
        auto const phone =
            dice.digits(filled(text_at(world.material.demo.at("phones"), "landline"), {{"area", home.area}}));
        customer.id =
            TRY(people::create_organisation(tx, act, parts.regions,
                                            {.name = {customer.name},
                                             .kind = json::from_word<people::OrganisationKind>(text_at(entry, "kind")),
                                             .region = json::Text<12>{home.code},
                                             .address = json::Text<300>{home.city + home.name},
                                             .phone = json::Text<100>{phone},
                                             .note = {}}));
        TRY(make_contacts(tx, act, world, customer, text_at(entry, "domain"), dice));
        TRY(make_sites(tx, parts, act, world, customer, home, made));
        if (customer.places.empty()) TRY(add_site(tx, parts, act, customer, customer.short_name, home, made));
        homes.push_back(home);
        world.customers.push_back(std::move(customer));
        ++made.customers;
    }
    // The small customers' second rooms, until the province has its number of sites.
    for (std::size_t i = 0; made.sites < wanted_sites; ++i) {
        auto& customer = world.customers[i % world.customers.size()];
        auto const& home = homes[i % homes.size()];
        auto const number = std::to_string(customer.places.size() + 1);
        TRY(add_site(tx, parts, act, customer, customer.short_name + number + "号机房", home, made));
    }
    for (std::size_t i = 0; made.assets < wanted_assets; ++i) {
        auto& customer = world.customers[i % world.customers.size()];
        auto const sorts = sorts_of(world, customer.sector);
        if (auto const* sort = a_sort(sorts, dice)) {
            auto& place =
                customer
                    .places[static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(customer.places.size())))];
            TRY(add_asset(tx, act, customer, place, *sort, dice, made));
        } else if (i > 100'000) {
            return fail(Kind::internal, "demo.assets");
        }
    }
    return {};
}

}  // namespace keepword::demo
