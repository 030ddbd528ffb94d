#pragma once
#include <filesystem>
#include <map>
#include <memory>

#include "domain/place/place.hpp"
#include "engine/api/texts.hpp"

// Bringing people, organisations, sites, assets and terminals in from files: all rows or none, and of what is wrong
// the row and the column.
namespace keepword::imports {

enum class ImportKind { people, customers, sites, assets, terminals };
BOOST_DESCRIBE_ENUM(ImportKind, people, customers, sites, assets, terminals)

struct FieldFile;

// The fields of every kind: data, which never changes while the program runs.
class FieldBook {
  public:
    // From data/imports.json; imports.invalid where it is not of that shape.
    static Result<FieldBook> load(std::string_view json);
    FieldFile const& all() const { return *file_; }

  private:
    std::shared_ptr<FieldFile const> file_;
};

// What is to be done with a file.
struct Wish {
    ImportKind kind = ImportKind::terminals;
    // What a column is: by its letters or its heading the key of a field; empty leaves the column out. Columns that are
    // not named here are recognised by their headings.
    std::map<std::string, std::string> mapping;
    bool update = false;  // what is there already gets what the file says; else it is an error
    std::string sheet;    // of a workbook; empty: the first that is shown
};

// What is wrong with one cell, or with the whole (row 0).
struct ImportError {
    std::int64_t row = 0;
    std::string column;   // "C"; empty where it is the row
    std::string heading;  // of that column
    std::string field;    // key; empty where the column is none
    std::string code;
    std::string value;  // what stands there, cut
    std::string zh;
    std::string en;
};
BOOST_DESCRIBE_STRUCT(ImportError, (), (row, column, heading, field, code, value, zh, en))

constexpr std::size_t told_errors = 1'000;
constexpr std::size_t shown_rows = 20;        // the first ones
constexpr std::size_t most_shown_rows = 200;  // with those that are wrong

struct ImportColumn {
    std::string letters;
    std::string heading;
    std::optional<std::string> field;  // what it is taken for
    std::vector<std::string> samples;
};
BOOST_DESCRIBE_STRUCT(ImportColumn, (), (letters, heading, field, samples))

// A row as it would be kept.
struct ImportRow {
    std::int64_t row = 0;
    bool there = false;  // it names what is there already
    std::map<std::string, std::string> values;
};
BOOST_DESCRIBE_STRUCT(ImportRow, (), (row, there, values))

// What a file is, and whether it may be imported as it stands.
struct ImportChecked {
    bool holds = false;
    ImportKind kind = ImportKind::terminals;
    std::string format;
    std::string encoding;
    std::string sheet;
    std::vector<std::string> sheets;
    std::int64_t header_row = 0;
    std::int64_t rows = 0;
    std::int64_t there = 0;  // of these are there already
    std::vector<ImportColumn> columns;
    std::vector<std::string> missing;  // fields that must have a column and have none
    std::vector<ImportRow> shown;      // the first rows, and those with errors
    std::vector<ImportError> errors;   // the first thousand
    std::int64_t wrong = 0;            // how many there are
};
BOOST_DESCRIBE_STRUCT(ImportChecked, (),
                      (holds, kind, format, encoding, sheet, sheets, header_row, rows, there, columns, missing, shown,
                       errors, wrong))

// What became of it; where it does not hold, nothing was imported.
struct ImportDone {
    bool holds = false;
    std::int64_t rows = 0;
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::vector<ImportError> errors;
    std::int64_t wrong = 0;
};
BOOST_DESCRIBE_STRUCT(ImportDone, (), (holds, rows, created, updated, unchanged, errors, wrong))

// How far imports under way are, for whoever waits for one. Of this process alone.
class Progress;

struct Parts {
    storage::Database& database;
    IdSource& ids;
    people::RoleBook const& roles;
    people::RegionBook const& regions;
    api::Texts const& texts;
    FieldBook const& fields;
    std::filesystem::path folder;  // for what was uploaded
    std::shared_ptr<Progress> progress;
};
std::shared_ptr<Progress> new_progress();

// Reads and checks a file without changing anything. What is wrong with the file is said in the answer; an Error is the
// environment's, or the wish's.
Result<ImportChecked> check(Parts const& parts, std::string_view bytes, Wish const& wish, Instant now, PersonId by);

// A file that has been read, ready to be brought in: reading takes seconds, which no transaction should.
class Prepared;
using PreparedPtr = std::shared_ptr<Prepared const>;
// `name` is the file's, for the audit.
Result<PreparedPtr> prepare(Parts const& parts, std::string_view bytes, Wish const& wish, std::string name);
std::int64_t rows_of(Prepared const& prepared);
// Brings everything in, or nothing where anything does not hold. `step` is told now and then how many rows are done.
Result<ImportDone> bring_in(Parts const& parts, storage::Transaction& tx, Prepared const& prepared, Instant now,
                            PersonId by, std::function<void(std::int64_t)> const& step);

// Uploads that are older than a day are gone: rows now, files with them. Called by the house-keeping.
Result<> forget_uploads(storage::Transaction& tx, std::filesystem::path const& folder, Instant now);

// /imports. The parts must live as long as the routes.
api::Routes routes(Parts const& parts);

}  // namespace keepword::imports
