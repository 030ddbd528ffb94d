#include "storage/value.hpp"

namespace keepword::storage {
namespace {

std::string const empty;

}  // namespace

std::int64_t Row::integer(std::size_t i) const {
    auto const* v = std::get_if<std::int64_t>(&values_.at(i));
    return v != nullptr ? *v : 0;
}

double Row::real(std::size_t i) const {
    auto const* v = std::get_if<double>(&values_.at(i));
    return v != nullptr ? *v : static_cast<double>(integer(i));
}

std::string const& Row::text(std::size_t i) const {
    auto const* v = std::get_if<std::string>(&values_.at(i));
    return v != nullptr ? *v : empty;
}

std::string const& Row::blob(std::size_t i) const {
    auto const* v = std::get_if<Blob>(&values_.at(i));
    return v != nullptr ? v->bytes : empty;
}

std::optional<Instant> Row::optional_instant(std::size_t i) const {
    return null(i) ? std::nullopt : std::optional(instant(i));
}

std::optional<std::string> Row::optional_text(std::size_t i) const {
    return null(i) ? std::nullopt : std::optional(text(i));
}

json::value Row::json(std::size_t i) const {
    auto parsed = json::parse(text(i), json::max_stored_depth);
    return parsed ? *std::move(parsed) : json::value(nullptr);
}

}  // namespace keepword::storage
