#include "outbound/quote.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "foundation/text.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_marker_line = 400;  // bytes; a longer line is prose

bool has(std::string_view line, std::string_view part) {
    return line.find(part) != std::string_view::npos;
}

bool is_quoted(std::string_view line) {
    return line.starts_with('>');
}
bool is_empty(std::string_view line) {
    return text::trim(line).empty();
}

// "-----原始邮件-----", "------------------ 原始邮件 ------------------", "---- 回复的原邮件 ----", "-----Original
// Message-----".
bool is_ruled_marker(std::string_view line) {
    if (!line.starts_with("--") || !line.ends_with("--")) return false;
    auto const first = line.find_first_not_of("- ");
    if (first == std::string_view::npos) return false;
    auto const words = line.substr(first, line.find_last_not_of("- ") + 1 - first);
    auto const low = text::ascii_lower(words);
    return has(low, "原始邮件") || has(low, "原邮件") || has(low, "邮件原件") || has(low, "original message") ||
           has(low, "original mail");
}

// "在 2026年2月13日，张三 <a@b> 写道：", "On Fri, 13 Feb 2026, A wrote:", "At 2026-02-13 09:30:00, "A" <a@b> wrote:".
bool is_attribution(std::string_view line) {
    auto const ends = [&](std::string_view end) { return line.ends_with(end); };
    bool const chinese = ends("写道：") || ends("写道:") || ends("寫道：") || ends("寫道:");
    if (chinese) return std::any_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
    return ends("wrote:") && (line.starts_with("On ") || line.starts_with("At ")) &&
           std::any_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The block of headers that Outlook and Foxmail put above: a line with the sender, and soon one with date or subject.
bool starts_with_any(std::string_view line, std::initializer_list<std::string_view> names) {
    while (line.starts_with('*')) line.remove_prefix(1);  // bold, made text
    return std::any_of(names.begin(), names.end(), [&](auto name) { return line.starts_with(name); });
}

bool is_header_block(std::vector<std::string_view> const& lines, std::size_t at) {
    if (!starts_with_any(lines[at], {"发件人：", "发件人:", "寄件者：", "寄件者:", "From:", "From："})) return false;
    bool subject = false;
    bool other = false;
    for (auto i = at + 1; i < std::min(lines.size(), at + 8); ++i) {
        auto const line = text::trim(lines[i]);
        subject = subject || starts_with_any(line, {"主题：", "主题:", "主旨：", "主旨:", "Subject:", "Subject："});
        other = other || starts_with_any(line, {"发送时间", "发送日期", "日期", "时间", "收件人", "寄件日期",
                                                "Sent:", "Date:", "To:"});
    }
    return subject && other;
}

// A rule above a header block: "________________________________".
bool is_rule(std::string_view line) {
    return line.size() >= 5 && (line.find_first_not_of('_') == std::string_view::npos ||
                                line.find_first_not_of('-') == std::string_view::npos);
}

// The lines of a text and where the quoted ones among them lie.
struct Lines {
    explicit Lines(std::string_view text) : all(text::split(text, '\n')) {
        std::size_t last_own = all.size();
        while (last_own > 0 && (is_quoted(all[last_own - 1]) || is_empty(all[last_own - 1]))) --last_own;
        tail = last_own;
        while (tail < all.size() && !is_quoted(all[tail])) ++tail;
        while (last_own > 0 && !is_quoted(all[last_own - 1])) --last_own;
        answered_from = last_own;
    }
    // After an attribution the repeated text may have no '>' at all; but where own lines follow quoted ones, they are
    // answers and nothing is cut.
    bool answered_after(std::size_t at) const { return at < answered_from; }

    std::vector<std::string_view> all;
    std::size_t tail = 0;           // from here on quoted and empty lines only
    std::size_t answered_from = 0;  // quoted lines before this one have own lines after them
};

bool begins_quote(Lines const& lines, std::size_t at) {
    auto const line = text::trim(lines.all[at]);
    if (line.empty() || line.size() > max_marker_line) return false;
    if (is_ruled_marker(line) || is_header_block(lines.all, at)) return true;
    if (is_attribution(line)) return !lines.answered_after(at);
    if ((line.starts_with("On ") || line.starts_with("在")) && at + 1 < lines.all.size()) {
        // Long ones are broken over two lines.
        auto const both = std::string(line) + " " + std::string(text::trim(lines.all[at + 1]));
        return both.size() <= max_marker_line && is_attribution(both) && !lines.answered_after(at);
    }
    return false;
}

}  // namespace

std::pair<std::string_view, std::string_view> split_quote(std::string_view text) {
    Lines const lines(text);
    std::size_t own = 0;      // bytes before the line looked at
    std::size_t own_end = 0;  // bytes up to the end of the last line that says something
    for (std::size_t i = 0; i < lines.all.size(); own += lines.all[i].size() + 1, ++i) {
        auto const line = lines.all[i];
        if (own_end > 0 && (i == lines.tail || begins_quote(lines, i))) {
            return {text.substr(0, own_end), text.substr(own_end)};
        }
        if (!is_empty(line) && !is_rule(text::trim(line))) own_end = own + line.size();
    }
    return {text, {}};
}

}  // namespace keepword::outbound
