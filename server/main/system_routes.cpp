#include "main/system_routes.hpp"

#include <chrono>

#include "main/audit_list.hpp"
#include "main/centre.hpp"

namespace keepword {
namespace {

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
    std::int64_t took_ms = 0;
    std::optional<BrokenRow> broken;
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (holds, chains, entries, checkpoints, took_ms, broken))

struct Move {
    std::optional<json::Text<40>> advance;
    std::optional<Instant> set;  // also into the past, as the machine's clock may jump
};
BOOST_DESCRIBE_STRUCT(Move, (), (advance, set))
struct Now {
    Instant now;
};
BOOST_DESCRIBE_STRUCT(Now, (), (now))

Result<Verdict> verify(Centre& centre) {
    // A measure of work, not a time of day: the centre's clock may stand still.
    auto const begun = std::chrono::steady_clock::now();
    auto const report = TRY(audit::verify_all(centre.database(), {centre.signing_key().public_key}));
    Verdict out{
        .holds = !report.first_broken,
        .chains = report.chains,
        .entries = report.entries,
        .checkpoints = report.checkpoints,
        .took_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count(),
        .broken = {}};
    if (report.first_broken)
        out.broken = BrokenRow{report.first_broken->chain, report.first_broken->seq, report.first_broken->damage};
    return out;
}

std::vector<api::QueryField> audit_query() {
    return {{"chain", "system, case:ID, or a case's number; all where none is said"},
            {"seq", "With chain: from this number down"},
            {"action", "Action; setting.* for all that begin so"},
            {"actor", "A person's id, login or whole name, or system"},
            {"subject", "What it was done to; task:* for all that begin so"},
            {"from", "Not before this instant"},
            {"until", "Before this instant"}};
}

Result<api::Reply> hand_out_audit(Centre& centre, api::Call const& call) {
    auto const made = TRY(export_audit(centre, TRY(AuditFilter::of(call.query)), &call.caller, call.now));
    api::Reply reply;
    reply.file = made.file;
    reply.file_is_spent = true;
    reply.headers = {{"content-type", "application/jsonl; charset=utf-8"},
                     {"content-disposition", "attachment; filename=\"audit.jsonl\""},
                     {"x-entries", std::to_string(made.entries)},
                     {"cache-control", "no-store"}};
    return reply;
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
    auto paged = audit_query();
    paged.push_back({"limit", "1 to 200"});
    paged.push_back({"cursor", "next of the page before"});
    out.push_back(api::get("/audit", {.right = "audit.read", .help = "Entries, newest first", .query = paged},
                           [&](api::Call const& call, storage::Transaction& tx) -> Result<api::Page<AuditRow>> {
                               auto const filter = TRY(AuditFilter::of(call.query));
                               auto const limit = TRY(call.limit());
                               return audit_page(tx, centre.desk().parts().library, filter, &call.caller,
                                                 call.query.text("cursor"), limit);
                           }));
    auto hand_out =
        api::work<api::Nothing>("GET", "/audit/export",
                                {.right = "audit.read",
                                 .help = "The entries as JSON lines, with their hashes, newest first",
                                 .query = audit_query(),
                                 .slow = true,
                                 .step_up = true},
                                [&](api::Call& call, api::Nothing&&) { return hand_out_audit(centre, call); });
    out.push_back(std::move(hand_out));
    out.push_back(api::work<api::Nothing>(
        "POST", "/audit/verify", {.right = "audit.read", .help = "Verify all chains and checkpoints", .slow = true},
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
