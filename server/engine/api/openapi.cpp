#include "engine/api/openapi.hpp"

#include <map>

namespace keepword::api {
namespace {

json::object problem_schema() {
    json::object const text{{"type", "string"}};
    return {{"type", "object"},
            {"properties",
             json::object{
                 {"type", text},
                 {"title", text},
                 {"status", json::object{{"type", "integer"}}},
                 {"code", text},
                 {"detail", text},
                 {"incident", text},
                 {"params", json::object{{"type", "object"}, {"additionalProperties", text}}},
                 {"errors",
                  json::object{{"type", "array"},
                               {"items", json::object{{"type", "object"},
                                                      {"properties",
                                                       json::object{{"field", text}, {"code", text}, {"detail", text}}},
                                                      {"required", json::array{"field", "code"}}}}}}}},
            {"required", json::array{"type", "title", "status", "code", "detail"}}};
}

// A place of a path for a name: "/cases/{id}/links/{link}" has "id" of "cases" and "link" of "links".
struct Place {
    std::string_view name;
    std::string_view of;
};

std::vector<Place> places(std::string_view path) {
    std::vector<Place> out;
    std::string_view before;
    for (auto part : text::split(path, '/')) {
        if (part.starts_with('{') && part.ends_with('}')) out.push_back({part.substr(1, part.size() - 2), before});
        before = part;
    }
    return out;
}

json::array parameters(Route const& route) {
    json::array out;
    json::object const text{{"type", "string"}};
    for (auto const& place : places(route.path)) {
        out.push_back(json::object{
            {"name", place.name}, {"in", "path"}, {"required", true}, {"x-of", place.of}, {"schema", text}});
    }
    for (auto const& field : route.rule.query) {
        out.push_back(
            json::object{{"name", field.name}, {"in", "query"}, {"description", field.help}, {"schema", text}});
    }
    return out;
}

// "GET /cases/{id}/timeline" → "get_cases_id_timeline"
std::string operation_id(Route const& route) {
    std::string out = text::ascii_lower(route.method);
    for (char c : route.path) {
        if (c == '/')
            out += '_';
        else if (c != '{' && c != '}')
            out += c == '-' ? '_' : c;
    }
    return out;
}

json::object operation(Route const& route, json::object& components) {
    json::object answer{{"description", "OK"}};
    if (route.reply) {
        answer["content"] = {{"application/json", json::object{{"schema", route.reply(components)}}}};
    }
    json::object out{
        {"operationId", operation_id(route)},
        {"summary", route.rule.help},
        {"x-right", route.rule.right},
        {"x-changes", route.mode != Mode::read && route.method != "GET"},
        {"x-step-up", route.rule.step_up},
        {"parameters", parameters(route)},
        {"responses", json::object{{std::to_string(route.reply ? route.rule.status : 200), std::move(answer)},
                                   {"default", json::object{{"$ref", "#/components/responses/Problem"}}}}}};
    if (route.request) {
        out["requestBody"] = {
            {"required", true},
            {"content", json::object{{"application/json", json::object{{"schema", route.request(components)}}}}}};
    } else if (route.rule.body.to_file) {
        out["requestBody"] = {{"required", true},
                              {"content", json::object{{"application/octet-stream", json::object{}}}}};
    }
    if (route.rule.right == "public") out["security"] = json::array{};
    return out;
}

}  // namespace

json::value openapi(Routes const& routes, std::string_view version) {
    json::object schemas{{"Problem", problem_schema()}};
    std::map<std::string, json::object> paths;
    for (auto const& route : routes) paths[route.path][text::ascii_lower(route.method)] = operation(route, schemas);
    json::object ordered;
    for (auto& [path, item] : paths) ordered[path] = std::move(item);
    json::object const problem_content{
        {"application/problem+json", json::object{{"schema", json::object{{"$ref", "#/components/schemas/Problem"}}}}}};
    return {{"openapi", "3.1.0"},
            {"info", json::object{{"title", "Keepword 守诺"}, {"version", version}}},
            {"servers", json::array{json::object{{"url", "/api/v1"}}}},
            {"security", json::array{json::object{{"session", json::array{}}}, json::object{{"token", json::array{}}}}},
            {"paths", std::move(ordered)},
            {"components",
             json::object{
                 {"schemas", std::move(schemas)},
                 {"responses", json::object{{"Problem", json::object{{"description", "RFC 9457 problem"},
                                                                     {"content", problem_content}}}}},
                 {"securitySchemes",
                  json::object{{"session", json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "keepword"}}},
                               {"token", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace keepword::api
