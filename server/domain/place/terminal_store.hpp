#pragma once
#include "domain/place/place_store.hpp"

// The SQL of terminals. Inside of the slice only.
namespace keepword::place {

Result<TerminalRecord> read_terminal(storage::Transaction& tx, TerminalId id);
Result<> insert_terminal(storage::Transaction& tx, TerminalRecord const& terminal);
Result<> update_terminal(storage::Transaction& tx, TerminalRecord const& terminal);
// Whether another terminal has this serial number.
Result<bool> serial_taken(storage::Transaction& tx, std::string const& key, TerminalId by_other_than);

// What holds for every terminal, however it is entered or changed: input.invalid naming the fields.
Result<> check_terminal(storage::Transaction& tx, people::RegionBook const& regions, TerminalRecord const& terminal);

struct TerminalFilter {
    std::string q;  // what the serial number, the customer's name or a telephone number begins with
    std::optional<TerminalKind> kind;
    std::optional<TerminalState> state;
    std::optional<people::OrganisationId> organisation;
    std::optional<SiteId> site;
    std::vector<std::string> regions;  // any of these; empty: all
    std::optional<std::int64_t> id;
    std::int64_t after = 0;
    std::int64_t limit = 50;
};
Result<std::vector<Terminal>> list_terminals(storage::Transaction& tx, people::RegionBook const& regions,
                                             TerminalFilter const& filter);

struct TerminalLists {
    IdSource& ids;
    people::RegionBook const& regions;
};
void add_terminal_routes(api::Routes& routes, TerminalLists lists);

}  // namespace keepword::place
