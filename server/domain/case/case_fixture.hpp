#pragma once
#include "domain/calendar/calendar.hpp"
#include "domain/case/case_run.hpp"
#include "embedded/embedded.hpp"
#include "testkit/domain_kit.hpp"
#include "testkit/temp_dir.hpp"

// Cases at the desk, without HTTP. Only for tests and measurements.
namespace keepword::cases {

using storage::Transaction;
using testkit::code_of;

class DeskKit : protected testkit::DomainKit {
  protected:
    explicit DeskKit(storage::Dialect dialect) : DomainKit(dialect) {
        write([&](Transaction& tx) -> Result<> {
            TRY(process::seed(tx, process::packages_of(process_files()), clock_.now()));
            TRY(calendars::seed(tx, files_below("data/calendars/"), files_below("data/holidays/")));
            return {};
        });
    }

    static std::vector<process::EmbeddedFile> process_files() {
        std::vector<process::EmbeddedFile> files;
        for (auto const& file : embedded::below("processes/")) files.push_back({file.path, file.bytes});
        return files;
    }

    PersonId staff(std::string const& name, std::string const& role, people::NewGrant grant = {},
                   std::optional<std::int64_t> department = {}) {
        grant.role = {role};
        return write([&](Transaction& tx) -> Result<PersonId> {
            people::Act const act{.by = {}, .now = clock_.now(), .ids = ids_};
            people::NewPerson person{.name = {name}};
            if (department) person.department = people::DepartmentId{*department};
            auto const id = TRY(people::create_person(tx, act, person));
            TRY(people::give_role(tx, act, roles_, regions_, id, grant));
            return id;
        });
    }

    // What somebody does, in a transaction of its own.
    template <class F>
    auto by(PersonId person, F act) {
        using Out = std::invoke_result_t<F, Act const&>;
        Out out = fail(Kind::internal, "not done");
        auto const done = database_->write([&](Transaction& tx) -> Result<> {
            out = act(Act{tx, clock_.now(), person});
            if (!out) return std::unexpected(out.error());
            return {};
        });
        if (!done) out = std::unexpected(done.error());
        return out;
    }

    Result<> complete(PersonId person, CaseId id, std::string const& element, char const* outcome,
                      json::object fields) {
        auto const task = read([&](Transaction& tx) { return desk_.open_task(tx, id, element); });
        if (!task) return fail(Kind::not_found, "test.no-task");
        return by(person, [&](Act const& act) {
            return desk_.complete(act, *task, outcome ? std::optional<std::string>(outcome) : std::nullopt, fields);
        });
    }

    // The first tasks of so many new cases, opened fifty at a time.
    std::vector<TaskId> open_cases(PersonId engineer, int count) {
        std::vector<TaskId> tasks;
        for (int from = 0; from < count; from += 50) {
            write([&](Transaction& tx) -> Result<> {
                for (int n = from; n < std::min(count, from + 50); ++n) {
                    NewCase in{};
                    in.facts.title = {"点播失败"};
                    in.facts.category = {"vod-failure"};
                    in.facts.contact_name = {"王老师"};
                    in.facts.description = {"提示无法播放"};
                    auto const id = TRY(desk_.open({tx, clock_.now(), engineer}, in));
                    tasks.push_back(*TRY(desk_.open_task(tx, id, "accept")));
                }
                return {};
            });
        }
        return tasks;
    }

    people::RoleBook roles_ = testkit::must(people::RoleBook::load(*embedded::find("data/roles.json")));
    people::RegionBook regions_ = testkit::must(people::RegionBook::load(*embedded::find("data/regions.json")));
    testkit::TempDir folder_;
    storage::Blobs blobs_{folder_ / "blobs"};
    process::Library library_;
    calendars::Calendars calendars_;
    Desk desk_{Parts{
        .ids = ids_,
        .library = library_,
        .blobs = blobs_,
        .calendar = [this](Transaction& tx, std::string const& key) { return calendars_.load(tx, key); },
        .tell_customer = [](Transaction&, CustomerMessage const&, Instant) -> Result<> { return {}; },
        .holdings = [](Transaction& tx, PersonId person, Instant now) { return people::holdings(tx, person, now); },
        .holders = [](Transaction&, std::string const&, Instant) -> Result<std::vector<PersonId>> {
            return std::vector<PersonId>();
        },
        .sign = [](std::string_view) { return std::string(64, '\0'); },
        .public_key = std::string(32, '\0')}};
};

}  // namespace keepword::cases
