#include "domain/import/import.hpp"

#include <algorithm>
#include <set>

#include "domain/import/resolving.hpp"

namespace keepword::imports {
namespace {

ImportFields const& fields_of(FieldBook const& book, ImportKind kind) {
    return *std::ranges::find(book.all().kinds, kind, &ImportFields::kind);
}

// A file that cannot be read as a table is wrong as a row may be: told in the same way.
void tell(Errors& errors, Error const& error) {
    ImportError at;
    for (auto const& [name, value] : error.params) {
        if (name == "row") at.row = std::atoll(value.c_str());
        if (name == "column") at.column = value;
    }
    errors.add(std::move(at), error.code, error.params);
}

// The file's own share: the columns and what stands in the cells. False where it is no table, or where no column is
// what the rows are known by.
Result<bool> read_sheet(Parts const& parts, std::string_view bytes, Wish const& wish, Sheet& sheet, Errors& errors) {
    sheet.kind = &fields_of(parts.fields, wish.kind);
    auto table = table::read(bytes, wish.sheet);
    if (!table) {
        if (table.error().kind == Kind::internal) return std::unexpected(std::move(table).error());
        tell(errors, table.error());
        return false;
    }
    sheet.table = *std::move(table);
    TRY(map_columns(sheet, wish, errors));
    if (sheet.header + 1 >= sheet.table.rows()) {
        errors.add({}, "import.no-rows");
        return false;
    }
    read_rows(sheet, {parts.roles, parts.regions}, errors);
    return true;
}

std::vector<std::string> missing_of(Sheet const& sheet, bool update, Errors& errors) {
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
        auto const& field = sheet.kind->fields[i];
        // What is there already has the rest; what it is known by must be said.
        bool const needed = update ? field.required && i == 0 : field.required;
        if (!needed || sheet.columns[i]) continue;
        missing.push_back(field.key);
        auto at = sheet.place(sheet.table.number(sheet.header), i);
        errors.add(std::move(at), "import.column-missing", {{"field_zh", field.zh}, {"field_en", field.en}});
    }
    return missing;
}

// How a value reads: the name where it is a name, the choice's name where it is a choice.
std::string shown(ImportField const& field, Value const& value, Parts const& parts) {
    if (field.type == FieldType::region) return parts.regions.full_name(value.text);
    return value.text;
}

// The first rows, and those of which errors are told.
std::vector<ImportRow> rows_shown(Sheet const& sheet, Parts const& parts, std::vector<ImportError> const& errors) {
    std::set<std::int64_t> wrong;
    for (auto const& error : errors) wrong.insert(error.row);
    std::vector<ImportRow> out;
    for (std::size_t at = 0; at < sheet.rows.size() && out.size() < most_shown_rows; ++at) {
        auto const& row = sheet.rows[at];
        if (at >= shown_rows && !wrong.contains(row.number)) continue;
        ImportRow one{.row = row.number, .there = row.there != 0, .values = {}};
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            if (row.values[i].given())
                one.values[sheet.kind->fields[i].key] = shown(sheet.kind->fields[i], row.values[i], parts);
        }
        out.push_back(std::move(one));
    }
    return out;
}

Centre centre_of(Parts const& parts, storage::Transaction& tx, Instant now, PersonId by) {
    return {tx, parts.regions, parts.roles, parts.ids, now, by};
}

}  // namespace

class Prepared {
  public:
    Wish wish;
    std::string name;
    std::string sha256;
    Sheet sheet;
    Errors errors;
    bool readable = false;
    std::vector<std::string> missing;
};

