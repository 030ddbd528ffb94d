#include <fmt/core.h>

#include "main/centre.hpp"
#include "main/moving.hpp"
#include "main/verbs.hpp"

// Bringing the schema up to date, and moving a centre from one database to the other.
namespace keepword::verbs {
namespace {

Result<int> check_schema(Home const& home) {
    TRY(expect_centre(home));
    auto const folder = TRY(DataFolder::open(home.data));
    auto const database = TRY(storage::open({.url = database_url(home), .readers = 1}));
    auto const state = TRY(storage::migration_state(*database, TRY(all_migrations())));
    for (auto const& name : state.pending) fmt::print("{}\n", name);
    return state.pending.empty() ? done : does_not_hold;
}

// A line for each table, and one for each hundred thousand rows of a long one.
class Teller {
  public:
    void operator()(storage::MoveProgress const& progress) {
        constexpr std::int64_t often = 100'000;
        auto const what = code_of(progress.step) + std::string(progress.table);
        if (what == last_ && progress.rows / often == told_ / often) return;
        last_ = what;
        told_ = progress.rows;
        tell(stderr, code_of(progress.step),
             {{"table", std::string(progress.table)}, {"rows", std::to_string(progress.rows)}});
    }

  private:
    static char const* code_of(storage::MoveStep step) {
        switch (step) {
            case storage::MoveStep::copying:
                return "cli.copying";
            case storage::MoveStep::comparing:
                return "cli.comparing";
            default:
                return "cli.finishing";
        }
    }
    std::string last_;
    std::int64_t told_ = 0;
};

Result<int> move_database(Home const& home, std::string const& to) {
    auto const moved = TRY(move_centre(home, to, SystemClock().now(), Teller()));
    tell(stdout, "cli.moved", {{"tables", std::to_string(moved.tables)}, {"rows", std::to_string(moved.rows)}});
    return done;
}

Result<int> bring_up_to_date(Home const& home) {
    TRY(Centre::open({.home = home}));
    return done;
}

}  // namespace

int migrate(Home const& home, MigrateOptions const& options) {
    auto const status = options.check        ? check_schema(home)
                        : options.to.empty() ? bring_up_to_date(home)
                                             : move_database(home, options.to);
    return status ? *status : report(status.error());
}

}  // namespace keepword::verbs
