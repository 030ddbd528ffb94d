#include "storage/postgres_values.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace keepword::storage {
namespace {

// The server's own numbers for its types (pg_type.oid); they never change.
constexpr Oid bool_type = 16;
constexpr Oid bytea_type = 17;
constexpr Oid int8_type = 20;
constexpr Oid int2_type = 21;
constexpr Oid int4_type = 23;
constexpr Oid text_type = 25;
constexpr Oid oid_type = 26;
constexpr Oid float4_type = 700;
constexpr Oid float8_type = 701;
constexpr Oid numeric_type = 1700;

std::int64_t integer_of(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

double real_of(std::string_view text) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// sum() over 64-bit integers answers in NUMERIC: an integer where it is one and fits.
Value number_of(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
    return real_of(text);
}

int nibble(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

// "\x" and two small hexadecimal digits for each byte (bytea_output is set so).
Blob bytes_of(std::string_view text) {
    Blob blob;
    blob.bytes.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
        blob.bytes.push_back(static_cast<char>(nibble(text[i]) * 16 + nibble(text[i + 1])));
    }
    return blob;
}

Value column(PGresult const* answer, int row, int position) {
    if (PQgetisnull(answer, row, position) != 0) return std::monostate{};
    std::string_view const text(PQgetvalue(answer, row, position),
                                static_cast<std::size_t>(PQgetlength(answer, row, position)));
    switch (PQftype(answer, position)) {
        case bool_type:
            return std::int64_t{text == "t" ? 1 : 0};
        case int2_type:
        case int4_type:
        case int8_type:
        case oid_type:
            return integer_of(text);
        case float4_type:
        case float8_type:
            return real_of(text);
        case numeric_type:
            return number_of(text);
        case bytea_type:
            return bytes_of(text);
        default:
            return std::string(text);
    }
}

}  // namespace

Parameters::Parameters(std::span<Value const> values) {
    numbers_.reserve(values.size());  // so that they do not move
    for (auto const& value : values) {
        auto const add = [this](Oid type, char const* text, std::size_t size, bool binary) {
            types_.push_back(type);
            pointers_.push_back(text);
            lengths_.push_back(static_cast<int>(size));
            formats_.push_back(binary ? 1 : 0);
        };
        if (auto const* integer = std::get_if<std::int64_t>(&value)) {
            add(int8_type, numbers_.emplace_back(fmt::to_string(*integer)).c_str(), 0, false);
        } else if (auto const* real = std::get_if<double>(&value)) {
            add(float8_type, numbers_.emplace_back(fmt::format("{}", *real)).c_str(), 0, false);
        } else if (auto const* text = std::get_if<std::string>(&value)) {
            add(text_type, text->c_str(), text->size(), false);
        } else if (auto const* blob = std::get_if<Blob>(&value)) {
            add(bytea_type, blob->bytes.data(), blob->bytes.size(), true);
        } else {
            add(0, nullptr, 0, false);
        }
    }
}

std::string Parameters::signature(std::span<Value const> values) {
    std::string letters;
    letters.reserve(values.size() + 1);
    for (auto const& value : values) letters.push_back("nirtb"[value.index()]);
    return letters += ':';
}

Row row_of(PGresult const* answer, int row) {
    int const count = PQnfields(answer);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) values.push_back(column(answer, row, i));
    return Row(std::move(values));
}

}  // namespace keepword::storage
