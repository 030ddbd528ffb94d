#include "outbound/imap.hpp"

#include <algorithm>
#include <exception>

#include "foundation/text.hpp"
#include "outbound/curl.hpp"
#include "outbound/imap_text.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_answer = 16'000'000;  // bytes of a command's answer
constexpr std::size_t max_uids = 100;           // in one command
constexpr std::uint32_t first_window = 100;     // uids asked for at once; grows over empty ranges
constexpr std::uint32_t max_window = 65'536;
// What libcurl reads at once. It counts what it has read and not yet given out again with every line, and gives up at
// 300 kB of that: an answer of a hundred short lines is too long for it, unless it reads little at a time.
constexpr long read_of_lines = 1'024;
constexpr long read_of_mail = 16'384;
// A server that answers a byte at a time is not silent and yet never done: so many of the silences that are borne are
// the most that one answer, or one mail, may take. Two minutes of silence make six minutes, and an hour.
constexpr long longest_answer = 3;
constexpr long longest_mail = 30;

// What one request collects: the server's lines, and the mail where one is fetched.
struct Answer {
    std::vector<std::string> lines;
    std::size_t size = 0;
    Imap::Sink const* sink = nullptr;
    std::uint64_t room = 0;
    Result<> failed = {};
    std::exception_ptr thrown = {};
};

std::size_t take_line(char* data, std::size_t, std::size_t size, void* to) {
    auto& answer = *static_cast<Answer*>(to);
    answer.size += size;
    if (answer.size > max_answer) {
        answer.failed = fail(Kind::unavailable, "mail.imap.broken", "the answer is too long");
        return 0;
    }
    std::string_view line(data, size);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    answer.lines.emplace_back(line);
    return size;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
    auto& answer = *static_cast<Answer*>(to);
    if (answer.sink == nullptr) return size;  // the lines of a command come by take_line as well
    if (size > answer.room) {
        answer.failed = fail(Kind::too_large, "mail.imap.too-large");
        return 0;
    }
    answer.room -= size;
    try {
        answer.failed = (*answer.sink)({data, size});
    } catch (...) {
        answer.thrown = std::current_exception();  // libcurl is C: nothing may fly through it
        return 0;
    }
    return answer.failed ? size : 0;
}

// The first refusal, "NO [TRYCREATE] no such mailbox" of "A004 NO …"; empty where there is none. What comes after it
// is only the parting.
std::string refusal(std::vector<std::string> const& lines) {
    for (auto const& line : lines) {
        auto const blank = line.find(' ');
        if (line.starts_with('*') || line.starts_with('+') || blank == std::string::npos) continue;
        auto said = line.substr(blank + 1);
        if (said.starts_with("NO") || said.starts_with("BAD")) return said;
    }
    return {};
}

}  // namespace

class Imap::Session {
  public:
    Session(MailHost host, std::stop_token stop) : host_(std::move(host)), stop_(std::move(stop)) {}

    Result<> connect() {
        if (curl_) return {};
        curl_ = std::make_unique<Curl>(stop_);
        auto const signed_in = command("", "CAPABILITY");
        if (!signed_in) return fail(drop(signed_in.error()));
        for (auto const& line : *signed_in) {
            auto const low = text::ascii_lower(line) + " ";
            if (!low.starts_with("* capability ")) continue;
            can_move_ = low.find(" move ") != std::string::npos;
            can_uidplus_ = low.find(" uidplus ") != std::string::npos;
            has_id_ = low.find(" id ") != std::string::npos;
        }
        // Some providers let nobody select a mailbox who has not said what program it is.
        if (has_id_) TRY(answered("", "ID (\"name\" \"keepword\")"));
        if (auto const found = imap::separator(TRY(answered("", "LIST \"\" \"\"")))) separator_ = *found;
        return {};
    }

    // Opens the mailbox, read-only or not, and says its uidvalidity. Always asks the server, which then also tells of
    // mails that came since.
    //
    // libcurl selects the mailbox in the URL by itself where its connection has not selected it yet, and it fetches in
    // a way that marks a mail as seen. EXAMINE after that makes the same connection read-only: then it does not.
    Result<std::vector<std::string>> open(std::string const& mailbox, bool read_only) {
        TRY(connect());
        auto const name = TRY(imap::folder_name(mailbox, separator_));
        auto lines = command(curl_->escape(name), (read_only ? "EXAMINE " : "SELECT ") + imap::quoted(name));
        if (!lines) {
            auto error = drop(lines.error());
            if (error.code == "mail.imap.refused") return fail(Kind::not_found, "mail.imap.mailbox", error.detail);
            return fail(std::move(error));
        }
        opened_ = mailbox;
        read_only_ = read_only;
        uidvalidity_ = imap::number_after(*lines, "uidvalidity").value_or(0);
        return lines;
    }

    Result<> open_at(MailboxPlace const& place, bool read_only) {
        if (!curl_ || opened_ != place.mailbox || read_only_ != read_only) TRY(open(place.mailbox, read_only));
        if (uidvalidity_ != place.uidvalidity) return fail(Kind::stale, "mail.imap.changed");
        return {};
    }

