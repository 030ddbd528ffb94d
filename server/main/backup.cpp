#include <fmt/core.h>

#include "backup/backup.hpp"
#include "domain/mailbox/mailbox.hpp"
#include "engine/audit/audit.hpp"
#include "engine/live/live.hpp"
#include "foundation/durable.hpp"
#include "main/admin.hpp"
#include "main/centre.hpp"
#include "main/verbs.hpp"
#include "storage/snapshot.hpp"

// Backups from the command line.
namespace keepword::verbs {
namespace {

namespace fs = std::filesystem;

// Brings the database of an unpacked backup to where the centre's is to be; the centre can be opened then.
Result<> restore_database(Home const& home) {
    auto const taken = home.data / "database";
    TRY(storage::restore_snapshot(taken, database_url(home), TRY(all_migrations())));
    std::error_code ignored;
    fs::remove_all(taken, ignored);
    return {};
}

Result<backup::Contents> restore_into(fs::path const& file, Home const& home) {
    auto contents = TRY(backup::unpack(file, home.data));
    TRY(restore_database(home));
    return contents;
}

// A folder of its own, and a database that is emptied again.
class Proof {
  public:
    explicit Proof(std::string database)
        : folder_(fs::temp_directory_path() / ("keepword-proof-" + crypto::hex(crypto::random_bytes(8)))),
          home_{folder_.path(), std::move(database)} {
        std::error_code ignored;
        fs::create_directories(home_.data, ignored);
        fs::permissions(home_.data, fs::perms::owner_all, ignored);
    }
    Proof(Proof const&) = delete;
    Proof& operator=(Proof const&) = delete;
    ~Proof() {
        if (filled_ && !storage::clear_database(home_.database)) tell(stderr, "cli.proof-left");
    }
    Home const& home() const { return home_; }
    // From now on the database holds what this has put there.
    void fill() { filled_ = !home_.database.empty(); }

  private:
    Scratch folder_;
    Home home_;
    bool filled_ = false;
};

struct Proven {
    audit::Report audit;
    cases::Replayed replay;
    std::vector<std::string> missing;  // files that something names and that are not there, or are damaged
};

Result<Proven> prove(Centre& centre) {
    Proven proven;
    proven.audit = TRY(audit::verify_all(centre.database(), {centre.signing_key().public_key}));
    proven.replay = TRY(cases::replay_all(centre.database(), centre.desk().parts().library));
    std::string after;
    for (;;) {
        auto const names = TRY(centre.database().read([&](storage::Transaction& tx) {
            return tx.query(
                "SELECT DISTINCT name FROM (SELECT sha256 AS name FROM attachment UNION SELECT raw FROM mail) AS named "
                "WHERE name > ? ORDER BY name LIMIT 1000",
                after);
        }));
        for (auto const& row : names) {
            after = row.text(0);
            if (!centre.blobs().get(after)) proven.missing.push_back(after);
        }
        if (names.size() < 1000) return proven;
    }
}

Result<int> verify(std::string const& database, fs::path const& file, bool json_wanted) {
    TRY(crypto::start());
    Proof proof(database);
    auto const contents = TRY(backup::unpack(file, proof.home().data));
    if (contents.database == "postgresql" && database.empty()) return fail(Kind::invalid, "backup.needs-database");
    TRY(restore_database(proof.home()));
    proof.fill();
    auto const proven = TRY(prove(*TRY(Centre::open({.home = proof.home()}))));
    bool const holds = !proven.audit.first_broken && proven.replay.different == 0 && proven.missing.empty();
    json::object const told{{"holds", holds},
                            {"at", contents.at.str()},
                            {"version", contents.version},
                            {"database", contents.database},
                            {"public_key", contents.public_key},
                            {"files", contents.files},
                            {"bytes", contents.bytes},
                            {"chains", proven.audit.chains},
                            {"entries", proven.audit.entries},
                            {"cases", proven.replay.cases},
                            {"different", proven.replay.different},
                            {"missing", json::encode(proven.missing)}};
    if (json_wanted) {
        fmt::print("{}\n", json::serialize(told));
    } else {
        tell(stdout, holds ? "cli.backup-holds" : "cli.backup-broken",
             {{"at", contents.at.str()},
              {"files", std::to_string(contents.files)},
              {"cases", std::to_string(proven.replay.cases)},
              {"entries", std::to_string(proven.audit.entries)}});
        for (auto const& name : proven.missing) tell(stdout, "cli.missing", {{"name", name}});
        if (proven.replay.different > 0) tell(stdout, "cli.differs", {{"number", proven.replay.first_different}});
        if (proven.audit.first_broken) tell(stdout, "cli.chain-broken", {{"chain", proven.audit.first_broken->chain}});
    }
    return holds ? done : does_not_hold;
}

// What is restored may be a drill beside the real centre, whose mails it must neither take nor send.
Result<std::int64_t> settle(Home const& home, bool with_mail) {
    auto const centre = TRY(Centre::open({.home = home}));
    return centre->database().write([&](storage::Transaction& tx) -> Result<std::int64_t> {
        TRY(live::forget_all(tx));
        return with_mail ? 0 : TRY(mailbox::switch_all_off(tx, centre->clock().now()));
    });
}

// Beside its place and then moved there, so that half a centre is never taken for a whole one.
Result<int> restore(Home const& home, fs::path const& file, bool with_mail) {
    TRY(crypto::start());
    std::error_code error;
    if (fs::exists(home.data) && !fs::is_empty(home.data, error))
        return fail(Error(Kind::invalid, "file.exists").with("file", home.data.string()));
    Home const beside{home.data.string() + ".restoring", home.database};
    if (fs::exists(beside.data)) return fail(Error(Kind::invalid, "file.exists").with("file", beside.data.string()));
    fs::create_directories(beside.data, error);
    fs::permissions(beside.data, fs::perms::owner_all, error);
    auto const restored = restore_into(file, beside);
    auto const off = restored ? settle(beside, with_mail) : fail(restored.error());
    if (!off) {
        fs::remove_all(beside.data, error);
        return fail(off.error());
    }
    fs::remove(home.data, error);
    fs::rename(beside.data, home.data, error);
    if (error || !sync_to_disk(fs::absolute(home.data).parent_path()))
        return fail(Kind::internal, "file.unwritable", home.data.string() + ": " + error.message());
    tell(stdout, "cli.restored",
         {{"folder", home.data.string()}, {"at", restored->at.str()}, {"files", std::to_string(restored->files)}});
    if (*off > 0) tell(stdout, "cli.mail-off", {{"mailboxes", std::to_string(*off)}});
    return done;
}

int told(Result<int> const& status) {
    return status ? *status : report(status.error());
}

}  // namespace

int backup_create(Home const& home, fs::path const& file, bool json_wanted) {
    return told([&]() -> Result<int> {
        auto const made = TRY(admin::ask(home, "backup create", {{"file", fs::absolute(file).string()}}));
        if (json_wanted)
            fmt::print("{}\n", json::serialize(made));
        else
            tell(stdout, "cli.backup-made",
                 {{"file", file.string()}, {"files", std::to_string(made.at("files").as_int64())}});
        return done;
    }());
}

int backup_verify(std::string const& database, fs::path const& file, bool json_wanted) {
    auto const status = verify(database, file, json_wanted);
    if (status || status.error().code != "backup.invalid") return told(status);
    report(status.error());
    return does_not_hold;
}

int backup_restore(Home const& home, fs::path const& file, bool with_mail) {
    return told(restore(home, file, with_mail));
}

}  // namespace keepword::verbs
