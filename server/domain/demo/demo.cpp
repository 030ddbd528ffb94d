#include "domain/demo/demo.hpp"

#include <tuple>

#include "domain/demo/demo_inside.hpp"

namespace keepword::demo {

Result<Made> fill(Parts const& parts, Instant now, std::int64_t months, std::uint64_t seed) {
    Dice dice(seed);
    World world{.material = TRY(Material::load(parts.material, parts.province)),
                .holders = {},
                .customers = {},
                .articles = {}};
    Made made;
    auto const days_of_history = months * days_of_a_month;
    Instant const start = now - days(days_of_history + 1);
    parts.set_clock(start);
    auto const before = std::tuple(dice, world, made);
    TRY(parts.database.write([&](storage::Transaction& tx) -> Result<> {
        // PostgreSQL may run it a second time.
        std::tie(dice, world, made) = before;
        auto const someone = TRY(tx.one("SELECT 1 FROM person LIMIT 1"));
        if (someone) return fail(Kind::conflict, "demo.not-empty");
        TRY(make_people(tx, parts, world, start, made));
        TRY(make_customers(tx, parts, world, dice, start, made));
        return make_articles(tx, parts, world, start, now);
    }));
    TRY(make_cases(parts, world, dice, now, days_of_history, made));
    parts.set_clock(now);
    TRY(parts.database.write(
        [&](storage::Transaction& tx) { return make_unfinished_articles(tx, parts, world, now); }));
    return made;
}

}  // namespace keepword::demo
