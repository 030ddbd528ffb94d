#include "engine/calendar/walk.hpp"

#include <algorithm>

namespace keepword::calendar {
std::vector<Pause> in_order(std::span<Pause const> pauses) {
    std::vector<Pause> sorted(pauses.begin(), pauses.end());
    std::erase_if(sorted, [](Pause const& p) { return p.to <= p.from; });
    std::ranges::sort(sorted, {}, &Pause::from);
    std::vector<Pause> out;
    for (auto const& pause : sorted) {
        if (!out.empty() && pause.from <= out.back().to) {
            out.back().to = std::max(out.back().to, pause.to);
        } else {
            out.push_back(pause);
        }
    }
    return out;
}

Walk::Walk(Calendar const& calendar, Instant from, std::vector<Pause> pauses)
    : calendar_(calendar), at_(from), pauses_(std::move(pauses)) {}

Stretch Walk::next() {
    while (next_pause_ < pauses_.size() && pauses_[next_pause_].to <= at_) ++next_pause_;
    Stretch out = by_calendar();
    if (next_pause_ < pauses_.size()) {
        Pause const& pause = pauses_[next_pause_];
        if (pause.from <= at_) {
            out = {.from = at_,
                   .to = std::min(out.to, pause.to),
                   .part = Part::pause,
                   .name = {},
                   .counted = {},
                   .days = 0};
        } else {
            out.to = std::min(out.to, pause.from);
        }
    }
    if (out.part == Part::work || out.part == Part::shifted_work) out.counted = out.to - out.from;
    at_ = out.to;
    return out;
}

Instant Walk::in_day(std::int64_t day, int minute) const {
    return Instant{day * days(1).ms} + minutes(minute) - calendar_.offset();
}

Stretch Walk::by_calendar() const {
    Day const day = day_at(at_, calendar_.offset());
    std::int64_t const number = day.number();
    Stretch out{.from = at_,
                .to = in_day(number, minutes_per_day),
                .part = Part::weekend,
                .name = {},
                .counted = {},
                .days = 0};
    auto const* special = calendar_.special(number);
    auto const spans = calendar_.hours(day);
    if (spans.empty()) {
        if (special != nullptr) out.part = special->part, out.name = special->name;
        return out;
    }
    out.part = Part::night;
    for (auto const& span : spans) {
        Instant const opens = in_day(number, span.from);
        Instant const closes = in_day(number, span.to);
        if (at_ < opens) {
            out.to = opens;
            // Before the first hours it is still night, between two of them it is a break.
            out.part = &span == &spans.front() ? Part::night : Part::break_;
            return out;
        }
        if (at_ < closes) {
            out.to = closes;
            out.part = special != nullptr ? Part::shifted_work : Part::work;
            return out;
        }
    }
    return out;
}

}  // namespace keepword::calendar