    // The uid that the next mail to come will have, or at least one above all that are there: some servers do not say
    // when a mailbox is opened, and are asked for the last mail instead.
    Result<std::uint64_t> next_uid(std::vector<std::string> const& opened) {
        if (auto const next = imap::number_after(opened, "uidnext")) return *next;
        bool const empty = std::find(opened.begin(), opened.end(), "* 0 EXISTS") != opened.end();
        if (empty) return 1;
        std::uint64_t next = 1;
        for (auto const& line : TRY(in_mailbox("UID FETCH * (UID)"))) {
            if (auto const mail = imap::listed_mail(line)) next = std::max(next, std::uint64_t{mail->uid} + 1);
        }
        return next;
    }

    // A command for the opened mailbox.
    Result<std::vector<std::string>> in_mailbox(std::string const& text) {
        auto const name = TRY(imap::folder_name(opened_, separator_));
        return answered(curl_->escape(name), text);
    }

    Result<std::vector<std::string>> answered(std::string const& path, std::string const& text) {
        auto lines = command(path, text);
        if (!lines) return fail(drop(lines.error()));
        return lines;
    }

    Result<> fetch(std::uint32_t uid, Answer& answer) {
        auto const name = TRY(imap::folder_name(opened_, separator_));
        TRY(curl_->aim(
            "imap", host_,
            curl_->escape(name) + ";UIDVALIDITY=" + std::to_string(uidvalidity_) + "/;UID=" + std::to_string(uid)));
        curl_->set(CURLOPT_CUSTOMREQUEST, static_cast<char const*>(nullptr));
        curl_->set(CURLOPT_BUFFERSIZE, read_of_mail);
        curl_->set(CURLOPT_TIMEOUT_MS, static_cast<long>(host_.timeout.ms) * longest_mail);
        auto const code = perform(answer);
        if (answer.thrown) std::rethrow_exception(answer.thrown);
        if (code == CURLE_OK) return {};
        auto error = drop(answer.failed ? curl_->error("mail.imap", code) : answer.failed.error());
        if (code == CURLE_REMOTE_FILE_NOT_FOUND) return fail(Kind::not_found, "mail.imap.gone", error.detail);
        return fail(std::move(error));
    }

    Result<> create(std::string const& folder) {
        auto const name = imap::quoted(TRY(imap::folder_name(folder, separator_)));
        TRY(in_mailbox("CREATE " + name));
        TRY(in_mailbox("SUBSCRIBE " + name));
        return {};
    }

    Result<> move(std::string const& uids, std::string const& folder) {
        auto const name = imap::quoted(TRY(imap::folder_name(folder, separator_)));
        if (can_move_) {
            TRY(in_mailbox("UID MOVE " + uids + " " + name));
            return {};
        }
        TRY(in_mailbox("UID COPY " + uids + " " + name));
        TRY(in_mailbox("UID STORE " + uids + " +FLAGS.SILENT (\\Deleted)"));
        // Without UIDPLUS, expunging would take whatever else somebody has marked: it is left to the mailbox's owner.
        if (can_uidplus_) TRY(in_mailbox("UID EXPUNGE " + uids));
        return {};
    }

  private:
    Result<std::vector<std::string>> command(std::string const& path, std::string const& text) {
        TRY(curl_->aim("imap", host_, path));
        curl_->set(CURLOPT_CUSTOMREQUEST, text.c_str());
        curl_->set(CURLOPT_BUFFERSIZE, read_of_lines);
        curl_->set(CURLOPT_TIMEOUT_MS, static_cast<long>(host_.timeout.ms) * longest_answer);
        Answer answer;
        auto const code = perform(answer);
        if (code == CURLE_OK) return std::move(answer.lines);
        if (!answer.failed) return fail(answer.failed.error());
        auto const said = refusal(answer.lines);
        // libcurl takes a refusal of the mailbox for one of the password, though it had signed in long before.
        bool const refused = code == CURLE_QUOTE_ERROR || (code == CURLE_LOGIN_DENIED && curl_->new_connections() == 0);
        if (!said.empty() && refused) return fail(Kind::unavailable, "mail.imap.refused", said);
        auto error = curl_->error("mail.imap", code);
        error.detail += ": " + said;
        return fail(std::move(error));
    }

    CURLcode perform(Answer& answer) {
        curl_->set(CURLOPT_HEADERFUNCTION, &take_line);
        curl_->set(CURLOPT_HEADERDATA, static_cast<void*>(&answer));
        curl_->set(CURLOPT_WRITEFUNCTION, &take_body);
        curl_->set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
        auto const code = curl_->perform();
        // Signing off, later, must not find the answer that is gone by then.
        curl_->set(CURLOPT_HEADERFUNCTION, static_cast<decltype(&take_line)>(nullptr));
        curl_->set(CURLOPT_HEADERDATA, static_cast<void*>(nullptr));
        // A new connection has nothing open.
        if (curl_->new_connections() > 0) opened_.clear();
        return code;
    }

