#include <algorithm>
#include <set>

#include "domain/import/reading.hpp"

// Which column is what.
namespace keepword::imports {
namespace {

constexpr std::size_t looked_at_rows = 10;  // in which the headings are looked for
constexpr std::size_t samples = 3;

bool is_heading_of(ImportField const& field, std::string const& key) {
    if (key.empty()) return false;
    if (key == heading_key(field.zh) || key == heading_key(field.en) || key == field.key) return true;
    return std::ranges::any_of(field.headings, [&](std::string const& one) { return heading_key(one) == key; });
}

std::optional<std::size_t> recognised(ImportFields const& kind, std::string const& key) {
    // By its own name before by what else it is called.
    for (std::size_t i = 0; i < kind.fields.size(); ++i) {
        auto const& field = kind.fields[i];
        if (!key.empty() && (key == heading_key(field.zh) || key == heading_key(field.en) || key == field.key))
            return i;
    }
    for (std::size_t i = 0; i < kind.fields.size(); ++i) {
        if (is_heading_of(kind.fields[i], key)) return i;
    }
    return std::nullopt;
}

std::size_t count_recognised(Sheet const& sheet, std::size_t row) {
    std::set<std::size_t> fields;
    for (std::size_t column = 0; column < sheet.table.width(); ++column) {
        if (auto const found = recognised(*sheet.kind, heading_key(sheet.table.at(row, column).text)))
            fields.insert(*found);
    }
    return fields.size();
}

// A title may stand above the headings; the row that has most of them is theirs.
std::size_t header_of(Sheet const& sheet) {
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t row = 0; row < std::min(looked_at_rows, sheet.table.rows()); ++row) {
        auto const count = count_recognised(sheet, row);
        if (count > most) {
            most = count;
            best = row;
        }
    }
    return best;
}

// What the wish says of a column: nothing, "leave it out", or a field.
std::optional<std::string> wished(Wish const& wish, std::string const& letters, std::string_view heading) {
    for (auto const& [name, field] : wish.mapping) {
        if (name == letters || (!heading.empty() && heading_key(name) == heading_key(heading))) return field;
    }
    return std::nullopt;
}

}  // namespace

std::size_t Sheet::field(std::string_view key) const {
    auto const found = std::ranges::find(kind->fields, key, &ImportField::key);
    return static_cast<std::size_t>(found - kind->fields.begin());
}

ImportError Sheet::place(std::int64_t row, std::size_t index) const {
    ImportError at{.row = row,
                   .column = {},
                   .heading = {},
                   .field = kind->fields[index].key,
                   .code = {},
                   .value = {},
                   .zh = {},
                   .en = {}};
    if (!columns[index]) return at;
    at.column = table::column_letters(*columns[index]);
    at.heading = std::string(table.at(header, *columns[index]).text);
    return at;
}

ImportError Sheet::place(Row const& row, std::string_view key) const {
    auto const index = field(key);
    auto at = place(row.number, index);
    at.value = row.values[index].text;
    return at;
}

Result<> map_columns(Sheet& sheet, Wish const& wish, Errors& errors) {
    auto const& fields = sheet.kind->fields;
    for (auto const& [name, field] : wish.mapping) {
        if (!field.empty() && sheet.field(field) == fields.size()) return invalid("mapping." + name, "choice");
    }
    sheet.header = header_of(sheet);
    sheet.columns.assign(fields.size(), std::nullopt);
    std::vector<std::optional<std::string>> said(sheet.table.width());
    // What was said comes before what is only recognised.
    for (std::size_t column = 0; column < sheet.table.width(); ++column) {
        auto const heading = sheet.table.at(sheet.header, column).text;
        said[column] = wished(wish, table::column_letters(column), heading);
        if (!said[column] || said[column]->empty()) continue;
        auto const field = sheet.field(*said[column]);
        if (sheet.columns[field]) return invalid("mapping." + table::column_letters(column), "twice");
        sheet.columns[field] = column;
    }
    for (std::size_t column = 0; column < sheet.table.width(); ++column) {
        if (said[column]) continue;
        auto const heading = sheet.table.at(sheet.header, column).text;
        auto const field = recognised(*sheet.kind, heading_key(heading));
        if (!field) continue;
        if (!sheet.columns[*field]) {
            sheet.columns[*field] = column;
        } else if (heading_key(heading) == heading_key(sheet.table.at(sheet.header, *sheet.columns[*field]).text)) {
            // Two columns of one name: which of them is meant nobody can tell.
            auto at = sheet.place(sheet.table.number(sheet.header), *field);
            at.column = table::column_letters(column);
            errors.add(std::move(at), "import.heading-twice", {{"heading", std::string(heading)}});
        }
    }
    return {};
}

std::vector<ImportColumn> columns_found(Sheet const& sheet) {
    std::vector<ImportColumn> out;
    for (std::size_t column = 0; column < sheet.table.width(); ++column) {
        ImportColumn one{.letters = table::column_letters(column),
                         .heading = std::string(sheet.table.at(sheet.header, column).text),
                         .field = {},
                         .samples = {}};
        for (std::size_t field = 0; field < sheet.columns.size(); ++field) {
            if (sheet.columns[field] == column) one.field = sheet.kind->fields[field].key;
        }
        for (std::size_t row = sheet.header + 1; row < sheet.table.rows() && one.samples.size() < samples; ++row) {
            auto const text = sheet.table.at(row, column).text;
            if (!text.empty()) one.samples.emplace_back(text::head(text, 60));
        }
        // A column without heading and content is none.
        if (!one.heading.empty() || !one.samples.empty()) out.push_back(std::move(one));
    }
    return out;
}

}  // namespace keepword::imports
