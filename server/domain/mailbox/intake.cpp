#include <algorithm>
#include <fstream>
#include <set>

#include "domain/mailbox/trouble.hpp"
#include "foundation/log.hpp"

// One pass over a mailbox. The order is what keeps every mail exactly once: bytes to a file, then one transaction with
// the mail's row and all that is made of it, and only after its commit the mail is put away. Wherever that is cut off,
// the next pass finds either no row and takes the mail, or a row and only puts it away.
namespace keepword::mailbox {
namespace {

constexpr std::size_t page = 100;  // mails listed at once
constexpr std::size_t history_page = 1'000;
constexpr std::uint64_t max_original = 200ULL << 20;  // bytes of a mail that are kept
constexpr std::size_t head_of_large = 1'000'000;      // bytes that are read of one too large to be read whole

struct Fetched {
    storage::BlobName raw;
    bool cut = false;  // of a mail beyond every limit: `raw` is only its beginning
};

// What goes wrong at one mail and may go right at the next; the others are the server's or the machine's.
bool is_of_this_mail(std::string_view code) {
    return code == "mail.imap.broken" || code == "mail.imap.timeout" || code == "mail.imap.refused";
}

class Pass {
  public:
    Pass(Parts const& parts, cases::Desk& desk, Record box, Inbox& inbox, std::stop_token stop)
        : parts_(parts), desk_(desk), box_(std::move(box)), inbox_(inbox), stop_(std::move(stop)) {}

    Result<Passed> run() {
        if (box_.uidvalidity == 0) TRY(mark_history());
        outbound::MailboxPlace place{box_.folder, box_.uidvalidity};
        std::uint32_t reached = box_.last_uid;
        for (bool more = true; more && !stop_.stop_requested();) {
            auto const listing = TRY(inbox_.list(place, reached, page));
            if (listing.renumbered) {
                renumbered_ = true;
                safe_ = 0;
            }
            place = listing.place;
            TRY(take_all(listing));
            if (!listing.mails.empty()) reached = listing.mails.back().uid;
            // A folder that cannot be made must not keep mails from becoming cases.
            if (auto const filed = put_away(place); !filed && !failed_) failed_ = filed.error();
            more = listing.more;
        }
        if (place.uidvalidity != box_.uidvalidity || safe_ != box_.last_uid) {
            TRY(parts_.database.write(
                [&](storage::Transaction& tx) { return save_progress(tx, box_, place.uidvalidity, safe_); }));
        }
        if (failed_) return fail(*failed_);
        return passed_;
    }

  private:
    // A mailbox that has been in use for years: what was read in it before it was connected makes no cases.
    Result<> mark_history() {
        outbound::MailboxPlace place{box_.folder, 0};
        std::uint32_t last = 0;
        for (bool more = true; more;) {
            auto const listing = TRY(inbox_.list(place, last, history_page));
            place = listing.place;
            if (!listing.mails.empty()) last = listing.mails.back().uid;
            more = listing.more && !listing.mails.empty();
        }
        box_.uidvalidity = place.uidvalidity;
        box_.history_uid = last;
        return parts_.database.write([&](storage::Transaction& tx) { return begin_progress(tx, box_); });
    }

    Result<std::set<std::int64_t>> taken_of(outbound::MailListing const& listing) {
        std::set<std::int64_t> out;
        if (listing.mails.empty()) return out;
        auto const rows = TRY(parts_.database.read([&](storage::Transaction& tx) {
            return tx.query("SELECT uid FROM mail WHERE mailbox = ? AND uidvalidity = ? AND uid >= ? AND uid <= ?",
                            box_.id, listing.place.uidvalidity, listing.mails.front().uid, listing.mails.back().uid);
        }));
        for (auto const& row : rows) out.insert(row.integer(0));
        return out;
    }

    bool is_history(outbound::ListedMail const& mail) const {
        return mail.seen && !renumbered_ && mail.uid <= box_.history_uid;
    }

    Result<> take_all(outbound::MailListing const& listing) {
        auto const taken = TRY(taken_of(listing));
        troubles_ = TRY(parts_.database.read(
            [&](storage::Transaction& tx) { return troubles_of(tx, box_.id, listing.place.uidvalidity); }));
        for (auto const& mail : listing.mails) {
            if (stop_.stop_requested()) return {};
            bool done = taken.contains(mail.uid) || is_history(mail);
            auto const trouble = troubles_.find(mail.uid);
            bool const rests = trouble != troubles_.end() && rests_at(trouble->second, parts_.clock.now());
            if (!done && !rests) done = TRY(try_one(listing.place, mail));
            whole_ = whole_ && done;
            if (whole_) safe_ = mail.uid;
        }
        return {};
    }

