#include "domain/place/terminal_store.hpp"

// The routes of terminals.
namespace keepword::place {
namespace {

using api::Call;
using storage::Transaction;

struct TerminalChange {
    json::Given<json::Text<100>> serial;
    json::Given<TerminalKind> kind;
    json::Given<json::Text<100>> model;
    json::Given<json::Text<100>> customer_name;
    json::Given<json::Text<100>> phone;
    json::Given<json::Text<300>> address;
    json::Given<json::Text<12>> region;
    json::Given<people::OrganisationId> organisation;
    json::Given<SiteId> site;
    json::Given<Day> installed_on;
    json::Given<TerminalState> state;
    json::Given<json::Text<2000>> note;
};
BOOST_DESCRIBE_STRUCT(TerminalChange, (),
                      (serial, kind, model, customer_name, phone, address, region, organisation, site, installed_on,
                       state, note))

template <class E>
Result<std::optional<E>> word_of_query(Call const& call, std::string const& name) {
    auto const given = call.query.text(name);
    if (given.empty()) return std::optional<E>();
    auto const found = json::from_word<E>(given);
    if (!found) return invalid(name, "choice");
    return found;
}

// A region with all that lies in it.
Result<std::vector<std::string>> regions_of(Call const& call, people::RegionBook const& regions) {
    std::vector<std::string> out;
    auto const wanted = call.query.text("region");
    if (wanted.empty()) return out;
    if (regions.find(wanted) == nullptr) return invalid("region", "not-there");
    for (auto const& region : regions.all()) {
        if (regions.within(region.code, wanted)) out.push_back(region.code);
    }
    return out;
}

Result<TerminalFilter> terminal_filter(Call const& call, people::RegionBook const& regions) {
    TerminalFilter filter;
    filter.q = call.query.text("q");
    filter.kind = TRY(word_of_query<TerminalKind>(call, "kind"));
    filter.state = TRY(word_of_query<TerminalState>(call, "state"));
    filter.organisation = TRY(call.query_id<people::OrganisationTag>("organisation"));
    filter.site = TRY(call.query_id<SiteTag>("site"));
    filter.regions = TRY(regions_of(call, regions));
    filter.after = TRY(people::cursor_of(call));
    filter.limit = 1 + TRY(call.limit());
    return filter;
}

Result<Terminal> show_terminal(TerminalLists const& lists, Transaction& tx, TerminalId id) {
    auto rows = TRY(list_terminals(tx, lists.regions, {.id = id.value, .limit = 1}));
    if (rows.empty()) return fail(Kind::not_found, "not-found");
    return std::move(rows.front());
}

Result<Terminal> change_terminal(TerminalLists const& lists, Call const& call, TerminalChange const& in,
                                 Transaction& tx) {
    auto const id = TRY(call.id<TerminalTag>());
    auto const before = TRY(read_terminal(tx, id));
    TRY(call.expect_version(before.version));
    auto terminal = before;
    people::Checks checks;
    people::set_required(terminal.serial, "serial", in.serial, checks);
    if (in.kind.value) terminal.kind = *in.kind.value;
    if (in.state.value) terminal.state = *in.state.value;
    people::set(terminal.model, in.model);
    people::set(terminal.customer_name, in.customer_name);
    people::set(terminal.phone, in.phone);
    people::set(terminal.address, in.address);
    people::set(terminal.region, in.region);
    people::set(terminal.organisation, in.organisation);
    people::set(terminal.site, in.site);
    people::set(terminal.installed_on, in.installed_on);
    people::set(terminal.note, in.note);
    TRY(checks.done());
    TRY(check_terminal(tx, lists.regions, terminal));
    ++terminal.version;
    TRY(update_terminal(tx, terminal));
    people::Act const act{.by = call.caller.person, .now = call.now, .ids = lists.ids};
    TRY(people::record(tx, act, "terminal.changed", people::subject("terminal", id), json::encode(before),
                       json::encode(terminal)));
    return show_terminal(lists, tx, id);
}

std::vector<api::QueryField> terminal_query() {
    return {{"q", "what the serial number, the customer's name or a telephone number begins with"},
            {"kind", "set-top-box, gateway, router, television or other"},
            {"state", "in-stock, in-use, suspended or removed"},
            {"organisation", "id of the operator or partner who serves them"},
            {"site", "id"},
            {"region", "code; with all that lies in it"},
            {"limit", "1 to 200"},
            {"cursor", "next of the page before"}};
}

}  // namespace

void add_terminal_routes(api::Routes& out, TerminalLists lists) {
    out.push_back(api::get("/terminals", {.right = "customers.read", .help = "Terminals", .query = terminal_query()},
                           [lists](Call const& call, Transaction& tx) -> Result<api::Page<Terminal>> {
                               auto const filter = TRY(terminal_filter(call, lists.regions));
                               return people::page_of(TRY(list_terminals(tx, lists.regions, filter)), filter.limit - 1,
                                                      [](Terminal const& t) { return t.id.str(); });
                           }));
    out.push_back(api::get("/terminals/{id}", {.right = "customers.read", .help = "One terminal"},
                           [lists](Call const& call, Transaction& tx) -> Result<Terminal> {
                               auto const id = TRY(call.id<TerminalTag>());
                               return show_terminal(lists, tx, id);
                           }));
    out.push_back(
        api::post<NewTerminal>("/terminals", {.right = "customers.manage", .help = "Enter a terminal", .status = 201},
                               [lists](Call const& call, NewTerminal const& in, Transaction& tx) -> Result<Terminal> {
                                   people::Act const act{.by = call.caller.person, .now = call.now, .ids = lists.ids};
                                   auto const id = TRY(create_terminal(tx, act, lists.regions, in));
                                   return show_terminal(lists, tx, id);
                               }));
    out.push_back(api::patch<TerminalChange>("/terminals/{id}",
                                             {.right = "customers.manage", .help = "Correct a terminal"},
                                             [lists](Call const& call, TerminalChange const& in, Transaction& tx) {
                                                 return change_terminal(lists, call, in, tx);
                                             }));
}

}  // namespace keepword::place
