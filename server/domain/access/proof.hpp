#pragma once
#include "domain/access/access_http.hpp"
#include "domain/access/factor.hpp"
#include "domain/access/tries.hpp"

// Proving who one is: by password, and by a code. Inside of the slice only.
namespace keepword::access {

// Codes are tried per person, whatever the place: whoever tries them knows the password already, and six digits are
// soon gone through from many places.
inline Try code_try(PersonId person) {
    return {"code", "person " + person.str()};
}

// Uses a code up, counting the try in a transaction of its own before it is known whether it is right. `then` goes on
// in the transaction in which the code is used up. Errors: session.too-many, totp.wrong, and those of `then`.
template <class F>
auto with_code(Inside const& parts, PersonId person, std::string const& code, Instant now, F then)
    -> std::invoke_result_t<F, storage::Transaction&> {
    auto const begun = parts.database.write(
        [&](storage::Transaction& tx) -> Result<> { return begin_try(tx, code_try(person), now); });
    if (!begun) return std::unexpected(begun.error());
    return parts.database.write([&](storage::Transaction& tx) -> std::invoke_result_t<F, storage::Transaction&> {
        auto const spare = use_code(tx, parts.sealing, person, code, now);
        if (!spare) return std::unexpected(spare.error());
        if (auto forgiven = forgive_try(tx, code_try(person)); !forgiven) return std::unexpected(forgiven.error());
        if (*spare) {
            auto noted = people::record(tx, {.by = person, .now = now, .ids = parts.ids}, "person.recovery-code-used",
                                        people::subject("person", person), nullptr, json::object());
            if (!noted) return std::unexpected(noted.error());
        }
        return then(tx);
    });
}

}  // namespace keepword::access
