#include "main/audit_list.hpp"

#include <charconv>
#include <fstream>

#include "main/centre.hpp"

namespace keepword {
namespace {

constexpr std::int64_t export_page = 1'000;
constexpr auto kept_for = std::chrono::hours(1);
constexpr char const* export_prefix = "audit-";

// A chain by its name, or a case's by its number or id.
Result<std::string> chain_of(storage::Transaction& tx, std::string const& wanted) {
    if (wanted == audit::system_chain || wanted.starts_with("case:")) return wanted;
    auto const id = TRY(cases::case_named(tx, wanted));
    return id ? "case:" + id->str() : wanted;
}

// Where a page ends: the instant of its last entry, and which of that instant's it was.
std::string cursor_after(Instant at, std::int64_t seq, std::string const& chain) {
    return std::to_string(at.ms) + ":" + std::to_string(seq) + ":" + chain;
}

Result<> after_cursor(storage::Select& select, std::string const& cursor) {
    if (cursor.empty()) return {};
    auto const parts = text::split(cursor, ':');
    std::int64_t at = 0;
    std::int64_t seq = 0;
    auto const number = [](std::string_view digits, std::int64_t& out) {
        return std::from_chars(digits.data(), digits.data() + digits.size(), out).ec == std::errc();
    };
    if (parts.size() < 3 || !number(parts[0], at) || !number(parts[1], seq)) return invalid("cursor", "invalid");
    auto const chain = cursor.substr(parts[0].size() + parts[1].size() + 2);
    // The first condition alone is what an index can follow.
    select.where("a.at <= ?", at);
    select.where("a.at < ? OR a.seq < ? OR (a.seq = ? AND a.chain < ?)", at, seq, seq, chain);
    return {};
}

// What a filter that ends with * asks the beginning to be.
std::optional<std::string> beginning(std::string const& wanted) {
    if (!wanted.ends_with('*')) return {};
    return wanted.substr(0, wanted.size() - 1);
}
std::int64_t letters(std::string const& text) {
    return static_cast<std::int64_t>(text::length(text));
}

Result<storage::Rows> rows_of(storage::Transaction& tx, process::Library& library, AuditFilter const& filter,
                              api::Caller const* caller, std::string const& cursor, std::int64_t limit) {
    // The number is taken from the name of a case's chain only: PostgreSQL refuses to make one of "system".
    storage::Select select(
        "SELECT a.seq, a.at, a.actor, a.action, a.subject, a.data, a.previous, a.hash, a.chain, p.name FROM audit a "
        "LEFT JOIN person p ON p.id = CASE WHEN a.actor = 'system' THEN 0 ELSE CAST(a.actor AS BIGINT) END "
        "LEFT JOIN cases c ON c.id = CASE WHEN a.chain LIKE 'case:%' THEN CAST(substr(a.chain, 6) AS BIGINT) ELSE 0 "
        "END");
    if (caller != nullptr) TRY(cases::keep_visible(select, tx, library, *caller));
    if (!filter.chain.empty()) select.where("a.chain = ?", TRY(chain_of(tx, filter.chain)));
    if (filter.seq) select.where("a.seq <= ?", *filter.seq);
    if (auto const head = beginning(filter.action))
        select.where("substr(a.action, 1, CAST(? AS INTEGER)) = ?", letters(*head), *head);
    else if (!filter.action.empty())
        select.where("a.action = ?", filter.action);
    if (auto const head = beginning(filter.subject))
        select.where("substr(a.subject, 1, CAST(? AS INTEGER)) = ?", letters(*head), *head);
    else if (!filter.subject.empty())
        select.where("a.subject = ?", filter.subject);
    // On the chains of cases the software is nobody, on its own it has a name.
    if (filter.actor == "system") {
        select.where("a.actor IN ('system', '0')");
    } else if (!filter.actor.empty()) {
        select.where(
            "a.actor = ? OR a.actor IN (SELECT CAST(w.id AS TEXT) FROM person w WHERE w.login = ? OR w.name = ?)",
            filter.actor, filter.actor, filter.actor);
    }
    if (filter.from) select.where("a.at >= ?", *filter.from);
    if (filter.until) select.where("a.at < ?", *filter.until);
    TRY(after_cursor(select, cursor));
    select.end("ORDER BY a.at DESC, a.seq DESC, a.chain DESC LIMIT ?", limit);
    return tx.query(select);
}

// The number behind `prefix`, when nothing else follows.
std::optional<std::int64_t> number_after(std::string_view subject, std::string_view prefix) {
    if (!subject.starts_with(prefix)) return {};
    auto const* const last = subject.data() + subject.size();
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(subject.data() + prefix.size(), last, number);
    return error == std::errc() && end == last ? std::optional(number) : std::nullopt;
}

// One query for each kind of subject on the page that has names.
Result<> name_subjects(storage::Transaction& tx, std::vector<AuditRow>& rows) {
    struct Named {
        std::string_view prefix;
        storage::Sql names;
    };
    static constexpr Named named[] = {
        {"", "SELECT id, number FROM cases"},
        {"person:", "SELECT id, name FROM person"},
        {"department:", "SELECT id, name FROM department"},
        {"organisation:", "SELECT id, name FROM organisation"},
        {"site:", "SELECT id, name FROM site"},
        {"asset:", "SELECT id, name FROM asset"},
        {"mailbox:", "SELECT id, name FROM mailbox"},
        {"article:", "SELECT id, title FROM article"},
    };
    for (auto const& [prefix, names] : named) {
        std::vector<std::int64_t> ids;
        for (auto const& row : rows)
            if (auto const id = number_after(row.subject, prefix)) ids.push_back(*id);
        if (ids.empty()) continue;
        std::map<std::int64_t, std::string> found;
        for (auto const& row : TRY(tx.query(storage::Select(names).where_in("id", ids))))
            found.emplace(row.integer(0), row.text(1));
        for (auto& row : rows) {
            auto const name = found.find(number_after(row.subject, prefix).value_or(0));
            if (name != found.end()) row.subject_name = name->second;
        }
    }
    return {};
}

std::string hex_at(storage::Row const& row, std::size_t i) {
    return crypto::hex(row.blob(i));
}

// `data` stays the text whose bytes were hashed.
std::string line_of(storage::Row const& row) {
    json::object line{{"chain", row.text(8)},       {"seq", row.integer(0)},  {"at", row.instant(1).str()},
                      {"at_ms", row.instant(1).ms}, {"actor", row.text(2)},   {"actor_name", nullptr},
                      {"action", row.text(3)},      {"subject", row.text(4)}, {"data", row.text(5)},
                      {"previous", hex_at(row, 6)}, {"hash", hex_at(row, 7)}};
    if (!row.null(9)) line["actor_name"] = row.text(9);
    return json::serialize(line) + "\n";
}

// An answer is sent after its handler is done, so that its file cannot be removed here; those of before are.
void remove_old(std::filesystem::path const& spool) {
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator(spool, error)) {
        std::error_code ignored;
        bool const ours = entry.path().filename().string().starts_with(export_prefix);
        if (ours && std::filesystem::file_time_type::clock::now() - entry.last_write_time(ignored) > kept_for)
            std::filesystem::remove(entry.path(), ignored);
    }
}

Result<> note(Centre& centre, AuditFilter const& filter, api::Caller const* caller, Instant now, std::int64_t entries) {
    auto data = filter.named();
    data["entries"] = entries;
    return centre.database().write([&](storage::Transaction& tx) {
        return audit::append(tx, {.chain = audit::system_chain,
                                  .at = now,
                                  .actor = caller != nullptr ? caller->person.str() : "system",
                                  .action = "audit.exported",
                                  .subject = "audit",
                                  .data = data});
    });
}

}  // namespace

