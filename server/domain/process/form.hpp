#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/feel/feel.hpp"
#include "foundation/json.hpp"

// A form of a user task: one list of fields for the server's check and for the screen (docs/processes.md).
namespace keepword::process {

struct Label {
    std::string zh;
    std::string en;
};

enum class FieldType {
    text,
    multiline,
    choice,
    choices,
    number,
    boolean,
    date,
    datetime,
    person,
    persons,
    organisation,
    contact,
    site,
    asset,
    files,
    signature
};
BOOST_DESCRIBE_ENUM(FieldType, text, multiline, choice, choices, number, boolean, date, datetime, person, persons,
                    organisation, contact, site, asset, files, signature)

struct Choice {
    std::string value;
    std::string zh;
    std::string en;
};
BOOST_DESCRIBE_STRUCT(Choice, (), (value, zh, en))

struct Field {
    std::string id;  // "case.title" writes the case's record, anything else is a process variable
    FieldType type = FieldType::text;
    Label label;
    Label help;
    bool required = false;
    std::optional<std::int64_t> max;  // code points of a text, value of a number
    std::optional<std::int64_t> min;
    std::string role;               // of whom a person may be chosen
    std::vector<std::string> from;  // begins with the first of these variables that has a value, until it has its own
    std::vector<Choice> choices;
    std::string when_text;
    std::optional<feel::Expression> when;  // shown and accepted only where it holds
};

struct Form {
    Label title;
    std::vector<Field> fields;
};

// Error process.form (Kind::invalid) with params `field` and `what`.
Result<Form> parse_form(std::string_view json);

// What a person entered, sorted out: the record's fields by their name without "case.", and the variables.
struct Entered {
    json::object record;
    json::object variables;
};

// Checks what was entered against the form as it is shown for this outcome; `known` are the values that stand already.
// They count where `when` asks for them, and the record's ("case.…") for what is required; a required variable must be
// entered each time, for what somebody else wrote at an earlier step is not this person's word. Kind::invalid names
// every wrong field.
Result<Entered> check_entered(Form const& form, std::optional<std::string> const& outcome, json::object const& entered,
                              json::object const& known);

}  // namespace keepword::process
