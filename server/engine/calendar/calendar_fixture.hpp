#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/calendar/calendar.hpp"

// What the calendar's tests share: the real data files, and instants as an office writes them.
namespace keepword::calendar {

inline json::value file(std::string const& name) {
    std::ifstream in(KEEPWORD_SOURCE "/data/" + name);
    std::stringstream text;
    text << in.rdbuf();
    auto const parsed = json::parse(text.str());
    EXPECT_TRUE(parsed) << name;
    return parsed.value_or(nullptr);
}

inline std::vector<HolidayYear> years(std::vector<int> const& wanted) {
    std::vector<HolidayYear> out;
    for (int const year : wanted)
        out.push_back(*HolidayYear::parse(file("holidays/cn-" + std::to_string(year) + ".json")));
    return out;
}

inline Calendar office(std::vector<int> const& published = {2024, 2025, 2026}) {
    return *Calendar::parse(file("calendars/office.json"), years(published));
}
inline Calendar duty() {
    return *Calendar::parse(file("calendars/duty.json"), years({2024, 2025, 2026}));
}

// "2026-02-13 16:00" in Beijing time.
inline Instant at(std::string text) {
    text[10] = 'T';
    auto const parsed = Instant::parse(text + ":00+08:00");
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Instant{});
}
inline std::string shown(Instant instant) {
    std::string text = (instant + hours(8)).str().substr(0, 16);
    text[10] = ' ';
    return text;
}
inline Length length(std::string_view iso) {
    return *Length::parse(iso);
}

}  // namespace keepword::calendar
