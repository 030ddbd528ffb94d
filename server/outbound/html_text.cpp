#include "outbound/html_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "foundation/text.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_quote_depth = 20;
constexpr std::size_t max_link = 200;  // a longer one is a tracker's, and nothing to read

struct Entity {
    std::string_view name;
    std::string_view text;
};
constexpr Entity entities[] = {
    {"nbsp", " "},   {"lt", "<"},     {"gt", ">"},     {"amp", "&"},   {"quot", "\""},  {"apos", "'"},  {"copy", "©"},
    {"reg", "®"},    {"trade", "™"},  {"hellip", "…"}, {"mdash", "—"}, {"ndash", "–"},  {"lsquo", "‘"}, {"rsquo", "’"},
    {"ldquo", "“"},  {"rdquo", "”"},  {"laquo", "«"},  {"raquo", "»"}, {"middot", "·"}, {"bull", "•"},  {"deg", "°"},
    {"plusmn", "±"}, {"times", "×"},  {"divide", "÷"}, {"yen", "¥"},   {"euro", "€"},   {"pound", "£"}, {"sect", "§"},
    {"para", "¶"},   {"micro", "µ"},  {"ensp", " "},   {"emsp", " "},  {"thinsp", " "}, {"zwnj", ""},   {"zwj", ""},
    {"shy", ""},     {"larr", "←"},   {"rarr", "→"},   {"uarr", "↑"},  {"darr", "↓"},   {"ge", "≥"},    {"le", "≤"},
    {"ne", "≠"},     {"permil", "‰"}, {"frac12", "½"}, {"sup2", "²"},  {"sup3", "³"},   {"eacute", "é"}};

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void append_point(std::string& out, std::uint32_t c) {
    if (c < 0x20 || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) return;
    if (c == 0xA0) c = ' ';
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        if (c < 0x10000) {
            out += static_cast<char>(0xE0 | (c >> 12));
        } else {
            out += static_cast<char>(0xF0 | (c >> 18));
            out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        }
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

// Reads the entity at the start of `in`; its length, or 0 where it is only an ampersand.
std::size_t read_entity(std::string_view in, std::string& out) {
    auto const end = in.substr(0, 32).find(';');
    if (end == std::string_view::npos || end < 2) return 0;
    auto const name = in.substr(1, end - 1);
    if (name.front() != '#') {
        for (auto const& [known, text] : entities) {
            if (name == known) return out += text, end + 1;
        }
        return 0;
    }
    bool const hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    auto const digits = name.substr(hex ? 2 : 1);
    std::uint32_t point = 0;
    auto const [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    if (error != std::errc{} || rest != digits.data() + digits.size()) return 0;
    append_point(out, point);
    return end + 1;
}

std::string unescape(std::string_view in) {
    std::string out;
    while (!in.empty()) {
        auto const used = in.front() == '&' ? read_entity(in, out) : 0;
        if (used == 0) out += in.front();
        in.remove_prefix(std::max<std::size_t>(used, 1));
    }
    return out;
}

// The value of an attribute inside one tag's text, small letters for the name; empty where it has none.
std::string attribute(std::string_view tag, std::string_view name) {
    auto const low = text::ascii_lower(tag.substr(0, 8'192));
    for (std::size_t at = 0; (at = low.find(name, at)) != std::string::npos; at += name.size()) {
        auto i = at + name.size();
        if (at == 0 || !is_blank(low[at - 1])) continue;
        while (i < low.size() && is_blank(low[i])) ++i;
        if (i >= low.size() || low[i] != '=') continue;
        for (++i; i < low.size() && is_blank(low[i]);) ++i;
        if (i >= low.size()) return {};
        char const quote = low[i] == '"' || low[i] == '\'' ? low[i++] : '\0';
        auto end = i;
        while (end < low.size() && (quote != '\0' ? low[end] != quote : !is_blank(low[end]))) ++end;
        return unescape(tag.substr(i, end - i));
    }
    return {};
}

// What is written so far, and where in the line it stands.
class Page {
  public:
    explicit Page(std::size_t room) { out_.reserve(room); }

    void text(std::string_view s) {
        for (char c : s) {
            if (preformatted_ > 0 && c == '\n')
                hard_break();
            else if (preformatted_ == 0 && is_blank(c))
                gap_ = gap_ || !fresh_;
            else if (c != '\r')
                put(c);
        }
    }
    // What an entity or an attribute gave: a blank in it is meant.
    void literal(std::string_view s) {
        for (char c : s) put(c);
    }
    void end_line() {
        if (!fresh_) hard_break();
    }
    void blank_line() {
        end_line();
        if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    }
    void hard_break() {
        while (out_.ends_with(' ')) out_.pop_back();
        out_ += '\n';
        fresh_ = true;
        gap_ = false;
    }
    bool fresh() const { return fresh_; }
    void quote(int by) { quotes_ = by > 0 ? quotes_ + 1 : quotes_ - (quotes_ > 0 ? 1 : 0); }
    void preformatted(int by) {
        preformatted_ = by > 0 ? preformatted_ + 1 : preformatted_ - (preformatted_ > 0 ? 1 : 0);
    }
    std::size_t size() const { return out_.size(); }
    std::string_view since(std::size_t at) const { return std::string_view(out_).substr(std::min(at, out_.size())); }
    std::string take() { return std::move(out_); }

  private:
    void put(char c) {
        if (fresh_) {
            for (std::size_t i = 0; i < std::min(quotes_, max_quote_depth); ++i) out_ += "> ";
        } else if (gap_) {
            out_ += ' ';
        }
        gap_ = false;
        fresh_ = false;
        out_ += c;
    }

    std::string out_;
    std::size_t quotes_ = 0;
    std::size_t preformatted_ = 0;
    bool fresh_ = true;  // nothing on this line yet
    bool gap_ = false;   // white space was read and waits for what follows
};

class Converter {
  public:
    explicit Converter(std::string_view html) : in_(html), page_(html.size() / 2) {}

    std::string run() {
        while (!in_.empty()) {
            auto const next = in_.find_first_of("<&");
            page_.text(in_.substr(0, next));
            if (next == std::string_view::npos) break;
            in_.remove_prefix(next);
            if (in_.front() == '&')
                entity();
            else
                markup();
        }
        return page_.take();
    }

  private:
    void entity() {
        std::string character;
        auto const used = read_entity(in_, character);
        used > 0 ? page_.literal(character) : page_.literal("&");
        in_.remove_prefix(std::max<std::size_t>(used, 1));
    }

    void markup() {
        if (in_.starts_with("<!--")) return skip_past("-->", 4);
        bool const tag = in_.size() > 1 && (is_letter(in_[1]) || in_[1] == '/' || in_[1] == '!' || in_[1] == '?');
        auto const end = tag ? tag_end() : std::string_view::npos;
        if (end == std::string_view::npos) {
            page_.literal("<");
            return in_.remove_prefix(1);
        }
        auto const inside = in_.substr(1, end - 1);
        in_.remove_prefix(end + 1);
        bool const closing = inside.starts_with('/');
        auto const start = closing ? 1U : 0U;
        auto stop = start;
        while (stop < inside.size() && (is_letter(inside[stop]) || (inside[stop] >= '0' && inside[stop] <= '9')))
            ++stop;
        auto const name = text::ascii_lower(inside.substr(start, std::min<std::size_t>(stop - start, 16)));
        closing ? close(name) : open(name, inside.substr(stop));
    }

    // Where the tag at the start ends, quoted values skipped. Once quotes turn out not to close, they are no longer
    // believed anywhere: that keeps the time in proportion to the input.
    std::size_t tag_end() {
        if (!quotes_broken_) {
            char quote = '\0';
            for (std::size_t i = 1; i < in_.size(); ++i) {
                char const c = in_[i];
                if (quote != '\0')
                    quote = c == quote ? '\0' : quote;
                else if (c == '>')
                    return i;
                else if ((c == '"' || c == '\'') && in_[i - 1] == '=')
                    quote = c;
            }
            quotes_broken_ = true;
        }
        if (no_more_ends_) return std::string_view::npos;
        auto const end = in_.find('>');
        no_more_ends_ = end == std::string_view::npos;
        return end;
    }

    void skip_past(std::string_view mark, std::size_t from) {
        auto const end = in_.find(mark, from);
        in_.remove_prefix(end == std::string_view::npos ? in_.size() : end + mark.size());
    }

    // The content of a script or style is no text: up to its closing tag, or to the end.
    void skip_element(std::string const& name) {
        for (;;) {
            auto const at = in_.find("</");
            if (at == std::string_view::npos) return in_.remove_prefix(in_.size());
            in_.remove_prefix(at + 2);
            bool const same = text::ascii_lower(in_.substr(0, name.size())) == name;
            if (same && (in_.size() == name.size() || !is_letter(in_[name.size()]))) return skip_past(">", 0);
        }
    }

    static bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    }
    static bool is_block(std::string_view name) {
        return one_of(
            name, {"div",     "tr",     "table",  "ul",      "ol",     "li",   "dl",   "dt",       "dd",   "section",
                   "article", "header", "footer", "address", "center", "form", "body", "fieldset", "main", "caption"});
    }
    static bool is_paragraph(std::string_view name) {
        return one_of(name, {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"});
    }

    void open(std::string const& name, std::string_view rest) {
        if (one_of(name, {"script", "style", "title", "template"}) && !rest.ends_with('/')) {
            return skip_element(name);
        }
        if (name == "br") return page_.hard_break();
        if (name == "hr") {
            page_.end_line();
            page_.literal("----");
            return page_.end_line();
        }
        if (name == "td" || name == "th") {
            if (!page_.fresh()) page_.literal("\t");
        } else if (name == "img") {
            if (auto const alt = attribute(rest, "alt"); !alt.empty()) page_.literal("[" + alt + "]");
        } else if (name == "a") {
            link_ = attribute(rest, "href");
            link_at_ = page_.size();
        } else if (is_paragraph(name)) {
            // Outlook makes every line a paragraph without space around it.
            bool const tight = name == "p" && attribute(rest, "class").starts_with("Mso");
            tight ? page_.end_line() : page_.blank_line();
            if (name == "blockquote") page_.quote(1);
            if (name == "pre") page_.preformatted(1);
        } else if (is_block(name)) {
            page_.end_line();
            if (name == "li") page_.literal("- ");
        }
    }

    void close(std::string const& name) {
        if (name == "a") {
            bool const web = link_.starts_with("http://") || link_.starts_with("https://");
            if (web && link_.size() <= max_link && page_.since(link_at_).find(link_) == std::string_view::npos) {
                page_.literal(" <" + link_ + ">");
            }
            link_.clear();
        } else if (is_paragraph(name) || is_block(name)) {
            page_.end_line();
            if (name == "blockquote") page_.quote(-1);
            if (name == "pre") page_.preformatted(-1);
        }
    }

    std::string_view in_;
    Page page_;
    std::string link_;
    std::size_t link_at_ = 0;
    bool quotes_broken_ = false;
    bool no_more_ends_ = false;
};

}  // namespace

std::string html_to_text(std::string_view html) {
    return Converter(html).run();
}

std::string enriched_to_text(std::string_view in) {
    std::string out;
    bool parameter = false;  // a font's or colour's name, which is no text
    while (!in.empty()) {
        if (in.starts_with("<<")) {
            if (!parameter) out += '<';
            in.remove_prefix(2);
        } else if (auto const end = in.substr(0, 80).find('>'); in.front() == '<' && end != std::string_view::npos) {
            auto const tag = text::ascii_lower(in.substr(1, end - 1));
            if (tag == "param" || tag == "/param") parameter = tag == "param";
            if (tag == "nl") out += '\n';
            in.remove_prefix(end + 1);
        } else if (in.front() == '\n') {
            // One break is only where the line got long; of several, one.
            auto const breaks = std::min(in.find_first_not_of('\n'), in.size());
            out.append(breaks == 1 ? 1 : breaks - 1, breaks == 1 ? ' ' : '\n');
            in.remove_prefix(breaks);
        } else {
            if (!parameter) out += in.front();
            in.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace keepword::outbound
