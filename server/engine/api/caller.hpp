#pragma once
#include <boost/describe.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/id.hpp"
#include "foundation/time.hpp"

namespace keepword {

struct PersonTag;
using PersonId = Id<PersonTag>;

enum class Locale { zh, en };
BOOST_DESCRIBE_ENUM(Locale, zh, en)

}  // namespace keepword

namespace keepword::api {

// A role somebody holds now, within a scope: everything, or one department, organisation or region.
struct Holding {
    std::string role;
    std::string scope_kind = "all";
    std::string scope;      // the id or code of what `scope_kind` says; empty for all
    PersonId deputy_for{};  // set where it is held in somebody's stead
};

// How long a proof of who one is (a password or a code, entered in this session) stands for what is sensitive.
constexpr Duration proof_lasts = minutes(10);

// Who makes a call and what that allows. Nobody (person 0) has no rights at all.
struct Caller {
    PersonId person{};
    std::int64_t organisation = 0;  // the outside organisation whose person this is; 0 for the centre's own
    std::string login;
    std::string name;
    Locale locale = Locale::zh;
    std::vector<std::string> rights;  // sorted
    std::vector<Holding> roles;
    std::int64_t session = 0;  // of a browser; 0 with an API token
    std::string csrf;          // what a change from a browser must carry
    Instant proven_at{};       // when this session last proved who uses it

    bool anonymous() const { return !person; }
    bool may(std::string_view right) const { return std::binary_search(rights.begin(), rights.end(), right); }
    // Whether what is sensitive may be done now. A token is no browser that somebody may have left open; its making was
    // sensitive itself.
    bool proven(Instant now) const { return session == 0 || now - proven_at < proof_lasts; }
    bool holds(std::string_view role) const {
        return std::any_of(roles.begin(), roles.end(), [&](Holding const& h) { return h.role == role; });
    }
};

}  // namespace keepword::api
