#pragma once
#include <string>

#include "engine/api/call.hpp"
#include "foundation/id.hpp"
#include "foundation/json.hpp"
#include "foundation/secret.hpp"
#include "storage/database.hpp"

namespace keepword::people {

// Who does something, and when; new things get their ids here.
struct Act {
    PersonId by{};  // nobody: the program itself, or whoever sits at the command line
    Instant now;
    IdSource& ids;
    // Part of something larger that has an audit entry of its own, as an import has: what is made new in it is not told
    // one by one. What is changed is, or nobody could say what was there before.
    bool in_bulk = false;
};

// Writes a change on the system's audit chain, in the transaction of the change: of the members of `before` and `after`
// those that differ (all of them where one of the two is null: something new, something gone). `version` is left out.
// What is equal writes nothing. Never hand it a password, a hash or a token.
// `action` is "person.changed", `subject` is "person:17".
Result<> record(storage::Transaction& tx, Act const& act, std::string action, std::string subject,
                json::value const& before, json::value const& after);

// "person:17"
template <class Tag>
std::string subject(std::string_view kind, Id<Tag> id) {
    return std::string(kind) + ":" + id.str();
}

// ---- checking what was entered -----------------------------------------------------------------------------------

// Collects what is wrong with a body beyond its shape, so that a person corrects all at once.
class Checks {
  public:
    void wrong(std::string field, std::string code) { error_.fields.push_back({std::move(field), std::move(code)}); }
    // The text without blanks round it; "required" where nothing is left.
    std::string required(std::string field, std::string_view entered);
    // Nothing where it is empty: an empty field of a form is one that was left out.
    static std::optional<std::string> optional(std::string_view entered);
    bool failed() const { return !error_.fields.empty(); }
    Result<> done() const;

  private:
    Error error_{Kind::invalid, "input.invalid"};
};

// A text of a change: what it is to be now, where the change says something about it.
template <std::size_t Max>
void set(std::optional<std::string>& member, json::Given<json::Text<Max>> const& given) {
    if (given.given) member = given.value ? Checks::optional(given.value->value) : std::nullopt;
}
template <class T>
void set(std::optional<T>& member, json::Given<T> const& given) {
    if (given.given) member = given.value;
}
// A text that a thing cannot be without.
template <std::size_t Max>
void set_required(std::string& member, std::string field, json::Given<json::Text<Max>> const& given, Checks& checks) {
    if (given.given) member = checks.required(std::move(field), given.value ? given.value->value : "");
}

template <std::size_t Max>
std::optional<std::string> text_of(std::optional<json::Text<Max>> const& given) {
    return given ? Checks::optional(given->value) : std::nullopt;
}

// Takes a password out of what was sent, overwriting what is left of it in the body; `text` is the member as decoded.
Secret take_secret(std::string& text, json::value& body, std::string_view member);

// ---- lists -------------------------------------------------------------------------------------------------------

// The id a page begins behind; 0 for the first page. An input error where the cursor is none of ours.
Result<std::int64_t> cursor_of(api::Call const& call);

// Cuts rows that were read one more than `limit` down to a page; `id_of(item)` is what the next page begins behind.
template <class T, class F>
api::Page<T> page_of(std::vector<T> items, std::int64_t limit, F id_of) {
    api::Page<T> page{std::move(items), std::nullopt};
    if (std::ssize(page.items) > limit) {
        page.items.resize(static_cast<std::size_t>(limit));
        page.next = id_of(page.items.back());
    }
    return page;
}

// A query cut at blanks, each part folded and as a LIKE pattern "contains"; at most five parts count.
std::vector<std::string> search_patterns(std::string_view query);

}  // namespace keepword::people
