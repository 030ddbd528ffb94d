#include "domain/demo/copying.hpp"

#include <algorithm>
#include <charconv>

namespace keepword::demo {
namespace {

constexpr std::size_t shortest_id = 15;
constexpr std::size_t instant_length = 24;  // 2026-02-05T02:00:00.000Z

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Milliseconds of the years in which a demo can be; nothing else in a row is as large and no id as small.
bool is_time(std::int64_t number) {
    return number > 1'600'000'000'000 && number < 2'200'000'000'000;
}

}  // namespace

std::int64_t copied_id(std::int64_t id, Copy const& copy) {
    using namespace id_layout;
    return (((id >> time_shift) - copy.earlier.ms) << time_shift) |
           (static_cast<std::int64_t>(copy.process) << process_shift) | (id & counter_mask);
}

void Pattern::add(Kind kind, std::string_view text, std::int64_t value) {
    if (kind == Kind::literal && !pieces_.empty() && pieces_.back().kind == Kind::literal)
        pieces_.back().text += text;
    else
        pieces_.push_back({kind, std::string(text), value});
}

Pattern::Pattern(std::string_view text, Own const& own) {
    while (!text.empty()) {
        auto const number = std::ranges::find_if(own.numbers, [&](auto const& one) { return text.starts_with(one); });
        std::size_t length = 1;
        if (number != own.numbers.end()) {
            length = number->size();
            add(Kind::number, text.substr(0, length));
        } else if (auto const instant = Instant::parse(text.substr(0, instant_length)); instant) {
            length = instant_length;
            add(Kind::instant, text.substr(0, length), instant->ms);
        } else if (is_digit(text.front())) {
            std::int64_t value = 0;
            auto const end = std::from_chars(text.data(), text.data() + text.size(), value);
            length = static_cast<std::size_t>(end.ptr - text.data());
            if (length >= shortest_id && own.ids.contains(value))
                add(Kind::id, text.substr(0, length), value);
            else if (end.ec == std::errc{} && is_time(value))
                add(Kind::milliseconds, text.substr(0, length), value);
            else
                add(Kind::literal, text.substr(0, length));
        } else {
            add(Kind::literal, text.substr(0, 1));
        }
        text.remove_prefix(length);
    }
}

std::string Pattern::filled(Copy const& copy) const {
    std::string out;
    for (auto const& piece : pieces_) {
        switch (piece.kind) {
            case Kind::literal:
                out += piece.text;
                break;
            case Kind::id:
                out += std::to_string(copied_id(piece.value, copy));
                break;
            case Kind::number:
                out += copy.numbers.at(piece.text);
                break;
            case Kind::instant:
                out += (Instant{piece.value} - copy.earlier).str();
                break;
            case Kind::milliseconds:
                out += std::to_string(piece.value - copy.earlier.ms);
                break;
        }
    }
    return out;
}

RowPattern::RowPattern(storage::Row const& row, Own const& own) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto const& value = row.at(i);
        if (auto const* text = std::get_if<std::string>(&value)) {
            fields_.push_back({Kind::text, {}, patterns_.size()});
            patterns_.emplace_back(*text, own);
        } else if (auto const* number = std::get_if<std::int64_t>(&value)) {
            auto const kind = own.ids.contains(*number) ? Kind::id : is_time(*number) ? Kind::instant : Kind::as_it_is;
            fields_.push_back({kind, *number, 0});
        } else {
            fields_.push_back({Kind::as_it_is, value, 0});
        }
    }
}

std::vector<storage::Value> RowPattern::filled(Copy const& copy) const {
    std::vector<storage::Value> out;
    out.reserve(fields_.size());
    for (auto const& field : fields_) {
        switch (field.kind) {
            case Kind::as_it_is:
                out.push_back(field.value);
                break;
            case Kind::id:
                out.emplace_back(copied_id(std::get<std::int64_t>(field.value), copy));
                break;
            case Kind::instant:
                out.emplace_back(std::get<std::int64_t>(field.value) - copy.earlier.ms);
                break;
            case Kind::text:
                out.emplace_back(patterns_[field.pattern].filled(copy));
                break;
        }
    }
    return out;
}

}  // namespace keepword::demo
