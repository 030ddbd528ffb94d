#include <algorithm>
#include <queue>

#include "domain/demo/demo_inside.hpp"

// A month of cases: reported by customers, worked on by whoever has the task, at times at which people work.
namespace keepword::demo {
namespace {

constexpr int cases_of_a_workday = 11;
constexpr int cases_of_a_day_off = 3;
constexpr std::int64_t days_of_history = 30;
constexpr int max_acts = 60;  // on one case

// One case of the demo: what it is about, and where its story has come to.
struct Story {
    cases::CaseId id{};
    json::object const* plot = nullptr;  // of the material's cases
    Customer const* customer = nullptr;
    Contact const* contact = nullptr;
    std::map<std::string, std::string> words;
    bool by_mail = false;
    int acts = 0;
    int coordinated = 0;
};

struct Next {
    Instant at;
    std::size_t story = 0;
    bool operator>(Next const& other) const { return at > other.at || (at == other.at && story > other.story); }
};

class Month {
  public:
    Month(Parts const& parts, World const& world, Dice& dice, Instant end)
        : parts_(parts), world_(world), dice_(dice), end_(end) {}

    Result<std::int64_t> run(storage::Transaction& tx) {
        calendar_ = TRY(parts_.calendar(tx, "office"));
        plan();
        while (!queue_.empty() && queue_.top().at < end_) {
            auto const next = queue_.top();
            queue_.pop();
            parts_.set_clock(next.at);
            TRY(parts_.ring_alarms(tx, next.at));
            if (stories_[next.story].id)
                TRY(go_on(tx, next.story, next.at));
            else
                TRY(report(tx, next.story, next.at));
        }
        parts_.set_clock(end_);
        return opened_;
    }

