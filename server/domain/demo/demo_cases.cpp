#include <algorithm>
#include <queue>

#include "domain/demo/demo_story.hpp"

// Months of cases: reported by customers, worked on by whoever has the task, at times at which people work; at the
// end a case stands before every step of every flowchart.
namespace keepword::demo {
namespace {

constexpr int cases_of_a_workday = 11;
constexpr int cases_of_a_day_off = 3;
constexpr int max_acts = 60;  // on one case

struct Next {
    Instant at;
    std::size_t story = 0;
    bool operator>(Next const& other) const { return at > other.at || (at == other.at && story > other.story); }
};

// The task a case waits with: its own, or one of the fault maintenance that it called.
struct Step {
    cases::TaskId task{};
    cases::CaseId case_id{};
    std::string kind;
    std::string element;
    PersonId person{};
    bool claimed = false;
};

class History {
  public:
    History(Parts const& parts, World const& world, Dice& dice, Instant end)
        : parts_(parts), world_(world), dice_(dice), end_(end) {}

    Result<std::int64_t> run(storage::Transaction& tx, std::int64_t days_of_history) {
        calendar_ = TRY(parts_.calendar(tx, "office"));
        plan(days_of_history);
        plan_present();
        while (!queue_.empty() && queue_.top().at < end_) {
            auto const next = queue_.top();
            queue_.pop();
            parts_.set_clock(next.at);
            TRY(parts_.ring_alarms(tx, next.at));
            auto& story = stories_[next.story];
            auto const then =
                story.id ? TRY(go_on(tx, story, next.at)) : std::optional(TRY(report(tx, story, next.at)));
            if (then) queue_.push({*then, next.story});
        }
        parts_.set_clock(end_);
        return opened_;
    }

  private:
    // When each case is reported: office hours mostly, evenings too, fewer on days off.
    void plan(std::int64_t days_of_history) {
        for (std::int64_t back = days_of_history; back >= 0; --back) {
            auto const day = day_at(end_ - days(back), hours(8));
            int const count = calendar_->works_on(day) ? cases_of_a_workday : cases_of_a_day_off;
            Instant const midnight{day.number() * 86'400'000 - hours(8).ms};
            for (int i = 0; i < count; ++i) {
                auto const minute =
                    dice_.chance(80) ? dice_.between(8 * 60 + 20, 17 * 60 + 30) : dice_.between(18 * 60, 22 * 60);
                queue_.push({midnight + minutes(minute) + seconds(dice_.below(60)), stories_.size()});
                stories_.push_back({});
            }
        }
    }

    // The cases that stand before a step of a flowchart at the end, one for each of the material's list.
    void plan_present() {
        for (auto const& one : world_.material.list("present")) {
            auto const& guide = one.as_object();
            queue_.push({end_ - minutes(guide.at("ago").to_number<std::int64_t>()), stories_.size()});
            stories_.push_back({.guide = &guide});
        }
    }

    // Each of these acts returns when the case's next one is to be.

    Result<Instant> report(storage::Transaction& tx, Story& story, Instant at) {
        invent(story, world_, dice_, at);
        cases::NewCase fresh{
            .kind = story.kind, .channel = story.channel, .facts = facts_of(story, dice_), .variables = {}};
        bool const by_phone = story.channel == cases::Channel::hotline;
        auto const taker = by_phone ? dice_.pick(world_.holders.at("acceptance-engineer")) : PersonId{};
        story.id = TRY(parts_.desk.open({tx, at, taker}, fresh));
        ++opened_;
        return by_phone ? at + seconds(dice_.between(30, 240)) : after(at, 2, 25);
    }

    Result<std::optional<Instant>> go_on(storage::Transaction& tx, Story& story, Instant at) {
        auto const found = TRY(step_of(tx, story));
        if (!found || ++story.acts > max_acts) return std::nullopt;
        auto const& step = *found;
        cases::Act const act{tx, at, step.person};
        if (story.guide != nullptr) return follow(act, story, step);
        TRY(chatter(act, story, step.case_id));
        if (story.waits) {
            story.waits = false;
            TRY(parts_.desk.resume(act, story.id));
        }
        if (step.case_id == story.id && step.element != "accept") {
            if (dice_.below(250) == 0) {
                TRY(parts_.desk.cancel(act, story.id, some_text(story, world_, dice_, "cancel")));
                return std::nullopt;
            }
            if (dice_.chance(3)) return wait(act, story);
        }
        if (!step.claimed && dice_.chance(30)) {
            TRY(parts_.desk.claim(act, step.task));
            return after(at, 5, 60);
        }
        TRY(complete(act, story, step));
        return pace(step.element, at);
    }

