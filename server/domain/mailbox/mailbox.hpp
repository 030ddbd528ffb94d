#pragma once
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "domain/case/case.hpp"
#include "engine/api/texts.hpp"
#include "engine/jobs/jobs.hpp"
#include "foundation/crypto.hpp"
#include "outbound/imap.hpp"

// Mailboxes (邮箱): mails come in and become cases or entries on them, answers go out and find their way back. No mail
// is lost and none is taken twice, whenever the program is killed.
namespace keepword::mailbox {

struct MailboxTag;
using MailboxId = Id<MailboxTag>;
struct MailTag;
using MailId = Id<MailTag>;

// What the slice needs. All of it outlives whatever was made from it.
struct Parts {
    storage::Database& database;
    IdSource& ids;
    Clock const& clock;
    storage::Blobs const& blobs;
    api::Texts const& texts;
    // Seals the passwords of mail servers under a key that the database does not hold (crypto::seal), and opens them.
    std::function<std::string(std::string_view)> seal;
    std::function<Result<Secret>(std::string_view)> open;
    // HMAC-SHA-256 under the key for threads.
    std::function<crypto::Digest(std::string_view)> mac;
    // The centre's name, as it closes a letter.
    std::function<Result<std::string>(storage::Transaction&)> centre;
    // As cases::Parts has it.
    std::function<std::string(std::filesystem::path const&, std::string const& type)> text_in = {};
    // Of an authority of the house's own, for TLS to mail servers; empty: the system's.
    std::filesystem::path ca_file = {};
    // Requested when the program is to end: a server that is being tested must not hold it up.
    std::stop_token stopping = {};
    // Held while a mail is read.
    std::shared_ptr<std::mutex> reading = std::make_shared<std::mutex>();
};

// ---- out ---------------------------------------------------------------------------------------------------------

// What cases::Parts::tell_customer is: keeps the letter, puts it on the case's timeline (mail-out) and into the outbox.
// It goes by the mailbox the case came by, else by the first active one; channel.none (conflict) without any.
Result<> tell_customer(Parts const& parts, cases::Desk& desk, storage::Transaction& tx,
                       cases::CustomerMessage const& message, Instant now);

// A letter that belongs to no case.
struct Note {
    std::string address;
    std::string name;
    std::string subject;
    std::string text;
};
// Sends it by the first active mailbox, from a job, outside of any transaction; `key` makes its Message-ID, the same
// each time. Nothing of it is kept. Errors: channel.none, mail.smtp.refused, those of outbound::send_mail.
Result<> send_note(Parts const& parts, Note const& note, std::string const& key, std::stop_token stop = {});

// What sends jobs of kind `mail_job`: outside of any transaction, at least once, with the same Message-ID each time. A
// refusal for good, and the last try that fails, become an entry on the case.
Result<> send(Parts const& parts, cases::Desk& desk, jobs::Job const& job, std::stop_token stop = {});
inline constexpr char const* mail_job = "mail";

// Whether there is a mailbox that letters go out by.
Result<bool> can_send(storage::Transaction& tx);

// Switches every mailbox off; how many there were. What waits to be sent goes on waiting.
Result<std::int64_t> switch_all_off(storage::Transaction& tx, Instant now);

// ---- in ----------------------------------------------------------------------------------------------------------

// The folder that mails are taken from: an IMAP mailbox, or a test's. Errors as outbound::Imap.
class Inbox {
  public:
    virtual ~Inbox() = default;
    virtual Result<outbound::MailListing> list(outbound::MailboxPlace const& known, std::uint32_t last_uid,
                                               std::size_t limit) = 0;
    virtual Result<> fetch(outbound::MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit,
                           outbound::Imap::Sink const& sink) = 0;
    // Puts mails away that have been taken: moves them, or marks them as read.
    virtual Result<> file(outbound::MailboxPlace const& place, std::span<std::uint32_t const> uids) = 0;
};

struct Passed {
    std::int64_t taken = 0;  // mails that are new in the database
    std::int64_t filed = 0;
};

// One pass over a mailbox: takes every new mail, each in a transaction of its own, and puts the taken ones away after
// their commits. A mail that cannot be taken holds up no other; the pass then answers its error and tries it again in a
// later one, until it is set aside. Keeps on the mailbox when this was and what went wrong.
Result<Passed> take_mails(Parts const& parts, cases::Desk& desk, MailboxId id, Inbox& inbox, std::stop_token stop = {});

// Opens a mailbox's folder over IMAP as it is set up now.
Result<std::unique_ptr<Inbox>> open_inbox(Parts const& parts, MailboxId id, std::stop_token stop = {});

// Passes over every active mailbox, again and again, each on a thread of its own: a server that hangs keeps nobody
// else's mail waiting. One that fails is left alone for longer and longer, up to twenty pauses, so that a wrong
// password does not lock its account.
class IntakeRunner {
  public:
    IntakeRunner(Parts const& parts, cases::Desk& desk, Duration every = seconds(15));
    IntakeRunner(IntakeRunner const&) = delete;
    IntakeRunner& operator=(IntakeRunner const&) = delete;
    ~IntakeRunner() { stop(); }

    void start();
    // Looks into every mailbox now, those that failed too.
    void wake();
    // Breaks off what waits for the network and ends the threads, within a second or two. Before the database's own
    // stop().
    void stop();

  private:
    struct Worker {
        std::int64_t version = 0;  // of the mailbox's settings that it works with
        std::jthread thread;
    };
    void run(std::stop_token const& stop);
    // Begins with the mailboxes that are new or set up anew, ends with those that are gone.
    Result<> keep_up();
    void work(std::stop_token const& stop, MailboxId id);
    Result<> look_into(std::unique_ptr<Inbox>& inbox, MailboxId id, std::stop_token const& stop);
    // Until the pause is over, somebody wakes everybody, or it is to stop.
    void wait(std::stop_token const& stop, unsigned pauses, std::uint64_t& wakes);

    Parts const& parts_;
    cases::Desk& desk_;
    Duration const every_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t wakes_ = 0;
    std::map<std::int64_t, Worker> workers_;  // of the first thread alone
    std::jthread thread_;
};

// ---- over HTTP ---------------------------------------------------------------------------------------------------

// Mailboxes with their test, what was taken from them and what could not be, and the mails of a case.
api::Routes routes(Parts const& parts, cases::Desk& desk);

}  // namespace keepword::mailbox
