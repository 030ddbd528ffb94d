#pragma once
#include "domain/import/fields.hpp"
#include "engine/table/table.hpp"

// From a table to rows of values: which column is what, and what each cell says. Pure. Inside of the slice only.
namespace keepword::imports {

// Collects what is wrong: the first thousand, and how many there are.
class Errors {
  public:
    explicit Errors(api::Texts const& texts) : texts_(texts) {}
    using Params = std::vector<std::pair<std::string, std::string>>;
    // A parameter named "choices_zh" fills {choices} of the Chinese text, "choices_en" that of the English one.
    void add(ImportError at, std::string code, Params params = {});
    std::int64_t count() const { return count_; }
    // By row and column.
    std::vector<ImportError> take();

  private:
    api::Texts const& texts_;
    std::vector<ImportError> told_;
    std::int64_t count_ = 0;
};

struct Value {
    std::string text;     // as it is kept: a region's code, a day as YYYY-MM-DD, a choice's word
    std::int64_t id = 0;  // of what a name names
    bool given() const { return !text.empty(); }
    // Something stands there that is among the errors already.
    static Value spoilt() { return {{}, -1}; }
    bool is_spoilt() const { return id < 0; }
};

struct Row {
    std::int64_t number = 0;    // on the sheet
    std::int64_t there = 0;     // the id of what is there already
    std::vector<Value> values;  // one for each field of the kind
};

// One file with everything that is known of it.
struct Sheet {
    ImportFields const* kind = nullptr;
    table::Table table;
    std::size_t header = 0;                           // index of the row of headings
    std::vector<std::optional<std::size_t>> columns;  // of each field
    std::vector<Row> rows;

    // Where a field is, or -1 where the kind has none of that key.
    std::size_t field(std::string_view key) const;
    Value const& value(Row const& row, std::string_view key) const { return row.values[field(key)]; }
    Value& value(Row& row, std::string_view key) const { return row.values[field(key)]; }
    // What names the place of an error.
    ImportError place(Row const& row, std::string_view key) const;
    ImportError place(std::int64_t row, std::size_t field) const;
};

// Which row has the headings and what each column is. Errors are the wish's: a field that is none, or is named twice.
Result<> map_columns(Sheet& sheet, Wish const& wish, Errors& errors);
// The columns as they were taken, with some of what stands in them.
std::vector<ImportColumn> columns_found(Sheet const& sheet);

struct Books {
    people::RoleBook const& roles;
    people::RegionBook const& regions;
};
// Reads all rows; what a cell alone can be wrong with is among the errors.
void read_rows(Sheet& sheet, Books const& books, Errors& errors);

// The day that an office writes in one of a dozen ways, as YYYY-MM-DD; nothing where it is none.
std::optional<std::string> day_of(std::string_view written);
// Codes of the regions a name may mean.
std::vector<std::string> regions_named(people::RegionBook const& regions, std::string_view written);
// The keys of roles, or the first name that is none.
struct RolesRead {
    std::vector<std::string> keys;
    std::string unknown;
};
RolesRead roles_of(people::RoleBook const& roles, std::string_view written);

}  // namespace keepword::imports
