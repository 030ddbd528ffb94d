#pragma once
#include <string>
#include <vector>

#include "domain/import/import.hpp"

// What the columns of each kind of file may be. Data (data/imports.json), not code. Inside of the slice only.
namespace keepword::imports {

enum class FieldType {
    text,
    note,    // may have several lines
    serial,  // a text of digits and letters that a spreadsheet easily spoils
    phone,
    day,
    region,
    organisation,
    department,
    site,
    asset,
    roles,
    word,
    ip,
    email,
    login,
    choice
};
BOOST_DESCRIBE_ENUM(FieldType, text, note, serial, phone, day, region, organisation, department, site, asset, roles,
                    word, ip, email, login, choice)

struct ImportChoice {
    std::string word;
    std::string zh;
    std::string en;
    std::vector<std::string> also;  // how else files call it
};
BOOST_DESCRIBE_STRUCT(ImportChoice, (), (word, zh, en, also))

struct ImportField {
    std::string key;
    FieldType type = FieldType::text;
    std::string zh;
    std::string en;
    std::int64_t max = 0;  // characters
    bool required = false;
    std::vector<std::string> headings;  // by which a column is recognised, beside its names
    std::string help_zh;
    std::string help_en;
    std::optional<std::vector<ImportChoice>> choices;
};
BOOST_DESCRIBE_STRUCT(ImportField, (), (key, type, zh, en, max, required, headings, help_zh, help_en, choices))

struct ImportFields {
    ImportKind kind = ImportKind::terminals;
    std::string zh;
    std::string en;
    std::vector<ImportField> fields;
};
BOOST_DESCRIBE_STRUCT(ImportFields, (), (kind, zh, en, fields))

struct FieldFile {
    std::vector<ImportFields> kinds;
};
BOOST_DESCRIBE_STRUCT(FieldFile, (), (kinds))

// A heading as it is compared: folded, without blanks, stars and what stands in brackets ("电话（必填）*" is "电话").
std::string heading_key(std::string_view heading);

// A file with the headings alone, as a spreadsheet opens it.
std::string template_of(ImportFields const& kind, Locale locale);

}  // namespace keepword::imports