    // Goes straight to the step where the case is to stand; every other one is claimed there.
    Result<std::optional<Instant>> follow(cases::Act const& act, Story& story, Step const& step) {
        auto const& guide = *story.guide;
        if (text_at(guide, "step") != step.kind + "/" + step.element) {
            TRY(complete(act, story, step));
            return act.now + minutes(guide.at("every").to_number<std::int64_t>());
        }
        if (dice_.chance(50) && !step.claimed) TRY(parts_.desk.claim(act, step.task));
        if (guide.contains("waits")) TRY(wait(act, story));
        return std::nullopt;
    }

    Result<std::optional<Step>> step_of(storage::Transaction& tx, Story const& story) {
        auto const row = TRY(tx.one(
            "SELECT t.id, t.case_id, t.element, t.assignee, t.role, c.kind FROM (SELECT id, kind FROM cases WHERE id "
            "= ? UNION ALL SELECT id, kind FROM cases WHERE parent_case = ?) c JOIN task t ON t.case_id = c.id "
            "WHERE t.state IN ('open','claimed') ORDER BY t.id LIMIT 1",
            story.id, story.id));
        if (!row) return std::nullopt;
        return Step{row->id<cases::TaskTag>(0),
                    row->id<cases::CaseTag>(1),
                    row->text(5),
                    row->text(2),
                    row->null(3) ? somebody(row->text(4)) : row->id<PersonTag>(3),
                    !row->null(3)};
    }

    // The customer is asked something, and answers the next day or the one after.
    Result<std::optional<Instant>> wait(cases::Act const& act, Story& story) {
        story.waits = true;
        TRY(parts_.desk.pause(act, story.id, some_text(story, world_, dice_, "waiting"), std::nullopt));
        return after(act.now, 300, 900);
    }

    Result<> complete(cases::Act const& act, Story& story, Step const& step) {
        auto const outcome = choose_outcome(story, step.kind, step.element);
        auto const fields = TRY(fill_form(act, story, step, outcome));
        TRY(look_up(act, story, step, outcome));
        auto done = parts_.desk.complete(act, step.task, outcome, fields);
        if (done) return {};
        auto const& error = done.error();
        return fail(Kind::internal, "demo.stuck",
                    step.kind + "/" + step.element + ": " + error.code + " " +
                        (error.fields.empty() ? error.detail : error.fields[0].field + " " + error.fields[0].code));
    }

    // Whoever handles the case looks into the knowledge base, where it has something on the matter; by dice of its own,
    // so that all else stays as it is without.
    Result<> look_up(cases::Act const& act, Story const& story, Step const& step,
                     std::optional<std::string> const& outcome) {
        auto const found = world_.articles.find(text_at(*story.plot, "key"));
        if (found == world_.articles.end() || !step.element.starts_with("handle-")) return {};
        bool const solved = outcome == "solved";
        if (!reading_.chance(solved ? 65 : 15)) return {};
        return knowledge::use(parts_.desk, act, step.case_id, found->second, solved, "");
    }

    // Some working minutes later.
    Instant after(Instant at, std::int64_t least, std::int64_t most) {
        auto const due = calendar_->due(at, {.days = 0, .time = minutes(dice_.between(least, most))});
        return due ? *due : at + hours(1);
    }

    // How long the next step takes: at the desk minutes, on site hours; now and then somebody is too slow.
    Instant pace(std::string const& element, Instant at) {
        if (dice_.chance(6)) return after(at, 240, 900);
        if (element == "assign-field" || element == "prepare" || element == "on-site") return after(at, 60, 240);
        if (element == "accept") return at + minutes(dice_.between(2, 22));
        return after(at, 4, 150);
    }

    PersonId somebody(std::string const& roles) {
        auto const first = text::split(roles, ' ').front();
        auto const found = world_.holders.find(std::string(first));
        return found == world_.holders.end() ? world_.holders.at("technical-supervisor").front()
                                             : dice_.pick(found->second);
    }

