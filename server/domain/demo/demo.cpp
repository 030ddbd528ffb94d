#include "domain/demo/demo.hpp"

#include "domain/demo/demo_inside.hpp"

namespace keepword::demo {
namespace {

constexpr std::int64_t days_of_history = 30;

}  // namespace

Result<Made> fill(Parts const& parts, Instant now, std::uint64_t seed) {
    Dice dice(seed);
    World world{.material = TRY(Material::load(parts.material, parts.province)), .holders = {}, .customers = {}};
    Made made;
    Instant const start = now - days(days_of_history + 1);
    parts.set_clock(start);
    TRY(parts.database.write([&](storage::Transaction& tx) -> Result<> {
        auto const someone = TRY(tx.one("SELECT 1 FROM person LIMIT 1"));
        if (someone) return fail(Kind::conflict, "demo.not-empty");
        TRY(make_people(tx, parts, world, start, made));
        return make_customers(tx, parts, world, dice, start, made);
    }));
    TRY(make_cases(parts, world, dice, now, made));
    parts.set_clock(now);
    return made;
}

}  // namespace keepword::demo