namespace {

// What the audit keeps of an import: enough to tell which file it was, and how much came with it.
json::object told_of(Sheet const& sheet, Prepared const& prepared) {
    auto const there = std::ranges::count_if(sheet.rows, [](Row const& row) { return row.there != 0; });
    auto const rows = static_cast<std::int64_t>(sheet.rows.size());
    return {{"kind", json::word(prepared.wish.kind)},
            {"file", prepared.name},
            {"sha256", prepared.sha256},
            {"rows", rows},
            {"created", rows - there},
            {"there", there}};
}

Result<std::shared_ptr<Prepared>> read_file(Parts const& parts, std::string_view bytes, Wish const& wish,
                                            std::string name) {
    auto out = std::make_shared<Prepared>(Prepared{.wish = wish,
                                                   .name = std::move(name),
                                                   .sha256 = crypto::hex(crypto::sha256(bytes)),
                                                   .sheet = {},
                                                   .errors = Errors(parts.texts)});
    out->readable = TRY(read_sheet(parts, bytes, wish, out->sheet, out->errors));
    if (out->readable) out->missing = missing_of(out->sheet, wish.update, out->errors);
    return out;
}

}  // namespace

Result<PreparedPtr> prepare(Parts const& parts, std::string_view bytes, Wish const& wish, std::string name) {
    return PreparedPtr(TRY(read_file(parts, bytes, wish, std::move(name))));
}

std::int64_t rows_of(Prepared const& prepared) {
    return static_cast<std::int64_t>(prepared.sheet.rows.size());
}

Result<ImportChecked> check(Parts const& parts, std::string_view bytes, Wish const& wish, Instant now, PersonId by) {
    auto const prepared = TRY(read_file(parts, bytes, wish, {}));
    auto& sheet = prepared->sheet;
    auto& errors = prepared->errors;
    if (prepared->readable && prepared->missing.empty()) {
        TRY(parts.database.read([&](storage::Transaction& tx) -> Result<> {
            auto const centre = centre_of(parts, tx, now, by);
            return resolve(sheet, centre, wish.update, errors);
        }));
    }
    ImportChecked out{.holds = errors.count() == 0,
                      .kind = wish.kind,
                      .format = sheet.table.format,
                      .encoding = sheet.table.encoding,
                      .sheet = sheet.table.sheet,
                      .sheets = sheet.table.sheets,
                      .header_row = sheet.table.rows() > 0 ? sheet.table.number(sheet.header) : 0,
                      .rows = static_cast<std::int64_t>(sheet.rows.size()),
                      .there = std::ranges::count_if(sheet.rows, [](Row const& row) { return row.there != 0; }),
                      .columns = {},
                      .missing = prepared->missing,
                      .shown = {},
                      .errors = {},
                      .wrong = errors.count()};
    if (sheet.table.rows() > 0) out.columns = columns_found(sheet);
    out.errors = errors.take();
    if (prepared->readable) out.shown = rows_shown(sheet, parts, out.errors);
    return out;
}

Result<ImportDone> bring_in(Parts const& parts, storage::Transaction& tx, Prepared const& prepared, Instant now,
                            PersonId by, std::function<void(std::int64_t)> const& step) {
    // A work may be run again, where others collided with it: from what was read.
    auto sheet = prepared.sheet;
    auto errors = prepared.errors;
    auto const rows = static_cast<std::int64_t>(sheet.rows.size());
    auto const centre = centre_of(parts, tx, now, by);
    if (prepared.readable && prepared.missing.empty()) TRY(resolve(sheet, centre, prepared.wish.update, errors));
    if (auto const wrong = errors.count(); wrong > 0)
        return ImportDone{.holds = false, .rows = rows, .errors = errors.take(), .wrong = wrong};
    // First of all, so that on PostgreSQL others who write to this chain wait for the import, and not it for them.
    people::Act const act{.by = by, .now = now, .ids = parts.ids};
    struct ImportTag;
    auto const id = parts.ids.next<ImportTag>();
    TRY(people::record(tx, act, "import.done", people::subject("import", id), nullptr, told_of(sheet, prepared)));
    auto const written = TRY(write(sheet, centre, step));
    return ImportDone{.holds = true,
                      .rows = rows,
                      .created = written.created,
                      .updated = written.updated,
                      .unchanged = written.unchanged,
                      .errors = {},
                      .wrong = 0};
}

}  // namespace keepword::imports
