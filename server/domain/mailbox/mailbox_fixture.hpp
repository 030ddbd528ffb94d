#pragma once
#include "domain/calendar/calendar.hpp"
#include "domain/mailbox/mailbox_store.hpp"
#include "domain/people/people.hpp"
#include "embedded/embedded.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::mailbox {

// A folder of mails in memory, with faults where a test wants them.
class MemoryInbox final : public Inbox {
  public:
    struct Message {
        std::uint32_t uid = 0;
        std::string bytes;
        bool seen = false;
        bool moved = false;
    };
    void add(std::string bytes, bool seen = false) { messages.push_back({next_uid++, std::move(bytes), seen}); }

    Result<outbound::MailListing> list(outbound::MailboxPlace const& known, std::uint32_t last_uid,
                                       std::size_t limit) override {
        outbound::MailListing out{{known.mailbox, uidvalidity}, known.uidvalidity != uidvalidity, {}, false};
        for (auto const& m : messages) {
            if (m.moved || (!out.renumbered && m.uid <= last_uid)) continue;
            if (out.mails.size() == limit)
                out.more = true;
            else
                out.mails.push_back({m.uid, m.bytes.size(), m.seen});
        }
        return out;
    }
    Result<> fetch(outbound::MailboxPlace const& place, std::uint32_t uid, std::uint64_t,
                   outbound::Imap::Sink const& sink) override {
        ++fetches;
        for (auto const& m : messages) {
            if (m.uid != uid || place.uidvalidity != uidvalidity) continue;
            TRY(sink(std::string_view(m.bytes).substr(0, m.bytes.size() / 2)));
            if (fail_fetch) return fail(Kind::unavailable, "mail.imap.broken");
            return sink(std::string_view(m.bytes).substr(m.bytes.size() / 2));
        }
        return fail(Kind::not_found, "mail.imap.gone");
    }
    Result<> file(outbound::MailboxPlace const&, std::span<std::uint32_t const> uids) override {
        if (fail_before_file) return fail(Kind::unavailable, "mail.imap.broken");
        for (auto& m : messages) m.moved = m.moved || std::find(uids.begin(), uids.end(), m.uid) != uids.end();
        if (fail_after_file) return fail(Kind::unavailable, "mail.imap.broken");
        return {};
    }
    // The server numbers everything anew.
    void renumber() {
        ++uidvalidity;
        std::uint32_t uid = 1;
        for (auto& m : messages) m.uid = uid++;
        next_uid = uid;
    }

    std::vector<Message> messages;
    std::uint32_t uidvalidity = 7;
    std::uint32_t next_uid = 1;
    int fetches = 0;
    bool fail_fetch = false;
    bool fail_before_file = false;
    bool fail_after_file = false;
};

// A database whose next write is undone at its very end, as when the program is killed before the commit.
class KilledDatabase final : public storage::Database {
  public:
    explicit KilledDatabase(storage::Database& real) : real_(real) {}
    storage::Dialect dialect() const override { return real_.dialect(); }
    void submit_read(Work work, Done done) override { real_.submit_read(std::move(work), std::move(done)); }
    void submit_write(Work work, Done done) override {
        if (!kill_next) return real_.submit_write(std::move(work), std::move(done));
        kill_next = false;
        real_.submit_write(
            [work](storage::Transaction& tx) -> Result<> {
                TRY(work(tx));
                return fail(Kind::unavailable, "test.killed");
            },
            std::move(done));
    }
    void on_commit(std::function<void()> listener) override { real_.on_commit(std::move(listener)); }
    storage::Load load() const override { return real_.load(); }
    void stop() override { real_.stop(); }

    bool kill_next = false;

  private:
    storage::Database& real_;
};

