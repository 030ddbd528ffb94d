#include "domain/demo/material.hpp"

namespace keepword::demo {

std::uint64_t Dice::next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

std::string Dice::digits(std::string_view pattern) {
    std::string out;
    for (char c : pattern) out.push_back(c == '#' ? static_cast<char>('0' + below(10)) : c);
    return out;
}

std::string filled(std::string_view pattern, std::map<std::string, std::string> const& values) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size();) {
        auto const end = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
        auto const found =
            end == std::string_view::npos ? values.end() : values.find(std::string(pattern.substr(i + 1, end - i - 1)));
        if (found == values.end()) {
            out.push_back(pattern[i++]);
        } else {
            out += found->second;
            i = end + 1;
        }
    }
    return out;
}

std::string text_at(json::object const& object, std::string_view name) {
    auto const* found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

std::string text_at(json::value const& v, std::string_view name) {
    return v.is_object() ? text_at(v.get_object(), name) : "";
}

Result<Material> Material::load(std::string_view demo, std::string_view regions) {
    Material out;
    auto const parsed = TRY(json::parse(demo));
    auto const province = TRY(json::parse(regions));
    out.demo = parsed.as_object();
    for (auto const& city : province.at("cities").as_array()) {
        for (auto const& county : city.at("counties").as_array()) {
            out.counties[text_at(county, "code")] = {text_at(county, "code"), text_at(county, "name"),
                                                     text_at(city, "code"), text_at(city, "name"),
                                                     text_at(city, "phone")};
        }
    }
    return out;
}

}  // namespace keepword::demo