    // Whoever writes chooses the bytes: should taking them ever throw, that is this mail's fault and no other's.
    Result<bool> try_one(outbound::MailboxPlace const& place, outbound::ListedMail const& listed) {
        Place const at{place.uidvalidity, listed.uid, listed.seen, renumbered_};
        Prepared read;
        try {
            return take_one(place, at, read);
        } catch (std::exception const& thrown) {
            return cannot_take(at, read, Error(Kind::internal, "mailbox.exception", thrown.what()));
        }
    }

    // False where this mail cannot be taken now, which holds up no other. What concerns every mail (the network, the
    // disk, the database) is an error and ends the pass; a connection that breaks off is both.
    Result<bool> take_one(outbound::MailboxPlace const& place, Place const& at, Prepared& read) {
        auto fetched = fetch(place, at.uid, read);
        if (!fetched && fetched.error().code == "mail.imap.gone") return true;  // somebody has deleted it
        if (!fetched && is_of_this_mail(fetched.error().code) && !stop_.stop_requested()) {
            TRY(cannot_take(at, read, fetched.error()));
        }
        auto const got = TRY(std::move(fetched));
        read.raw = got.raw;
        read = TRY(prepared_of(got));
        auto done = write(at, read);
        if (!done && !passes_by(done.error())) {
            log::error("mail {} of mailbox {} could not be taken as it is: {}", at.uid, box_.id.str(),
                       done.error().code);
            done = write(at, plain(read, done.error().code));
        }
        // Another process has taken it in this moment.
        if (!done && done.error().code == "storage.unique") return true;
        if (!done && passes_by(done.error())) return fail(done.error());
        if (!done) return cannot_take(at, read, done.error());
        if (*done) ++passed_.taken;
        return true;
    }

    // True where it was tried often enough and is set aside.
    Result<bool> cannot_take(Place const& at, Prepared const& read, Error const& error) {
        log::error("mail {} of mailbox {} could not be taken: {}", at.uid, box_.id.str(), error.code);
        if (!failed_) failed_ = error;
        return parts_.database.write(
            [&](storage::Transaction& tx) { return note_trouble(parts_, tx, box_.id, at, read, error.code); });
    }

    // Only one mail at a time is read, whatever number of mailboxes there are: that bounds the memory it takes.
    Result<Prepared> prepared_of(Fetched const& got) {
        std::lock_guard const one_at_a_time(*parts_.reading);
        try {
            bool const large = got.raw.size > static_cast<std::int64_t>(outbound::max_mail_bytes);
            auto const bytes = large ? TRY(head_of(got.raw)) : TRY(parts_.blobs.get(got.raw.sha256));
            return prepare(parts_, bytes, got.raw, got.cut || large);
        } catch (std::exception const& thrown) {
            log::error("mail {} of mailbox {} could not be read: {}", got.raw.sha256, box_.id.str(), thrown.what());
            Prepared nothing;
            nothing.raw = got.raw;
            return plain(nothing, "exception");
        }
    }

    Result<std::string> head_of(storage::BlobName const& raw) {
        std::ifstream in(TRY(parts_.blobs.path(raw.sha256)), std::ios::binary);
        std::string out(head_of_large, '\0');
        in.read(out.data(), static_cast<std::streamsize>(out.size()));
        out.resize(static_cast<std::size_t>(in.gcount()));
        return out;
    }

    static bool passes_by(Error const& error) {
        return error.kind == Kind::unavailable || error.code == "storage.unique";
    }

    Result<std::optional<Outcome>> write(Place const& at, Prepared const& prepared) {
        auto const now = parts_.clock.now();
        return parts_.database.write([&](storage::Transaction& tx) -> Result<std::optional<Outcome>> {
            if (troubles_.contains(at.uid)) TRY(forget_trouble(tx, box_.id, at));
            return take(parts_, desk_, tx, box_, at, prepared, now);
        });
    }