  private:
    // When each case is reported: office hours mostly, evenings too, fewer on days off.
    void plan() {
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

    json::object const& a_plot() { return dice_.pick(world_.material.list("cases")).as_object(); }

    Customer const& a_customer(json::object const& plot) {
        auto const& sectors = plot.at("sectors").as_array();
        std::vector<Customer const*> fitting;
        for (auto const& customer : world_.customers) {
            if (std::find(sectors.begin(), sectors.end(), json::value(json::string(customer.sector))) !=
                sectors.end()) {
                fitting.push_back(&customer);
            }
        }
        return fitting.empty() ? dice_.pick(world_.customers) : *dice_.pick(fitting);
    }

    // Everything a pattern may ask for, once per case, so that a case does not contradict itself.
    void choose_words(Story& story, Place const& place, Machine const* machine, Instant at) {
        auto const& fill = world_.material.demo.at("fill");
        auto const& plot = *story.plot;
        auto const local = day_at(at, hours(8));
        auto const hour = ((at.ms + hours(8).ms) / 3'600'000) % 24;
        auto& w = story.words;
        w["customer"] = story.customer->name;
        w["short"] = story.customer->short_name;
        w["contact"] = story.contact->name;
        w["phone"] = story.contact->phone;
        w["site"] = place.name;
        w["asset"] = machine != nullptr ? machine->name : "相关设备";
        w["ip"] = dice_.digits(text_at(fill, "ip"));
        w["account"] = dice_.digits(text_at(fill, "account"));
        w["date"] = std::to_string(local.month) + "月" + std::to_string(local.day) + "日";
        auto const* sector = world_.material.demo.at("sectors").as_object().if_contains(story.customer->sector);
        w["place"] =
            sector != nullptr ? std::string(dice_.pick(sector->at("places").as_array()).as_string()) : place.name;
        std::vector<std::string> times;
        for (auto const& t : fill.at("time").as_array()) {
            auto const& range = t.at("hours").as_array();
            if (hour >= range[0].to_number<std::int64_t>() && hour < range[1].to_number<std::int64_t>())
                times.push_back(text_at(t, "text"));
        }
        w["time"] = times.empty() ? "今天" : dice_.pick(times);
        auto const* count = plot.if_contains("count");
        auto const& range = (count != nullptr ? *count : fill.at("count")).as_array();
        w["count"] =
            std::to_string(dice_.between(range[0].to_number<std::int64_t>(), range[1].to_number<std::int64_t>()));
        auto const* amounts = plot.if_contains("amounts");
        w["amount"] = std::to_string(
            dice_.pick((amounts != nullptr ? *amounts : fill.at("amounts")).as_array()).to_number<std::int64_t>());
        for (auto const* name : {"channel", "programme", "version"})
            w[name] = std::string(dice_.pick(fill.at(name).as_array()).as_string());
        w["title"] = text_at(plot, "title");
        w["cause"] = filled(text_at(plot, "cause"), w);
        w["tried"] = filled(text_at(plot, "tried"), w);
        w["solution"] = filled(text_at(plot, "solution"), w);
        w["result"] = filled(text_at(plot, "result"), w);
    }

    Machine const* machine_of(Place const& place, json::object const& plot) {
        auto const wanted = text_at(plot, "asset");
        for (auto const& machine : place.machines) {
            if (machine.class_ == wanted) return &machine;
        }
        return nullptr;
    }

    Result<> report(storage::Transaction& tx, std::size_t index, Instant at) {
        auto& story = stories_[index];
        story.plot = &a_plot();
        story.customer = &a_customer(*story.plot);
        story.contact = &dice_.pick(story.customer->contacts);
        auto const& place = dice_.pick(story.customer->places);
        auto const* machine = machine_of(place, *story.plot);
        choose_words(story, place, machine, at);
        story.by_mail = dice_.chance(30);

        cases::NewCase fresh{.kind = "customer-acceptance",
                             .channel = story.by_mail ? cases::Channel::mail : cases::Channel::hotline,
                             .variables = {}};
        auto& facts = fresh.facts;
        auto const body = story.by_mail ? text_at(story.plot->at("mail"), dice_.chance(50) ? "formal" : "colloquial")
                                        : text_at(*story.plot, "description");
        facts.title = json::Text<200>{filled(text_at(*story.plot, "title"), story.words)};
        facts.description = json::Text<20'000>{filled(body, story.words)};
        facts.organisation = cases::OtherId{story.customer->id.value};
        facts.contact = story.contact->person;
        facts.contact_name = json::Text<100>{story.contact->name};
        facts.contact_phone = json::Text<50>{story.contact->phone};
        facts.contact_email = json::Text<200>{story.contact->email};
        facts.site = place.id;
        if (machine != nullptr) facts.asset = machine->id;
        facts.category = json::Text<60>{text_at(*story.plot, "category")};
        facts.urgency =
            json::from_word<cases::Urgency>(text_at(*story.plot, "urgency")).value_or(cases::Urgency::normal);
        auto const taker = story.by_mail ? PersonId{} : dice_.pick(world_.holders.at("acceptance-engineer"));
        story.id = TRY(parts_.desk.open({tx, at, taker}, fresh));
        ++opened_;
        queue_.push({story.by_mail ? after(at, 2, 25) : at + seconds(dice_.between(30, 240)), index});
        return {};
    }

    // Some working minutes later.
    Instant after(Instant at, std::int64_t least, std::int64_t most) {
        auto const due = calendar_->due(at, {.days = 0, .time = minutes(dice_.between(least, most))});
        return due ? *due : at + hours(1);
    }

    Result<> go_on(storage::Transaction& tx, std::size_t index, Instant at) {
        auto& story = stories_[index];
        if (++story.acts > max_acts) return {};
        // The case itself, or the fault maintenance it called.
        auto const row =
            TRY(tx.one("SELECT t.id, t.case_id, t.element, t.assignee, t.role, c.kind FROM task t JOIN cases c "
                       "ON c.id = t.case_id WHERE (c.id = ? OR c.parent_case = ?) AND t.state IN ('open','claimed') "
                       "ORDER BY t.id LIMIT 1",
                       story.id, story.id));
        if (!row) return {};
        auto const element = row->text(2);
        auto const kind = row->text(5);
        PersonId const person = row->null(3) ? somebody(row->text(4)) : row->id<PersonTag>(3);
        cases::Act const act{tx, at, person};
        TRY(chatter(act, story, row->id<cases::CaseTag>(1)));
        auto const outcome = choose_outcome(story, kind, element);
        auto const fields = TRY(fill_form(tx, story, kind, element, outcome, at, person));
        auto done = parts_.desk.complete(act, row->id<cases::TaskTag>(0), outcome, fields);
        if (!done)
            return fail(
                Kind::internal, "demo.stuck",
                kind + "/" + element + ": " + done.error().code + " " +
                    (done.error().fields.empty() ? done.error().detail
                                                 : done.error().fields[0].field + " " + done.error().fields[0].code));
        queue_.push({pace(element, at), index});
        return {};
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

    std::optional<std::string> choose_outcome(Story& story, std::string const& kind, std::string const& element) {
        auto const path = text_at(*story.plot, "path");
        auto const solved = [](bool yes) { return std::optional<std::string>(yes ? "solved" : "unsolved"); };
        if (kind == "fault-maintenance") {
            if (element == "remote") return solved(dice_.chance(30));
            if (element == "analyse") return dice_.chance(85) ? "on-site" : "remote";
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

    // What people write into each field, by its name; everything a form requires and does not know yet is filled.
    Result<json::object> fill_form(storage::Transaction& tx, Story const& story, std::string const& kind,
                                   std::string const& element, std::optional<std::string> const& outcome, Instant at,
                                   PersonId person) {
        auto const version = TRY(parts_.desk.parts().library.current(tx, kind));
        auto const* form = version->form_of(element);
        json::object fields;
        if (form == nullptr) return fields;
        json::object context;
        if (outcome) context["outcome"] = json::string(*outcome);
        for (auto const& field : form->fields) {
            if (field.id.starts_with("case.") || !field.required) continue;
            if (field.when && !feel::holds(*field.when, context)) continue;
            auto value = value_for(story, field, at, person);
            context[field.id] = value;
            fields[field.id] = std::move(value);
        }
        return fields;
    }

    json::value value_for(Story const& story, process::Field const& field, Instant at, PersonId person) {
        using process::FieldType;
        switch (field.type) {
            case FieldType::choice:
                return json::string(field.id == "channel" && !story.by_mail ? "phone" : field.choices.front().value);
            case FieldType::datetime:
                return json::string((at - minutes(dice_.between(20, 90))).str());
            case FieldType::person:
            case FieldType::persons: {
                auto const found = world_.holders.find(field.role);
                json::value const id =
                    json::string((found == world_.holders.end() ? person : dice_.pick(found->second)).str());
                return field.type == FieldType::person ? id : json::value(json::array{id});
            }
            default:
                return json::string(text_for(story, field.id));
        }
    }

    std::string text_for(Story const& story, std::string const& field) {
        auto const said = [&](char const* name) { return filled(text_at(*story.plot, name), story.words); };
        auto const some = [&](char const* name) {
            return filled(std::string_view(dice_.pick(world_.material.texts(name)).as_string()), story.words);
        };
        auto const or_else = [](std::string text, std::string other) { return text.empty() ? other : text; };
        if (field == "tried" || field == "steps_tried" || field == "work_done")
            return or_else(said("tried"), "按规程逐项检查，未发现其他异常。");
        if (field == "why_failed" || field == "why_unsolved")
            return or_else(said("why_failed"), "现有手段无法在远程解决，需进一步处理。");
        if (field == "cause") return or_else(said("cause"), "正在分析。");
        if (field == "solution") return or_else(said("solution"), "已按规程处理，业务恢复正常。");
        if (field == "result") return or_else(said("result"), "业务恢复正常，客户可正常使用。");
        if (field == "process_summary") return some("summary");
        if (field == "experience") return some("experience");
        if (field == "reply")
            return story.contact->name + "，您好：您反映的“" + story.words.at("title") + "”已处理。" +
                   or_else(said("result"), "业务已恢复正常。");
        if (field == "customer_answer") return or_else(said("customer_answer"), "已恢复，谢谢。");
        if (field == "dispute_reason") return some("dispute");
        if (field == "request") return some("request");
        if (field == "plan" || field == "coordination") return some("instruction");
        if (field == "centre_answer") return "已核查处理，" + or_else(said("result"), "业务恢复正常。");
        if (field == "signed_by") return story.contact->name;
        if (field == "customer_signature") return "已签字";
        return some("comment");
    }

    // Comments, corrections, urging: what happens beside the flowchart.
    Result<> chatter(cases::Act const& act, Story const& story, cases::CaseId id) {
        if (dice_.chance(22)) {
            auto const text =
                filled(std::string_view(dice_.pick(world_.material.texts("comment")).as_string()), story.words);
            TRY(parts_.desk.note(act, id, "commented", text, {{"to_customer", false}}));
        }
        if (dice_.chance(3)) {
            TRY(parts_.desk.note(act, id, "urged", std::string(dice_.pick(world_.material.texts("urge")).as_string()),
                                 {}));
        }
        return {};
    }

    Parts const& parts_;
    World const& world_;
    Dice& dice_;
    Instant end_;
    std::shared_ptr<calendar::Calendar const> calendar_;
    std::vector<Story> stories_;
    std::priority_queue<Next, std::vector<Next>, std::greater<>> queue_;
    std::int64_t opened_ = 0;
};

}  // namespace

Result<> make_cases(Parts const& parts, World const& world, Dice& dice, Instant now, Made& made) {
    return parts.database.write([&](storage::Transaction& tx) -> Result<> {
        made.cases = TRY(Month(parts, world, dice, now).run(tx));
        return {};
    });
}

}  // namespace keepword::demo
