#include "main/system_routes.hpp"

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

struct Advance {
    json::Text<40> advance;
};
BOOST_DESCRIBE_STRUCT(Advance, (), (advance))
struct Now {
    Instant now;
};
BOOST_DESCRIBE_STRUCT(Now, (), (now))

// One chain from its newest entry back, or the newest of the system's chain.
Result<api::Page<AuditRow>> list(api::Call const& call, storage::Transaction& tx) {
    auto const limit = TRY(call.limit());
    auto const wanted = call.query.text("chain");
    storage::Select select(
        "SELECT a.chain, a.seq, a.at, a.actor, p.name, a.action, a.subject, a.data FROM audit a "
        "LEFT JOIN person p ON CAST(p.id AS TEXT) = a.actor");
    select.where("a.chain = ?", wanted.empty() ? std::string("system") : wanted);
    if (auto v = call.query.text("action"); !v.empty()) select.where("a.action = ?", v);
    if (auto v = call.query.text("actor"); !v.empty()) select.where("a.actor = ?", v);
    struct SeqTag;
    if (auto cursor = TRY(call.query_id<SeqTag>("cursor"))) select.where("a.seq < ?", *cursor);
    select.end("ORDER BY a.seq DESC LIMIT ?", limit + 1);
    api::Page<AuditRow> page;
    for (auto const& row : TRY(tx.query(select))) {
        page.items.push_back({row.text(0), row.integer(1), row.instant(2), row.text(3), row.optional_text(4),
                              row.text(5), row.text(6), row.json(7)});
    }
    if (std::ssize(page.items) > limit) {
        page.items.pop_back();
        page.next = std::to_string(page.items.back().seq);
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

Result<Now> advance(Centre& centre, api::Call const& call, Advance const& in) {
    if (call.remote != "127.0.0.1" && call.remote != "::1") return fail(Kind::not_found, "route.none");
    auto const length = calendar::Length::parse(in.advance.value);
    if (!length) return invalid("advance", "length");
    centre.manual_clock()->advance(days(length->days) + length->time);
    centre.settle_runners();
    return Now{centre.clock().now()};
}

}  // namespace

api::Routes system_routes(Centre& centre) {
    api::Routes out;
    out.push_back(api::get("/audit",
                           {.right = "audit.read",
                            .help = "Entries of a chain, newest first",
                            .query = {{"chain", "case:ID, or system"},
                                      {"action", "Action"},
                                      {"actor", "Person"},
                                      {"limit", "1 to 200"},
                                      {"cursor", "next of the page before"}}},
                           list));
    out.push_back(api::work<api::Nothing>("POST", "/audit/verify",
                                          {.right = "audit.read", .help = "Verify all chains and checkpoints"},
                                          [&](api::Call&, api::Nothing&&) { return verify(centre); }));
    if (centre.manual_clock() != nullptr) {
        out.push_back(api::work<Advance>("POST", "/test/clock",
                                         {.right = "public",
                                          .help = "Move the clock; only with --clock manual, only from loopback",
                                          .needs_csrf = false},
                                         [&](api::Call& call, Advance&& in) { return advance(centre, call, in); }));
    }
    return out;
}

}  // namespace keepword
