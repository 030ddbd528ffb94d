#include "main/system_routes.hpp"

#include <charconv>

#include "engine/audit/audit.hpp"
#include "main/centre.hpp"

namespace keepword {
namespace {

struct AuditRow {
    std::string chain;
    std::int64_t seq = 0;
    Instant at;
    std::string actor;
    std::optional<std::string> actor_name;
    std::string action;
    std::string subject;
    json::value data;
};
BOOST_DESCRIBE_STRUCT(AuditRow, (), (chain, seq, at, actor, actor_name, action, subject, data))

struct BrokenRow {
    std::string chain;
    std::int64_t seq = 0;
    audit::Damage what = audit::Damage::hash;
};
BOOST_DESCRIBE_STRUCT(BrokenRow, (), (chain, seq, what))
struct Verdict {
    bool holds = false;
    std::int64_t chains = 0;
    std::int64_t entries = 0;
    std::int64_t checkpoints = 0;
    std::optional<BrokenRow> broken;
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (holds, chains, entries, checkpoints, broken))

struct Move {
    std::optional<json::Text<40>> advance;
    std::optional<Instant> set;  // also into the past, as the machine's clock may jump
};
BOOST_DESCRIBE_STRUCT(Move, (), (advance, set))
struct Now {
    Instant now;
};
BOOST_DESCRIBE_STRUCT(Now, (), (now))

// A chain by its name, or a case's by its number or id.
Result<std::string> chain_of(storage::Transaction& tx, std::string const& wanted) {
    if (wanted == audit::system_chain || wanted.starts_with("case:")) return wanted;
    auto const id = TRY(cases::case_named(tx, wanted));
    return id ? "case:" + id->str() : wanted;
}

// Where a page ends: the instant of its last entry, and which of that instant's it was.
std::string cursor_after(AuditRow const& row) {
    return std::to_string(row.at.ms) + ":" + std::to_string(row.seq) + ":" + row.chain;
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
    select.where("a.at < ? OR (a.at = ? AND (a.seq < ? OR (a.seq = ? AND a.chain < ?)))", at, at, seq, seq, chain);
    return {};
}

// Newest first, over all chains or of one; of cases that the reader may not see there are none
// (docs/decisions/0018-what-outsiders-and-auditors-see.md). The number is taken from the name of a case's chain only:
// PostgreSQL refuses to make one of "system".
Result<api::Page<AuditRow>> list(process::Library& library, api::Call const& call, storage::Transaction& tx) {
    auto const limit = TRY(call.limit());
    storage::Select select(
        "SELECT a.chain, a.seq, a.at, a.actor, p.name, a.action, a.subject, a.data FROM audit a "
        "LEFT JOIN person p ON CAST(p.id AS TEXT) = a.actor "
        "LEFT JOIN cases c ON c.id = CASE WHEN a.chain LIKE 'case:%' THEN CAST(substr(a.chain, 6) AS BIGINT) ELSE 0 "
        "END");
    TRY(cases::keep_visible(select, tx, library, call.caller));
    if (auto v = call.query.text("chain"); !v.empty()) select.where("a.chain = ?", TRY(chain_of(tx, v)));
    if (auto v = call.query.text("action"); !v.empty()) select.where("a.action = ?", v);
    if (auto v = call.query.text("actor"); !v.empty()) select.where("a.actor = ?", v);
    TRY(after_cursor(select, call.query.text("cursor")));
    select.end("ORDER BY a.at DESC, a.seq DESC, a.chain DESC LIMIT ?", limit + 1);
    api::Page<AuditRow> page;
    for (auto const& row : TRY(tx.query(select))) {
        page.items.push_back({row.text(0), row.integer(1), row.instant(2), row.text(3), row.optional_text(4),
                              row.text(5), row.text(6), row.json(7)});
    }
    if (std::ssize(page.items) > limit) {
        page.items.pop_back();
        page.next = cursor_after(page.items.back());
    }
    return page;
}

Result<Verdict> verify(Centre& centre) {
    auto const report = TRY(audit::verify_all(centre.database(), {centre.signing_key().public_key}));
    Verdict out{.holds = !report.first_broken,
                .chains = report.chains,
                .entries = report.entries,
                .checkpoints = report.checkpoints,
                .broken = {}};
    if (report.first_broken)
        out.broken = BrokenRow{report.first_broken->chain, report.first_broken->seq, report.first_broken->damage};
    return out;
}

Result<Now> move_clock(Centre& centre, api::Call const& call, Move const& in) {
    if (call.remote != "127.0.0.1" && call.remote != "::1") return fail(Kind::not_found, "route.none");
    if (in.advance.has_value() == in.set.has_value()) return invalid("advance", "required");
    if (in.advance) {
        auto const length = calendar::Length::parse(in.advance->value);
        if (!length) return invalid("advance", "length");
        centre.manual_clock()->advance(days(length->days) + length->time);
    } else {
        centre.manual_clock()->set(*in.set);
    }
    centre.settle_runners();
    return Now{centre.clock().now()};
}

}  // namespace

api::Routes system_routes(Centre& centre) {
    api::Routes out;
    out.push_back(api::get("/audit",
                           {.right = "audit.read",
                            .help = "Entries, newest first",
                            .query = {{"chain", "system, case:ID, or a case's number; all where none is said"},
                                      {"action", "Action"},
                                      {"actor", "Person"},
                                      {"limit", "1 to 200"},
                                      {"cursor", "next of the page before"}}},
                           [&](api::Call const& call, storage::Transaction& tx) {
                               return list(centre.desk().parts().library, call, tx);
                           }));
    out.push_back(api::work<api::Nothing>("POST", "/audit/verify",
                                          {.right = "audit.read", .help = "Verify all chains and checkpoints"},
                                          [&](api::Call&, api::Nothing&&) { return verify(centre); }));
    if (centre.manual_clock() != nullptr) {
        out.push_back(api::work<Move>("POST", "/test/clock",
                                      {.right = "public",
                                       .help = "Move the clock; only with --clock manual, only from loopback",
                                       .needs_csrf = false},
                                      [&](api::Call& call, Move&& in) { return move_clock(centre, call, in); }));
    }
    return out;
}

}  // namespace keepword
