#pragma once
#include <vector>

#include "engine/calendar/calendar.hpp"

// Goes from an instant onwards, stretch by stretch. Private to this folder.
namespace keepword::calendar {

// Pauses in order, not overlapping, none of them empty.
std::vector<Pause> in_order(std::span<Pause const> pauses);

class Walk {
  public:
    Walk(Calendar const& calendar, Instant from, std::vector<Pause> pauses);

    // The stretch that begins where the last one ended: as long as nothing changes, at most to the end of the day.
    // `counted` is its length where it counts.
    Stretch next();
    Instant at() const { return at_; }

  private:
    // What the calendar says of the instant, without pauses.
    Stretch by_calendar() const;
    Instant in_day(std::int64_t day, int minute) const;

    Calendar const& calendar_;
    Instant at_;
    std::vector<Pause> pauses_;
    std::size_t next_pause_ = 0;
};

}  // namespace keepword::calendar
