#include "engine/api/problem.hpp"

#include "foundation/log.hpp"

namespace keepword::api {

int status_of(Kind kind) {
    switch (kind) {
        case Kind::malformed:
            return 400;
        case Kind::invalid:
            return 422;
        case Kind::unauthorised:
            return 401;
        case Kind::forbidden:
            return 403;
        case Kind::not_found:
            return 404;
        case Kind::not_allowed:
            return 405;
        case Kind::conflict:
            return 409;
        case Kind::stale:
            return 412;
        case Kind::too_large:
            return 413;
        case Kind::too_many:
            return 429;
        case Kind::unavailable:
            return 503;
        case Kind::internal:
            return 500;
    }
    return 500;
}

HttpResponse problem(Error const& error, Texts const& texts, Locale locale, std::string const& request) {
    bool const ours = error.kind == Kind::internal;
    if (ours) log::error(log::About{.request = request}, "failed: {} {}", error.code, error.detail);
    std::string const code = ours ? "internal" : error.code;
    json::object body{{"type", "about:blank"},
                      {"title", texts.say(Locale::en, code, error.params)},
                      {"status", status_of(error.kind)},
                      {"code", code},
                      {"detail", texts.say(locale, code, error.params)}};
    if (!error.params.empty() && !ours) {
        json::object params;
        for (auto const& [name, value] : error.params) params[name] = value;
        body["params"] = std::move(params);
    }
    if (!error.fields.empty()) {
        json::array fields;
        for (auto const& field : error.fields) {
            auto const said = field.said.empty() ? texts.say(locale, "field." + field.code) : field.said;
            fields.push_back(json::object{{"field", field.field}, {"code", field.code}, {"detail", said}});
        }
        body["errors"] = std::move(fields);
    }
    if (ours) body["incident"] = request;
    HttpResponse response{.status = status_of(error.kind), .headers = {{"content-type", "application/problem+json"}}};
    if (error.kind == Kind::unavailable || error.kind == Kind::too_many) {
        std::string seconds = error.kind == Kind::too_many ? "30" : "1";
        for (auto const& [name, value] : error.params) {
            if (name == "seconds") seconds = value;
        }
        response.headers.emplace_back("retry-after", std::move(seconds));
    }
    for (auto const& [name, value] : error.params) {
        if (error.kind == Kind::not_allowed && name == "allow") response.headers.emplace_back("allow", value);
    }
    response.body = json::serialize(body);
    return response;
}

}  // namespace keepword::api
