#include "domain/place/terminal_store.hpp"

namespace keepword::place {
namespace {

// Everything that begins with a key stands between it and this, byte by byte: no text has the byte FF, but a text that
// is not UTF-8 no database takes; the last code point there is comes behind all that anybody types.
std::string behind(std::string const& key) {
    return key + "\U0010FFFF";
}

// Behind all numbers that begin with these digits; no number is as long.
std::string behind_digits(std::string const& digits) {
    return digits + std::string(24, '9');
}

constexpr storage::Sql record_head =
    "SELECT id, serial, kind, model, customer_name, phone, address, region, organisation, site, installed_on, state, "
    "note, version FROM terminal";

std::optional<Day> day_at(storage::Row const& row, std::size_t i) {
    if (row.null(i)) return std::nullopt;
    auto const day = Day::parse(row.text(i));
    return day ? std::optional(*day) : std::nullopt;
}

TerminalRecord record_of(storage::Row const& row) {
    return {.id = row.id<TerminalTag>(0),
            .serial = row.text(1),
            .kind = row.word<TerminalKind>(2),
            .model = row.optional_text(3),
            .customer_name = row.optional_text(4),
            .phone = row.optional_text(5),
            .address = row.optional_text(6),
            .region = row.optional_text(7),
            .organisation = row.optional_id<people::OrganisationTag>(8),
            .site = row.optional_id<SiteTag>(9),
            .installed_on = day_at(row, 10),
            .state = row.word<TerminalState>(11),
            .note = row.optional_text(12),
            .version = row.integer(13)};
}

std::optional<std::string> customer_key(TerminalRecord const& t) {
    return t.customer_name ? std::optional(text::fold(*t.customer_name)) : std::nullopt;
}

constexpr storage::Sql insert_head =
    "INSERT INTO terminal (id, serial, serial_key, customer_key, kind, model, customer_name, phone, address, region, "
    "organisation, site, installed_on, state, note, version) VALUES ";
constexpr storage::Sql insert_row = "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

void add_row(storage::Insert& into, TerminalRecord const& t) {
    into.row(t.id, t.serial, serial_key(t.serial), customer_key(t), t.kind, t.model, t.customer_name, t.phone,
             t.address, t.region, t.organisation, t.site, t.installed_on, t.state, t.note, t.version);
}

void add_search(storage::Select& select, std::string const& q) {
    auto const typed = text::fold(text::trim(text::head(q, 100)));
    auto const serial = serial_key(typed);
    auto const digits = people::digits_of_query(typed);
    if (digits.empty()) {
        select.where(
            "t.id IN (SELECT id FROM terminal WHERE serial_key >= ? AND serial_key <= ? UNION "
            "SELECT id FROM terminal WHERE customer_key >= ? AND customer_key <= ?)",
            serial, behind(serial), typed, behind(typed));
        return;
    }
    // A number is known with its area code to one and without to the other: the whole of it is found by its end.
    auto const tail = people::phone_tail(digits);
    select.where(
        "t.id IN (SELECT id FROM terminal WHERE serial_key >= ? AND serial_key <= ? UNION "
        "SELECT owner FROM phone_number WHERE owner_kind = 'terminal' AND digits >= ? AND digits <= ? UNION "
        "SELECT owner FROM phone_number WHERE owner_kind = 'terminal' AND tail = ? AND "
        "(digits LIKE '%' || CAST(? AS TEXT) OR CAST(? AS TEXT) LIKE '%' || digits))",
        serial, behind(serial), digits, behind_digits(digits), tail, digits, digits);
}

}  // namespace

std::string serial_key(std::string_view serial) {
    auto key = text::fold(text::trim(serial));
    std::erase(key, ' ');
    return key;
}

Result<TerminalRecord> read_terminal(storage::Transaction& tx, TerminalId id) {
    storage::Select select(record_head);
    select.where("id = ?", id);
    auto const rows = TRY(tx.query(select));
    if (rows.empty()) return fail(Kind::not_found, "not-found");
    return record_of(rows.front());
}

Result<std::vector<TerminalRecord>> terminals_of(storage::Transaction& tx, std::vector<std::string> const& keys) {
    constexpr std::size_t part = 500;
    std::vector<TerminalRecord> out;
    for (std::size_t from = 0; from < keys.size(); from += part) {
        auto const begin = keys.begin() + static_cast<std::ptrdiff_t>(from);
        std::vector<std::string> const some(begin,
                                            begin + static_cast<std::ptrdiff_t>(std::min(part, keys.size() - from)));
        storage::Select select(record_head);
        select.where_in("serial_key", some);
        for (auto const& row : TRY(tx.query(select))) out.push_back(record_of(row));
    }
    return out;
}

Result<> insert_terminal(storage::Transaction& tx, TerminalRecord const& t) {
    storage::Insert into(insert_head, insert_row);
    add_row(into, t);
    TRY(tx.execute(into));
    return people::keep_numbers(tx, t.id.value, "terminal", t.phone);
}

Result<> add_terminals(storage::Transaction& tx, std::span<TerminalRecord const> terminals) {
    storage::Insert into(insert_head, insert_row);
    people::NewNumbers numbers("terminal");
    for (auto const& t : terminals) {
        add_row(into, t);
        if (into.full()) TRY(tx.execute(into));
        TRY(numbers.add(tx, t.id.value, t.phone));
    }
    if (into.rows() > 0) TRY(tx.execute(into));
    return numbers.done(tx);
}

Result<> terminals_grew(storage::Transaction& tx) {
    if (tx.dialect() != storage::Dialect::postgresql) return {};
    TRY(tx.execute("ANALYZE terminal"));
    TRY(tx.execute("ANALYZE phone_number"));
    return {};
}

Result<> update_terminal(storage::Transaction& tx, TerminalRecord const& t) {
    TRY(tx.execute(
        "UPDATE terminal SET serial=?, serial_key=?, customer_key=?, kind=?, model=?, customer_name=?, phone=?, "
        "address=?, region=?, organisation=?, site=?, installed_on=?, state=?, note=?, version=? WHERE id=?",
        t.serial, serial_key(t.serial), customer_key(t), t.kind, t.model, t.customer_name, t.phone, t.address, t.region,
        t.organisation, t.site, t.installed_on, t.state, t.note, t.version, t.id));
    return people::keep_numbers(tx, t.id.value, "terminal", t.phone);
}

Result<bool> serial_taken(storage::Transaction& tx, std::string const& key, TerminalId by_other_than) {
    auto const row = TRY(tx.one("SELECT id FROM terminal WHERE serial_key = ?", key));
    return row.has_value() && row->id<TerminalTag>(0) != by_other_than;
}

Result<std::vector<Terminal>> list_terminals(storage::Transaction& tx, people::RegionBook const& regions,
                                             TerminalFilter const& filter) {
    storage::Select select(
        "SELECT t.id, t.serial, t.kind, t.model, t.customer_name, t.phone, t.address, t.region, o.id, o.name, s.id, "
        "s.name, t.installed_on, t.state, t.note, t.version FROM terminal t "
        "LEFT JOIN organisation o ON o.id = t.organisation LEFT JOIN site s ON s.id = t.site");
    if (!text::trim(filter.q).empty()) add_search(select, filter.q);
    if (filter.kind) select.where("t.kind = ?", *filter.kind);
    if (filter.state) select.where("t.state = ?", *filter.state);
    if (filter.organisation) select.where("t.organisation = ?", *filter.organisation);
    if (filter.site) select.where("t.site = ?", *filter.site);
    if (!filter.regions.empty()) select.where_in("t.region", filter.regions);
    if (filter.id) select.where("t.id = ?", *filter.id);
    select.where("t.id > ?", filter.after).end("ORDER BY t.id LIMIT ?", filter.limit);
    std::vector<Terminal> out;
    for (auto const& row : TRY(tx.query(select))) {
        auto const ref = [&row](std::size_t id) -> std::optional<api::Ref> {
            if (row.null(id)) return std::nullopt;
            return api::Ref{std::to_string(row.integer(id)), row.text(id + 1)};
        };
        Terminal t{.id = row.id<TerminalTag>(0),
                   .serial = row.text(1),
                   .kind = row.word<TerminalKind>(2),
                   .model = row.optional_text(3),
                   .customer_name = row.optional_text(4),
                   .phone = row.optional_text(5),
                   .address = row.optional_text(6),
                   .region = row.optional_text(7),
                   .region_name = {},
                   .organisation = ref(8),
                   .site = ref(10),
                   .installed_on = day_at(row, 12),
                   .state = row.word<TerminalState>(13),
                   .note = row.optional_text(14),
                   .version = row.integer(15)};
        if (t.region && regions.find(*t.region) != nullptr) t.region_name = regions.full_name(*t.region);
        out.push_back(std::move(t));
    }
    return out;
}

}  // namespace keepword::place