    // To a file whatever its size. Where that breaks off for the last time, `read` gets what has arrived.
    Result<Fetched> fetch(outbound::MailboxPlace const& place, std::uint32_t uid, Prepared& read) {
        Fetched out;
        auto writer = TRY(parts_.blobs.writer(max_original));
        std::string head;  // of a mail beyond every limit its beginning is kept; the whole stays in the mailbox
        auto const got = inbox_.fetch(place, uid, max_original, [&](std::string_view piece) -> Result<> {
            head += piece.substr(0, head_of_large - std::min(head_of_large, head.size()));
            return writer.write(piece);
        });
        if (got) {
            out.raw = TRY(writer.commit());
            return out;
        }
        auto const& code = got.error().code;
        auto const trouble = troubles_.find(uid);
        bool const last = trouble != troubles_.end() && trouble->second.tries + 1 >= most_tries;
        if (code == "mail.imap.too-large") {
            out.cut = true;
            out.raw = TRY(parts_.blobs.put(head));
            return out;
        }
        if (last && is_of_this_mail(code) && !head.empty()) {
            read.raw = TRY(writer.commit());
            read = TRY(prepared_of({read.raw, true}));
        }
        return fail(got.error());
    }

    // Everything that was taken and still lies in the folder, of earlier passes too.
    Result<> put_away(outbound::MailboxPlace const& place) {
        auto const rows = TRY(parts_.database.read([&](storage::Transaction& tx) {
            return tx.query(
                "SELECT uid, id FROM mail WHERE mailbox = ? AND uidvalidity = ? AND direction = 'in' "
                "AND ended_at IS NULL ORDER BY uid LIMIT 1000",
                box_.id, place.uidvalidity);
        }));
        if (rows.empty()) return {};
        std::vector<std::uint32_t> uids;
        for (auto const& row : rows) uids.push_back(static_cast<std::uint32_t>(row.integer(0)));
        TRY(inbox_.file(place, uids));
        auto const now = parts_.clock.now();
        TRY(parts_.database.write([&](storage::Transaction& tx) -> Result<> {
            for (auto const& row : rows)
                TRY(tx.execute("UPDATE mail SET ended_at = ? WHERE id = ?", now, row.id<MailTag>(1)));
            return {};
        }));
        passed_.filed += std::ssize(rows);
        return {};
    }

    Parts const& parts_;
    cases::Desk& desk_;
    Record box_;
    Inbox& inbox_;
    std::stop_token stop_;
    Passed passed_;
    std::uint32_t safe_ = box_.last_uid;  // up to here every mail is done
    bool whole_ = true;                   // no mail was left out so far
    bool renumbered_ = false;
    std::optional<Error> failed_;
    std::map<std::uint32_t, Trouble> troubles_;  // of the page that is taken
};

class ImapInbox final : public Inbox {
  public:
    ImapInbox(outbound::MailHost host, AfterTaking after, std::string processed, std::stop_token stop)
        : imap_(std::move(host), std::move(stop)), after_(after), processed_(std::move(processed)) {}

    Result<outbound::MailListing> list(outbound::MailboxPlace const& known, std::uint32_t last_uid,
                                       std::size_t limit) override {
        return imap_.list(known, last_uid, limit);
    }
    Result<> fetch(outbound::MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit,
                   outbound::Imap::Sink const& sink) override {
        return imap_.fetch(place, uid, limit, sink);
    }
    Result<> file(outbound::MailboxPlace const& place, std::span<std::uint32_t const> uids) override {
        TRY(imap_.mark_seen(place, uids));
        return after_ == AfterTaking::move ? imap_.move(place, uids, processed_) : Result<>();
    }

  private:
    outbound::Imap imap_;
    AfterTaking after_;
    std::string processed_;
};

}  // namespace

Result<Passed> take_mails(Parts const& parts, cases::Desk& desk, MailboxId id, Inbox& inbox, std::stop_token stop) {
    auto box = TRY(parts.database.read([&](storage::Transaction& tx) { return load_mailbox(tx, id); }));
    auto const passed = Pass(parts, desk, std::move(box), inbox, stop).run();
    std::optional<std::string> error;
    // To be stopped is no fault of the mailbox.
    if (!passed && !stop.stop_requested()) error = passed.error().code;
    TRY(parts.database.write([&](storage::Transaction& tx) { return save_check(tx, id, parts.clock.now(), error); }));
    return passed;
}

Result<std::unique_ptr<Inbox>> open_inbox(Parts const& parts, MailboxId id, std::stop_token stop) {
    auto const box = TRY(parts.database.read([&](storage::Transaction& tx) { return load_mailbox(tx, id); }));
    return std::make_unique<ImapInbox>(TRY(imap_host(parts, box)), box.after_taking, box.processed, std::move(stop));
}

}  // namespace keepword::mailbox
