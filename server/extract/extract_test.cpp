#include "extract/extract.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>

#include "zip/zip.hpp"

namespace keepword::extract {
namespace {

class Extract : public testing::Test {
  protected:
    Extract() { std::filesystem::create_directories(folder_); }
    ~Extract() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path file(std::string_view bytes) {
        auto const path = folder_ / ("file" + std::to_string(++files_));
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    std::string text(std::string_view bytes, std::string const& type) { return text_of(file(bytes), type); }
    static std::string packed(std::vector<zip::Entry> const& entries) {
        zip::Writer writer;
        for (auto const& entry : entries) EXPECT_TRUE(writer.add(entry.name, entry.bytes));
        return std::move(writer).finish(0).value_or("");
    }
    std::filesystem::path fixture(char const* name) {
        return std::filesystem::path(KEEPWORD_SOURCE) / "tests/data/files" / name;
    }

  private:
    std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("keepword-extract-" + std::to_string(::getpid()));
    int files_ = 0;
};

constexpr auto office = "application/zip";

TEST_F(Extract, plain_texts_are_read_in_any_encoding) {
    EXPECT_EQ(text("南昌机房\r\n\t断电 ", "text/plain"), "南昌机房 断电 ");
    EXPECT_EQ(text("\xC4\xCF\xB2\xFD", "text/plain"), "南昌");  // GB18030
    EXPECT_EQ(text("a,b\n1,2", "text/csv"), "a,b 1,2");
    EXPECT_EQ(text("", "text/plain"), "");
}

TEST_F(Extract, of_pages_what_a_person_reads) {
    EXPECT_EQ(text("<p>南昌&nbsp;<b>机房</b></p><script>var hidden</script>", "text/html").find("hidden"),
              std::string::npos);
    EXPECT_NE(text("<p>南昌<b>机房</b></p>", "text/html").find("南昌机房"), std::string::npos);
}

TEST_F(Extract, documents_of_office_and_libreoffice_are_read) {
    EXPECT_EQ(text(packed({{"word/document.xml",
                            "<w:document><w:body><w:p><w:r><w:t>视频</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>服务器"
                            "</w:t></w:r></w:p><w:p><w:r><w:t>清单</w:t></w:r></w:p></w:body></w:document>"}}),
                   office),
              "视频服务器 清单 ");
    EXPECT_EQ(text(packed({{"xl/sharedStrings.xml", "<sst><si><t>局点</t></si><si><t>设备</t></si></sst>"}}),
                   office),
              "局点 设备 ");
    EXPECT_EQ(text(packed({{"ppt/presentation.xml", "<p/>"},
                           {"ppt/slides/slide1.xml", "<p><a:p><a:r><a:t>第一页</a:t></a:r></a:p></p>"},
                           {"ppt/slides/slide2.xml", "<p><a:p><a:r><a:t>第二页</a:t></a:r></a:p></p>"}}),
                   office),
              "第一页 第二页 ");
    EXPECT_EQ(text(packed({{"content.xml", "<o><text:p>赣州<text:span>移交</text:span></text:p></o>"}}), office),
              "赣州移交 ");
}

TEST_F(Extract, a_pdf_is_read_chinese_too) {
    EXPECT_NE(text_of(fixture("inventory.pdf"), "application/pdf").find("南昌前端机房设备清单"), std::string::npos);
}

TEST_F(Extract, what_is_broken_or_no_text_has_none) {
    EXPECT_EQ(text("%PDF-1.7 and nothing more", "application/pdf"), "");
    EXPECT_EQ(text("PK\x03\x04 and nothing more", office), "");
    EXPECT_EQ(text(packed({{"word/document.xml", "<w:document><w:t>half"}}), office).find("half") == std::string::npos,
              true);
    EXPECT_EQ(text("\x89PNG\r\n", "image/png"), "");
    EXPECT_EQ(text_of("/nowhere/at/all", "text/plain"), "");
}

TEST_F(Extract, entities_do_not_grow_and_long_texts_are_cut_between_characters) {
    std::string bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\">";
    for (char c = 'c'; c < 'm'; ++c) {
        bomb += std::string("<!ENTITY ") + c + " \"";
        for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
        bomb += "\">";
    }
    bomb += "]><w:document><w:t>&l;</w:t></w:document>";
    EXPECT_LT(text(packed({{"word/document.xml", bomb}}), office).size(), 1'000U);
    std::string longer;
    while (longer.size() < 2 * max_text) longer += "南";
    auto const cut = text(longer, "text/plain");
    EXPECT_LE(cut.size(), max_text + 3);
    EXPECT_EQ(cut.substr(0, 3), "南");
}

// A program that does what a reader broken by its file might do.
std::filesystem::path program(std::string const& script) {
    auto const path = std::filesystem::temp_directory_path() / ("keepword-program-" + std::to_string(::getpid()));
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
}

TEST_F(Extract, a_reader_that_breaks_hangs_or_talks_without_end_leaves_no_text) {
    EXPECT_EQ(text_apart(program("printf '%s' \"$1 $3\""), "x", "text/plain"), "text-of text/plain");
    EXPECT_EQ(text_apart(program("printf half; kill -SEGV $$"), "x", "text/plain"), "");
    EXPECT_EQ(text_apart(program("printf half; exec sleep 60"), "x", "text/plain", std::chrono::seconds(1)), "");
    EXPECT_EQ(text_apart(program("exec yes"), "x", "text/plain"), "");
    EXPECT_EQ(text_apart(program("printf '\\377'"), "x", "text/plain"), "");
    EXPECT_EQ(text_apart("/nowhere/at/all", "x", "text/plain"), "");
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process is left";
}

}  // namespace
}  // namespace keepword::extract