    // After an error nobody knows what the server still says on this connection: it is not used again.
    Error drop(Error error) {
        curl_.reset();
        opened_.clear();
        return error;
    }

    MailHost host_;
    std::stop_token stop_;
    std::unique_ptr<Curl> curl_;
    std::string opened_;  // the mailbox, or empty
    bool read_only_ = false;
    std::uint32_t uidvalidity_ = 0;
    char separator_ = '/';
    bool can_move_ = false;
    bool can_uidplus_ = false;
    bool has_id_ = false;
};

Imap::Imap(MailHost host, std::stop_token stop)
    : session_(std::make_unique<Session>(std::move(host), std::move(stop))) {}
Imap::~Imap() = default;

Result<> Imap::connect() {
    return session_->connect();
}

Result<MailListing> Imap::list(MailboxPlace const& known, std::uint32_t last_uid, std::size_t limit) {
    auto const opened = TRY(session_->open(known.mailbox, true));
    auto const uidvalidity = imap::number_after(opened, "uidvalidity");
    if (!uidvalidity) return fail(Kind::unavailable, "mail.imap.broken", "no UIDVALIDITY");
    auto const next = TRY(session_->next_uid(opened));
    MailListing out{{known.mailbox, *uidvalidity}, *uidvalidity != known.uidvalidity, {}, false};
    // A mailbox may hold a hundred thousand mails: they are asked for in windows.
    std::uint32_t window = first_window;
    for (std::uint64_t from = out.renumbered ? 1 : std::uint64_t{last_uid} + 1; from < next;) {
        auto const to = std::min<std::uint64_t>(from + window - 1, next - 1);
        auto const lines = session_->in_mailbox("UID FETCH " + std::to_string(from) + ":" + std::to_string(to) +
                                                " (UID RFC822.SIZE FLAGS)");
        if (!lines && window > first_window && lines.error().code == "mail.imap.broken") {
            // Behind the empty ranges there were more than one answer can hold.
            window = first_window;
            TRY(session_->open(known.mailbox, true));
            continue;
        }
        if (!lines) return fail(lines.error());
        auto const before = out.mails.size();
        for (auto const& line : *lines) {
            auto const mail = imap::listed_mail(line);
            if (mail && mail->uid >= from && mail->uid <= to) out.mails.push_back(*mail);
        }
        if (out.mails.size() > limit) break;
        window = out.mails.size() == before ? std::min(window * 2, max_window) : first_window;
        from = to + 1;
    }
    std::sort(out.mails.begin(), out.mails.end(), [](auto const& a, auto const& b) { return a.uid < b.uid; });
    out.more = out.mails.size() > limit;
    if (out.more) out.mails.resize(limit);
    return out;
}

Result<> Imap::fetch(MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit, Sink const& sink) {
    TRY(session_->open_at(place, true));
    Answer answer;
    answer.sink = &sink;
    answer.room = limit;
    return session_->fetch(uid, answer);
}

Result<std::string> Imap::fetch(MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit) {
    std::string out;
    TRY(fetch(place, uid, limit, [&](std::string_view piece) -> Result<> { return out.append(piece), Result<>{}; }));
    return out;
}

Result<> Imap::mark_seen(MailboxPlace const& place, std::span<std::uint32_t const> uids) {
    return flag(place, uids, "\\Seen");
}

Result<> Imap::flag(MailboxPlace const& place, std::span<std::uint32_t const> uids, std::string const& keyword) {
    bool const sane = keyword.size() <= 64 && keyword.find_first_of(" \"(){%*]\r\n") == std::string::npos;
    if (keyword.empty() || !sane) return invalid("keyword", "invalid");
    TRY(session_->open_at(place, false));
    auto const flags = " +FLAGS.SILENT (" + keyword + ")";
    for (; !uids.empty(); uids = uids.subspan(std::min(max_uids, uids.size()))) {
        auto const some = imap::uid_set(uids.first(std::min(max_uids, uids.size())));
        TRY(session_->in_mailbox(std::string("UID STORE ").append(some).append(flags)));
    }
    return {};
}

Result<> Imap::move(MailboxPlace const& place, std::span<std::uint32_t const> uids, std::string const& folder) {
    for (; !uids.empty(); uids = uids.subspan(std::min(max_uids, uids.size()))) {
        auto const some = imap::uid_set(uids.first(std::min(max_uids, uids.size())));
        TRY(session_->open_at(place, false));
        auto moved = session_->move(some, folder);
        if (!moved && moved.error().code == "mail.imap.refused") {
            // Most likely the folder is missing; it is there or was just made by somebody else when this is refused
            // too.
            TRY(session_->open_at(place, false));
            if (!session_->create(folder)) TRY(session_->open_at(place, false));
            moved = session_->move(some, folder);
        }
        TRY(moved);
    }
    return {};
}

}  // namespace keepword::outbound
