#include <algorithm>

#include "domain/case/case_clocks.hpp"
#include "domain/case/case_routes.hpp"
#include "engine/audit/audit.hpp"

// How long clocks run: the flowcharts give the lengths, a centre may set others, which count for clocks that start
// from then on. Every change is kept and can be taken back, which is a change itself.
namespace keepword::cases {
namespace {

struct SettingRow {
    std::string key;  // clock.PROCESS.NAME
    std::string process_zh;
    std::optional<std::string> process_en;
    std::string name_zh;  // the clock's, as it is drawn
    std::optional<std::string> name_en;
    std::string value;          // ISO 8601
    std::string default_value;  // the flowchart's
    std::int64_t version = 0;   // 0: as the flowchart has it
};
BOOST_DESCRIBE_STRUCT(SettingRow, (), (key, process_zh, process_en, name_zh, name_en, value, default_value, version))

struct SettingValue {
    std::optional<json::Text<40>> value;  // null: the flowchart's again
};
BOOST_DESCRIBE_STRUCT(SettingValue, (), (value))

struct SettingChangeTag;
using SettingChangeId = Id<SettingChangeTag>;

// One change, with the names of its clock as they are now; without names where no flowchart in use has it any more.
struct SettingChange {
    SettingChangeId id{};
    std::string key;
    std::optional<std::string> process_zh;
    std::optional<std::string> process_en;
    std::optional<std::string> name_zh;
    std::optional<std::string> name_en;
    Instant at;
    std::optional<api::Ref> by;
    std::string old_value;
    std::string new_value;
    std::optional<SettingChangeId> undoes;
    bool can_undo = false;  // it is the newest of its clock, and the flowchart in use still has that
};
BOOST_DESCRIBE_STRUCT(SettingChange, (),
                      (id, key, process_zh, process_en, name_zh, name_en, at, by, old_value, new_value, undoes,
                       can_undo))

// The clocks of the processes in use, as their flowcharts have them.
Result<std::vector<SettingRow>> defaults(storage::Transaction& tx, process::Library& library) {
    std::vector<SettingRow> rows;
    for (auto const& version : TRY(library.all_current(tx))) {
        auto const& definition = *version->definition;
        auto const& process = definition.at(definition.process);
        for (auto const& element : definition.elements) {
            auto const& timer = element.timer;
            if (!timer || timer->kind != bpmn::TimerKind::duration || timer->expression) continue;
            auto key = clock_setting(definition, element);
            if (std::ranges::find(rows, key, &SettingRow::key) != rows.end()) continue;
            rows.push_back({.key = std::move(key),
                            .process_zh = process.name,
                            .process_en = process.name_en,
                            .name_zh = element.name,
                            .name_en = element.name_en,
                            .value = timer->text,
                            .default_value = timer->text});
        }
    }
    return rows;
}

Result<std::vector<SettingRow>> settings(storage::Transaction& tx, process::Library& library) {
    auto rows = TRY(defaults(tx, library));
    for (auto const& set : TRY(tx.query("SELECT key, value, version FROM setting ORDER BY key LIMIT 1000"))) {
        for (auto& row : rows) {
            if (row.key != set.text(0)) continue;
            row.value = set.text(1);
            row.version = set.integer(2);
        }
    }
    return rows;
}

Result<SettingRow> one(storage::Transaction& tx, process::Library& library, std::string const& key) {
    for (auto& row : TRY(settings(tx, library))) {
        if (row.key == key) return std::move(row);
    }
    return fail(Kind::not_found, "not-found");
}

Result<> keep(Desk& desk, api::Call const& call, storage::Transaction& tx, SettingRow const& before,
              std::string const& wanted, std::optional<SettingChangeId> undoes) {
    // The version goes on counting when the default is set again: nobody's change is lost unseen.
    TRY(
        tx.execute("INSERT INTO setting (key, value, version) VALUES (?,?,?) "
                   "ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version",
                   before.key, wanted, before.version + 1));
    auto const id = desk.parts().ids.next<SettingChangeTag>();
    TRY(
        tx.execute("INSERT INTO setting_change (id, key, at, by_person, old_value, new_value, undoes, version) "
                   "VALUES (?,?,?,?,?,?,?,?)",
                   id, before.key, call.now, call.caller.person, before.value, wanted, undoes, before.version + 1));
    json::object data{{"old", before.value}, {"new", wanted}, {"change", id.str()}};
    if (undoes) data["undoes"] = undoes->str();
    return audit::append(tx, {.chain = audit::system_chain,
                              .at = call.now,
                              .actor = call.caller.person.str(),
                              .action = "setting.changed",
                              .subject = "setting:" + before.key,
                              .data = std::move(data)});
}

Result<SettingRow> set(Desk& desk, api::Call const& call, SettingValue const& in, storage::Transaction& tx) {
    auto& library = desk.parts().library;
    auto before = TRY(one(tx, library, call.part("key")));
    TRY(call.expect_version(before.version));
    auto const wanted = in.value ? in.value->value : before.default_value;
    if (!calendar::Length::parse(wanted)) return invalid("value", "length");
    // Saved as it was is no change, and nothing that somebody would take back.
    if (wanted == before.value) return before;
    TRY(keep(desk, call, tx, before, wanted, {}));
    return one(tx, library, before.key);
}

// Newest first; a page is cut by id, so that what is changed meanwhile shifts nothing.
Result<api::Page<SettingChange>> changes(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const limit = TRY(call.limit());
    storage::Select select(
        "SELECT s.id, s.key, s.at, s.by_person, p.name, s.old_value, s.new_value, s.undoes, "
        "CASE WHEN EXISTS (SELECT 1 FROM setting_change n WHERE n.key = s.key AND (n.version > s.version OR "
        "(n.version = s.version AND n.id > s.id))) THEN 1 ELSE 0 END FROM setting_change s "
        "LEFT JOIN person p ON p.id = s.by_person");
    if (auto const key = call.query.text("key"); !key.empty()) select.where("s.key = ?", key);
    if (auto const before = TRY(call.query_id<SettingChangeTag>("cursor"))) select.where("s.id < ?", *before);
    select.end("ORDER BY s.id DESC LIMIT ?", limit + 1);
    auto const rows = TRY(settings(tx, desk.parts().library));
    api::Page<SettingChange> page;
    for (auto const& r : TRY(tx.query(select))) {
        SettingChange change{.id = r.id<SettingChangeTag>(0),
                             .key = r.text(1),
                             .at = r.instant(2),
                             .old_value = r.text(5),
                             .new_value = r.text(6),
                             .undoes = r.optional_id<SettingChangeTag>(7)};
        if (!r.null(4)) change.by = api::Ref{r.id<PersonTag>(3).str(), r.text(4)};
        if (auto const row = std::ranges::find(rows, change.key, &SettingRow::key); row != rows.end()) {
            change.process_zh = row->process_zh;
            change.process_en = row->process_en;
            change.name_zh = row->name_zh;
            change.name_en = row->name_en;
            change.can_undo = !r.flag(8);
        }
        page.items.push_back(std::move(change));
    }
    if (std::ssize(page.items) > limit) {
        page.items.pop_back();
        page.next = page.items.back().id.str();
    }
    return page;
}

// Takes the newest change of a clock back. One that others followed stays: undoing it would undo theirs unseen.
Result<SettingRow> undo(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto& library = desk.parts().library;
    auto const id = TRY(call.id<SettingChangeTag>());
    auto const change = TRY(tx.one("SELECT key, old_value, version FROM setting_change WHERE id = ?", id));
    if (!change) return fail(Kind::not_found, "not-found");
    auto const before = TRY(one(tx, library, change->text(0)));
    auto const made = change->integer(2);
    auto const later =
        TRY(tx.one("SELECT 1 FROM setting_change WHERE key = ? AND (version > ? OR (version = ? AND id > ?))",
                   before.key, made, made, id));
    if (later) return fail(Kind::conflict, "setting.changed-since");
    TRY(keep(desk, call, tx, before, change->text(1), id));
    return one(tx, library, before.key);
}

}  // namespace

api::Routes setting_routes(Desk& desk) {
    auto& library = desk.parts().library;
    api::Routes out;
    out.push_back(api::get("/settings", {.right = "settings.manage", .help = "How long clocks run, and by default"},
                           [&](api::Call const&, storage::Transaction& tx) -> Result<api::Page<SettingRow>> {
                               return api::Page<SettingRow>{.items = TRY(settings(tx, library)), .next = {}};
                           }));
    out.push_back(
        api::get("/settings/{key}", {.right = "settings.manage", .help = "How long one clock runs"},
                 [&](api::Call const& call, storage::Transaction& tx) { return one(tx, library, call.part("key")); }));
    out.push_back(api::put<SettingValue>(
        "/settings/{key}",
        {.right = "settings.manage", .help = "Set how long a clock runs from its next start on; null: the default"},
        [&](api::Call const& call, SettingValue const& in, storage::Transaction& tx) {
            return set(desk, call, in, tx);
        }));
    out.push_back(api::get(
        "/settings/changes",
        {.right = "settings.manage",
         .help = "Who changed what, newest first",
         .query = {{"key", "Only of this setting"}, {"limit", "1 to 200"}, {"cursor", "next of the page before"}}},
        [&](api::Call const& call, storage::Transaction& tx) { return changes(desk, call, tx); }));
    out.push_back(api::post<api::Nothing>(
        "/settings/changes/{id}/undo",
        {.right = "settings.manage",
         .help = "Take the newest change of a setting back; 409 where it was changed since"},
        [&](api::Call const& call, api::Nothing const&, storage::Transaction& tx) { return undo(desk, call, tx); }));
    return out;
}

}  // namespace keepword::cases
