#include "domain/place/terminal_store.hpp"

namespace keepword::place {

Result<> check_terminal(storage::Transaction& tx, people::RegionBook const& regions, TerminalRecord const& t) {
    people::Checks checks;
    if (t.phone && people::phone_numbers(*t.phone).empty()) checks.wrong("phone", "phone");
    if (t.region && regions.find(*t.region) == nullptr) checks.wrong("region", "not-there");
    if (t.organisation && !people::organisation_ref(tx, *t.organisation)) checks.wrong("organisation", "not-there");
    if (t.site && !read_site(tx, *t.site)) checks.wrong("site", "not-there");
    TRY(checks.done());
    if (TRY(serial_taken(tx, serial_key(t.serial), t.id))) return fail(Kind::conflict, "place.serial-taken");
    return {};
}

Result<TerminalId> create_terminal(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                                   NewTerminal const& in) {
    people::Checks checks;
    TerminalRecord const terminal{.id = act.ids.next<TerminalTag>(),
                                  .serial = checks.required("serial", in.serial.value),
                                  .kind = in.kind.value_or(TerminalKind::set_top_box),
                                  .model = people::text_of(in.model),
                                  .customer_name = people::text_of(in.customer_name),
                                  .phone = people::text_of(in.phone),
                                  .address = people::text_of(in.address),
                                  .region = people::text_of(in.region),
                                  .organisation = in.organisation,
                                  .site = in.site,
                                  .installed_on = in.installed_on,
                                  .state = in.state.value_or(TerminalState::in_use),
                                  .note = people::text_of(in.note)};
    TRY(checks.done());
    TRY(check_terminal(tx, regions, terminal));
    TRY(insert_terminal(tx, terminal));
    TRY(people::record(tx, act, "terminal.created", people::subject("terminal", terminal.id), nullptr,
                       json::encode(terminal)));
    return terminal.id;
}

Result<bool> replace_terminal(storage::Transaction& tx, people::Act const& act, TerminalRecord const& before,
                              TerminalRecord after) {
    after.id = before.id;
    after.version = before.version;
    auto const old = json::encode(before);
    if (json::encode(after) == old) return false;
    ++after.version;
    TRY(update_terminal(tx, after));
    TRY(people::record(tx, act, "terminal.changed", people::subject("terminal", after.id), old, json::encode(after)));
    return true;
}

}  // namespace keepword::place
