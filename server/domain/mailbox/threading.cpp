#include "domain/mailbox/threading.hpp"

#include <algorithm>
#include <array>

#include "foundation/text.hpp"

namespace keepword::mailbox {
namespace {

constexpr std::size_t proof_size = 20;      // hexadecimal digits: 80 bits, far beyond what can be tried by mail
constexpr std::size_t max_local_part = 64;  // RFC 5321
constexpr std::size_t max_subject = 1'000;  // bytes that are looked at
constexpr std::size_t max_title = 200;      // characters, as a case's title
constexpr std::string_view dot = " · ";     // between number and proof in a subject

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool is_proof(std::string_view text) {
    return text.size() == proof_size && std::all_of(text.begin(), text.end(), is_hex);
}

// "KF20261122-0001": capitals, a day, a sequence.
bool is_number(std::string_view text) {
    auto const letters = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) - text.begin());
    if (letters == 0 || letters > 4 || text.size() < letters + 13 || text.size() > letters + 20) return false;
    auto const rest = text.substr(letters);
    return std::all_of(rest.begin(), rest.begin() + 8, is_digit) && rest[8] == '-' &&
           std::all_of(rest.begin() + 9, rest.end(), is_digit);
}

// A tag of ours in a subject, with where it stands.
struct Tag {
    std::size_t begin = 0;
    std::size_t end = 0;
    Mark mark;
};

std::optional<Tag> tag_in(std::string_view subject) {
    for (auto open = subject.find('['); open != std::string_view::npos; open = subject.find('[', open + 1)) {
        auto const close = subject.find(']', open);
        if (close == std::string_view::npos) return std::nullopt;
        auto const inside = subject.substr(open + 1, close - open - 1);
        // Programs that answer may change blanks and the dot; number and proof stay what they are.
        auto const end = inside.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
        auto const number = inside.substr(0, end);
        if (!is_number(number)) continue;
        auto const proof =
            inside.size() >= proof_size ? text::ascii_lower(inside.substr(inside.size() - proof_size)) : "";
        Tag tag{.begin = open, .end = close + 1, .mark = {.id = {}, .number = std::string(number), .proof = {}}};
        if (end != std::string_view::npos && is_proof(proof)) tag.mark.proof = proof;
        return tag;
    }
    return std::nullopt;
}

// How programs mark answers and forwards; what follows is an optional count "[2]" and a colon, narrow or wide.
constexpr std::array<std::string_view, 20> prefixes{"re",   "回复", "答复", "回覆", "答覆", "fw",      "fwd",
                                                    "转发", "轉寄", "轉發", "aw",   "wg",   "sv",      "antw",
                                                    "ref",  "回信", "回",   "转",   "tr",   "自动回复"};

// The length of one such prefix at the start; 0 where there is none.
std::size_t prefix_size(std::string_view subject) {
    auto const low = text::ascii_lower(subject.substr(0, 40));
    for (auto const prefix : prefixes) {
        if (!low.starts_with(prefix)) continue;
        auto rest = std::string_view(low).substr(prefix.size());
        if (rest.starts_with('[') || rest.starts_with('(')) {
            auto const close = rest.find(rest.front() == '[' ? ']' : ')');
            bool const count =
                close != std::string_view::npos && close > 1 &&
                std::all_of(rest.begin() + 1, rest.begin() + static_cast<std::ptrdiff_t>(close), is_digit);
            if (count) rest.remove_prefix(close + 1);
        }
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        if (rest.starts_with(':')) return low.size() - rest.size() + 1;
        if (rest.starts_with("：")) return low.size() - rest.size() + std::string_view("：").size();
    }
    return 0;
}

std::optional<Mark> mark_of(std::string_view id, std::string_view proof) {
    auto const parsed = cases::CaseId::parse(id);
    if (!parsed || !is_proof(proof)) return std::nullopt;
    return Mark{.id = *parsed, .number = {}, .proof = std::string(proof)};
}

}  // namespace

std::string folded_address(std::string_view address) {
    return text::ascii_lower(text::trim(address));
}

std::string domain_of(std::string_view address) {
    auto const at = address.rfind('@');
    std::string out;
    for (char c : folded_address(at == std::string_view::npos ? "" : address.substr(at + 1))) {
        if ((c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-') out.push_back(c);
    }
    return out.empty() ? "localhost" : out;
}

std::string proof_for(Mac const& mac, cases::CaseId id, std::string_view address) {
    auto const digest = mac("keepword.mail-thread\n" + id.str() + "\n" + folded_address(address));
    return crypto::hex(digest).substr(0, proof_size);
}

std::string message_id_for(cases::CaseId id, cases::EntryId entry, std::string const& proof,
                           std::string const& domain) {
    return "case." + id.str() + "." + entry.str() + "." + proof + "@" + domain;
}

std::optional<Mark> mark_in_message_id(std::string_view message_id) {
    auto const low = folded_address(message_id.substr(0, message_id.find('@')));
    auto const parts = text::split(low, '.');
    if (parts.size() != 4 || parts[0] != "case") return std::nullopt;
    return mark_of(parts[1], parts[3]);
}

std::string reply_address_for(std::string_view mailbox, cases::CaseId id, std::string const& proof) {
    auto const at = mailbox.rfind('@');
    if (at == std::string_view::npos) return {};
    auto const local = std::string(mailbox.substr(0, at)) + "+c" + id.str() + "." + proof;
    return local.size() > max_local_part ? std::string() : local + std::string(mailbox.substr(at));
}

std::optional<Mark> mark_in_address(std::string_view address, std::string_view mailbox) {
    auto const low = folded_address(address);
    auto const own = folded_address(mailbox);
    auto const at = own.rfind('@');
    if (at == std::string::npos || !low.ends_with(own.substr(at)) || !low.starts_with(own.substr(0, at) + "+c"))
        return std::nullopt;
    auto const mark = std::string_view(low).substr(at + 2, low.size() - (own.size() - at) - (at + 2));
    auto const point = mark.find('.');
    if (point == std::string_view::npos) return std::nullopt;
    return mark_of(mark.substr(0, point), mark.substr(point + 1));
}

std::string subject_tag(std::string const& number, std::string const& proof) {
    return "[" + number + (proof.empty() ? "" : std::string(dot) + proof) + "]";
}

std::optional<Mark> mark_in_subject(std::string_view subject) {
    auto const tag = tag_in(subject.substr(0, max_subject));
    if (!tag || tag->mark.proof.empty()) return std::nullopt;
    return tag->mark;
}

std::string bare_subject(std::string_view subject) {
    auto const cut = subject.substr(0, max_subject);
    std::string rest = text::repair_utf8(cut);
    while (auto const tag = tag_in(rest)) rest.erase(tag->begin, tag->end - tag->begin);
    std::string_view left = text::trim(rest);
    for (auto size = prefix_size(left); size > 0; size = prefix_size(left)) left = text::trim(left.substr(size));
    return std::string(left);
}

std::string title_for(std::string_view subject, std::string_view text) {
    auto title = bare_subject(subject);
    for (auto const line : text::split(text, '\n')) {
        if (!title.empty()) break;
        title = text::head(text::trim(line), 60);
    }
    return title.empty() ? "（无主题）" : std::string(text::head(title, max_title));
}

}  // namespace keepword::mailbox
