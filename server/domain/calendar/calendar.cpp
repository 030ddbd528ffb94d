#include "domain/calendar/calendar.hpp"

#include "domain/calendar/calendar_store.hpp"

namespace keepword::calendars {
namespace {

// The data a calendar is made of.
struct Files {
    json::object calendar;
    std::vector<json::object> years;
    crypto::Digest stamp{};
};

// The stamp is of the data itself: version numbers come again when a change is rolled back and another one made.
Result<Files> read_files(storage::Transaction& tx, std::string const& key) {
    auto stored = load_calendar_file(tx, key);
    if (!stored && stored.error().kind == Kind::not_found) return fail(Kind::not_found, "calendar.unknown");
    Files files{.calendar = TRY(std::move(stored)).file};
    std::string text = json::serialize(files.calendar);
    for (auto& year : TRY(all_year_files(tx))) {
        text += "\n" + json::serialize(year.file);
        files.years.push_back(std::move(year.file));
    }
    files.stamp = crypto::sha256(text);
    return files;
}

Result<std::shared_ptr<calendar::Calendar const>> parse(Files const& files) {
    std::vector<calendar::HolidayYear> years;
    for (auto const& year : files.years) years.push_back(TRY(calendar::HolidayYear::parse(year)));
    return std::make_shared<calendar::Calendar const>(TRY(calendar::Calendar::parse(files.calendar, std::move(years))));
}

StepKind kind_of(calendar::Stretch const& stretch, bool published) {
    switch (stretch.part) {
        case calendar::Part::break_:
            return StepKind::break_;
        case calendar::Part::night:
            return StepKind::night;
        case calendar::Part::weekend:
            return published ? StepKind::weekend : StepKind::unpublished;
        case calendar::Part::holiday:
            return StepKind::holiday;
        case calendar::Part::shifted_work:
            return StepKind::shifted_workday;
        case calendar::Part::pause:
            return StepKind::pause;
        // The rest of the day a clock of whole days starts on is working time of which nothing counts.
        case calendar::Part::start_day:
        case calendar::Part::work:
            return StepKind::work;
    }
    return StepKind::work;
}

}  // namespace

Explanation shown(calendar::Explanation const& explanation, calendar::Calendar const& calendar) {
    Explanation out{.from = explanation.from,
                    .due = explanation.due,
                    .length = explanation.length.str(),
                    .calendar = calendar.key(),
                    .complete = explanation.unpublished.empty()};
    for (auto const& stretch : explanation.stretches) {
        auto const year = day_at(stretch.from, calendar.offset()).year;
        ExplanationStep step{.from = stretch.from,
                             .to = stretch.to,
                             .kind = kind_of(stretch, calendar.published(year)),
                             .counted_ms = stretch.counted.ms};
        if (!stretch.name.zh.empty()) step.name_zh = stretch.name.zh;
        if (!stretch.name.en.empty()) step.name_en = stretch.name.en;
        out.steps.push_back(std::move(step));
    }
    return out;
}

Result<std::shared_ptr<calendar::Calendar const>> Calendars::load(storage::Transaction& tx, std::string const& key) {
    auto const files = TRY(read_files(tx, key));
    {
        std::lock_guard const lock(mutex_);
        auto const found = kept_.find(key);
        if (found != kept_.end() && found->second.stamp == files.stamp) return found->second.calendar;
    }
    auto parsed = TRY(parse(files));
    std::lock_guard const lock(mutex_);
    kept_[key] = {files.stamp, parsed};
    return parsed;
}

Result<> seed(storage::Transaction& tx, std::vector<std::string_view> const& calendars,
              std::vector<std::string_view> const& years) {
    for (auto const text : calendars) {
        auto const file = TRY(json::parse(text));
        auto const key = TRY(calendar::Calendar::parse(file, {})).key();
        auto const known = TRY(tx.one("SELECT 1 FROM working_calendar WHERE key = ?", key));
        if (!known) TRY(save_calendar_file(tx, key, file.as_object()));
    }
    for (auto const text : years) {
        auto const file = TRY(json::parse(text));
        auto const year = TRY(calendar::HolidayYear::parse(file)).year;
        auto const known = TRY(tx.one("SELECT 1 FROM holiday_year WHERE year = ?", year));
        if (!known) TRY(save_year_file(tx, year, file.as_object()));
    }
    return {};
}

}  // namespace keepword::calendars
