#include "engine/table/workbook.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/table/number.hpp"
#include "engine/table/table.hpp"
#include "foundation/text.hpp"

namespace keepword::table {
namespace {

constexpr std::size_t max_part = 300U << 20U;  // unpacked
constexpr std::size_t max_strings = 4'000'000;
constexpr std::size_t max_styles = 100'000;
constexpr std::size_t max_sheets = 1'000;

using Token = Xml::Token;

int whole(std::optional<std::string> const& text, int otherwise) {
    int value = otherwise;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

// Calls `use` with every element of a part as it opens.
template <class F>
Result<> each_element(std::string const& part, F use) {
    Xml xml(part);
    for (auto token = TRY(xml.next()); token != Token::end; token = TRY(xml.next())) {
        if (token == Token::open) TRY(use(xml));
    }
    return {};
}

// "xl/workbook.xml" and "worksheets/sheet1.xml" are "xl/worksheets/sheet1.xml"; "/xl/…" is from the root.
std::string beside(std::string const& from, std::string const& target) {
    if (target.starts_with('/')) return target.substr(1);
    auto folder = from.substr(0, from.rfind('/') + 1);
    std::string_view rest = target;
    while (rest.starts_with("../") && !folder.empty()) {
        rest.remove_prefix(3);
        folder.resize(folder.size() - 1);
        folder.resize(folder.rfind('/') + 1);
    }
    return folder + std::string(rest);
}

struct Relation {
    std::string type;  // its last word
    std::string target;
};

// What a part points to, by id.
Result<std::map<std::string, Relation>> relations_of(zip::Reader const& zip, std::string const& path) {
    std::map<std::string, Relation> out;
    auto const slash = path.rfind('/') + 1;
    auto const file = path.substr(0, slash) + "_rels/" + path.substr(slash) + ".rels";
    if (!zip.has(file)) return out;
    auto const part = TRY(part_of_workbook(zip, file));
    TRY(each_element(part, [&](Xml const& xml) -> Result<> {
        if (xml.name() != "Relationship" || out.size() > max_sheets * 4) return {};
        auto const type = xml.attribute("Type").value_or("");
        out[xml.attribute("Id").value_or("")] = {type.substr(type.rfind('/') + 1),
                                                 beside(path, xml.attribute("Target").value_or(""))};
        return {};
    }));
    return out;
}

Result<> read_sheets(zip::Reader const& zip, std::string const& path, std::map<std::string, Relation> const& relations,
                     Workbook& book) {
    auto const part = TRY(part_of_workbook(zip, path));
    return each_element(part, [&](Xml const& xml) -> Result<> {
        if (xml.name() == "workbookPr") {
            auto const since_1904 = xml.attribute("date1904").value_or("");
            book.since_1904 = since_1904 == "1" || since_1904 == "true";
        }
        if (xml.name() != "sheet" || book.sheets.size() > max_sheets) return {};
        auto const found = relations.find(xml.attribute("id").value_or(""));
        // A sheet that is only a chart, or a macro, has no cells.
        if (found == relations.end() || found->second.type != "worksheet") return {};
        book.sheets.push_back({xml.attribute("name").value_or(""), found->second.target,
                               xml.attribute("state").value_or("visible") != "visible"});
        return {};
    });
}

Result<> read_strings(std::string const& part, Workbook& book) {
    return each_element(part, [&](Xml& xml) -> Result<> {
        if (xml.name() != "si") return {};
        if (book.strings.size() >= max_strings) return fail(Kind::too_large, "table.too-many-rows");
        book.strings.push_back(TRY(rich_text(xml)));
        return {};
    });
}

Result<> read_styles(std::string const& part, Workbook& book) {
    std::map<int, bool> formats;
    bool in_cells = false;
    Xml xml(part);
    for (auto token = TRY(xml.next()); token != Token::end; token = TRY(xml.next())) {
        if (xml.name() == "cellXfs") in_cells = token == Token::open;
        if (token != Token::open || formats.size() > max_styles || book.day_styles.size() > max_styles) continue;
        if (xml.name() == "numFmt") {
            formats[whole(xml.attribute("numFmtId"), -1)] = is_day_format(xml.attribute("formatCode").value_or(""));
        } else if (xml.name() == "xf" && in_cells) {
            int const id = whole(xml.attribute("numFmtId"), 0);
            auto const own = formats.find(id);
            book.day_styles.push_back(own == formats.end() ? is_day_format(id) : own->second);
        }
    }
    return {};
}

}  // namespace

Result<std::string> part_of_workbook(zip::Reader const& zip, std::string const& path) {
    auto part = zip.text(path, max_part);
    if (!part && part.error().kind == Kind::too_large) {
        return fail(Error(Kind::too_large, "table.too-large", part.error().detail)
                        .with("megabytes", std::to_string(max_part >> 20U)));
    }
    if (!part) return fail(Kind::invalid, "table.damaged", part.error().detail);
    if (!text::valid_utf8(*part)) return fail(Kind::invalid, "table.damaged", path + " is not UTF-8");
    return part;
}

Result<std::string> rich_text(Xml& xml) {
    std::string out;
    std::size_t spoken = 0;  // how deep in <rPh>
    std::size_t depth = 1;
    bool in_text = false;
    while (depth > 0) {
        auto const token = TRY(xml.next());
        if (token == Token::end) break;
        if (token == Token::text) {
            if (in_text && spoken == 0) out += xml.text();
            continue;
        }
        bool const opens = token == Token::open;
        opens ? ++depth : --depth;
        if (xml.name() == "rPh") opens ? ++spoken : --spoken;
        if (xml.name() == "t") in_text = opens;
    }
    return unescaped(std::move(out));
}

std::string unescaped(std::string text) {
    for (auto at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 1)) {
        if (at + 7 > text.size() || text[at + 6] != '_') continue;
        unsigned code = 0;
        auto const* const digits = text.data() + at + 2;
        auto const [end, error] = std::from_chars(digits, digits + 4, code, 16);
        if (error != std::errc{} || end != digits + 4 || code >= 0x80 || code == 0) continue;
        text.replace(at, 7, 1, static_cast<char>(code));
    }
    return text;
}

Result<Workbook> read_workbook(zip::Reader const& zip) {
    if (zip.enciphered()) return fail(Kind::invalid, "table.enciphered");
    Workbook book;
    std::string path = "xl/workbook.xml";
    for (auto const& [id, relation] : TRY(relations_of(zip, ""))) {
        if (relation.type == "officeDocument") path = relation.target;
    }
    if (!zip.has(path)) return fail(Kind::invalid, "table.unknown", "no " + path);
    auto const relations = TRY(relations_of(zip, path));
    TRY(read_sheets(zip, path, relations, book));
    if (book.sheets.empty()) return fail(Kind::invalid, "table.no-sheet");
    for (auto const& [id, relation] : relations) {
        if (relation.type == "sharedStrings" && zip.has(relation.target))
            TRY(read_strings(TRY(part_of_workbook(zip, relation.target)), book));
        if (relation.type == "styles" && zip.has(relation.target))
            TRY(read_styles(TRY(part_of_workbook(zip, relation.target)), book));
    }
    return book;
}

}  // namespace keepword::table
