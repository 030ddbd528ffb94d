#pragma once
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"
#include "outbound/mail_host.hpp"

namespace keepword::outbound {

// Who a mail is handed over for, which its header need not say. `from` gets the bounces; empty for an automatic
// answer, which must not bounce (RFC 3834).
struct Envelope {
    std::string from;
    std::vector<std::string> to;
};

// A recipient that the server did not take, with its reply: 5xx for good, 4xx for now.
struct RefusedRecipient {
    std::string address;
    int code = 0;
    std::string reply;
};

struct SentMail {
    std::string reply;  // the server's words, often with its queue's number
    std::vector<RefusedRecipient> refused;
};

// Hands one mail (bytes as write_mail() makes them) to an SMTP server. It has arrived there for every recipient not in
// `refused`. Errors: mail.smtp.refused (Kind::invalid: for good, with `reply`; trying again is no use) and
// mail.smtp.address (Kind::invalid); for now, Kind::unavailable: mail.smtp.connect, .tls and the others of a
// connection (imap.hpp), .login, .timeout, .stopped, .broken, .later (the server said 4xx, with `reply`). After
// .timeout or .broken the mail may have arrived all the same: it must keep its Message-ID when it is sent again.
Result<SentMail> send_mail(MailHost const& host, Envelope const& envelope, std::string_view bytes,
                           std::stop_token stop = {});

}  // namespace keepword::outbound
