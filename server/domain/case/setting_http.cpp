#include <algorithm>

#include "domain/case/case_clocks.hpp"
#include "domain/case/case_routes.hpp"
#include "engine/audit/audit.hpp"

// How long clocks run: the flowcharts give the lengths, a centre may set others, which count for clocks that start
// from then on.
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

Result<SettingRow> set(process::Library& library, api::Call const& call, SettingValue const& in,
                       storage::Transaction& tx) {
    auto const before = TRY(one(tx, library, call.part("key")));
    TRY(call.expect_version(before.version));
    auto const wanted = in.value ? in.value->value : before.default_value;
    if (!calendar::Length::parse(wanted)) return invalid("value", "length");
    // The version goes on counting when the default is set again: nobody's change is lost unseen.
    TRY(
        tx.execute("INSERT INTO setting (key, value, version) VALUES (?,?,?) "
                   "ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version",
                   before.key, wanted, before.version + 1));
    TRY(audit::append(tx, {.chain = audit::system_chain,
                           .at = call.now,
                           .actor = call.caller.person.str(),
                           .action = "setting.changed",
                           .subject = "setting:" + before.key,
                           .data = json::object{{"old", before.value}, {"new", wanted}}}));
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
            return set(library, call, in, tx);
        }));
    return out;
}

}  // namespace keepword::cases
