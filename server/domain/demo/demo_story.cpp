#include "domain/demo/demo_story.hpp"

#include <algorithm>

namespace keepword::demo {
namespace {

// Most call, many write, some come through the portal; another system reports faults that it has found itself.
void choose_channel(Story& story, Dice& dice) {
    auto const n = dice.below(100);
    if (n < 28) story.channel = cases::Channel::mail;
    if (n >= 28 && n < 36) story.channel = cases::Channel::portal;
    if (n >= 36 && n < 39) {
        story.channel = cases::Channel::api;
        story.kind = "fault-maintenance";
    }
}

Customer const& customer_for(json::object const& plot, World const& world, Dice& dice) {
    auto const& sectors = plot.at("sectors").as_array();
    std::vector<Customer const*> fitting;
    for (auto const& customer : world.customers) {
        if (std::ranges::find(sectors, json::value(json::string(customer.sector))) != sectors.end())
            fitting.push_back(&customer);
    }
    return fitting.empty() ? dice.pick(world.customers) : *dice.pick(fitting);
}

Machine const* machine_for(Place const& place, std::string const& wanted) {
    auto const found = std::ranges::find(place.machines, wanted, &Machine::class_);
    return found == place.machines.end() ? nullptr : &*found;
}

// "今天上午", "昨晚": how people speak of this hour.
std::string time_of_day(json::value const& fill, Dice& dice, Instant at) {
    auto const hour = ((at.ms + hours(8).ms) / 3'600'000) % 24;
    std::vector<std::string> times;
    for (auto const& t : fill.at("time").as_array()) {
        auto const& range = t.at("hours").as_array();
        if (hour >= range[0].to_number<std::int64_t>() && hour < range[1].to_number<std::int64_t>())
            times.push_back(text_at(t, "text"));
    }
    return times.empty() ? "今天" : dice.pick(times);
}

void choose_words(Story& story, World const& world, Dice& dice, Instant at) {
    auto const& fill = world.material.demo.at("fill");
    auto const& plot = *story.plot;
    auto const local = day_at(at, hours(8));
    auto& w = story.words;
    w["customer"] = story.customer->name;
    w["short"] = story.customer->short_name;
    w["contact"] = story.contact->name;
    w["phone"] = story.contact->phone;
    w["site"] = story.place->name;
    w["asset"] = story.machine != nullptr ? story.machine->name : "相关设备";
    w["ip"] = dice.digits(text_at(fill, "ip"));
    w["account"] = dice.digits(text_at(fill, "account"));
    w["date"] = std::to_string(local.month) + "月" + std::to_string(local.day) + "日";
    auto const* sector = world.material.demo.at("sectors").as_object().if_contains(story.customer->sector);
    w["place"] =
        sector != nullptr ? std::string(dice.pick(sector->at("places").as_array()).as_string()) : story.place->name;
    w["time"] = time_of_day(fill, dice, at);
    auto const* count = plot.if_contains("count");
    auto const& range = (count != nullptr ? *count : fill.at("count")).as_array();
    w["count"] = std::to_string(dice.between(range[0].to_number<std::int64_t>(), range[1].to_number<std::int64_t>()));
    auto const* amounts = plot.if_contains("amounts");
    w["amount"] = std::to_string(
        dice.pick((amounts != nullptr ? *amounts : fill.at("amounts")).as_array()).to_number<std::int64_t>());
    for (auto const* name : {"channel", "programme", "version"})
        w[name] = std::string(dice.pick(fill.at(name).as_array()).as_string());
    w["title"] = text_at(plot, "title");
    for (auto const* name : {"cause", "tried", "solution", "result"}) w[name] = filled(text_at(plot, name), w);
}

std::string text_for(Story const& story, World const& world, Dice& dice, std::string const& field) {
    auto const said = [&](char const* name) { return filled(text_at(*story.plot, name), story.words); };
    auto const some = [&](char const* name) { return some_text(story, world, dice, name); };
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

}  // namespace

void invent(Story& story, World const& world, Dice& dice, Instant at) {
    story.plot = &dice.pick(world.material.list("cases")).as_object();
    story.customer = &customer_for(*story.plot, world, dice);
    story.contact = &dice.pick(story.customer->contacts);
    story.place = &dice.pick(story.customer->places);
    story.machine = machine_for(*story.place, text_at(*story.plot, "asset"));
    choose_channel(story, dice);
    if (story.guide != nullptr)
        story.kind = story.guide->contains("kind") ? text_at(*story.guide, "kind") : "customer-acceptance";
    choose_words(story, world, dice, at);
}

cases::Facts facts_of(Story const& story, Dice& dice) {
    auto const& plot = *story.plot;
    auto const body = story.written() ? text_at(plot.at("mail"), dice.chance(50) ? "formal" : "colloquial")
                                      : text_at(plot, "description");
    cases::Facts facts;
    facts.title = json::Text<200>{filled(text_at(plot, "title"), story.words)};
    facts.description = json::Text<20'000>{filled(body, story.words)};
    facts.organisation = cases::OtherId{story.customer->id.value};
    facts.contact = story.contact->person;
    facts.contact_name = json::Text<100>{story.contact->name};
    facts.contact_phone = json::Text<50>{story.contact->phone};
    facts.contact_email = json::Text<200>{story.contact->email};
    facts.site = story.place->id;
    if (story.machine != nullptr) facts.asset = story.machine->id;
    facts.category = json::Text<60>{text_at(plot, "category")};
    facts.urgency = json::from_word<cases::Urgency>(text_at(plot, "urgency")).value_or(cases::Urgency::normal);
    return facts;
}

std::string some_text(Story const& story, World const& world, Dice& dice, char const* name) {
    return filled(std::string_view(dice.pick(world.material.texts(name)).as_string()), story.words);
}

json::value value_of(process::Field const& field, Story const& story, World const& world, Dice& dice, Instant at,
                     PersonId person) {
    using process::FieldType;
    switch (field.type) {
        case FieldType::choice:
            return json::string(field.id == "channel" && !story.written() ? "phone" : field.choices.front().value);
        case FieldType::datetime:
            return json::string((at - minutes(dice.between(20, 90))).str());
        case FieldType::person:
        case FieldType::persons: {
            auto const found = world.holders.find(field.role);
            json::value const id =
                json::string((found == world.holders.end() ? person : dice.pick(found->second)).str());
            return field.type == FieldType::person ? id : json::value(json::array{id});
        }
        default:
            return json::string(text_for(story, world, dice, field.id));
    }
}

}  // namespace keepword::demo
