#include "main/rebuild.hpp"

#include <utility>

#include "domain/case/case.hpp"
#include "domain/place/place.hpp"
#include "foundation/log.hpp"

namespace keepword {
namespace {

constexpr std::int64_t at_once = 50;  // few enough that nobody waits for them

struct Source {
    std::string_view name;
    storage::Sql ids;
    Result<> (*index)(storage::Transaction&, std::int64_t);
};

template <auto Index, class Tag>
Result<> index_one(storage::Transaction& tx, std::int64_t id) {
    return Index(tx, Id<Tag>{id});
}

constexpr Source sources[] = {
    {"person", "SELECT id FROM person WHERE id > ? ORDER BY id LIMIT ?",
     index_one<people::index_person_again, PersonTag>},
    {"organisation", "SELECT id FROM organisation WHERE id > ? ORDER BY id LIMIT ?",
     index_one<people::index_organisation_again, people::OrganisationTag>},
    {"site", "SELECT id FROM site WHERE id > ? ORDER BY id LIMIT ?",
     index_one<place::index_site_again, place::SiteTag>},
    {"asset", "SELECT id FROM asset WHERE id > ? ORDER BY id LIMIT ?",
     index_one<place::index_asset_again, place::AssetTag>},
    {"case", "SELECT id FROM cases WHERE id > ? ORDER BY id LIMIT ?", index_one<cases::index_again, cases::CaseTag>},
};

}  // namespace

Result<bool> rebuild_some(storage::Transaction& tx) {
    for (auto const& source : sources) {
        auto const row = TRY(tx.one("SELECT done_to FROM search_rebuild WHERE source = ?", source.name));
        if (!row) continue;
        auto last = row->integer(0);
        auto const ids = TRY(tx.query(source.ids, last, at_once));
        for (auto const& id : ids) TRY(source.index(tx, last = id.integer(0)));
        if (std::ssize(ids) < at_once)
            TRY(tx.execute("DELETE FROM search_rebuild WHERE source = ?", source.name));
        else
            TRY(tx.execute("UPDATE search_rebuild SET done_to = ? WHERE source = ?", last, source.name));
        return true;
    }
    return false;
}

void Rebuild::start() {
    thread_ = std::jthread([this](std::stop_token const& stop) {
        bool some = false;
        while (!stop.stop_requested()) {
            auto const more = database_.write([](storage::Transaction& tx) { return rebuild_some(tx); });
            if (!more) log::error("the search is not whole: {} {}", more.error().code, more.error().detail);
            if (!more || !*more) break;
            if (!std::exchange(some, true)) log::info("what was there before is made findable");
        }
        if (some) log::info("everything can be found");
        if (auto const known = database_.write(storage::refresh_statistics); !known)
            log::warning("the planner knows no numbers: {} {}", known.error().code, known.error().detail);
    });
}

void Rebuild::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace keepword