// A centre with its processes and calendars, a desk, and one mailbox.
class MailboxFixture : public testkit::DomainTest {
  protected:
    MailboxFixture() {
        write([&](storage::Transaction& tx) -> Result<> {
            std::vector<process::EmbeddedFile> files;
            for (auto const& file : embedded::below("processes/")) files.push_back({file.path, file.bytes});
            TRY(process::seed(tx, process::packages_of(files), clock_.now()));
            return calendars::seed(tx, files_below("data/calendars/"), files_below("data/holidays/"));
        });
    }

    Parts parts_over(storage::Database& database) {
        return {.database = database,
                .ids = ids_,
                .clock = clock_,
                .blobs = blobs_,
                .texts = texts_,
                .seal = [this](std::string_view bytes) { return crypto::seal(key_, bytes); },
                .open = [this](std::string_view sealed) { return crypto::open_sealed(key_, sealed); },
                .mac = [](std::string_view bytes) { return crypto::hmac_sha256("a key for threads", bytes); },
                .centre = [](storage::Transaction&) -> Result<std::string> { return "用户服务中心"; }};
    }

    MailboxId add_mailbox(std::string const& address = "service@keepword.test") {
        Record record{
            .id = ids_.next<MailboxTag>(), .name = "客服邮箱", .address = address, .created_at = clock_.now()};
        record.imap = {{"127.0.0.1"}, 1, Security::none, {address}};
        record.smtp = {{"127.0.0.1"}, 1, Security::none, {""}};
        record.imap_password = sealed_password(parts_, record.imap, "secret");
        write([&](storage::Transaction& tx) { return insert_mailbox(tx, record); });
        return record.id;
    }

    // One column of all rows, as text.
    std::vector<std::string> column(storage::Sql sql) {
        return read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            for (auto const& row : TRY(tx.query(sql))) {
                auto const* number = std::get_if<std::int64_t>(&row.at(0));
                out.push_back(number != nullptr ? std::to_string(*number) : row.text(0));
            }
            return out;
        });
    }
    std::string only(storage::Sql sql) {
        auto const all = column(sql);
        EXPECT_EQ(all.size(), 1U) << sql.text();
        return all.empty() ? "" : all.front();
    }
    std::vector<std::string> outcomes() {
        return column("SELECT outcome FROM mail WHERE direction = 'in' ORDER BY id");
    }

    // Sends everything that waits in the outbox with the given sender.
    std::vector<Result<>> send_all() {
        std::vector<Result<>> out;
        auto const rows = read([](storage::Transaction& tx) {
            return tx.query("SELECT id FROM mail WHERE outcome = 'waiting' ORDER BY id");
        });
        for (auto const& row : rows) {
            out.push_back(send(parts_, desk_,
                               {.kind = mail_job,
                                .key = "k",
                                .payload = json::object{{"mail", row.id<MailTag>(0).str()}},
                                .tries = 1}));
        }
        return out;
    }

    testkit::TempDir folder_;
    storage::Blobs blobs_{folder_ / "blobs"};
    api::Texts texts_ = testkit::must(api::Texts::load(*embedded::find("data/texts.json")));
    Secret key_{crypto::random_bytes(32)};
    process::Library library_;
    calendars::Calendars calendars_;
    Parts parts_ = parts_over(*database_);
    cases::Desk desk_{cases::Parts{
        .ids = ids_,
        .library = library_,
        .blobs = blobs_,
        .calendar = [this](storage::Transaction& tx, std::string const& key) { return calendars_.load(tx, key); },
        .tell_customer = [this](storage::Transaction& tx, cases::CustomerMessage const& message,
                                Instant now) { return tell_customer(parts_, desk_, tx, message, now); },
        .holdings = [](storage::Transaction& tx, PersonId person,
                       Instant now) { return people::holdings(tx, person, now); },
        .holders = [](storage::Transaction&, std::string const&, Instant) -> Result<std::vector<PersonId>> {
            return std::vector<PersonId>();
        },
        .sign = [](std::string_view) { return std::string(64, '\0'); },
        .public_key = std::string(32, '\0')}};
};

}  // namespace keepword::mailbox
