#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include <memory>

#include "extract/extract.hpp"
#include "extract/kinds.hpp"

namespace keepword::extract {
namespace {

constexpr int max_pages = 300;

}  // namespace

std::string pdf_text(std::string const& bytes) {
    // What it has to say of a broken file helps nobody here.
    poppler::set_debug_error_function([](std::string const&, void*) {}, nullptr);
    std::unique_ptr<poppler::document> const document(
        poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
    std::string out;
    if (!document || document->is_locked()) return out;
    for (int i = 0; i < std::min(document->pages(), max_pages) && out.size() < max_text; ++i) {
        std::unique_ptr<poppler::page> const page(document->create_page(i));
        if (!page) continue;
        auto const text = page->text().to_utf8();
        out.append(text.begin(), text.end());
        out += ' ';
    }
    return out;
}

}  // namespace keepword::extract
