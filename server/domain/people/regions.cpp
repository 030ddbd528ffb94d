#include "domain/people/regions.hpp"

namespace keepword::people {
namespace {

// The text of a key; regions.invalid where it is not there.
Result<std::string> text_of(json::value const& in, std::string_view key) {
    auto const* found = in.is_object() ? in.get_object().if_contains(key) : nullptr;
    if (found == nullptr || !found->is_string()) return fail(Kind::internal, "regions.invalid", std::string(key));
    return std::string(found->get_string());
}

Result<json::array> list_of(json::value const& in, std::string_view key) {
    auto const* found = in.is_object() ? in.get_object().if_contains(key) : nullptr;
    if (found == nullptr || !found->is_array()) return fail(Kind::internal, "regions.invalid", std::string(key));
    return found->get_array();
}

}  // namespace

Result<RegionBook> RegionBook::load(std::string_view text) {
    auto const file = TRY(json::parse(text));
    auto const* province = file.is_object() ? file.get_object().if_contains("province") : nullptr;
    if (province == nullptr) return fail(Kind::internal, "regions.invalid", "province");
    RegionBook book;
    auto const top = TRY(text_of(*province, "code"));
    auto name = TRY(text_of(*province, "name"));
    book.add({top, std::move(name), std::nullopt});
    for (auto const& city : TRY(list_of(file, "cities"))) {
        auto const code = TRY(text_of(city, "code"));
        name = TRY(text_of(city, "name"));
        book.add({code, std::move(name), top});
        for (auto const& county : TRY(list_of(city, "counties"))) {
            auto county_code = TRY(text_of(county, "code"));
            name = TRY(text_of(county, "name"));
            book.add({std::move(county_code), std::move(name), code});
        }
    }
    return book;
}

void RegionBook::add(Region region) {
    by_code_[region.code] = regions_.size();
    regions_.push_back(std::move(region));
}

Region const* RegionBook::find(std::string_view code) const {
    auto const found = by_code_.find(code);
    return found == by_code_.end() ? nullptr : &regions_[found->second];
}

std::string RegionBook::full_name(std::string_view code) const {
    auto const* region = find(code);
    if (region == nullptr) return {};
    auto const* parent = region->parent ? find(*region->parent) : nullptr;
    // The province goes without saying.
    bool const is_county = parent != nullptr && parent->parent;
    return is_county ? parent->name + region->name : region->name;
}

bool RegionBook::within(std::string_view code, std::string_view region) const {
    for (auto const* at = find(code); at != nullptr; at = at->parent ? find(*at->parent) : nullptr) {
        if (at->code == region) return true;
    }
    return false;
}

}  // namespace keepword::people
