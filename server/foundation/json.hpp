#pragma once
#include "foundation/json_types.hpp"

// JSON to and from described structs. A struct that is BOOST_DESCRIBE_STRUCTed needs nothing else: decode() checks
// types, limits, missing and unknown keys and names every wrong field; text_of() writes it; schema() describes it for
// OpenAPI. Ids are strings, instants RFC 3339, days YYYY-MM-DD; an absent optional is null; '_' in an enumerator is
// '-'; a trailing '_' (of a name that is a keyword) is left out.
namespace keepword::json {

namespace detail {

template <class T>
struct Codec;

inline std::string join(std::string const& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

inline bool text_in(value const& v, std::size_t max, std::string const& path, Problems& problems, std::string& out) {
    if (!v.is_string()) return problems.add(path, "type.string"), false;
    out.assign(v.get_string().data(), v.get_string().size());
    if (text::length(out) > max) return problems.add(path, "too-long"), false;
    // A NUL would end the text in C interfaces below and hide what follows it.
    if (out.find('\0') != std::string::npos) return problems.add(path, "invalid"), false;
    return true;
}

template <class T>
void decode_struct(object const& o, std::string const& path, Problems& problems, T& out);

template <class T>
void decode_into(value const& v, std::string const& path, Problems& problems, T& out) {
    Codec<T>::decode(v, path, problems, out);
}

template <class T>
struct Codec {
    static void decode(value const& v, std::string const& path, Problems& problems, T& out) {
        if constexpr (is_described_enum<T>) {
            auto const found = v.is_string() ? from_word<T>(v.get_string()) : std::nullopt;
            found ? void(out = *found) : problems.add(path, "choice");
        } else if constexpr (std::is_same_v<T, bool>) {
            v.is_bool() ? void(out = v.get_bool()) : problems.add(path, "type.boolean");
        } else if constexpr (std::is_integral_v<T>) {
            boost::system::error_code error;
            T const number = v.is_number() && !v.is_double() ? v.to_number<T>(error) : T{};
            if (!v.is_int64() && !v.is_uint64()) return problems.add(path, "type.integer");
            error ? problems.add(path, "range") : void(out = number);
        } else if constexpr (std::is_floating_point_v<T>) {
            if (!v.is_number()) return problems.add(path, "type.number");
            out = v.to_number<T>();
        } else {
            static_assert(is_described_struct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
            v.is_object() ? decode_struct(v.get_object(), path, problems, out) : problems.add(path, "type.object");
        }
    }
    static void write(std::string& out, T const& in) {
        if constexpr (is_described_enum<T>) {
            append_text(out, word(in));
        } else if constexpr (std::is_same_v<T, bool>) {
            out += in ? "true" : "false";
        } else if constexpr (std::is_integral_v<T>) {
            out += std::to_string(in);
        } else if constexpr (std::is_floating_point_v<T>) {
            append_number(out, in);
        } else {
            // Straight into the text: a tree in between would be most of the work of answering.
            char before = '{';
            boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto d) {
                using Member = std::remove_cvref_t<decltype(in.*d.pointer)>;
                out += before;
                out += '"';
                out += key(d.name);
                out += "\":";
                Codec<Member>::write(out, in.*d.pointer);
                before = ',';
            });
            if (before == '{') out += before;
            out += '}';
        }
    }
    static value schema(object& components) {
        if constexpr (is_described_enum<T>) {
            array words;
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
                [&](auto d) { words.push_back(bj::string(word(d.value))); });
            return {{"type", "string"}, {"enum", words}};
        } else if constexpr (std::is_same_v<T, bool>) {
            return {{"type", "boolean"}};
        } else if constexpr (std::is_integral_v<T>) {
            return {{"type", "integer"}};
        } else if constexpr (std::is_floating_point_v<T>) {
            return {{"type", "number"}};
        } else {
            return struct_schema(components);
        }
    }
    static value struct_schema(object& components);
};

template <>
struct Codec<std::string> {
    static void decode(value const& v, std::string const& path, Problems& problems, std::string& out) {
        text_in(v, max_text, path, problems, out);
    }
    static void write(std::string& out, std::string const& in) { append_text(out, in); }
    static value schema(object&) { return {{"type", "string"}, {"maxLength", max_text}}; }
};

template <std::size_t Max>
struct Codec<Text<Max>> {
    static void decode(value const& v, std::string const& path, Problems& problems, Text<Max>& out) {
        text_in(v, Max, path, problems, out.value);
    }
    static void write(std::string& out, Text<Max> const& in) { append_text(out, in.value); }
    static value schema(object&) { return {{"type", "string"}, {"maxLength", Max}}; }
};

template <class Tag>
struct Codec<Id<Tag>> {
    static void decode(value const& v, std::string const& path, Problems& problems, Id<Tag>& out) {
        auto const id = v.is_string() ? Id<Tag>::parse(v.get_string()) : std::nullopt;
        id ? void(out = *id) : problems.add(path, "id");
    }
    static void write(std::string& out, Id<Tag> const& in) { append_text(out, in.str()); }
    static value schema(object&) { return {{"type", "string"}, {"format", "id"}, {"maxLength", 20}}; }
};

template <>
struct Codec<Instant> {
    static void decode(value const& v, std::string const& path, Problems& problems, Instant& out) {
        auto const t = v.is_string() ? Instant::parse(v.get_string()) : fail(Kind::invalid, "time.instant");
        t ? void(out = *t) : problems.add(path, "instant");
    }
    static void write(std::string& out, Instant const& in) { append_text(out, in.str()); }
    static value schema(object&) { return {{"type", "string"}, {"format", "date-time"}}; }
};

template <>
struct Codec<Day> {
    static void decode(value const& v, std::string const& path, Problems& problems, Day& out) {
        auto const d = v.is_string() ? Day::parse(v.get_string()) : fail(Kind::invalid, "time.day");
        d ? void(out = *d) : problems.add(path, "day");
    }
    static void write(std::string& out, Day const& in) { append_text(out, in.str()); }
    static value schema(object&) { return {{"type", "string"}, {"format", "date"}}; }
};

// Anything: the process's own variables and a form's fields, whose shape a file decides.
template <>
struct Codec<value> {
    static void decode(value const& v, std::string const&, Problems&, value& out) { out = v; }
    static void write(std::string& out, value const& in) { out += serialize(in); }
    static value schema(object&) { return object{}; }
};

template <>
struct Codec<object> {
    static void decode(value const& v, std::string const& path, Problems& problems, object& out) {
        v.is_object() ? void(out = v.get_object()) : problems.add(path, "type.object");
    }
    static void write(std::string& out, object const& in) { out += serialize(in); }
    static value schema(object&) { return {{"type", "object"}, {"additionalProperties", true}}; }
};

template <class T>
struct Codec<std::optional<T>> {
    static void decode(value const& v, std::string const& path, Problems& problems, std::optional<T>& out) {
        if (v.is_null()) return void(out = std::nullopt);
        Codec<T>::decode(v, path, problems, out.emplace());
    }
    static void write(std::string& out, std::optional<T> const& in) {
        if (in)
            Codec<T>::write(out, *in);
        else
            out += "null";
    }
    static value schema(object& components) {
        return {{"anyOf", array{Codec<T>::schema(components), object{{"type", "null"}}}}};
    }
};

template <class T>
struct Codec<std::vector<T>> {
    static void decode(value const& v, std::string const& path, Problems& problems, std::vector<T>& out) {
        if (!v.is_array()) return problems.add(path, "type.array");
        if (v.get_array().size() > max_items) return problems.add(path, "too-many");
        out.clear();
        for (std::size_t i = 0; i < v.get_array().size(); ++i) {
            T item{};
            Codec<T>::decode(v.get_array()[i], join(path, std::to_string(i)), problems, item);
            out.push_back(std::move(item));
        }
    }
    static void write(std::string& out, std::vector<T> const& in) {
        out += '[';
        for (std::size_t i = 0; i < in.size(); ++i) {
            if (i > 0) out += ',';
            Codec<T>::write(out, in[i]);
        }
        out += ']';
    }
    static value schema(object& components) {
        return {{"type", "array"}, {"items", Codec<T>::schema(components)}, {"maxItems", max_items}};
    }
};

template <class T>
struct Codec<std::map<std::string, T>> {
    static void decode(value const& v, std::string const& path, Problems& problems, std::map<std::string, T>& out) {
        if (!v.is_object()) return problems.add(path, "type.object");
        if (v.get_object().size() > max_items) return problems.add(path, "too-many");
        for (auto const& [key, item] : v.get_object()) {
            Codec<T>::decode(item, join(path, key), problems, out[std::string(key)]);
        }
    }
    static void write(std::string& out, std::map<std::string, T> const& in) {
        char before = '{';
        for (auto const& [name, item] : in) {
            out += before;
            append_text(out, name);
            out += ':';
            Codec<T>::write(out, item);
            before = ',';
        }
        if (before == '{') out += before;
        out += '}';
    }
    static value schema(object& components) {
        return {{"type", "object"}, {"additionalProperties", Codec<T>::schema(components)}};
    }
};

template <class T>
struct Codec<Given<T>> {
    static void decode(value const& v, std::string const& path, Problems& problems, Given<T>& out) {
        out.given = true;
        Codec<std::optional<T>>::decode(v, path, problems, out.value);
    }
    static void write(std::string& out, Given<T> const& in) { Codec<std::optional<T>>::write(out, in.value); }
    static value schema(object& components) { return Codec<std::optional<T>>::schema(components); }
};

// Members that a body may leave out.
template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;
template <class T>
constexpr bool is_optional<Given<T>> = true;

template <class T>
void decode_struct(object const& o, std::string const& path, Problems& problems, T& out) {
    std::size_t known = 0;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto d) {
        using Member = std::remove_cvref_t<decltype(out.*d.pointer)>;
        auto const* found = o.if_contains(json::key(d.name));
        if (found != nullptr) {
            ++known;
            decode_into(*found, join(path, json::key(d.name)), problems, out.*d.pointer);
        } else if constexpr (!is_optional<Member>) {
            problems.add(join(path, json::key(d.name)), "required");
        }
    });
    if (known == o.size()) return;
    for (auto const& [given, _] : o) {
        bool is_known = false;
        boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
            [&](auto d) { is_known = is_known || given == json::key(d.name); });
        if (!is_known) problems.add(join(path, given), "unknown");
    }
}

