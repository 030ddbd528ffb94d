#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/search/search.hpp"
#include "testkit/both_databases.hpp"
#include "testkit/test_database.hpp"

namespace keepword::search {
namespace {

using storage::Dialect;
using storage::Transaction;
using Ids = std::vector<std::int64_t>;

class Search : public testing::TestWithParam<Dialect> {
  protected:
    void add(std::int64_t id, std::string_view title, std::string_view body = "", std::string_view kind = "case",
             std::vector<std::string> names = {}) {
        auto const added = database_->write([&](Transaction& tx) {
            return index(tx, {.kind = kind,
                              .id = id,
                              .title = title,
                              .body = body,
                              .marks = {std::string(kind)},
                              .names = std::move(names)});
        });
        ASSERT_TRUE(added) << added.error().code << added.error().detail;
    }
    Ids ids(std::string_view query, std::vector<OneOf> const& groups = {}, std::int64_t limit = 100,
            std::int64_t before = 0) {
        auto const found = database_->read([&](Transaction& tx) -> Result<Ids> {
            auto select = head(tx);
            match(select, tx, TRY(understand(tx, query)), groups);
            newest(select, tx, limit, before);
            Ids out;
            for (auto const& hit : TRY(hits(tx, select))) out.push_back(hit.id);
            return out;
        });
        EXPECT_TRUE(found) << query << ": " << found.error().code << found.error().detail;
        return found.value_or(Ids());
    }
    // A text as it is shown for a query, with what was found in brackets.
    std::string shown(std::string_view query, std::string_view text, std::size_t length = 100) {
        auto const understood = database_->read([&](Transaction& tx) { return understand(tx, query); });
        std::string out;
        for (auto const& piece : highlighted(understood.value_or(Query()), text, length))
            out += piece.hit ? "[" + piece.text + "]" : piece.text;
        return out;
    }
    testkit::TestDatabase database_{GetParam()};
};
KEEPWORD_ON_BOTH_DATABASES(Search);

TEST_P(Search, two_characters_and_more_are_found_wherever_they_stand) {
    add(1, "南昌市机顶盒无法点播");
    add(2, "九江机房断电");
    for (auto const* query : {"南昌", "昌市", "机顶盒", "无法点播", "点播", "南昌市机顶盒无法点播", "播"}) {
        EXPECT_EQ(ids(query), Ids{1}) << query;
    }
    EXPECT_EQ(ids("断电"), Ids{2});
    EXPECT_EQ(ids("南机"), Ids{});
    EXPECT_EQ(ids("点播无法"), Ids{});
}

TEST_P(Search, a_single_character_finds_words_that_begin_with_it) {
    add(1, "南昌机房");
    add(2, "机顶盒");
    add(3, "查机");
    EXPECT_EQ(ids("机"), (Ids{3, 2, 1}));
    EXPECT_EQ(ids("昌"), Ids{1});
    EXPECT_EQ(ids("电"), Ids{});
}

TEST_P(Search, latin_words_are_found_whole_and_the_last_one_while_it_is_typed) {
    add(1, "Nanchang VOD-2 server", "10.20.30.40");
    EXPECT_EQ(ids("nanch"), Ids{1});
    EXPECT_EQ(ids("NANCHANG"), Ids{1});
    EXPECT_EQ(ids("ｎａｎｃｈａｎｇ　ｖｏｄ"), Ids{1});
    EXPECT_EQ(ids("nanch server"), Ids{});
    EXPECT_EQ(ids("server nanch"), Ids{1});
    EXPECT_EQ(ids("vod-2"), Ids{1});
    EXPECT_EQ(ids("2 vod"), Ids{1});
    EXPECT_EQ(ids("10.20.30"), Ids{1});
    EXPECT_EQ(ids("20.10"), Ids{});
    EXPECT_EQ(ids("anchang"), Ids{});
}

TEST_P(Search, all_parts_must_be_there_in_title_or_body) {
    add(1, "南昌机房", "视频服务器 stb100 异常");
    EXPECT_EQ(ids("南昌 服务器"), Ids{1});
    EXPECT_EQ(ids("服务器　南昌"), Ids{1});
    EXPECT_EQ(ids("stb100异常"), Ids{1});
    EXPECT_EQ(ids("南昌 九江"), Ids{});
    // The title's end and the body's beginning are not one text.
    EXPECT_EQ(ids("房视"), Ids{});
    EXPECT_EQ(ids("机房视频"), Ids{});
}

TEST_P(Search, newest_come_first_and_pages_follow) {
    for (std::int64_t id = 1; id <= 25; ++id) add(id * 1'000'000'000'000, "南昌");
    auto const first = ids("南昌", {}, 10);
    ASSERT_EQ(first.size(), 10U);
    EXPECT_EQ(first.front(), 25'000'000'000'000);
    EXPECT_EQ(first.back(), 16'000'000'000'000);
    auto const second = ids("南昌", {}, 10, first.back());
    EXPECT_EQ(second.front(), 15'000'000'000'000);
    EXPECT_EQ(ids("南昌", {}, 10, second.back()).size(), 5U);
}

TEST_P(Search, kinds_are_kept_apart) {
    add(1, "南昌", "", "case");
    add(2, "南昌", "", "asset");
    add(3, "南昌", "", "person");
    EXPECT_EQ(ids("南昌"), (Ids{3, 2, 1}));
    EXPECT_EQ(ids("南昌", {{"case", "asset"}}), (Ids{2, 1}));
    EXPECT_EQ(ids("南昌", {{"complaint"}}), Ids{});
    EXPECT_EQ(ids("南昌", {{"asset"}}), Ids{2});
    EXPECT_EQ(ids("南昌", {{"asset", "case"}, {"asset", "person"}}), Ids{2});
    EXPECT_EQ(ids("南昌", {{"asset"}, {}}), Ids{});
    // No text has a mark in it.
    add(4, "¶asset", "asset");
    EXPECT_EQ(ids("¶asset", {{"asset"}}), Ids{});
}

TEST_P(Search, traditional_and_wide_forms_are_the_same_as_simplified_and_narrow_ones) {
    add(1, "臺灣電視　ＩＰＴＶ機頂盒");
    add(2, "台湾电视 IPTV机顶盒");
    for (auto const* query : {"台湾", "臺灣", "電視", "电视 iptv", "机顶盒", "機頂盒", "ＩＰＴＶ"})
        EXPECT_EQ(ids(query), (Ids{2, 1})) << query;
}

TEST_P(Search, names_are_found_by_their_sounds_and_initials) {
    add(1, "南昌市教育局", "", "organisation", {"南昌市教育局"});
    add(2, "重庆长安网络", "", "organisation", {"重庆长安网络"});
    add(3, "南昌机房断电");
    add(4, "单先生", "", "person", {"单先生"});
    for (auto const* query : {"nanchang", "nc", "nanch", "NANCHANG"}) EXPECT_EQ(ids(query), (Ids{3, 1})) << query;
    EXPECT_EQ(ids("jyj"), Ids{1});
    EXPECT_EQ(ids("jiaoyuju"), Ids{1});
    EXPECT_EQ(ids("chongqing"), Ids{2});
    EXPECT_EQ(ids("zhongqing"), Ids{2});
    EXPECT_EQ(ids("shanxiansheng"), Ids{4});
    EXPECT_EQ(ids("nc 断电"), Ids{3});
    EXPECT_EQ(ids("nanch 断电"), Ids{});
    EXPECT_EQ(ids("n"), Ids{});
    // A sound stays understood when the thing of that name goes: what else has the name is still found, and nothing
    // more.
    ASSERT_TRUE(database_->write([](Transaction& tx) { return remove(tx, 1); }));
    EXPECT_EQ(ids("nanchang"), Ids{3});
    EXPECT_EQ(ids("jyj"), Ids{});
}

TEST_P(Search, what_was_found_is_shown_where_it_stands) {
    add(1, "南昌市教育局", "", "organisation", {"南昌市教育局"});
    EXPECT_EQ(shown("机顶", "南昌市机顶盒无法点播"), "南昌市[机顶]盒无法点播");
    EXPECT_EQ(shown("无法点播", "机顶盒无法点播，也无法开机"), "机顶盒[无法点播]，也无法开机");
    EXPECT_EQ(shown("nc", "南昌市断电"), "[南昌]市断电");
    EXPECT_EQ(shown("臺灣", "去台湾看電視"), "去[台湾]看電視");
    EXPECT_EQ(shown("電視", "ＩＰＴＶ电视"), "ＩＰＴＶ[电视]");
    EXPECT_EQ(shown("cat", "a category and a cat"), "a [cat]egory and a [cat]");
    EXPECT_EQ(shown("cat and", "category cat and dog"), "category [cat] [and] dog");
    EXPECT_EQ(shown("断电", std::string(60, 'a') + "断电" + std::string(60, 'b'), 30),
              "…" + std::string(10, 'a') + "[断电]" + std::string(18, 'b') + "…");
    EXPECT_EQ(shown("没有", "什么", 1), "什…");
}

TEST_P(Search, what_was_changed_is_found_by_what_it_is_now) {
    add(1, "南昌", "旧内容");
    add(1, "九江", "新内容");
    add(1, "九江", "新内容");
    EXPECT_EQ(ids("南昌"), Ids{});
    EXPECT_EQ(ids("旧内"), Ids{});
    EXPECT_EQ(ids("九江"), Ids{1});
    add(1, "九江", "新内容", "asset");
    EXPECT_EQ(ids("九江", {{"asset"}}), Ids{1});
    ASSERT_TRUE(database_->write([](Transaction& tx) { return remove(tx, 1); }));
    ASSERT_TRUE(database_->write([](Transaction& tx) { return remove(tx, 1); }));
    EXPECT_EQ(ids("九江"), Ids{});
    add(1, "赣州");
    EXPECT_EQ(ids("赣州"), Ids{1});
    EXPECT_EQ(ids("九江"), Ids{});
}

TEST_P(Search, a_query_is_only_text) {
    add(1, "a AND b NOT c");
    for (auto const* query :
         {"\"", "'",   "\"南昌",  "南昌*", "words : 南昌", "( AND", ") OR (",   "NEAR(a b)", "a:*", "!a",  "&",
          "|",  "<->", "a <-> b", "\\",    "\\'",          "^a",    "{a b}: c", "--",        ";",   "a'b", "a\"b",
          "?",  "$1",  "%"}) {
        (void)ids(query);  // must not fail
    }
    EXPECT_EQ(ids("NOT"), Ids{1});
    EXPECT_EQ(ids("AND b"), Ids{1});
    EXPECT_EQ(ids("OR"), Ids{});
    EXPECT_EQ(ids(""), Ids{});
    EXPECT_EQ(ids(" 　 ！？"), Ids{});
}

TEST_P(Search, rare_characters_and_long_texts_are_found) {
    add(1, "𠮷野家 𬭊 𰻝面");
    EXPECT_EQ(ids("𠮷野"), Ids{1});
    EXPECT_EQ(ids("𰻝面"), Ids{1});
    std::string body;
    for (int i = 0; i < 20'000; ++i) body += "w" + std::to_string(i) + " ";
    add(2, "长文", body + std::string(10'000, 'x'));
    EXPECT_EQ(ids("w14000 w14001"), Ids{2});
    std::string wide;
    for (int i = 0; i < 15'000; ++i) wide += "w" + std::to_string(i) + std::string(60, 'z') + " ";
    add(4, "宽文", wide);
    EXPECT_EQ(ids("w5000zzz"), Ids{4});
    add(3, std::string(5'000, 'y'));
    EXPECT_EQ(ids(std::string(200, 'y')), Ids{3});
}

TEST_P(Search, an_endless_query_is_refused) {
    auto const refused = database_->read([](Transaction& tx) { return understand(tx, std::string(201, 'x')); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fields, (std::vector<FieldError>{{"q", "too-long"}}));
}

}  // namespace
}  // namespace keepword::search
