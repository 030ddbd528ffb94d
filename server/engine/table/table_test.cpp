#include "engine/table/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/table/csv.hpp"
#include "engine/table/number.hpp"
#include "engine/table/xml.hpp"
#include "foundation/text.hpp"
#include "zip/zip.hpp"

namespace keepword::table {
namespace {

using testing::ElementsAre;

// The cells of a table, row by row, "·" before each row's number.
std::vector<std::string> cells(Table const& table) {
    std::vector<std::string> out;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        std::string line = std::to_string(table.number(row)) + ":";
        for (std::size_t column = 0; column < table.width(); ++column)
            line += " [" + std::string(table.at(row, column).text) + "]";
        out.push_back(line);
    }
    return out;
}

std::vector<std::string> read_cells(std::string_view bytes) {
    auto const table = read(bytes);
    return table ? cells(*table) : std::vector<std::string>{table.error().code};
}

// The place that an error names, "B3 table.quote".
std::string refused(std::string_view bytes) {
    auto const table = read(bytes);
    if (table) return "read";
    std::string row;
    std::string column;
    for (auto const& [name, value] : table.error().params) {
        if (name == "row") row = value;
        if (name == "column") column = value;
    }
    return column + row + " " + table.error().code;
}

TEST(Table, csv_is_read_as_rfc_4180_says_and_as_offices_write_it) {
    EXPECT_THAT(read_cells("a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n"), ElementsAre("1: [a] [b]", "2: [1] [x, \"y\"\r\nz]"));
    EXPECT_THAT(read_cells("sep=;\na;b\n\n;;\n1;2"), ElementsAre("1: [a] [b]", "4: [1] [2]"));
    EXPECT_THAT(read_cells("\xEF\xBB\xBF"
                           "a\tb\n=\"007\"\t \"x\" \n"),
                ElementsAre("1: [a] [b]", "2: [007] [\"x\"]"));
    EXPECT_EQ(read("a,b\n\xD5\xC5\xC8\xFD,1\n")->encoding, "gb18030");
    EXPECT_THAT(read_cells("a,b\n\xD5\xC5\xC8\xFD,1\n"), ElementsAre("1: [a] [b]", "2: [张三] [1]"));
    EXPECT_THAT(read_cells(std::string("\xFF\xFE"
                                       "a\0,\0b\0\n\0",
                                       12)),
                ElementsAre("1: [a] [b]"));
}

TEST(Table, what_is_broken_is_refused_with_its_place) {
    EXPECT_EQ(refused("a,b\n1,\"x"), "B2 table.quote");
    EXPECT_EQ(refused("a,b\n\"1\"x,2"), "A2 table.quote");
    EXPECT_EQ(refused("姓名,电话\n张三,1\n李\xE5,2\n王五,赵六"), "A3 table.encoding");
    EXPECT_EQ(refused("a\n\x81"), "A2 table.encoding");
    EXPECT_EQ(refused(std::string("a\0b", 3)), " table.unknown");
    EXPECT_EQ(refused("\xFF\xFE"
                      "a"),
              "A1 table.encoding");
    EXPECT_EQ(refused("%PDF-1.7"), " table.unknown");
    EXPECT_EQ(refused(""), " table.empty");
    EXPECT_EQ(refused("a\n" + std::string(max_cell + 1, 'x')), "A2 table.cell-too-long");
    EXPECT_EQ(refused("a\n" + std::string(max_columns, ',') + "x"), "GS2 table.too-many-columns");
    std::string many;
    for (std::size_t i = 0; i < max_rows + 2; ++i) many += "x\n";
    EXPECT_EQ(refused(many), " table.too-many-rows");
    EXPECT_EQ(refused("PK\x03\x04 no zip"), " table.damaged");
}

TEST(Table, letters_of_columns_go_on_behind_z) {
    EXPECT_EQ(column_letters(0), "A");
    EXPECT_EQ(column_letters(25), "Z");
    EXPECT_EQ(column_letters(26), "AA");
    EXPECT_EQ(column_letters(701), "ZZ");
    EXPECT_EQ(column_letters(702), "AAA");
}

TEST(Table, numbers_are_written_out_as_they_are_shown) {
    EXPECT_EQ(shown_number("13870001234"), "13870001234");
    EXPECT_EQ(shown_number("1.3870001234E10"), "13870001234");
    EXPECT_EQ(shown_number("13870001234.0"), "13870001234");
    EXPECT_EQ(shown_number("0.30000000000000004"), "0.3");
    EXPECT_EQ(shown_number("-1.5e-3"), "-0.0015");
    EXPECT_EQ(shown_number("123456789012345678"), "123456789012345678");
    EXPECT_EQ(shown_number("0.0"), "0");
    EXPECT_EQ(shown_number("1e300"), std::nullopt);
    EXPECT_EQ(shown_number("nan"), std::nullopt);
    EXPECT_EQ(shown_number("1,5"), std::nullopt);
}

TEST(Table, days_are_counted_from_1900_and_from_1904) {
    EXPECT_EQ(shown_day(46349, false), "2026-11-23");
    EXPECT_EQ(shown_day(44887, true), "2026-11-23");
    EXPECT_EQ(shown_day(46349.354166667, false), "2026-11-23 08:30:00");
    EXPECT_EQ(shown_day(1, false), "1900-01-01");
    EXPECT_EQ(shown_day(59, false), "1900-02-28");
    EXPECT_EQ(shown_day(60, false), std::nullopt) << "a day that never was";
    EXPECT_EQ(shown_day(61, false), "1900-03-01");
    EXPECT_EQ(shown_day(0, false), std::nullopt) << "a time without a day";
    EXPECT_EQ(shown_day(-1, false), std::nullopt);
    EXPECT_EQ(shown_day(3'000'000, false), std::nullopt);
}

TEST(Table, formats_of_days_are_told_from_others) {
    for (char const* format : {"yyyy/m/d", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "d-mmm-yy", "yyyy-mm-dd hh:mm"})
        EXPECT_TRUE(is_day_format(format)) << format;
    for (char const* format :
         {"General", "0.00", "#,##0;[Red]-#,##0", "@", "h:mm", "\"day \"0", "[红色]0", "G/通用格式"})
        EXPECT_FALSE(is_day_format(format)) << format;
    EXPECT_TRUE(is_day_format(14));
    EXPECT_TRUE(is_day_format(57)) << "a Chinese format";
    EXPECT_FALSE(is_day_format(2));
    EXPECT_FALSE(is_day_format(20)) << "a time of day";
}

TEST(Table, xml_is_read_element_by_element_and_nothing_grows_in_it) {
    Xml xml("<?xml version=\"1.0\"?><!-- x --><a:r b='1 &lt; 2'><c/>t&#x4E2D;<![CDATA[<]]></a:r>");
    ASSERT_EQ(*xml.next(), Xml::Token::open);
    EXPECT_EQ(xml.name(), "r");
    EXPECT_EQ(xml.attribute("b"), "1 < 2");
    EXPECT_EQ(xml.attribute("c"), std::nullopt);
    EXPECT_EQ(*xml.inner_text(), "t中<");
    EXPECT_EQ(*xml.next(), Xml::Token::end);
    for (char const* broken : {"", "<a>", "<a></b>", "<a/><b/>", "<a>&b;</a>", "<!DOCTYPE a><a/>", "<a", "x<a/>",
                               "<a>&#0;</a>", "<a b='></a>"}) {
        Xml one(broken);
        bool failed = false;
        for (int i = 0; i < 20 && !failed; ++i) {
            auto const token = one.next();
            failed = !token;
            if (token && *token == Xml::Token::end) break;
        }
        EXPECT_TRUE(failed) << broken;
    }
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    Xml down(deep);
    bool failed = false;
    for (int i = 0; i < 100 && !failed; ++i) failed = !down.next();
    EXPECT_TRUE(failed);
}

// A workbook of one sheet; `data` is what stands in <sheetData>.
std::string workbook(std::string const& data, std::string const& after = {}) {
    zip::Writer writer;
    auto const add = [&](char const* name, std::string text) { EXPECT_TRUE(writer.add(name, std::move(text))); };
    add("xl/workbook.xml", "<workbook><sheets><sheet name=\"一\" r:id=\"r1\"/></sheets></workbook>");
    add("xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"/xl/s.xml\"/></Relationships>");
    add("xl/s.xml", "<worksheet><sheetData>" + data + "</sheetData>" + after + "</worksheet>");
    return *std::move(writer).finish(0);
}

TEST(Table, merged_cells_show_what_the_one_above_does) {
    auto const book = workbook(
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>单位</v></c><c r=\"B1\" t=\"str\"><v>名称</v></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>电信</v></c><c r=\"B2\" t=\"b\"><v>1</v></c></row>"
        "<row r=\"3\"><c r=\"B3\"><v>7</v></c></row><row r=\"5\"><c r=\"B5\"><v>8.50</v></c></row>",
        "<mergeCells><mergeCell ref=\"A2:A4\"/></mergeCells>");
    EXPECT_THAT(read_cells(book), ElementsAre("1: [单位] [名称]", "2: [电信] [true]", "3: [电信] [7]", "5: [] [8.5]"));
    EXPECT_EQ(read(book)->sheet, "一");
    EXPECT_EQ(read(book, "二").error().code, "table.no-sheet");
}

TEST(Table, a_sheet_that_goes_backwards_or_points_nowhere_is_refused) {
    EXPECT_EQ(refused(workbook("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"2\"/>")), "A2 table.damaged");
    EXPECT_EQ(refused(workbook("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>")), "A1 table.damaged");
    EXPECT_EQ(refused(workbook("<row><c r=\"1A\"><v>1</v></c></row>")), "A1 table.damaged");
    EXPECT_EQ(refused(workbook("<row><c t=\"s\"><v>0</v></c></row>")), "A1 table.damaged");
    EXPECT_EQ(refused(workbook("<row><c><v>one</v></c></row>")), "A1 table.damaged");
    EXPECT_EQ(refused(workbook("")), " table.empty");
}

}  // namespace
}  // namespace keepword::table
