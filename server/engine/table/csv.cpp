#include "engine/table/csv.hpp"

#include <algorithm>
#include <array>

#include "foundation/text.hpp"

namespace keepword::table {
namespace {

constexpr std::array<char, 3> separators{',', ';', '\t'};

// The line by which Excel is told what stands between cells; taken away, as Excel does.
char take_told_separator(std::string_view& text) {
    if (!text::ascii_lower(text.substr(0, 4)).starts_with("sep=") || text.size() < 5) return '\0';
    char const told = text[4];
    auto rest = text.substr(5);
    if (!rest.empty() && rest.front() != '\n' && rest.front() != '\r') return '\0';
    if (rest.starts_with('\r')) rest.remove_prefix(1);
    if (rest.starts_with('\n')) rest.remove_prefix(1);
    text = rest;
    return told;
}

// What stands most often between cells of the first lines, quotes left out; a comma where nothing does.
char guessed_separator(std::string_view text) {
    std::array<std::size_t, separators.size()> counts{};
    bool quoted = false;
    std::size_t lines = 0;
    for (std::size_t i = 0; i < text.size() && lines < 5; ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (text[i] == '\n') ++lines;
        auto const found = std::ranges::find(separators, text[i]);
        if (found != separators.end()) ++counts[static_cast<std::size_t>(found - separators.begin())];
    }
    return separators[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

// ="00123" keeps Excel from taking a text for a number.
std::string_view without_formula(std::string_view cell) {
    if (cell.size() >= 3 && cell.starts_with("=\"") && cell.ends_with('"')) return cell.substr(2, cell.size() - 3);
    return cell;
}

class Reader {
  public:
    Reader(std::string_view text, char separator, Table& into) : text_(text), separator_(separator), into_(into) {}

    Result<> read() {
        for (std::int64_t number = 1; at_ < text_.size(); ++number) {
            TRY(into_.begin(number));
            number_ = number;
            for (column_ = 0;; ++column_) {
                TRY(cell());
                if (at_ >= text_.size() || text_[at_] != separator_) break;
                ++at_;
            }
            into_.end();
            end_of_line();
        }
        return {};
    }

  private:
    Result<> cell() {
        if (at_ < text_.size() && text_[at_] == '"') return quoted();
        auto const end = std::min(text_.find_first_of(stops_, at_), text_.size());
        auto const plain = text_.substr(at_, end - at_);
        at_ = end;
        return into_.put(column_, CellKind::text, text::trim(without_formula(plain)));
    }

    // What a quote opens runs to the next that is not doubled; behind it the cell is over.
    Result<> quoted() {
        std::string inside;
        for (++at_;;) {
            auto const quote = text_.find('"', at_);
            if (quote == std::string_view::npos) return fail(at_cell(Kind::invalid, "table.quote", number_, column_));
            inside += text_.substr(at_, quote - at_);
            if (inside.size() > 4 * max_cell)  // long before a file of one open quote is read through
                return fail(at_cell(Kind::too_large, "table.cell-too-long", number_, column_));
            at_ = quote + 1;
            if (at_ >= text_.size() || text_[at_] != '"') break;
            inside.push_back('"');
            ++at_;
        }
        while (at_ < text_.size() && text_[at_] == ' ' && separator_ != ' ') ++at_;
        if (at_ < text_.size() && stops_.find(text_[at_]) == std::string::npos)
            return fail(at_cell(Kind::invalid, "table.quote", number_, column_));
        return into_.put(column_, CellKind::text, text::trim(without_formula(inside)));
    }

    void end_of_line() {
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    }

    std::string_view text_;
    char separator_;
    Table& into_;
    std::string stops_{separator_, '\r', '\n'};
    std::size_t at_ = 0;
    std::size_t column_ = 0;
    std::int64_t number_ = 0;
};

}  // namespace

Result<Table> read_csv(std::string_view bytes) {
    auto const plain = TRY(plain_text(bytes));
    std::string_view text = plain.text;
    // ICU leaves the mark of UTF-16 out, another program may have doubled that of UTF-8.
    while (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Table table;
    table.format = "csv";
    table.encoding = plain.encoding;
    char separator = take_told_separator(text);
    if (separator == '\0') separator = guessed_separator(text);
    table.separator = std::string(1, separator);
    TRY(Reader(text, separator, table).read());
    return table;
}

}  // namespace keepword::table
