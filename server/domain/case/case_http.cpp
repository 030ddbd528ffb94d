#include "domain/case/case_clocks.hpp"
#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"

// The routes of a case.
namespace keepword::cases {
namespace {

struct NewCaseBody {
    std::string kind;
    json::Text<200> title;
    Channel channel = Channel::api;
    std::optional<json::Text<20'000>> description;
    std::optional<OtherId> customer;  // an organisation of kind customer: another name for `organisation`
    std::optional<OtherId> organisation;
    std::optional<PersonId> contact;
    std::optional<json::Text<100>> contact_name;
    std::optional<json::Text<50>> contact_phone;
    std::optional<json::Text<200>> contact_email;
    std::optional<OtherId> site;
    std::optional<OtherId> asset;
    std::optional<json::Text<60>> category;
    std::optional<Urgency> urgency;
    std::optional<json::Text<20>> severity;
};
BOOST_DESCRIBE_STRUCT(NewCaseBody, (),
                      (kind, title, channel, description, customer, organisation, contact, contact_name, contact_phone,
                       contact_email, site, asset, category, urgency, severity))

struct Correction {
    std::optional<json::Text<200>> title;
    std::optional<json::Text<20'000>> description;
    std::optional<OtherId> organisation;
    std::optional<PersonId> contact;
    std::optional<json::Text<100>> contact_name;
    std::optional<json::Text<50>> contact_phone;
    std::optional<json::Text<200>> contact_email;
    std::optional<OtherId> site;
    std::optional<OtherId> asset;
    std::optional<json::Text<60>> category;
    std::optional<Urgency> urgency;
    std::optional<json::Text<20>> severity;
    std::optional<json::Text<2'000>> reason;
};
BOOST_DESCRIBE_STRUCT(Correction, (),
                      (title, description, organisation, contact, contact_name, contact_phone, contact_email, site,
                       asset, category, urgency, severity, reason))


struct Comment {
    json::Text<20'000> text;
    std::optional<bool> to_customer;
};
BOOST_DESCRIBE_STRUCT(Comment, (), (text, to_customer))
struct Reason {
    json::Text<2'000> reason;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (reason))
struct PauseBody {
    json::Text<2'000> reason;
    std::optional<Instant> until;
};
BOOST_DESCRIBE_STRUCT(PauseBody, (), (reason, until))
enum class LinkKind { related, duplicate, continues };
BOOST_DESCRIBE_ENUM(LinkKind, related, duplicate, continues)
struct LinkBody {
    CaseId case_{};
    LinkKind kind = LinkKind::related;
};
BOOST_DESCRIBE_STRUCT(LinkBody, (), (case_, kind))
struct UrgeBody {
    std::optional<json::Text<2'000>> text;
};
BOOST_DESCRIBE_STRUCT(UrgeBody, (), (text))

// Facts and the bodies that carry them have the same members by the same names.
template <class Body>
Facts facts_of(Body const& in) {
    Facts facts;
    facts.title = in.title;
    facts.description = in.description;
    facts.organisation = in.organisation;
    facts.contact = in.contact;
    facts.contact_name = in.contact_name;
    facts.contact_phone = in.contact_phone;
    facts.contact_email = in.contact_email;
    facts.site = in.site;
    facts.asset = in.asset;
    facts.category = in.category;
    facts.urgency = in.urgency;
    facts.severity = in.severity;
    return facts;
}

Result<> expect_text(json::Text<2'000> const& text, char const* field) {
    if (text::trim(text.value).empty()) return invalid(field, "required");
    return {};
}

// The case of the path, if the caller may see it.
Result<CaseId> visible(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(call.id<CaseTag>());
    TRY(expect_visible(tx, desk.parts().library, call.caller, id));
    return id;
}

// The case of the path, if the caller may act on it; `inside`: as one of the centre, not as somebody from outside who
// has one task on it.
Result<CaseId> worked_on(Desk& desk, api::Call const& call, storage::Transaction& tx, bool inside) {
    auto const id = TRY(visible(desk, call, tx));
    if (inside && !call.caller.may("cases.read")) return fail(Kind::forbidden, "right.case");
    if (!TRY(may_work_on(tx, desk.parts().library, call.caller, id))) return fail(Kind::forbidden, "right.case");
    return id;
}

Result<Case> shown(Desk& desk, api::Call const& call, storage::Transaction& tx, CaseId id) {
    return read_case(tx, desk.parts(), call.caller, id, call.now);
}

// Whoever may not read customers names what is their own organisation's: a name comes back with the case, and a guessed
// id must not bring another's. Anything else is as unknown to them as what is not there.
Result<> expect_own(storage::Transaction& tx, api::Caller const& caller, Facts const& facts) {
    if (caller.may("customers.read")) return {};
    Error error(Kind::invalid, "input.invalid");
    auto const check = [&](storage::Sql sql, auto const& id, char const* field) -> Result<> {
        if (!id || !*id) return {};
        if (!TRY(tx.one(sql, *id, caller.organisation))) error.fields.push_back({field, "unknown"});
        return {};
    };
    TRY(check("SELECT 1 FROM organisation WHERE id = ? AND id = ?", facts.organisation, "organisation"));
    TRY(check("SELECT 1 FROM person WHERE id = ? AND organisation = ?", facts.contact, "contact"));
    TRY(check("SELECT 1 FROM site WHERE id = ? AND organisation = ?", facts.site, "site"));
    TRY(check("SELECT 1 FROM asset WHERE id = ? AND organisation = ?", facts.asset, "asset"));
    if (!error.fields.empty()) return std::unexpected(std::move(error));
    return {};
}

Result<Case> create(Desk& desk, api::Call const& call, NewCaseBody const& in, storage::Transaction& tx) {
    NewCase fresh{.kind = in.kind, .channel = in.channel, .facts = facts_of(in), .variables = {}};
    if (!fresh.facts.organisation) fresh.facts.organisation = in.customer;
    TRY(expect_own(tx, call.caller, fresh.facts));
    auto const id = TRY(desk.open(act_of(call, tx), fresh));
    return shown(desk, call, tx, id);
}

Result<Case> correct(Desk& desk, api::Call const& call, Correction const& in, storage::Transaction& tx) {
    auto const id = TRY(worked_on(desk, call, tx, true));
    TRY(call.expect_version(TRY(load_record(tx, id)).version));
    TRY(desk.correct(act_of(call, tx), id, facts_of(in), in.reason ? in.reason->value : ""));
    return shown(desk, call, tx, id);
}

Result<Case> comment(Desk& desk, api::Call const& call, Comment const& in, storage::Transaction& tx) {
    bool const to_customer = in.to_customer.value_or(false);
    auto const id = TRY(worked_on(desk, call, tx, to_customer));
    if (text::trim(in.text.value).empty()) return invalid("text", "required");
    auto const act = act_of(call, tx);
    auto const entry = TRY(desk.note(act, id, "commented", in.text.value, {{"to_customer", to_customer}}));
    if (to_customer) {
        auto const r = TRY(load_record(tx, id));
        if (!r.contact_email) return invalid("case.contact_email", "required");
        TRY(desk.parts().tell_customer(tx,
                                       {.id = id,
                                        .number = r.number,
                                        .title = r.title,
                                        .to_address = *r.contact_email,
                                        .to_name = r.contact_name.value_or(""),
                                        .text = in.text.value,
                                        .entry = entry},
                                       call.now));
    }
    return shown(desk, call, tx, id);
}

Result<Case> cancel(Desk& desk, api::Call const& call, Reason const& in, storage::Transaction& tx) {
    auto const id = TRY(visible(desk, call, tx));
    TRY(expect_text(in.reason, "reason"));
    auto const record = TRY(load_record(tx, id));
    if (record.owner != call.caller.person && !call.caller.may("cases.cancel-any")) {
        return fail(Kind::forbidden, "case.not-owner");
    }
    TRY(desk.cancel(act_of(call, tx), id, in.reason.value));
    return shown(desk, call, tx, id);
}

Result<Case> urge(Desk& desk, api::Call const& call, UrgeBody const& in, storage::Transaction& tx) {
    auto const id = TRY(worked_on(desk, call, tx, false));
    auto const record = TRY(load_record(tx, id));
    if (record.ended()) return fail(Kind::conflict, "case.ended");
    TRY(tx.execute("UPDATE task SET urged = urged + 1 WHERE case_id = ? AND state IN ('open','claimed')", id));
    TRY(desk.note(act_of(call, tx), id, "urged", in.text ? in.text->value : "", {}));
    return shown(desk, call, tx, id);
}

Result<calendars::Explanation> explanation(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(call.id<ClockTag>());
    auto const row = TRY(tx.one("SELECT case_id FROM clock WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    TRY(expect_visible(tx, desk.parts().library, call.caller, row->id<CaseTag>(0)));
    return explain_clock(tx, desk.parts(), id, call.now);
}

template <class F>
auto on_case(Desk& desk, F f) {
    return
        [&desk, f](api::Call const& call, auto const& in, storage::Transaction& tx) { return f(desk, call, in, tx); };
}

std::vector<api::QueryField> const filter_fields{{"kind", "Process key"},
                                                 {"q", "Text; number, title, contact, description"},
                                                 {"assignee", "Person with a task of it"},
                                                 {"owner", "Person"},
                                                 {"organisation", "Organisation"},
                                                 {"contact", "Person"},
                                                 {"asset", "Asset"},
                                                 {"urgency", "normal, urgent, grave"},
                                                 {"category", "Category"},
                                                 {"channel", "Channel"},
                                                 {"overdue", "true: past its deadline"},
                                                 {"opened_from", "Day or instant"},
                                                 {"opened_until", "Day or instant, excluded"}};

std::vector<api::QueryField> list_fields() {
    auto fields = filter_fields;
    fields.insert(fields.end(), {{"state", "open, waiting, archived, cancelled"},
                                 {"limit", "1 to 200"},
                                 {"cursor", "next of the page before"}});
    return fields;
}

}  // namespace

api::Routes case_routes(Desk& desk) {
    api::Routes out;
    out.push_back(api::post<NewCaseBody>("/cases", {.right = "cases.create", .help = "Open a case", .status = 201},
                                         on_case(desk, create)));
    out.push_back(
        api::get("/cases", {.right = "signed-in", .help = "Cases, newest first", .query = list_fields()},
                 [&](api::Call const& call, storage::Transaction& tx) { return list_cases(tx, desk.parts(), call); }));
    out.push_back(api::get("/cases/counts",
                           {.right = "signed-in", .help = "How many cases are in which state, each up to 10,000", .query = filter_fields},
                           [&](api::Call const& call, storage::Transaction& tx) { return count_cases(tx, desk.parts(), call); }));
    out.push_back(api::get("/cases/{id}", {.right = "signed-in", .help = "One case"},
                           [&](api::Call const& call, storage::Transaction& tx) -> Result<Case> {
                               return shown(desk, call, tx, TRY(call.id<CaseTag>()));
                           }));
    out.push_back(api::patch<Correction>("/cases/{id}", {.right = "signed-in", .help = "Correct entered facts"},
                                         on_case(desk, correct)));
    out.push_back(api::post<Comment>("/cases/{id}/comments",
                                     {.right = "signed-in", .help = "Comment, or write to the customer"},
                                     on_case(desk, comment)));
    out.push_back(api::post<Reason>("/cases/{id}/cancel", {.right = "signed-in", .help = "Cancel, by its owner"},
                                    on_case(desk, cancel)));
    out.push_back(api::post<PauseBody>(
        "/cases/{id}/pause", {.right = "signed-in", .help = "Wait for the customer: the clocks stand still"},
        [&](api::Call const& call, PauseBody const& in, storage::Transaction& tx) -> Result<Case> {
            auto const id = TRY(worked_on(desk, call, tx, true));
            TRY(expect_text(in.reason, "reason"));
            TRY(desk.pause(act_of(call, tx), id, in.reason.value, in.until));
            return shown(desk, call, tx, id);
        }));
    out.push_back(api::post<api::Nothing>(
        "/cases/{id}/resume", {.right = "signed-in", .help = "Go on: the clocks run again"},
        [&](api::Call const& call, api::Nothing const&, storage::Transaction& tx) -> Result<Case> {
            auto const id = TRY(worked_on(desk, call, tx, true));
            TRY(desk.resume(act_of(call, tx), id));
            return shown(desk, call, tx, id);
        }));
    out.push_back(
        api::post<LinkBody>("/cases/{id}/links", {.right = "signed-in", .help = "Link to another case"},
                            [&](api::Call const& call, LinkBody const& in, storage::Transaction& tx) -> Result<Case> {
                                auto const id = TRY(worked_on(desk, call, tx, true));
                                TRY(expect_visible(tx, desk.parts().library, call.caller, in.case_));
                                TRY(desk.link(act_of(call, tx), id, in.case_, json::word(in.kind)));
                                return shown(desk, call, tx, id);
                            }));
    out.push_back(api::post<UrgeBody>("/cases/{id}/urge", {.right = "signed-in", .help = "Urge (催办) whoever has it"},
                                      on_case(desk, urge)));
    out.push_back(
        api::get("/clocks/{id}/explanation", {.right = "signed-in", .help = "Why is it due then?"},
                 [&](api::Call const& call, storage::Transaction& tx) { return explanation(desk, call, tx); }));
    return out;
}

api::Routes routes(Desk& desk, storage::Database& database, Clock const& clock) {
    api::Routes out = case_routes(desk);
    for (auto* more : {&task_routes, &record_routes, &repair_routes}) {
        for (auto& route : (*more)(desk)) out.push_back(std::move(route));
    }
    for (auto& route : file_routes(desk, database, clock)) out.push_back(std::move(route));
    for (auto& route : setting_routes(desk)) out.push_back(std::move(route));
    return out;
}

}  // namespace keepword::cases
