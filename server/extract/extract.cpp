#include "extract/extract.hpp"

#include <fstream>

#include "extract/kinds.hpp"
#include "foundation/text.hpp"
#include "outbound/charset.hpp"
#include "outbound/html_text.hpp"

namespace keepword::extract {
namespace {

constexpr std::size_t max_file = 64U << 20U;  // bytes; what is larger holds more than a reader of it would look for

constexpr auto max_pages = "300";
constexpr std::chrono::seconds pdf_patience(15);

std::string bytes_of(std::filesystem::path const& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes(most, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    return bytes;
}

bool is_plain(std::string const& type) {
    return type.starts_with("text/") || type == "application/json" || type == "application/xml" ||
           type == "application/csv";
}

// Blanks of all sorts, however many, are one: the text is searched, and shown a line of it.
std::string with_single_blanks(std::string_view text) {
    std::string out;
    for (char const c : text) {
        bool const blank = static_cast<unsigned char>(c) <= ' ';
        if (!blank) out.push_back(c);
        if (blank && !out.empty() && out.back() != ' ') out.push_back(' ');
    }
    return out;
}

std::string read_text(std::filesystem::path const& file, std::string const& type) {
    if (is_plain(type)) {
        // Characters have up to four bytes and tags are left out.
        auto text = outbound::decode_charset(bytes_of(file, 4 * max_text), "").text;
        return type == "text/html" ? outbound::html_to_text(text) : text;
    }
    std::error_code error;
    if (auto const size = std::filesystem::file_size(file, error); error || size > max_file) return {};
    // Poppler is a program beside us and no library within: its licence is not ours.
    if (type == "application/pdf")
        return output_of({"pdftotext", "-q", "-enc", "UTF-8", "-l", max_pages, file.string(), "-"}, pdf_patience, true);
    bool const is_office = type.starts_with("application/vnd.o") || type == "application/zip" ||
                           type == "application/octet-stream";
    return is_office ? office_text(bytes_of(file, max_file)) : std::string();
}

}  // namespace

std::string text_of(std::filesystem::path const& file, std::string const& type) {
    auto text = with_single_blanks(text::repair_utf8(read_text(file, type)));
    if (text.size() > max_text) {
        text.resize(max_text);
        // Not within a character.
        text = text::repair_utf8(text);
    }
    return text;
}

}  // namespace keepword::extract
