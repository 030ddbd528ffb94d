#include "engine/calendar/calendar.hpp"

#include <algorithm>

#include "engine/calendar/walk.hpp"

namespace keepword::calendar {
namespace {

// Joins what belongs together: a weekend is one stretch, not two days, and so is the work of a day that a midnight of
// a round-the-clock calendar runs through.
void append(std::vector<Stretch>& out, Stretch stretch) {
    bool const joins = !out.empty() && out.back().part == stretch.part && out.back().name == stretch.name &&
                       out.back().days == 0 && out.back().to == stretch.from;
    if (!joins) return out.push_back(std::move(stretch));
    out.back().to = stretch.to;
    out.back().counted.ms += stretch.counted.ms;
    out.back().days = stretch.days;
}

// The end of a stretch is cut to where the last of the length was used up.
void cut(Stretch& stretch, Duration counted) {
    stretch.to = stretch.from + counted;
    stretch.counted = counted;
}

void note_years(Calendar const& calendar, Explanation& out) {
    int const first = day_at(out.from, calendar.offset()).year;
    int const last = day_at(out.due, calendar.offset()).year;
    for (int year = first; year <= last; ++year) {
        if (!calendar.published(year)) out.unpublished.push_back(year);
    }
}

std::unexpected<Error> too_far() {
    return fail(Kind::invalid, "calendar.too-far");
}

}  // namespace

Calendar::Special const* Calendar::special(std::int64_t day_number) const {
    auto const found = special_.find(day_number);
    return found == special_.end() ? nullptr : &found->second;
}

std::span<Hours const> Calendar::hours(Day day) const {
    auto const* known = special(day.number());
    if (known != nullptr && known->part == Part::holiday) return {};
    // A weekend day that is worked instead of a holiday keeps Monday's hours.
    return week_[known != nullptr ? 1 : static_cast<std::size_t>(day.weekday())];
}

bool Calendar::published(int year) const {
    return !holidays_ || std::ranges::find(years_, year) != years_.end();
}

Result<Instant> Calendar::due(Instant from, Length length, std::span<Pause const> pauses) const {
    auto const found =
        TRY(length.days != 0 ? explain_days(from, length, pauses, false) : explain_time(from, length, pauses, false));
    return found.due;
}

Result<Explanation> Calendar::explain(Instant from, Length length, std::span<Pause const> pauses) const {
    auto out =
        TRY(length.days != 0 ? explain_days(from, length, pauses, true) : explain_time(from, length, pauses, true));
    note_years(*this, out);
    return out;
}

Duration Calendar::working_between(Instant a, Instant b, std::span<Pause const> pauses) const {
    if (b < a) return {-working_between(b, a, pauses).ms};
    Duration sum;
    for (Walk walk(*this, a, in_order(pauses)); walk.at() < b;) {
        auto stretch = walk.next();
        if (stretch.counted.ms > 0 && stretch.to > b) cut(stretch, b - stretch.from);
        sum.ms += stretch.counted.ms;
    }
    return sum;
}

// A length of working time: used up stretch by stretch.
Result<Explanation> Calendar::explain_time(Instant from, Length length, std::span<Pause const> pauses,
                                           bool record) const {
    if (length.days != 0 || length.time.ms < 0) return fail(Kind::invalid, "calendar.length");
    Explanation out{.from = from, .due = from, .length = length, .stretches = {}, .unpublished = {}};
    Duration left = length.time;
    Instant const latest = from + keepword::days(max_days);
    for (Walk walk(*this, from, in_order(pauses)); left.ms > 0;) {
        if (walk.at() >= latest) return too_far();
        auto stretch = walk.next();
        if (stretch.counted > left) cut(stretch, left);
        left.ms -= stretch.counted.ms;
        out.due = stretch.to;
        if (record) append(out.stretches, std::move(stretch));
    }
    return out;
}

// A number of working days: the day of the start does not count, the clock is due at the close of the last of the
// days that do. Working time that a pause takes out of them is added behind.
Result<Explanation> Calendar::explain_days(Instant from, Length length, std::span<Pause const> pauses,
                                           bool record) const {
    if (length.days <= 0 || length.time.ms != 0) return fail(Kind::invalid, "calendar.length");
    Explanation out{.from = from, .due = from, .length = length, .stretches = {}, .unpublished = {}};
    Day const first = day_at(from, offset_);
    Instant const next_day = Instant{first.plus(1).number() * keepword::days(1).ms} - offset_;
    Part const start_part = works_on(first) ? Part::start_day : special(first.number()) ? Part::holiday : Part::weekend;
    Name const name = start_part == Part::holiday ? special(first.number())->name : Name{};
    if (record)
        append(out.stretches,
               {.from = from, .to = next_day, .part = start_part, .name = name, .counted = {}, .days = 0});

    Duration left = TRY(working_time_of_days(first, length.days));
    std::int64_t days_left = length.days;
    Instant const latest = from + keepword::days(max_days);
    for (Walk walk(*this, next_day, in_order(pauses)); left.ms > 0;) {
        if (walk.at() >= latest) return too_far();
        auto stretch = walk.next();
        if (stretch.counted > left) cut(stretch, left);
        left.ms -= stretch.counted.ms;
        out.due = stretch.to;
        if (days_left > 0 && stretch.counted.ms > 0 && closes_day(stretch.to)) {
            stretch.days = 1;
            --days_left;
        }
        if (record) append(out.stretches, std::move(stretch));
    }
    return out;
}

// The working hours of the next `days` working days after a day.
Result<Duration> Calendar::working_time_of_days(Day after, std::int64_t days) const {
    Duration sum;
    std::int64_t number = after.number();
    for (std::int64_t walked = 0; days > 0; ++walked) {
        if (walked > max_days) return too_far();
        auto const spans = hours(Day::from_number(++number));
        for (auto const& span : spans) sum.ms += minutes(span.to - span.from).ms;
        if (!spans.empty()) --days;
    }
    return sum;
}

// Whether the instant is the close of a working day.
bool Calendar::closes_day(Instant at) const {
    Day const day = day_at(at - milliseconds(1), offset_);
    auto const spans = hours(day);
    return !spans.empty() && at == Instant{day.number() * days(1).ms} + minutes(spans.back().to) - offset_;
}

json::value to_json(Explanation const& explanation) {
    auto const text = [](std::string const& s) { return json::string(s); };
    json::array stretches;
    for (auto const& stretch : explanation.stretches) {
        json::object o{{"from", text(stretch.from.str())},
                       {"to", text(stretch.to.str())},
                       {"part", text(json::word(stretch.part))},
                       {"counted", stretch.counted.ms / 1000}};
        if (!stretch.name.zh.empty())
            o["name"] = json::object{{"zh", text(stretch.name.zh)}, {"en", text(stretch.name.en)}};
        if (stretch.days != 0) o["days"] = stretch.days;
        stretches.push_back(std::move(o));
    }
    json::array unpublished;
    for (int const year : explanation.unpublished) unpublished.push_back(year);
    return json::object{{"from", text(explanation.from.str())},
                        {"due", text(explanation.due.str())},
                        {"length", text(explanation.length.str())},
                        {"stretches", std::move(stretches)},
                        {"unpublished", std::move(unpublished)}};
}

}  // namespace keepword::calendar
