#include "domain/case/case_repair.hpp"

#include <algorithm>

#include "domain/case/case_afterwards.hpp"
#include "domain/case/case_clocks.hpp"
#include "engine/audit/audit.hpp"
#include "engine/jobs/jobs.hpp"

// What is done when a process stands: incidents, repair, another version of the drawing, replay of the audit.
namespace keepword::cases {

// ---- incidents ---------------------------------------------------------------------------------------------------

std::vector<Standing> standing(bpmn::State const& state) {
    std::vector<Standing> out;
    for (auto const& token : state.tokens) {
        if (token.incident()) out.push_back({token.instance, token.element, token.code});
    }
    return out;
}

Result<> note_incidents(Act const& act, Running const& running, std::vector<Standing> const& stood) {
    auto const id = running.record.id;
    auto const stands = standing(running.engine);
    if (stands.empty()) {
        if (!stood.empty()) TRY(act.tx.execute("DELETE FROM incident WHERE case_id = ?", id));
        return {};
    }
    for (auto const& one : stood) {
        if (std::ranges::find(stands, one.instance, &Standing::instance) != stands.end()) continue;
        TRY(act.tx.execute("DELETE FROM incident WHERE case_id = ? AND instance = ?", id, one.instance));
    }
    for (auto const& one : stands) {
        if (std::ranges::find(stood, one) != stood.end()) continue;
        TRY(
            act.tx.execute("INSERT INTO incident (case_id, instance, element, code, at) VALUES (?,?,?,?,?) "
                           "ON CONFLICT (case_id, instance) DO UPDATE SET element = excluded.element, "
                           "code = excluded.code, at = excluded.at",
                           id, one.instance, running.definition().at(one.element).id, one.code, act.now));
    }
    return {};
}

Result<> Desk::retry(Act const& act, CaseId id, bpmn::Instance instance, json::object const& variables) {
    auto running = TRY(load_running(act, parts_, id));
    auto const* token = running.engine.token(instance);
    if (token == nullptr || !token->incident()) return fail(Kind::not_found, "incident.gone");
    auto const& element = running.definition().at(token->element);
    json::object data{{"code", token->code}};
    if (!variables.empty()) data["variables"] = variables;
    TRY(add_entry(act, parts_.ids, id,
                  {.kind = "retried",
                   .element = element.id,
                   .name_zh = element.name,
                   .name_en = element.name_en,
                   .data = std::move(data)}));
    if (!variables.empty()) {
        TRY(run(*this, act, running, bpmn::SetVariables{variables, instance}));
        running = TRY(load_running(act, parts_, id));
        // What was put right may have been what something else waited for, and that took this away.
        auto const* left = running.engine.token(instance);
        if (left == nullptr || !left->incident()) return {};
    }
    return run(*this, act, running, bpmn::Retry{instance});
}

// ---- another version ---------------------------------------------------------------------------------------------

namespace {

Error refused(std::vector<bpmn::MigrationProblem> const& problems) {
    Error error(Kind::invalid, "process.migration");
    for (auto const& problem : problems) error.fields.push_back({problem.element, problem.what});
    return error;
}

// Where it stands is drawn, and left later, under the name that it has in the new version.
Result<> move_visits(Act const& act, Running const& running, bpmn::MigrationMap const& map) {
    for (auto const& token : running.engine.tokens) {
        auto const now = map.elements.find(running.definition().at(token.element).id);
        if (now == map.elements.end()) continue;
        TRY(act.tx.execute("UPDATE case_visit SET element = ? WHERE case_id = ? AND instance = ? AND left_at IS NULL",
                           now->second, running.record.id, token.instance));
    }
    return {};
}

// What stood before the move stands in the new drawing, under the name it has there and since when it did.
Result<> move_incidents(Act const& act, Running const& running, std::vector<Standing> stood) {
    for (auto& one : stood) {
        auto const* token = running.engine.token(one.instance);
        if (token == nullptr) continue;
        one.element = token->element;
        TRY(act.tx.execute("UPDATE incident SET element = ? WHERE case_id = ? AND instance = ?",
                           running.definition().at(one.element).id, running.record.id, one.instance));
    }
    return note_incidents(act, running, stood);
}

}  // namespace

Result<> Desk::migrate(Act const& act, CaseId id, std::string const& version, bpmn::MigrationMap const& map) {
    auto running = TRY(load_running(act, parts_, id));
    if (running.record.ended()) return fail(Kind::conflict, "case.ended");
    // A version that somebody names may be none; one that a case runs on is always there.
    if (!TRY(act.tx.one("SELECT 1 FROM process_version WHERE hash = ?", version)))
        return fail(Kind::not_found, "process.unknown");
    auto const to = TRY(parts_.library.version(act.tx, version));
    if (to->definition->key() != running.definition().key()) return invalid("version", "other-process");
    auto moved = bpmn::migrate(running.definition(), *to->definition, running.engine, map, act.now);
    if (!moved.problems.empty()) return std::unexpected(refused(moved.problems));
    auto const stood = standing(running.engine);
    TRY(move_visits(act, running, map));
    auto const from = std::exchange(running.record.process_hash, version);
    running.version = to;
    running.engine = std::move(moved.step.state);
    TRY(move_incidents(act, running, stood));
    TRY(act.tx.execute("UPDATE cases SET process_hash = ? WHERE id = ?", version, id));
    TRY(forget_what_it_hears(act, id));
    TRY(remember_what_it_hears(act, running));
    json::object elements;
    for (auto const& [old, now] : map.elements) elements[old] = now;
    return with_what_follows(*this, act, [&](Act const& inner) -> Result<> {
        TRY(apply_effects(parts_, inner, running, moved.step.effects));
        for (auto const& token : running.engine.tokens) {
            if (token.wait == bpmn::Wait::task) TRY(redraw_task(inner, running, token));
        }
        TRY(add_entry(inner, parts_.ids, id, {.kind = "migrated", .data = {{"from", from}, {"to", version}}}));
        // Before anything follows from it: what is played again is played in this order.
        return audit_case(inner, id, "case.migrated", {{"from", from}, {"to", version}, {"elements", elements}});
    });
}

Result<bpmn::MigrationMap> Desk::same_names(Act const& act, CaseId id, std::string const& version) {
    auto const running = TRY(load_running(act, parts_, id));
    auto const to = TRY(parts_.library.version(act.tx, version));
    return bpmn::same_names(running.definition(), *to->definition);
}

// ---- replay ------------------------------------------------------------------------------------------------------

namespace {

class Replay {
  public:
    Replay(storage::Transaction& tx, process::Library& library) : tx_(tx), library_(library) {}

