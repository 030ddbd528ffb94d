#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.hpp"

// The demo's raw material (data/demo.json, data/regions.json) and its dice.
namespace keepword::demo {

// Random numbers that are the same on every machine (splitmix64): the standard library's distributions are not.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    // 0 to n-1.
    std::int64_t below(std::int64_t n) {
        return n <= 0 ? 0 : static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n));
    }
    std::int64_t between(std::int64_t least, std::int64_t most) { return least + below(most - least + 1); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    T const& pick(std::vector<T> const& from) {
        return from[static_cast<std::size_t>(below(static_cast<std::int64_t>(from.size())))];
    }
    json::value const& pick(json::array const& from) {
        return from[static_cast<std::size_t>(below(static_cast<std::int64_t>(from.size())))];
    }
    // '#' becomes a digit.
    std::string digits(std::string_view pattern);

  private:
    std::uint64_t state_;
};

// {name} becomes its value; unknown ones stay.
std::string filled(std::string_view pattern, std::map<std::string, std::string> const& values);

// A text of a JSON object, or empty.
std::string text_at(json::object const& object, std::string_view name);
std::string text_at(json::value const& v, std::string_view name);

struct County {
    std::string code;
    std::string name;
    std::string city_code;
    std::string city;
    std::string area;  // telephone code
};

struct Material {
    json::object demo;
    std::map<std::string, County> counties;
    static Result<Material> load(std::string_view demo, std::string_view regions);

    json::array const& list(std::string_view name) const { return demo.at(name).as_array(); }
    json::array const& texts(std::string_view name) const { return demo.at("texts").at(name).as_array(); }
};

}  // namespace keepword::demo
