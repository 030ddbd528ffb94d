#include "domain/place/terminal_store.hpp"

// The type-ahead: whoever calls in says a name, a number or what stands on a label, and one field finds all of them.
namespace keepword::place {
namespace {

using api::Call;
using storage::Transaction;

enum class FoundKind { organisation, contact, site, asset, terminal };
BOOST_DESCRIBE_ENUM(FoundKind, organisation, contact, site, asset, terminal)

struct Found {
    FoundKind kind = FoundKind::organisation;
    std::string id;
    std::string name;
    std::string detail;
    std::optional<api::Ref> organisation;
    std::optional<std::string> phone;
    std::optional<std::string> customer_name;  // of a terminal: the end user
    std::optional<api::Ref> site;              // likewise
};
BOOST_DESCRIBE_STRUCT(Found, (), (kind, id, name, detail, organisation, phone, customer_name, site))

// Joins what is there with blanks between.
std::string words(std::initializer_list<std::optional<std::string>> parts) {
    std::string out;
    for (auto const& part : parts) {
        if (!part || part->empty()) continue;
        if (!out.empty()) out += ' ';
        out += *part;
    }
    return out;
}

std::optional<std::string> name_of(std::optional<api::Ref> const& ref) {
    return ref ? std::optional(ref->name) : std::nullopt;
}

// What was found, those that begin with what was typed before those that only have it in them.
class Answer {
  public:
    explicit Answer(std::string_view query) : typed_(text::fold(text::trim(query))) {}

    void add(Found found, std::initializer_list<std::optional<std::string>> begins_with = {}) {
        bool first = text::fold(found.name).starts_with(typed_);
        for (auto const& other : begins_with) first = first || (other && text::fold(*other).starts_with(typed_));
        (first ? beginning_ : containing_).push_back(std::move(found));
    }
    api::Page<Found> page(std::int64_t limit) && {
        api::Page<Found> page{std::move(beginning_), std::nullopt};
        for (auto& found : containing_) page.items.push_back(std::move(found));
        if (std::ssize(page.items) > limit) page.items.resize(static_cast<std::size_t>(limit));
        return page;
    }

  private:
    std::string typed_;
    std::vector<Found> beginning_;
    std::vector<Found> containing_;
};

Result<> add_people(Answer& answer, people::RegionBook const& regions, Call const& call, Transaction& tx,
                    std::string const& q, std::int64_t limit) {
    for (auto& o : TRY(people::find_organisations(tx, regions, q, limit))) {
        answer.add({.kind = FoundKind::organisation,
                    .id = o.id.str(),
                    .name = o.name,
                    .detail = words({o.region_name, o.address}),
                    .organisation = api::Ref{o.id.str(), o.name},
                    .phone = o.phone,
                    .customer_name = {},
                    .site = {}});
    }
    // Persons are shown to whoever may read persons; the places alone are not enough.
    if (!call.caller.may("people.read")) return {};
    for (auto& p : TRY(people::find_contacts(tx, q, limit, call.now))) {
        answer.add({.kind = FoundKind::contact,
                    .id = p.id.str(),
                    .name = p.name,
                    .detail = words({name_of(p.organisation)}),
                    .organisation = p.organisation,
                    .phone = p.phone});
    }
    return {};
}

Result<api::Page<Found>> lookup(people::RegionBook const& regions, Call const& call, Transaction& tx) {
    auto const q = call.query.text("q");
    auto const limit = TRY(call.limit());
    if (text::trim(q).empty()) return api::Page<Found>{};
    Answer answer(q);
    TRY(add_people(answer, regions, call, tx, q, limit));
    // Begins with what was typed: of "contains" the pattern without its first sign.
    auto const begins = storage::contains(text::fold(text::trim(q))).substr(1);
    Filter const filter{.patterns = people::search_patterns(q), .limit = limit, .first = begins};
    for (auto& s : TRY(list_sites(tx, regions, filter))) {
        answer.add({.kind = FoundKind::site,
                    .id = s.id.str(),
                    .name = s.name,
                    .detail = words({name_of(s.organisation), s.address}),
                    .organisation = s.organisation});
    }
    for (auto& a : TRY(list_assets(tx, filter))) {
        answer.add({.kind = FoundKind::asset,
                    .id = a.id.str(),
                    .name = a.name,
                    .detail = words({a.model, a.serial, a.ip, name_of(a.site)}),
                    .organisation = a.organisation},
                   {a.serial, a.ip});
    }
    for (auto& t : TRY(list_terminals(tx, regions, {.q = q, .limit = limit}))) {
        answer.add({.kind = FoundKind::terminal,
                    .id = t.id.str(),
                    .name = t.serial,
                    .detail = words({t.customer_name, t.model, t.address}),
                    .organisation = t.organisation,
                    .phone = t.phone,
                    .customer_name = t.customer_name,
                    .site = t.site},
                   {t.customer_name});
    }
    return std::move(answer).page(limit);
}

}  // namespace

void add_lookup_route(api::Routes& routes, people::RegionBook const& regions) {
    routes.push_back(api::get(
        "/lookup",
        {.right = "customers.read",
         .help = "Type-ahead over customers, contacts, sites, assets and terminals",
         .query = {{"q", "part of a name, telephone number, serial number or address"}, {"limit", "1 to 200"}}},
        [&regions](Call const& call, Transaction& tx) { return lookup(regions, call, tx); }));
}

}  // namespace keepword::place
