#pragma once
#include <span>

#include "domain/people/people.hpp"

// Terminals (终端): what the end user has at home. There are hundreds of thousands of them, so that nothing here reads
// them all. A part of the slice's face.
namespace keepword::place {

struct SiteTag;
using SiteId = Id<SiteTag>;
struct TerminalTag;
using TerminalId = Id<TerminalTag>;

enum class TerminalKind { set_top_box, gateway, router, television, other };
BOOST_DESCRIBE_ENUM(TerminalKind, set_top_box, gateway, router, television, other)
enum class TerminalState { in_stock, in_use, suspended, removed };
BOOST_DESCRIBE_ENUM(TerminalState, in_stock, in_use, suspended, removed)

struct Terminal {
    TerminalId id;
    std::string serial;
    TerminalKind kind = TerminalKind::set_top_box;
    std::optional<std::string> model;
    std::optional<std::string> customer_name;  // the end user
    std::optional<std::string> phone;
    std::optional<std::string> address;
    std::optional<std::string> region;
    std::optional<std::string> region_name;
    std::optional<api::Ref> organisation;  // the operator or partner who serves it
    std::optional<api::Ref> site;
    std::optional<Day> installed_on;
    TerminalState state = TerminalState::in_use;
    std::optional<std::string> note;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Terminal, (),
                      (id, serial, kind, model, customer_name, phone, address, region, region_name, organisation, site,
                       installed_on, state, note, version))

struct NewTerminal {
    json::Text<100> serial;
    std::optional<TerminalKind> kind;  // a set-top box unless said
    std::optional<json::Text<100>> model;
    std::optional<json::Text<100>> customer_name;
    std::optional<json::Text<100>> phone;
    std::optional<json::Text<300>> address;
    std::optional<json::Text<12>> region;
    std::optional<people::OrganisationId> organisation;
    std::optional<SiteId> site;
    std::optional<Day> installed_on;
    std::optional<TerminalState> state;  // in use unless said
    std::optional<json::Text<2000>> note;
};
BOOST_DESCRIBE_STRUCT(NewTerminal, (),
                      (serial, kind, model, customer_name, phone, address, region, organisation, site, installed_on,
                       state, note))

// As it is kept, and as the audit shows what changed of one.
struct TerminalRecord {
    TerminalId id;
    std::string serial;
    TerminalKind kind = TerminalKind::set_top_box;
    std::optional<std::string> model;
    std::optional<std::string> customer_name;
    std::optional<std::string> phone;
    std::optional<std::string> address;
    std::optional<std::string> region;
    std::optional<people::OrganisationId> organisation;
    std::optional<SiteId> site;
    std::optional<Day> installed_on;
    TerminalState state = TerminalState::in_use;
    std::optional<std::string> note;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(TerminalRecord, (),
                      (id, serial, kind, model, customer_name, phone, address, region, organisation, site, installed_on,
                       state, note, version))

// How serial numbers are compared: folded, without blanks, since labels are read out and typed in groups.
std::string serial_key(std::string_view serial);

// Errors: input.invalid naming the fields, place.serial-taken; writes its audit entry.
Result<TerminalId> create_terminal(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                                   NewTerminal const& in);

// ---- for imports -------------------------------------------------------------------------------------------------

// Those of these serial numbers (as keys) that are there.
Result<std::vector<TerminalRecord>> terminals_of(storage::Transaction& tx, std::vector<std::string> const& serial_keys);
// Many at once, whose fields and serial numbers whoever brings them has checked. Without audit entries: one tells of
// the whole.
Result<> add_terminals(storage::Transaction& tx, std::span<TerminalRecord const> terminals);
// Behind the last of very many: PostgreSQL looks at what there is now, or it would go on finding serial numbers by the
// plans it made while there were few, reading all terminals for each.
Result<> terminals_grew(storage::Transaction& tx);
// In place of what is there, with its audit entry; nothing where nothing differs. Whether something did.
Result<bool> replace_terminal(storage::Transaction& tx, people::Act const& act, TerminalRecord const& before,
                              TerminalRecord after);

}  // namespace keepword::place
