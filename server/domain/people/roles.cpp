#include "domain/people/roles.hpp"

#include <algorithm>
#include <iterator>

#include "foundation/json.hpp"

namespace keepword::people {
namespace {

struct RoleInFile {
    std::string key;
    std::string zh;
    std::string en;
    std::vector<std::string> rights;
    std::optional<bool> outside;
    std::optional<bool> unscoped;
};
BOOST_DESCRIBE_STRUCT(RoleInFile, (), (key, zh, en, rights, outside, unscoped))

struct RolesFile {
    std::map<std::string, std::vector<std::string>> rights;
    std::optional<std::vector<std::string>> closed;
    std::optional<std::vector<std::string>> whole;
    std::vector<RoleInFile> roles;
};
BOOST_DESCRIBE_STRUCT(RolesFile, (), (rights, closed, whole, roles))

void sort_once(std::vector<std::string>& words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

Result<RoleBook> RoleBook::load(std::string_view text) {
    auto const parsed = TRY(json::parse(text));
    auto file = json::decode<RolesFile>(parsed);
    if (!file) {
        auto const& wrong = file.error().fields.front();
        return fail(Kind::internal, "roles.invalid", wrong.field + ": " + wrong.code);
    }
    RoleBook book;
    book.staff_rights_ = file->rights["signed-in"];
    sort_once(book.staff_rights_);
    book.closed_kinds_ = file->closed.value_or(std::vector<std::string>());
    sort_once(book.closed_kinds_);
    book.whole_rights_ = file->whole.value_or(std::vector<std::string>());
    sort_once(book.whole_rights_);
    for (auto& in : file->roles) {
        if (in.key.empty() || book.find(in.key) != nullptr) return fail(Kind::internal, "roles.invalid", in.key);
        sort_once(in.rights);
        book.roles_.push_back({std::move(in.key), std::move(in.zh), std::move(in.en), std::move(in.rights),
                               in.outside.value_or(false), in.unscoped.value_or(false)});
    }
    if (book.find(owner_role) == nullptr) return fail(Kind::internal, "roles.invalid", std::string(owner_role));
    return book;
}

Role const* RoleBook::find(std::string_view key) const {
    auto const found = std::find_if(roles_.begin(), roles_.end(), [&](Role const& role) { return role.key == key; });
    return found == roles_.end() ? nullptr : &*found;
}

std::vector<std::string> RoleBook::every_right() const {
    auto rights = staff_rights_;
    for (auto const& role : roles_) rights.insert(rights.end(), role.rights.begin(), role.rights.end());
    sort_once(rights);
    return rights;
}

std::vector<std::string> RoleBook::rights_of(std::vector<api::Holding> const& holdings, bool outsider) const {
    std::vector<std::string> rights;
    for (auto const& holding : holdings) {
        auto const* role = find(holding.role);
        // A role that a newer or older program knew gives nothing.
        if (role == nullptr) continue;
        outsider = outsider || (role->outside && !holding.deputy_for);
        // A role for one region or organisation reaches no further by the rights that come with it.
        bool const narrow = holding.scope_kind == "organisation" || holding.scope_kind == "region";
        std::copy_if(role->rights.begin(), role->rights.end(), std::back_inserter(rights), [&](auto const& right) {
            return !narrow || !std::binary_search(whole_rights_.begin(), whole_rights_.end(), right);
        });
    }
    if (!outsider) rights.insert(rights.end(), staff_rights_.begin(), staff_rights_.end());
    sort_once(rights);
    return rights;
}

}  // namespace keepword::people
