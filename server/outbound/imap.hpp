#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"
#include "outbound/mail_host.hpp"
#include "outbound/mime.hpp"

namespace keepword::outbound {

// A mailbox as it was numbered at one time: when the server numbers it anew, `uidvalidity` changes and no uid of
// before means anything any more.
struct MailboxPlace {
    std::string mailbox;  // "INBOX", "收件箱/报修": UTF-8, levels separated by '/' whatever the server separates by
    std::uint32_t uidvalidity = 0;
};

struct ListedMail {
    std::uint32_t uid = 0;
    std::uint64_t size = 0;  // bytes
    bool seen = false;
};

struct MailListing {
    MailboxPlace place;
    bool renumbered = false;        // not the uidvalidity asked for: the listing begins at the mailbox's start
    std::vector<ListedMail> mails;  // by growing uid
    bool more = false;              // there are more than asked for
};

// One account's mailboxes over IMAP. The connection is kept between calls and made anew after any error. For one
// thread at a time; every call may wait for the network.
//
// Nothing is taken twice or lost when its user keeps to this: list() from the last uid remembered, fetch() without
// marking anything, store (mailbox, uidvalidity, uid) in the same transaction as what is made of the mail, and only
// after its commit mark_seen() or move(). What was moved or marked twice does no harm.
//
// Errors (Kind::unavailable but for those named): mail.imap.name, .connect, .certificate, .certificate-expired,
// .certificate-early, .certificate-name, .no-starttls, .tls, .login, .timeout, .stopped, .broken, .refused (the server
// said no); .mailbox (not_found: no such), .gone (not_found: no such uid), .changed (stale: numbered anew), .too-large
// (too_large).
class Imap {
  public:
    // Requesting `stop` makes a call under way return mail.imap.stopped within a second.
    explicit Imap(MailHost host, std::stop_token stop = {});
    ~Imap();

    // Connects and signs in, if it is not so already: what a settings page checks. Every other call does it by itself.
    Result<> connect();

    // At most `limit` mails with a uid above `last_uid`; all from the start where known.uidvalidity is not the
    // server's.
    Result<MailListing> list(MailboxPlace const& known, std::uint32_t last_uid, std::size_t limit = 100);

    // The mail's bytes, piece by piece as they arrive; it stays unread. An error of the sink ends it and is returned.
    using Sink = std::function<Result<>(std::string_view)>;
    Result<> fetch(MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit, Sink const& sink);
    Result<std::string> fetch(MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit = max_mail_bytes);

    Result<> mark_seen(MailboxPlace const& place, std::span<std::uint32_t const> uids);
    // Sets a keyword of our own ("$Keepword") or a system flag ("\\Flagged").
    Result<> flag(MailboxPlace const& place, std::span<std::uint32_t const> uids, std::string const& keyword);
    // Into another folder, made where it is missing: "Keepword/Processed".
    Result<> move(MailboxPlace const& place, std::span<std::uint32_t const> uids, std::string const& folder);

  private:
    class Session;
    std::unique_ptr<Session> session_;
};

}  // namespace keepword::outbound
