#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/api/caller.hpp"
#include "engine/api/http.hpp"
#include "foundation/json.hpp"
#include "foundation/time.hpp"

namespace keepword::api {

// The query parameters of a request, decoded; of a name given twice the last counts.
class Query {
  public:
    Query() = default;
    explicit Query(std::string_view raw);  // without '?'
    std::optional<std::string> get(std::string_view name) const;
    std::string text(std::string_view name) const { return get(name).value_or(""); }
    bool flag(std::string_view name) const { return get(name).has_value() && get(name) != "false" && get(name) != "0"; }
    std::map<std::string, std::string, std::less<>> const& all() const { return values_; }

  private:
    std::map<std::string, std::string, std::less<>> values_;
};

// One call of the API, as a handler sees it: no sockets, no JSON text.
struct Call {
    Caller caller;
    Instant now;
    Locale locale = Locale::zh;
    std::map<std::string, std::string, std::less<>> path;  // {id} of the route
    Query query;
    json::value body;
    std::optional<std::int64_t> if_match;
    std::optional<std::string> key;  // Idempotency-Key, where the route keeps its answers: act_once()
    Headers headers;
    std::optional<Upload> upload;
    std::string remote;
    bool secure = false;
    std::string request;  // names it in the log

    // The id in the path; what is no id is simply not there.
    template <class Tag>
    Result<Id<Tag>> id(std::string_view name = "id") const {
        auto const found = path.find(name);
        auto const parsed = found == path.end() ? std::nullopt : Id<Tag>::parse(found->second);
        if (!parsed) return fail(Kind::not_found, "not-found");
        return *parsed;
    }
    std::string part(std::string_view name) const {
        auto const found = path.find(name);
        return found == path.end() ? std::string() : found->second;
    }
    // An id in the query; wrong ones are input errors, because a filter that is ignored shows too much.
    template <class Tag>
    Result<std::optional<Id<Tag>>> query_id(std::string_view name) const {
        auto const value = query.get(name);
        if (!value || value->empty()) return std::optional<Id<Tag>>();
        auto const parsed = Id<Tag>::parse(*value);
        if (!parsed) return invalid(std::string(name), "id");
        return std::optional(*parsed);
    }
    // How many entries a list may have: 1 to 200, 50 unless said.
    Result<std::int64_t> limit() const;
    // Changes of a versioned thing say which version they change: stale (412) where it is not `current`.
    Result<> expect_version(std::int64_t current) const;
};

// What a handler answers when it is not simply a struct.
struct Reply {
    int status = 200;
    std::string body;  // JSON text, unless one of the following is there
    Headers headers = {};
    std::optional<std::int64_t> version = {};  // becomes the ETag
    std::optional<std::string> bytes = {};     // with content-type in headers
    std::optional<std::filesystem::path> file = {};
    bool file_is_spent = false;  // made for this answer only
    std::shared_ptr<EventSource> events = {};
};

// A name with its id, as lists show other things.
struct Ref {
    std::string id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Ref, (), (id, name))

// One page of a list; `next` is what ?cursor= takes for the following one.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;
};

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

}  // namespace keepword::api

namespace keepword::json::detail {

// Page<T> is a template, which Describe cannot name: its codec is written out.
template <class T>
struct Codec<keepword::api::Page<T>> {
    static void write(std::string& out, keepword::api::Page<T> const& in) {
        out += "{\"items\":";
        Codec<std::vector<T>>::write(out, in.items);
        out += ",\"next\":";
        Codec<std::optional<std::string>>::write(out, in.next);
        out += '}';
    }
    static value schema(object& components) {
        return {{"type", "object"},
                {"properties", object{{"items", Codec<std::vector<T>>::schema(components)},
                                      {"next", Codec<std::optional<std::string>>::schema(components)}}},
                {"required", array{"items", "next"}},
                {"additionalProperties", false}};
    }
};

}  // namespace keepword::json::detail