Result<AuditFilter> AuditFilter::of(api::Query const& query) {
    AuditFilter out{.chain = query.text("chain"),
                    .action = query.text("action"),
                    .actor = query.text("actor"),
                    .subject = query.text("subject")};
    for (auto const& [name, instant] : {std::pair("from", &out.from), std::pair("until", &out.until)}) {
        auto const value = query.text(name);
        if (value.empty()) continue;
        auto const parsed = Instant::parse(value);
        if (!parsed) return invalid(name, "instant");
        *instant = *parsed;
    }
    if (auto const seq = query.text("seq"); !seq.empty()) {
        std::int64_t number = 0;
        auto const [end, error] = std::from_chars(seq.data(), seq.data() + seq.size(), number);
        if (error != std::errc() || end != seq.data() + seq.size() || out.chain.empty())
            return invalid("seq", "invalid");
        out.seq = number;
    }
    return out;
}

json::object AuditFilter::named() const {
    json::object out;
    for (auto const& [name, value] : {std::pair("chain", &chain), std::pair("action", &action),
                                      std::pair("actor", &actor), std::pair("subject", &subject)}) {
        if (!value->empty()) out[name] = std::string(text::head(*value, 200));
    }
    if (seq) out["seq"] = *seq;
    if (from) out["from"] = from->str();
    if (until) out["until"] = until->str();
    return out;
}

Result<api::Page<AuditRow>> audit_page(storage::Transaction& tx, process::Library& library, AuditFilter const& filter,
                                       api::Caller const* caller, std::string const& cursor, std::int64_t limit) {
    api::Page<AuditRow> page;
    for (auto const& row : TRY(rows_of(tx, library, filter, caller, cursor, limit + 1))) {
        page.items.push_back({row.text(8),
                              row.integer(0),
                              row.instant(1),
                              row.text(2),
                              row.optional_text(9),
                              row.text(3),
                              row.text(4),
                              {},
                              row.json(5)});
    }
    if (std::ssize(page.items) > limit) {
        page.items.pop_back();
        auto const& last = page.items.back();
        page.next = cursor_after(last.at, last.seq, last.chain);
    }
    TRY(name_subjects(tx, page.items));
    return page;
}

Result<AuditExport> export_audit(Centre& centre, AuditFilter const& filter, api::Caller const* caller, Instant now) {
    auto& library = centre.desk().parts().library;
    remove_old(centre.spool());
    AuditExport out{.file = centre.spool() / (export_prefix + crypto::hex(crypto::random_bytes(16)) + ".jsonl")};
    std::ofstream file(out.file, std::ios::binary | std::ios::trunc);
    std::filesystem::permissions(out.file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::string cursor;
    for (bool more = true; more;) {
        auto const rows = TRY(centre.database().read(
            [&](storage::Transaction& tx) { return rows_of(tx, library, filter, caller, cursor, export_page); }));
        for (auto const& row : rows) file << line_of(row);
        out.entries += std::ssize(rows);
        more = std::ssize(rows) == export_page;
        if (more) {
            auto const& last = rows[rows.size() - 1];
            cursor = cursor_after(last.instant(1), last.integer(0), last.text(8));
        }
    }
    file.flush();
    if (!file) return fail(Kind::internal, "file.unwritable", out.file.string());
    TRY(note(centre, filter, caller, now, out.entries));
    return out;
}

}  // namespace keepword
