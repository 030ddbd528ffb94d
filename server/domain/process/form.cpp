#include "domain/process/form.hpp"

#include <algorithm>

namespace keepword::process {
namespace {

std::string text_of(json::object const& o, std::string_view name) {
    auto const* found = o.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Label label_of(json::object const& o, std::string_view name) {
    auto const* found = o.if_contains(name);
    if (found == nullptr || !found->is_object()) return {};
    return {text_of(found->get_object(), "zh"), text_of(found->get_object(), "en")};
}

std::optional<std::int64_t> number_of(json::object const& o, std::string_view name) {
    auto const* found = o.if_contains(name);
    return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
}

std::unexpected<Error> wrong(std::string field, std::string what) {
    return fail(Error(Kind::invalid, "process.form").with("field", std::move(field)).with("what", std::move(what)));
}

Result<Field> parse_field(json::value const& v) {
    if (!v.is_object()) return wrong("", "a field is an object");
    auto const& o = v.get_object();
    Field field;
    field.id = text_of(o, "id");
    auto const type = json::from_word<FieldType>(text_of(o, "type"));
    if (field.id.empty()) return wrong("", "id is missing");
    if (!type) return wrong(field.id, "unknown type");
    field.type = *type;
    field.label = label_of(o, "label");
    if (field.label.zh.empty() || field.label.en.empty()) return wrong(field.id, "label in both languages");
    field.help = label_of(o, "help");
    auto const* required = o.if_contains("required");
    field.required = required != nullptr && required->is_bool() && required->get_bool();
    field.max = number_of(o, "max");
    field.min = number_of(o, "min");
    field.role = text_of(o, "role");
    if (auto const* from = o.if_contains("from")) {
        auto names = json::decode<std::vector<std::string>>(*from);
        if (!names) return wrong(field.id, "from is a list of variables");
        field.from = *std::move(names);
    }
    field.when_text = text_of(o, "when");
    if (!field.when_text.empty()) {
        auto when = feel::parse(field.when_text);
        if (!when) return wrong(field.id, "when is not FEEL");
        field.when = *std::move(when);
    }
    if (auto const* choices = o.if_contains("choices")) {
        auto decoded = json::decode<std::vector<Choice>>(*choices);
        if (!decoded) return wrong(field.id, "choices");
        field.choices = *std::move(decoded);
    }
    if ((field.type == FieldType::choice || field.type == FieldType::choices) && field.choices.empty()) {
        return wrong(field.id, "choices are missing");
    }
    return field;
}

bool is_empty(json::value const& v) {
    return v.is_null() || (v.is_string() && text::trim(v.get_string()).empty()) ||
           (v.is_array() && v.get_array().empty());
}

bool is_choice(Field const& field, json::value const& v) {
    return v.is_string() && std::any_of(field.choices.begin(), field.choices.end(),
                                        [&](Choice const& c) { return c.value == v.get_string(); });
}

bool is_id(json::value const& v) {
    struct AnyTag;
    return v.is_string() && Id<AnyTag>::parse(v.get_string()).has_value();
}

// The code of what is wrong with a value, or nothing.
std::string text_problem(Field const& field, json::value const& v) {
    if (!v.is_string()) return "type.string";
    auto const limit = field.max.value_or(static_cast<std::int64_t>(json::max_text));
    return static_cast<std::int64_t>(text::length(v.get_string())) > limit ? "too-long" : "";
}

std::string number_problem(Field const& field, json::value const& v) {
    if (!v.is_number()) return "type.number";
    double const n = v.to_number<double>();
    bool const fits =
        (!field.min || n >= static_cast<double>(*field.min)) && (!field.max || n <= static_cast<double>(*field.max));
    return fits ? "" : "range";
}

template <class Check>
std::string list_problem(json::value const& v, std::string const& code, Check check) {
    if (!v.is_array()) return "type.array";
    if (v.get_array().size() > 100) return "too-many";
    for (auto const& item : v.get_array()) {
        if (!check(item)) return code;
    }
    return "";
}

std::string problem(Field const& field, json::value const& v) {
    switch (field.type) {
        case FieldType::text:
        case FieldType::multiline:
        case FieldType::signature:
            return text_problem(field, v);
        case FieldType::choice:
            return is_choice(field, v) ? "" : "choice";
        case FieldType::choices:
            return list_problem(v, "choice", [&](json::value const& item) { return is_choice(field, item); });
        case FieldType::number:
            return number_problem(field, v);
        case FieldType::boolean:
            return v.is_bool() ? "" : "type.boolean";
        case FieldType::date:
            return v.is_string() && Day::parse(v.get_string()) ? "" : "day";
        case FieldType::datetime:
            return v.is_string() && Instant::parse(v.get_string()) ? "" : "instant";
        case FieldType::persons:
        case FieldType::files:
            return list_problem(v, "id", is_id);
        case FieldType::person:
        case FieldType::organisation:
        case FieldType::contact:
        case FieldType::site:
        case FieldType::asset:
            return is_id(v) ? "" : "id";
    }
    return "type";
}

}  // namespace

Result<Form> parse_form(std::string_view text) {
    auto const parsed = TRY(json::parse(text));
    if (!parsed.is_object()) return wrong("", "not an object");
    Form form;
    form.title = label_of(parsed.get_object(), "title");
    auto const* fields = parsed.get_object().if_contains("fields");
    if (form.title.zh.empty() || form.title.en.empty()) return wrong("", "title in both languages");
    if (fields == nullptr || !fields->is_array()) return wrong("", "fields are missing");
    for (auto const& field : fields->get_array()) form.fields.push_back(TRY(parse_field(field)));
    return form;
}

Result<Entered> check_entered(Form const& form, std::optional<std::string> const& outcome, json::object const& entered,
                              json::object const& known) {
    json::object context = known;
    for (auto const& [name, value] : entered) context[name] = value;
    context["outcome"] = outcome ? json::value(json::string(*outcome)) : json::value(nullptr);

    Entered out;
    Error error(Kind::invalid, "input.invalid");
    std::size_t accepted = 0;
    for (auto const& field : form.fields) {
        bool const shown = !field.when || feel::holds(*field.when, context);
        auto const* given = entered.if_contains(field.id);
        if (given != nullptr) ++accepted;
        if (!shown) {
            if (given != nullptr && !is_empty(*given)) error.fields.push_back({field.id, "not-asked"});
            continue;
        }
        bool const of_record = field.id.starts_with("case.");
        auto const* value = given != nullptr || !of_record ? given : known.if_contains(field.id);
        if (value == nullptr || is_empty(*value)) {
            if (field.required) error.fields.push_back({field.id, "required"});
            if (given == nullptr) continue;
        } else if (auto const code = problem(field, *value); !code.empty()) {
            error.fields.push_back({field.id, code});
            continue;
        }
        if (given == nullptr) continue;
        json::value kept = is_empty(*given) ? json::value(nullptr) : *given;
        if (of_record)
            out.record[field.id.substr(5)] = std::move(kept);
        else
            out.variables[field.id] = std::move(kept);
    }
    if (accepted < entered.size()) {
        for (auto const& [name, _] : entered) {
            bool const is_field = std::any_of(form.fields.begin(), form.fields.end(),
                                              [&](Field const& f) { return std::string_view(name) == f.id; });
            if (!is_field) error.fields.push_back({std::string(name), "unknown"});
        }
    }
    if (!error.fields.empty()) return std::unexpected(std::move(error));
    return out;
}

}  // namespace keepword::process