    // Error `case.replay` where the audit cannot be played: it does not lead to any state.
    Result<> play(audit::Recorded const& entry) {
        auto const data = json::parse(entry.data, json::max_stored_depth);
        if (!data || !data->is_object()) return {};
        auto const& o = data->get_object();
        if (entry.action == "case.opened") return open(std::string(o.at("process").as_string()));
        if (entry.action == "case.migrated") return migrate(o, entry.at);
        if (entry.action != "case.event") return {};
        if (!version_) return fail(Kind::conflict, "case.replay", "an event before the opening");
        auto const event = TRY(bpmn::event_from_json(o.at("event")));
        state_ = TRY(bpmn::step(*version_->definition, std::move(state_), event, entry.at)).state;
        return {};
    }

    std::string text() const { return version_ ? json::serialize(bpmn::to_json(state_, *version_->definition)) : ""; }

  private:
    Result<> open(std::string const& hash) {
        version_ = TRY(library_.version(tx_, hash));
        return {};
    }
    Result<> migrate(json::object const& o, Instant at) {
        auto const to = TRY(library_.version(tx_, std::string(o.at("to").as_string())));
        bpmn::MigrationMap map;
        for (auto const& [old, now] : o.at("elements").as_object()) map.elements[old] = now.as_string();
        auto moved = bpmn::migrate(*version_->definition, *to->definition, state_, map, at);
        if (!moved.problems.empty()) return fail(Kind::conflict, "case.replay", "a migration that is refused");
        version_ = to;
        state_ = std::move(moved.step.state);
        return {};
    }

    storage::Transaction& tx_;
    process::Library& library_;
    process::VersionPtr version_;
    bpmn::State state_;
};

}  // namespace

Result<bool> replay_agrees(storage::Transaction& tx, process::Library& library, CaseId id) {
    auto const kept = TRY(tx.one("SELECT state FROM case_engine WHERE case_id = ?", id));
    if (!kept) return false;
    Replay replay(tx, library);
    constexpr std::int64_t page = 500;
    std::int64_t after = 0;
    while (true) {
        auto const entries = TRY(audit::entries(tx, "case:" + id.str(), after, page));
        for (auto const& entry : entries) {
            auto const played = replay.play(entry);
            // An event that the engine refuses now was not refused then: they differ. A broken database is no answer.
            if (!played && played.error().kind == Kind::unavailable) return std::unexpected(played.error());
            if (!played) return false;
            after = entry.seq;
        }
        if (static_cast<std::int64_t>(entries.size()) < page) break;
    }
    return replay.text() == json::serialize(kept->json(0));
}

Result<Replayed> replay_all(storage::Database& database, process::Library& library) {
    Replayed out;
    constexpr std::int64_t page = 200;
    CaseId after{};
    while (true) {
        auto const done = TRY(database.read([&](storage::Transaction& tx) -> Result<bool> {
            auto const rows =
                TRY(tx.query("SELECT id, number FROM cases WHERE id > ? ORDER BY id LIMIT ?", after.value, page));
            for (auto const& row : rows) {
                after = row.id<CaseTag>(0);
                ++out.cases;
                if (TRY(replay_agrees(tx, library, after))) continue;
                ++out.different;
                if (out.first_different.empty()) out.first_different = row.text(1);
            }
            return static_cast<std::int64_t>(rows.size()) < page;
        }));
        if (done) return out;
    }
}

}  // namespace keepword::cases
