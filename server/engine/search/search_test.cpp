#include "engine/search/search.hpp"

#include <gtest/gtest.h>

#include "testkit/test_database.hpp"

namespace keepword::search {
namespace {

class Search : public testing::TestWithParam<storage::Dialect> {
  protected:
    void put(std::int64_t id, std::string_view title, std::string_view body = "", std::string_view kind = "case") {
        ASSERT_TRUE(database_->write([&](storage::Transaction& tx) { return index(tx, kind, id, title, body); }));
    }
    std::vector<std::int64_t> found(std::string_view query, std::int64_t limit = 10, std::int64_t before = 0) {
        auto ids = database_->read([&](storage::Transaction& tx) { return find(tx, query, {"case"}, limit, before); });
        EXPECT_TRUE(ids) << query << ": " << (ids ? "" : ids.error().detail);
        return ids.value_or(std::vector<std::int64_t>{-1});
    }
    testkit::TestDatabase database_{GetParam()};
};
using Ids = std::vector<std::int64_t>;

TEST_P(Search, two_chinese_characters_find_the_word_wherever_it_stands) {
    put(1, "点播卡顿严重");
    put(2, "直播黑屏", "昨晚开始卡顿");
    put(3, "顿感卡住");
    EXPECT_EQ(found("卡顿"), (Ids{2, 1}));
    EXPECT_EQ(found("点播卡顿"), (Ids{1}));
    EXPECT_EQ(found("播卡"), (Ids{1}));
}

TEST_P(Search, all_parts_must_stand_in_the_text_in_any_order) {
    put(1, "IPTV 点播卡顿", "南昌市第一中学");
    put(2, "IPTV 登录失败", "南昌市第一中学");
    EXPECT_EQ(found("第一中学 卡顿"), (Ids{1}));
    EXPECT_EQ(found("iptv卡顿"), (Ids{1}));
    EXPECT_EQ(found("ＩＰＴＶ"), (Ids{2, 1}));
}

TEST_P(Search, a_single_character_and_an_unfinished_latin_word_find_what_begins_with_them) {
    put(1, "黑屏");
    put(2, "nanchang north");
    EXPECT_EQ(found("黑"), (Ids{1}));
    EXPECT_EQ(found("nanch"), (Ids{2}));
    EXPECT_EQ(found("anch"), Ids{});
}

TEST_P(Search, pages_go_on_below_the_last_id_and_kinds_are_kept_apart) {
    for (std::int64_t id = 1; id <= 5; ++id) put(id, "卡顿");
    put(6, "卡顿", "", "asset");
    EXPECT_EQ(found("卡顿", 2), (Ids{5, 4}));
    EXPECT_EQ(found("卡顿", 2, 4), (Ids{3, 2}));
}

TEST_P(Search, changed_texts_are_found_by_their_new_words_only_and_removed_ones_not_at_all) {
    put(1, "卡顿");
    put(1, "黑屏");
    EXPECT_EQ(found("卡顿"), Ids{});
    EXPECT_EQ(found("黑屏"), Ids{1});
    ASSERT_TRUE(database_->write([](storage::Transaction& tx) { return remove(tx, 1); }));
    EXPECT_EQ(found("黑屏"), Ids{});
}

TEST_P(Search, what_looks_like_query_syntax_is_text) {
    put(1, "a or b: \"c\" * NOT d");
    for (auto const* hostile : {"\"", "*", "a OR", "NOT", "words:a", "')", "a & !", "(", "^a", "a:*", "'a' <->", "-a", "{a}", "\\"}) {
        found(hostile);
    }
    EXPECT_EQ(found("a \"c\""), Ids{1});
    EXPECT_EQ(found(" ,;。"), Ids{});
}

INSTANTIATE_TEST_SUITE_P(Both, Search, testing::Values(storage::Dialect::sqlite, storage::Dialect::postgresql));

}  // namespace
}  // namespace keepword::search
