#include "domain/import/fields.hpp"

#include <algorithm>

namespace keepword::imports {

Result<FieldBook> FieldBook::load(std::string_view text) {
    auto const file = TRY(json::parse(text));
    auto decoded = json::decode<FieldFile>(file);
    if (!decoded) {
        auto const& fields = decoded.error().fields;
        return fail(Kind::internal, "imports.invalid", fields.empty() ? "" : fields.front().field);
    }
    FieldBook book;
    book.file_ = std::make_shared<FieldFile const>(*std::move(decoded));
    return book;
}

std::string heading_key(std::string_view heading) {
    std::string out;
    int brackets = 0;
    for (char c : text::fold(heading)) {
        if (c == '(' || c == '[') ++brackets;
        bool const counts = brackets == 0 && c != '*' && c != ':' && static_cast<unsigned char>(c) > ' ';
        if (c == ')' || c == ']') brackets = std::max(0, brackets - 1);
        if (counts) out.push_back(c);
    }
    return out;
}

std::string template_of(ImportFields const& kind, Locale locale) {
    // The mark tells Excel that this is UTF-8; without it Chinese is spoilt.
    std::string out = "\xEF\xBB\xBF";
    bool first = true;
    for (auto const& field : kind.fields) {
        if (!first) out += ",";
        first = false;
        out += locale == Locale::zh ? field.zh : field.en;
    }
    return out + "\r\n";
}

}  // namespace keepword::imports