// The name of a struct without its namespaces: the component's name in OpenAPI.
template <class T>
std::string struct_name() {
    std::string_view pretty = __PRETTY_FUNCTION__;
    auto const begin = pretty.find("T = ") + 4;
    auto name = pretty.substr(begin, pretty.find_first_of(";]", begin) - begin);
    if (auto const colon = name.rfind("::"); colon != std::string_view::npos) name.remove_prefix(colon + 2);
    return std::string(name);
}

template <class T>
value Codec<T>::struct_schema(object& components) {
    std::string const name = struct_name<T>();
    if (!components.contains(name)) {
        components[name] = nullptr;  // keeps a struct that contains itself from going round
        object properties;
        array required;
        boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto d) {
            using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
            properties[key(d.name)] = Codec<Member>::schema(components);
            if constexpr (!is_optional<Member>) required.push_back(bj::string(key(d.name)));
        });
        components[name] = {
            {"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}};
    }
    return {{"$ref", "#/components/schemas/" + name}};
}

}  // namespace detail

// The struct a JSON value says, or Kind::invalid naming every field that is wrong.
template <class T>
Result<T> decode(value const& v) {
    T out{};
    Problems problems;
    detail::decode_into(v, "", problems, out);
    if (problems.fields.empty()) return out;
    Error error(Kind::invalid, "input.invalid");
    error.fields = std::move(problems.fields);
    return std::unexpected(std::move(error));
}

// The JSON text of a struct: what is sent.
template <class T>
std::string text_of(T const& in) {
    std::string out;
    detail::Codec<T>::write(out, in);
    return out;
}

// The same as a value, for what is put into another one.
template <class T>
value encode(T const& in) {
    return bj::parse(text_of(in), {}, {.max_depth = max_stored_depth});
}

// The JSON schema of T; the structs it needs are added to `components`.
template <class T>
value schema(object& components) {
    return detail::Codec<T>::schema(components);
}

}  // namespace keepword::json
