#include "main/centre.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "domain/hotline/hotline.hpp"
#include "domain/knowledge/knowledge.hpp"
#include "domain/place/place.hpp"
#include "embedded/embedded.hpp"
#include "engine/audit/audit.hpp"
#include "extract/extract.hpp"
#include "foundation/log.hpp"
#include "main/belonging.hpp"
#include "main/readiness.hpp"
#include "main/system_routes.hpp"
#include "storage/move.hpp"

namespace keepword {
namespace {

constexpr char const* version = "0.1.0";
constexpr Duration checkpoint_interval = hours(1);

std::vector<std::string_view> texts_below(std::string_view prefix) {
    std::vector<std::string_view> out;
    for (auto const& file : embedded::below(prefix)) out.push_back(file.bytes);
    return out;
}

Result<std::string_view> data_file(std::string_view path) {
    auto const found = embedded::find(path);
    if (!found) return fail(Kind::internal, "embedded.missing", std::string(path));
    return *found;
}

}  // namespace

Result<std::vector<storage::Migration>> all_migrations() {
    std::vector<storage::Migration> out;
    for (auto const& file : embedded::below("server/"))
        out.push_back(TRY(storage::migration_of(file.path, file.bytes)));
    return out;
}

Centre::Centre(DataFolder folder, Keys keys) : folder_(std::move(folder)), keys_(std::move(keys)) {}

Result<std::unique_ptr<Centre>> Centre::open(CentreOptions options) {
    TRY(crypto::start());
    auto folder = TRY(DataFolder::open(options.home.data));
    auto keys = TRY(open_keys(folder.keys()));
    std::unique_ptr<Centre> centre(new Centre(std::move(folder), std::move(keys)));
    TRY(centre->prepare(options));
    return centre;
}

Centre::~Centre() {
    stop_runners();
    // What the pool still does uses what is taken apart below, and the database.
    if (pool_) pool_->stop();
    if (slow_pool_) slow_pool_->stop();
    if (database_) database_->stop();
}

Result<> Centre::prepare(CentreOptions const& options) {
    if (options.read_files) {
        text_in_ = [](std::filesystem::path const& file, std::string const& type) {
            return extract::text_apart("/proc/self/exe", file, type);
        };
    }
    if (options.manual_start) {
        auto manual = std::make_unique<ManualClock>(*options.manual_start);
        manual_ = manual.get();
        clock_ = std::move(manual);
    } else {
        clock_ = std::make_unique<SystemClock>();
    }
    auto const bits = crypto::random_bytes(2);
    auto const process = static_cast<unsigned char>(bits[0]) << 2U | (static_cast<unsigned char>(bits[1]) & 3U);
    ids_ = std::make_unique<IdSource>(*clock_, process);
    texts_ = TRY(api::Texts::load(TRY(data_file("data/texts.json"))));
    roles_ = TRY(people::RoleBook::load(TRY(data_file("data/roles.json"))));
    library_.emplace(roles_->closed_kinds());
    regions_ = TRY(people::RegionBook::load(TRY(data_file("data/regions.json"))));
    import_fields_ = TRY(imports::FieldBook::load(TRY(data_file("data/imports.json"))));
    blobs_.emplace(folder_.blobs());
    TRY(open_database(options.home));
    TRY(seed());
    pool_ = std::make_unique<Pool>(2, 256);
    slow_pool_ = std::make_unique<Pool>(2, 8);
    hub_ = std::make_unique<live::Hub>(*database_, *clock_);
    build_desk();
    TRY(database_->write([&](storage::Transaction& tx) { return desk_->plan_starts({tx, clock_->now(), {}}); }));
    build_mail();
    build_app();
    return {};
}

Result<> Centre::open_database(Home const& home) {
    constexpr unsigned sqlite_readers = 2;
    constexpr unsigned postgres_connections = 8;
    url_ = database_url(home);
    if (home.database.empty()) {
        TRY(see_that_it_has_no_other(folder_));
        database_ = TRY(storage::open({.url = url_, .readers = sqlite_readers}));
    } else {
        database_ = TRY(storage::open({.url = url_, .readers = postgres_connections}));
        if (TRY(storage::being_moved(*database_))) return fail(Kind::conflict, "storage.moving");
    }
    migrations_ = TRY(all_migrations());
    TRY(storage::migrate(*database_, migrations_, clock_->now()));
    return see_that_they_belong(folder_, *database_);
}

Result<> Centre::seed() {
    std::vector<process::EmbeddedFile> processes;
    for (auto const& file : embedded::below("processes/")) processes.push_back({file.path, file.bytes});
    TRY(database_->write([&](storage::Transaction& tx) -> Result<> {
        TRY(process::seed(tx, process::packages_of(processes), clock_->now()));
        TRY(calendars::seed(tx, texts_below("data/calendars/"), texts_below("data/holidays/")));
        auto const alarm = TRY(tx.one("SELECT 1 FROM alarm WHERE id = 'checkpoint' AND due IS NOT NULL"));
        return alarm ? Result<>{}
                     : jobs::set_alarm(tx, "checkpoint", "checkpoint", clock_->now() + checkpoint_interval, nullptr);
    }));
    bool const empty = !TRY(database_->read([](storage::Transaction& tx) { return people::anybody_signs_in(tx); }));
    first_run_ = std::make_unique<access::FirstRun>(empty);
    return {};
}

void Centre::build_desk() {
    desk_ = std::make_unique<cases::Desk>(cases::Parts{
        .ids = *ids_,
        .library = *library_,
        .blobs = *blobs_,
        .calendar = [this](storage::Transaction& tx, std::string const& key) { return calendars_.load(tx, key); },
        .tell_customer = [this](storage::Transaction& tx, cases::CustomerMessage const& message,
                                Instant now) { return mailbox::tell_customer(*mail_, *desk_, tx, message, now); },
        .holdings = people::holdings,
        .holders = [](storage::Transaction& tx, std::string const& role, Instant now) -> Result<std::vector<PersonId>> {
            std::vector<PersonId> persons;
            for (auto const& holder : TRY(people::holders(tx, role, now))) {
                if (std::find(persons.begin(), persons.end(), holder.person) == persons.end())
                    persons.push_back(holder.person);
            }
            return persons;
        },
        .text_in = text_in_,
        .sign = [this](std::string_view bytes) { return crypto::sign(keys_.signing.private_key, bytes); },
        .public_key = keys_.signing.public_key});
    runner_ = std::make_unique<jobs::Runner>(*database_, *clock_, jobs::RunnerOptions{.rounds = {"checkpoint"}});
    for (auto& [kind, handle] : alarms()) runner_->on_alarm(kind, handle);
}

void Centre::build_mail() {
    mail_.emplace(mailbox::Parts{
        .database = *database_,
        .ids = *ids_,
        .clock = *clock_,
        .blobs = *blobs_,
        .texts = texts_,
        .seal = [this](std::string_view bytes) { return crypto::seal(keys_.mail_box, bytes); },
        .open = [this](std::string_view sealed) { return crypto::open_sealed(keys_.mail_box, sealed); },
        .mac = [this](std::string_view bytes) { return crypto::hmac_sha256(keys_.mail_thread.reveal(), bytes); },
        .centre = [](storage::Transaction& tx) -> Result<std::string> {
            auto const row =
                TRY(tx.one("SELECT name FROM department WHERE kind = 'centre' AND parent IS NULL ORDER BY id LIMIT 1"));
            return row ? row->text(0) : std::string("用户服务中心");
        },
        .text_in = text_in_,
        .ca_file = {},
        .stopping = breaking_off_.get_token()});
    runner_->on(mailbox::mail_job,
                [this](jobs::Job const& job) { return mailbox::send(*mail_, *desk_, job, stopping_.get_token()); });
    runner_->on(access::reset_job, [this](jobs::Job const& job) { return send_reset(job); });
    intake_ = std::make_unique<mailbox::IntakeRunner>(*mail_, *desk_);
}

access::Sealing Centre::sealing() const {
    // One key seals, one made from it makes codes: no use of the one says anything of the other.
    auto const codes =
        std::make_shared<Secret>(std::string(crypto::view(crypto::hmac_sha256(keys_.sign_in.reveal(), "codes"))));
    return {.seal = [this](std::string_view bytes) { return crypto::seal(keys_.sign_in, bytes); },
            .open = [this](std::string_view sealed) { return crypto::open_sealed(keys_.sign_in, sealed); },
            .mac = [codes](std::string_view bytes) { return crypto::hmac_sha256(codes->reveal(), bytes); }};
}

// The letter with the code for a forgotten password.
Result<> Centre::send_reset(jobs::Job const& job) {
    auto const letter = TRY(database_->read(
        [&](storage::Transaction& tx) { return access::reset_letter(tx, sealing(), job.payload, clock_->now()); }));
    if (!letter) return {};
    auto const say = [&](char const* code) {
        return texts_.say(letter->locale, code, {{"name", letter->name}, {"code", letter->code}});
    };
    return mailbox::send_note(
        *mail_,
        {.address = letter->address, .name = letter->name, .subject = say("reset.subject"), .text = say("reset.text")},
        "reset." + job.key, stopping_.get_token());
}

std::map<std::string, jobs::Handle> Centre::alarms() {
    auto& desk = *desk_;
    auto clock = [&desk](storage::Transaction& tx, jobs::Alarm const& alarm, Instant now) {
        return desk.clock_due({tx, now, {}}, alarm.payload);
    };
    auto resume = [&desk](storage::Transaction& tx, jobs::Alarm const& alarm, Instant now) -> Result<> {
        auto const id = cases::CaseId::parse(alarm.payload.at("case").as_string());
        return id ? desk.resume({tx, now, {}}, *id) : Result<>{};
    };
    auto signal = [&desk](storage::Transaction& tx, jobs::Alarm const& alarm, Instant now) {
        return desk.signal_due({tx, now, {}}, alarm.id, alarm.payload);
    };
    auto message = [&desk](storage::Transaction& tx, jobs::Alarm const& alarm, Instant now) {
        return desk.message_due({tx, now, {}}, alarm.payload);
    };
    auto start = [&desk](storage::Transaction& tx, jobs::Alarm const& alarm, Instant now) {
        return desk.start_due({tx, now, {}}, alarm.payload);
    };
    // What is signed cannot be changed afterwards without being found; at intervals the chains' heads are.
    auto checkpoint = [this](storage::Transaction& tx, jobs::Alarm const&, Instant now) -> Result<> {
        TRY(audit::checkpoint(tx, now, signer()));
        TRY(api::forget_old_answers(tx, now));
        TRY(access::forget_ended(tx, now));
        TRY(imports::forget_uploads(tx, folder_.imports(), now));
        return jobs::set_alarm(tx, "checkpoint", "checkpoint", now + checkpoint_interval, nullptr);
    };
    return {{"clock", clock},     {"resume", resume}, {"signal", signal},
            {"message", message}, {"start", start},   {"checkpoint", checkpoint}};
}

Result<> Centre::ring_alarms(storage::Transaction& tx, Instant now) {
    auto const handlers = alarms();
    for (;;) {
        auto const row =
            TRY(tx.one("SELECT id, kind, payload, due FROM alarm WHERE due <= ? "
                       "AND kind IN ('clock','resume','signal','message','start') ORDER BY due, id LIMIT 1",
                       now));
        if (!row) return {};
        TRY(tx.execute("DELETE FROM alarm WHERE id = ?", row->text(0)));
        jobs::Alarm const alarm{row->text(0), row->text(1), row->json(2), row->instant(3)};
        TRY(handlers.at(alarm.kind)(tx, alarm, alarm.due));
    }
}

void Centre::build_app() {
    access::Parts const access_parts{*database_, *ids_, *roles_, *first_run_, sealing()};
    api::Routes routes;
    auto const add = [&routes](api::Routes more) {
        for (auto& route : more) routes.push_back(std::move(route));
    };
    add(access::routes(access_parts, *regions_, mailbox::can_send));
    people_parts_.emplace(people::PeopleParts{*database_, *ids_, *roles_, *regions_, access::sign_ins()});
    add(people::people_routes(*people_parts_));
    add(place::routes(*ids_, *regions_));
    import_parts_.emplace(imports::Parts{*database_, *ids_, *roles_, *regions_, texts_, *import_fields_,
                                         folder_.imports(), imports::new_progress()});
    add(imports::routes(*import_parts_));
    add(calendars::routes(calendars_,
                          [this](storage::Transaction& tx, Instant now, PersonId by, std::string const& key) {
                              return desk_->recompute_clocks({tx, now, by}, key);
                          }));
    add(process::routes(
        *library_,
        [this](storage::Transaction& tx, api::Caller const& caller, std::string const& key) {
            return cases::open_cases(tx, *library_, caller, key);
        },
        [this](storage::Transaction& tx, Instant now) { return desk_->plan_starts({tx, now, {}}); }));
    add(cases::routes(*desk_, *database_, *clock_));
    finders_.push_back(knowledge::finder());
    add(cases::find_routes(*desk_, *regions_, finders_));
    add(cases::event_routes(*desk_, *hub_, *clock_));
    add(hotline::routes(*desk_));
    add(knowledge::routes(*desk_));
    add(mailbox::routes(*mail_, *desk_));
    add(system_routes(*this));
    app_ = std::make_unique<api::App>(app_parts(access_parts), std::move(routes));
}

api::AppParts Centre::app_parts(access::Parts const& parts) {
    return {.database = *database_,
            .clock = *clock_,
            .pool = *pool_,
            .slow_pool = *slow_pool_,
            .texts = texts_,
            .identify = access::identify(parts, *clock_),
            .assets = [this](std::string_view path, bool gzip) { return web_.find(path, gzip); },
            .ready = [this] { return readiness(*database_, migrations_, folder_.path()); },
            .metrics = [this] { return metrics(); },
            .handled = [this](api::Handled const& handled) { note_request(handled); },
            .version = version};
}

std::string Centre::metrics() {
    auto const* const server = server_.load();
    return metrics_text({.database = *database_,
                         .requests = requests_,
                         .connections = server != nullptr ? server->load() : transport::Load(),
                         .streams = hub_->streams(),
                         .version = version,
                         .now = clock_->now()});
}

void Centre::note_request(api::Handled const& handled) {
    requests_.count(handled);
    auto const level = log_requests_ ? log::Level::info : log::Level::debug;
    if (!log::writes(level)) return;
    // An id is written as the program would write it: nothing that came from outside is.
    auto const id = handled.route.starts_with("/cases/{id}") ? cases::CaseId::parse(handled.path_id) : std::nullopt;
    auto const about = id ? id->str() : std::string();
    log::write(level,
               fmt::format("{} {} {} {:.1f} ms", handled.method, handled.route, handled.status,
                           std::chrono::duration<double, std::milli>(handled.took).count()),
               {.request = handled.request, .case_id = about});
}

void Centre::start_runners() {
    running_ = true;
    runner_->start();
    intake_->start();
    rebuild_ = std::make_unique<Rebuild>(*database_);
    rebuild_->start();
}

void Centre::stop_runners() {
    if (!std::exchange(running_, false)) return;
    // A mail server that does not answer must not hold up the stop.
    stopping_.request_stop();
    intake_->stop();
    rebuild_->stop();
    runner_->stop();
}

audit::Signer Centre::signer() const {
    return {keys_.signing.public_key, [this](std::string_view bytes) -> Result<std::string> {
                return crypto::sign(keys_.signing.private_key, bytes);
            }};
}

Result<> Centre::sign_everything(Instant now) {
    for (std::int64_t last = 0;;) {
        auto const signed_now = TRY(
            database_->write([&](storage::Transaction& tx) { return audit::checkpoint(tx, now, signer(), 100'000); }));
        if (signed_now.number == std::exchange(last, signed_now.number)) return {};
    }
}

Result<backup::Contents> Centre::back_up(std::filesystem::path const& file) {
    return backup::create({.data = folder_.path(),
                           .database = url_,
                           .spool = folder_.spool(),
                           .signing_key = keys_.signing,
                           .version = version,
                           .now = clock_->now(),
                           .stop = breaking_off_.get_token()},
                          file);
}

void Centre::settle_runners() {
    runner_->settle(std::chrono::seconds(10));
}

}  // namespace keepword
