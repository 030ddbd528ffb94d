#include "main/moving.hpp"

#include "engine/live/live.hpp"
#include "engine/search/search.hpp"
#include "main/belonging.hpp"
#include "main/centre.hpp"

namespace keepword {
namespace {

// Brings the schema up to date and closes the database again, so that its log is folded into its file; the mark.
Result<std::string> prepare(DataFolder const& folder, std::vector<storage::Migration> const& migrations, Instant now) {
    auto const database = TRY(storage::open({.url = database_url({.data = folder.path()}), .readers = 1}));
    TRY(storage::migrate(*database, migrations, now));
    TRY(see_that_they_belong(folder, *database));
    auto mark = TRY(mark_of(*database));
    database->stop();
    return mark.value_or("");
}

// A move that was broken off after its end, before the file had its other name.
Result<bool> has_arrived(std::string const& to, std::string const& mark) {
    auto const database = TRY(storage::open({.url = to, .readers = 1}));
    if (TRY(storage::being_moved(*database))) return false;
    bool const is_centre =
        TRY(database->read([](storage::Transaction& tx) { return storage::has_table(tx, "centre"); }));
    return is_centre && TRY(mark_of(*database)) == mark;
}

// PostgreSQL counts live updates by its transactions, which begin far behind a busy centre's numbers.
Result<> forget_live_updates(std::string const& to) {
    auto const database = TRY(storage::open({.url = to, .readers = 1}));
    return database->write([](storage::Transaction& tx) { return live::forget_all(tx); });
}

}  // namespace

Result<storage::Moved> move_centre(Home const& home, std::string const& to, Instant now,
                                   std::function<void(storage::MoveProgress const&)> const& progress) {
    TRY(expect_centre(home));
    auto const folder = TRY(DataFolder::open(home.data));
    TRY(see_that_it_has_no_other(folder));
    auto const migrations = TRY(all_migrations());
    auto const mark = TRY(prepare(folder, migrations, now));
    storage::Moved moved;
    if (!TRY(has_arrived(to, mark))) {
        moved = TRY(storage::move_to_postgres({.from = folder.database().string(),
                                               .to = to,
                                               .mark = mark,
                                               .converted = {{"search_entry.words", search::moved_words}},
                                               .left_out = "search_words"},
                                              migrations, now, progress));
    }
    TRY(forget_live_updates(to));
    std::error_code error;
    std::filesystem::rename(folder.database(), folder.database().string() + ".moved", error);
    if (error) return fail(Kind::internal, "file.unwritable", folder.database().string());
    return moved;
}

}  // namespace keepword
