#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>

#include "backup/backup.hpp"
#include "domain/access/access.hpp"
#include "domain/calendar/calendar.hpp"
#include "domain/case/case.hpp"
#include "domain/import/import.hpp"
#include "domain/mailbox/mailbox.hpp"
#include "domain/people/people.hpp"
#include "engine/api/app.hpp"
#include "engine/audit/audit.hpp"
#include "engine/jobs/runner.hpp"
#include "engine/live/hub.hpp"
#include "main/data_folder.hpp"
#include "main/keys.hpp"
#include "main/metrics.hpp"
#include "main/rebuild.hpp"
#include "main/settings.hpp"
#include "main/web_files.hpp"
#include "storage/migration.hpp"

namespace keepword {

// Of all rooms; they are inside the program.
Result<std::vector<storage::Migration>> all_migrations();

struct CentreOptions {
    Home home;
    // Reads the text in files, by this program started once more for each: only where it is the program, not a test's.
    bool read_files = false;
    std::optional<Instant> manual_start;  // the clock stands here until it is moved; else the machine's clock
};

// Everything a centre consists of, put together: the only place that knows all the parts. Nothing here is global; two
// centres can stand in one process.
class Centre {
  public:
    // Opens the data folder and the database, brings the schema and the seeded data up to date. Errors: data.locked,
    // data.folder, keys.…, storage.…
    static Result<std::unique_ptr<Centre>> open(CentreOptions options);
    ~Centre();

    // What happens by itself: alarms, outbox, mail intake, live updates, checkpoints. Before requests are taken.
    void start_runners();
    void stop_runners();
    // Whose connections /metrics counts, while it serves; null before and after.
    void watch(transport::Server const* server) { server_ = server; }
    // A line for each request that is answered, at `info`; else at `debug`.
    void log_requests(bool wanted) { log_requests_ = wanted; }
    // The clock was moved: everything that became due by that acts before this returns, or within ten seconds.
    void settle_runners();

    storage::Database& database() { return *database_; }
    Clock const& clock() const { return *clock_; }
    ManualClock* manual_clock() { return manual_; }
    cases::Desk& desk() { return *desk_; }
    api::App& app() { return *app_; }
    std::filesystem::path spool() const { return folder_.spool(); }
    crypto::KeyPair const& signing_key() const { return keys_.signing; }
    storage::Blobs const& blobs() const { return *blobs_; }
    // Everything of this centre in one file, while it is served.
    Result<backup::Contents> back_up(std::filesystem::path const& file);
    // Breaks off backups and tests of mailboxes, under way and to come: the program is to end.
    void break_off() { breaking_off_.request_stop(); }
    api::Texts const& texts() const { return texts_; }
    people::RoleBook const& roles() const { return *roles_; }
    people::RegionBook const& regions() const { return *regions_; }
    IdSource& ids() { return *ids_; }
    imports::Parts const& import_parts() const { return *import_parts_; }
    calendars::Calendars& calendars() { return calendars_; }
    access::FirstRun& first_run() { return *first_run_; }
    // Brings every chain of the audit below a signed checkpoint at once.
    Result<> sign_everything(Instant now);
    // The alarms that are due by `now`, in one transaction: for filling a centre with a past.
    Result<> ring_alarms(storage::Transaction& tx, Instant now);

  private:
    Centre(DataFolder folder, Keys keys);
    Result<> prepare(CentreOptions const& options);
    Result<> open_database(Home const& home);
    Result<> seed();
    void build_desk();
    void build_mail();
    void build_app();
    api::AppParts app_parts(access::Parts const& parts);
    void note_request(api::Handled const& handled);
    std::string metrics();
    access::Sealing sealing() const;
    Result<> send_reset(jobs::Job const& job);
    std::map<std::string, jobs::Handle> alarms();
    audit::Signer signer() const;

    DataFolder folder_;
    std::string url_;  // of the database
    Keys keys_;
    std::unique_ptr<Clock> clock_;
    ManualClock* manual_ = nullptr;
    std::unique_ptr<IdSource> ids_;
    std::unique_ptr<storage::Database> database_;
    api::Texts texts_;
    std::optional<people::RoleBook> roles_;
    std::optional<people::RegionBook> regions_;
    std::optional<process::Library> library_;
    calendars::Calendars calendars_;
    std::optional<storage::Blobs> blobs_;
    std::unique_ptr<Pool> pool_;
    std::unique_ptr<Pool> slow_pool_;  // so that what takes long keeps nobody from signing in
    WebFiles web_;
    std::unique_ptr<access::FirstRun> first_run_;
    std::unique_ptr<cases::Desk> desk_;
    std::optional<mailbox::Parts> mail_;
    std::unique_ptr<mailbox::IntakeRunner> intake_;
    std::unique_ptr<live::Hub> hub_;
    std::function<std::string(std::filesystem::path const&, std::string const&)> text_in_;
    std::unique_ptr<jobs::Runner> runner_;
    std::unique_ptr<Rebuild> rebuild_;
    cases::Finders finders_ = cases::usual_finders();
    std::optional<people::PeopleParts> people_parts_;
    std::optional<imports::FieldBook> import_fields_;
    std::optional<imports::Parts> import_parts_;
    RequestMeter requests_;
    std::atomic<transport::Server const*> server_{nullptr};
    std::atomic<bool> log_requests_{false};
    std::vector<storage::Migration> migrations_;
    std::unique_ptr<api::App> app_;
    bool running_ = false;
    std::stop_source stopping_;
    std::stop_source breaking_off_;
};

}  // namespace keepword