    // The way that passes most steps, where the guide has no other.
    static std::optional<std::string> guided(json::object const& guide, std::string const& step) {
        static std::map<std::string, std::string> const usual{{"customer-acceptance/handle-first", "unsolved"},
                                                              {"customer-acceptance/handle-network", "unsolved"},
                                                              {"customer-acceptance/coordinate", "support"},
                                                              {"customer-acceptance/handle-support", "solved"},
                                                              {"customer-acceptance/handle-interface", "unsolved"},
                                                              {"customer-acceptance/handle-other-centre", "solved"},
                                                              {"customer-acceptance/feed-back", "accepted"},
                                                              {"fault-maintenance/remote", "unsolved"},
                                                              {"fault-maintenance/analyse", "on-site"},
                                                              {"fault-maintenance/handle-technical", "solved"},
                                                              {"fault-maintenance/sign", "solved"}};
        auto const* outcomes = guide.if_contains("outcomes");
        if (auto own = outcomes == nullptr ? "" : text_at(*outcomes, step); !own.empty()) return own;
        auto const found = usual.find(step);
        return found == usual.end() ? std::nullopt : std::optional(found->second);
    }

    std::optional<std::string> choose_outcome(Story& story, std::string const& kind, std::string const& element) {
        if (story.guide != nullptr) return guided(*story.guide, kind + "/" + element);
        auto const path = text_at(*story.plot, "path");
        auto const solved = [](bool yes) { return std::optional<std::string>(yes ? "solved" : "unsolved"); };
        if (kind == "fault-maintenance") {
            if (element == "remote") return solved(dice_.chance(30));
            if (element == "analyse") return dice_.chance(75) ? "on-site" : dice_.chance(40) ? "outside" : "remote";
            if (element == "sign" || element == "handle-technical") return solved(dice_.chance(90));
            return std::nullopt;
        }
        if (element == "handle-first") return solved(path == "first");
        if (element == "handle-network") return solved(path == "network" || path == "first");
        if (element == "handle-support" || element == "handle-other-centre") return solved(dice_.chance(85));
        if (element == "handle-interface") return solved(dice_.chance(50));
        if (element == "coordinate") {
            if (story.coordinated++ > 1) return "solved";
            return path == "field" ? "field" : path == "interface" ? "interface" : "support";
        }
        if (element == "feed-back") return dice_.chance(94) ? "accepted" : "disputed";
        return std::nullopt;
    }

    // What people write into the form; everything it requires and does not know yet is filled.
    Result<json::object> fill_form(cases::Act const& act, Story const& story, Step const& step,
                                   std::optional<std::string> const& outcome) {
        auto const version = TRY(parts_.desk.parts().library.current(act.tx, step.kind));
        auto const* form = version->form_of(step.element);
        json::object fields;
        if (form == nullptr) return fields;
        json::object context;
        if (outcome) context["outcome"] = json::string(*outcome);
        for (auto const& field : form->fields) {
            if (field.id.starts_with("case.") || !field.required) continue;
            if (field.when && !feel::holds(*field.when, context)) continue;
            auto value = value_of(field, story, world_, dice_, act.now, step.person);
            context[field.id] = value;
            fields[field.id] = std::move(value);
        }
        return fields;
    }

    // Comments, urging, corrections: what happens beside the flowchart.
    Result<> chatter(cases::Act const& act, Story const& story, cases::CaseId id) {
        auto const some = [&](char const* name) { return some_text(story, world_, dice_, name); };
        if (dice_.chance(22)) TRY(parts_.desk.note(act, id, "commented", some("comment"), {{"to_customer", false}}));
        if (dice_.chance(3)) TRY(parts_.desk.note(act, id, "urged", some("urge"), {}));
        if (dice_.chance(2)) {
            cases::Facts changed;
            changed.contact_phone = json::Text<50>{dice_.pick(story.customer->contacts).phone};
            TRY(parts_.desk.correct(act, id, changed, correction("case.contact_phone")));
        }
        return {};
    }

    // Why somebody corrects this field.
    std::string correction(std::string_view field) const {
        auto const& all = world_.material.texts("correction");
        auto const found = std::ranges::find_if(all, [&](auto const& one) { return text_at(one, "field") == field; });
        return found == all.end() ? "" : text_at(*found, "reason");
    }

    Parts const& parts_;
    World const& world_;
    Dice& dice_;
    Dice reading_{41};
    Instant end_;
    std::shared_ptr<calendar::Calendar const> calendar_;
    std::vector<Story> stories_;
    std::priority_queue<Next, std::vector<Next>, std::greater<>> queue_;
    std::int64_t opened_ = 0;
};

}  // namespace

Result<> make_cases(Parts const& parts, World const& world, Dice& dice, Instant now, std::int64_t days_of_history,
                    Made& made) {
    return parts.database.write([&](storage::Transaction& tx) -> Result<> {
        auto own = dice;  // PostgreSQL may run it a second time
        made.cases = TRY(History(parts, world, own, now).run(tx, days_of_history));
        return {};
    });
}

}  // namespace keepword::demo
