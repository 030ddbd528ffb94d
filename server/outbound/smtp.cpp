#include "outbound/smtp.hpp"

#include <algorithm>
#include <cstring>

#include "foundation/text.hpp"
#include "outbound/curl.hpp"
#include "outbound/mime.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_recipients = 500;
constexpr std::size_t max_reply = 500;  // bytes kept of a server's words

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// The conversation as far as it matters: which command was sent last, and what was answered. Commands that sign in are
// not kept.
struct Talk {
    std::string command = "connect";
    int code = 0;
    std::string reply;
    std::vector<RefusedRecipient> recipients;  // every one answered, also those taken
    bool over = false;                         // what is said at parting no longer counts

    void sent(std::string_view line) {
        auto const word = line.substr(0, line.find_first_of(" \r\n"));
        if (word == "QUIT") over = true;
        for (std::string_view known : {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"}) {
            if (word == known) command = known;
        }
        if (word == "RCPT") recipients.push_back({});
    }
    void answered(std::string_view line) {
        if (over || line.size() < 4 || line[3] != ' ') return;
        int number = 0;
        for (char c : line.substr(0, 3)) {
            if (c < '0' || c > '9') return;
            number = number * 10 + (c - '0');
        }
        code = number;
        auto const words = text::repair_utf8(text::trim(line.substr(0, max_reply)));
        reply = words;
        if (command == "RCPT" && !recipients.empty() && recipients.back().code == 0) {
            recipients.back().code = number;
            recipients.back().reply = words;
        }
    }
};

int listen(CURL*, curl_infotype type, char* data, std::size_t size, void* to) {
    auto& talk = *static_cast<Talk*>(to);
    if (type == CURLINFO_HEADER_OUT) talk.sent({data, size});
    if (type == CURLINFO_HEADER_IN) talk.answered({data, size});
    return 0;
}

std::size_t give(char* buffer, std::size_t, std::size_t size, void* from) {
    auto& rest = *static_cast<std::string_view*>(from);
    auto const n = std::min(size, rest.size());
    std::memcpy(buffer, rest.data(), n);
    rest.remove_prefix(n);
    return n;
}

Result<> check(Envelope const& envelope) {
    if (envelope.to.empty() || envelope.to.size() > max_recipients) return fail(Kind::invalid, "mail.smtp.address");
    if (!envelope.from.empty() && !is_mail_address(envelope.from)) {
        return fail(Error(Kind::invalid, "mail.smtp.address").with("address", envelope.from));
    }
    for (auto const& to : envelope.to) {
        if (!is_mail_address(to)) return fail(Error(Kind::invalid, "mail.smtp.address").with("address", to));
    }
    return {};
}

// What a failed conversation means. Only what the server says of this mail is for good; what it says of us (sign in
// first, go away) is for whoever runs the system to mend, and then the mail is still to be sent.
Error failure(Talk const& talk, Error from_curl) {
    bool const of_the_mail = talk.command == "MAIL" || talk.command == "RCPT" || talk.command == "DATA";
    bool const sign_in = talk.code == 530 || talk.code == 534 || talk.code == 535 || talk.code == 538;
    from_curl.detail += ": " + talk.command + ": " + talk.reply;
    if (talk.code >= 400 && sign_in)
        from_curl.code = "mail.smtp.login";
    else if (of_the_mail && talk.code >= 500)
        from_curl.kind = Kind::invalid, from_curl.code = "mail.smtp.refused";
    else if (talk.code >= 400 && talk.code < 500)
        from_curl.code = "mail.smtp.later";
    else if (talk.command == "connect" && talk.code >= 500)
        from_curl.code = "mail.smtp.connect";
    return std::move(from_curl).with("reply", talk.reply);
}

}  // namespace

Result<SentMail> send_mail(MailHost const& host, Envelope const& envelope, std::string_view bytes,
                           std::stop_token stop) {
    TRY(check(envelope));
    Talk talk;  // outlives the handle, whose end may still speak
    Curl curl(std::move(stop));
    auto const at = envelope.from.find('@');
    auto const own_name = at == std::string::npos ? std::string("keepword") : envelope.from.substr(at + 1);
    TRY(curl.aim("smtp", host, curl.escape(own_name)));
    std::unique_ptr<curl_slist, FreeList> recipients;
    for (auto const& to : envelope.to) {
        recipients.reset(curl_slist_append(recipients.release(), ("<" + to + ">").c_str()));
    }
    curl.set(CURLOPT_VERBOSE, 1L);
    curl.set(CURLOPT_DEBUGFUNCTION, &listen);
    curl.set(CURLOPT_DEBUGDATA, static_cast<void*>(&talk));
    curl.set(CURLOPT_MAIL_FROM, envelope.from.empty() ? "" : ("<" + envelope.from + ">").c_str());
    curl.set(CURLOPT_MAIL_RCPT, recipients.get());
    curl.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    curl.set(CURLOPT_UPLOAD, 1L);
    curl.set(CURLOPT_READFUNCTION, &give);
    curl.set(CURLOPT_READDATA, static_cast<void*>(&bytes));
    curl.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    auto const code = curl.perform();
    // The server took it when it said so after the text; what happens to the connection afterwards changes nothing.
    bool const taken = talk.command == "DATA" && talk.code == 250;
    if (code != CURLE_OK && !taken) {
        bool const talked = code != CURLE_OPERATION_TIMEDOUT && code != CURLE_ABORTED_BY_CALLBACK;
        auto error = curl.error("mail.smtp", code);
        return fail(talked ? failure(talk, std::move(error)) : std::move(error));
    }
    SentMail sent{talk.reply, {}};
    for (std::size_t i = 0; i < std::min(talk.recipients.size(), envelope.to.size()); ++i) {
        auto& one = talk.recipients[i];
        one.address = envelope.to[i];
        if (one.code >= 400) sent.refused.push_back(std::move(one));
    }
    return sent;
}

}  // namespace keepword::outbound
