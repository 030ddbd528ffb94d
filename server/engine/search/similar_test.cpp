#include "engine/search/similar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testkit/both_databases.hpp"
#include "testkit/test_database.hpp"

namespace keepword::search {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

class SimilarTest : public testing::TestWithParam<storage::Dialect> {
  protected:
    void add(std::int64_t id, std::string_view title, std::string_view body, std::string_view kind = "knowledge") {
        ASSERT_TRUE(database_->write([&](Transaction& tx) { return index_similar(tx, kind, id, title, body); }));
    }
    std::vector<Similar> like(std::string_view text, std::int64_t limit = 10) {
        auto found = database_->read([&](Transaction& tx) { return similar(tx, "knowledge", text, limit); });
        EXPECT_TRUE(found) << found.error().code << found.error().detail;
        return found.value_or(std::vector<Similar>());
    }
    std::vector<std::int64_t> ids(std::string_view text, std::int64_t limit = 10) {
        std::vector<std::int64_t> out;
        for (auto const& one : like(text, limit)) out.push_back(one.id);
        return out;
    }
    testkit::TestDatabase database_{GetParam()};
};
KEEPWORD_ON_BOTH_DATABASES(SimilarTest);

TEST_P(SimilarTest, most_of_the_words_come_first_and_a_title_counts_more) {
    add(1, "点播卡顿", "晚间高峰频繁缓冲");
    add(2, "账单金额错误", "点播卡顿时也会扣费");
    add(3, "直播黑屏", "所有频道无信号");
    EXPECT_THAT(ids("用户说点播卡顿，一直缓冲"), ElementsAre(1, 2));
    EXPECT_THAT(ids("直播黑屏"), ElementsAre(3));
    EXPECT_THAT(ids("点播卡顿", 1), ElementsAre(1));
    EXPECT_EQ(like("点播卡顿").front().words, 3) << "点播, 播卡, 卡顿";
}

TEST_P(SimilarTest, one_word_of_many_is_chance_and_one_of_few_is_not) {
    add(1, "机顶盒升级", "");
    EXPECT_THAT(ids("升级"), ElementsAre(1));
    EXPECT_THAT(ids("系统升级之后账单金额不对"), IsEmpty());
}

TEST_P(SimilarTest, kinds_are_apart_and_what_changed_is_found_by_what_it_says_now) {
    add(1, "点播卡顿", "");
    add(2, "点播卡顿", "", "other");
    EXPECT_THAT(ids("点播卡顿"), ElementsAre(1));
    add(1, "直播黑屏", "");
    EXPECT_THAT(ids("点播卡顿"), IsEmpty());
    EXPECT_THAT(ids("直播黑屏"), ElementsAre(1));
    ASSERT_TRUE(database_->write([](Transaction& tx) { return forget_similar(tx, 1); }));
    EXPECT_THAT(ids("直播黑屏"), IsEmpty());
}

TEST_P(SimilarTest, any_text_is_only_text) {
    add(1, "VOD-2 报错 E1001", "提示节目不存在");
    EXPECT_THAT(ids("e1001"), ElementsAre(1));
    for (auto const* text : {"", "　", "'", "\"", "%", "的", "a"}) EXPECT_THAT(ids(text), IsEmpty()) << text;
    std::string endless;
    for (int i = 0; i < 5'000; ++i) endless += "词" + std::to_string(i);
    EXPECT_THAT(ids(endless), IsEmpty());
}

}  // namespace
}  // namespace keepword::search
