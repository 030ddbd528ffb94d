#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/process/form.hpp"

namespace keepword::process {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Form form() {
    auto parsed = parse_form(R"({"title": {"zh": "反馈", "en": "Tell"}, "fields": [
        {"id": "case.title", "type": "text", "label": {"zh": "标题", "en": "Title"}, "required": true, "max": 10},
        {"id": "channel", "type": "choice", "label": {"zh": "方式", "en": "How"}, "required": true,
         "choices": [{"value": "phone", "zh": "电话", "en": "Telephone"}, {"value": "mail", "zh": "邮件", "en": "Mail"}]},
        {"id": "reply", "type": "multiline", "label": {"zh": "答复", "en": "Answer"}, "max": 5,
         "required": true, "when": "channel = \"mail\" and outcome = \"accepted\""},
        {"id": "score", "type": "number", "label": {"zh": "评分", "en": "Score"}, "min": 1, "max": 5}]})");
    EXPECT_TRUE(parsed) << parsed.error().detail;
    return *std::move(parsed);
}

std::vector<FieldError> refused(json::object const& entered, json::object const& known = {},
                                std::optional<std::string> outcome = "accepted") {
    auto const checked = check_entered(form(), outcome, entered, known);
    return checked ? std::vector<FieldError>() : checked.error().fields;
}

TEST(Form, sorts_what_was_entered_into_the_record_and_the_variables) {
    auto const entered =
        check_entered(form(), "accepted", {{"case.title", "点播"}, {"channel", "phone"}, {"score", 5}}, {});
    ASSERT_TRUE(entered);
    EXPECT_EQ(entered->record, (json::object{{"title", "点播"}}));
    EXPECT_EQ(entered->variables, (json::object{{"channel", "phone"}, {"score", 5}}));
}

TEST(Form, names_every_wrong_field_at_once) {
    EXPECT_THAT(refused({{"case.title", "一个比十个字更长的标题名"}, {"channel", "fax"}, {"score", 6}, {"nothing", 1}}),
                ElementsAre(FieldError{"case.title", "too-long"}, FieldError{"channel", "choice"},
                            FieldError{"score", "range"}, FieldError{"nothing", "unknown"}));
}

TEST(Form, asks_for_a_field_only_where_its_condition_holds) {
    json::object const known{{"case.title", "点播"}};
    EXPECT_THAT(refused({{"channel", "phone"}}, known), IsEmpty());
    EXPECT_THAT(refused({{"channel", "mail"}}, known), ElementsAre(FieldError{"reply", "required"}));
    EXPECT_THAT(refused({{"channel", "mail"}}, known, "disputed"), IsEmpty());
    EXPECT_THAT(refused({{"channel", "phone"}, {"reply", "好"}}, known), ElementsAre(FieldError{"reply", "not-asked"}));
}

TEST(Form, a_fact_of_the_record_may_stand_and_a_variable_must_be_entered_anew) {
    EXPECT_THAT(refused({}, {{"case.title", "点播"}, {"channel", "phone"}}),
                ElementsAre(FieldError{"channel", "required"}));
    EXPECT_THAT(refused({{"channel", "phone"}, {"case.title", ""}}, {{"case.title", "点播"}}),
                ElementsAre(FieldError{"case.title", "required"}))
        << "emptied";
}

TEST(Form, counts_characters_and_not_bytes) {
    json::object const known{{"case.title", "点播"}};
    EXPECT_THAT(refused({{"channel", "mail"}, {"reply", "已经修好了"}}, known), IsEmpty());
    EXPECT_THAT(refused({{"channel", "mail"}, {"reply", "已经修好了。"}}, known),
                ElementsAre(FieldError{"reply", "too-long"}));
}

TEST(Form, refuses_what_is_no_form_and_says_which_field) {
    auto const told = [](std::string const& text) {
        auto const parsed = parse_form(text);
        if (parsed) return std::string("fine");
        std::string out = parsed.error().code;
        for (auto const& [name, value] : parsed.error().params) out.append(" ").append(name).append("=").append(value);
        return out;
    };
    EXPECT_THAT(told("[]"), testing::StartsWith("process.form"));
    EXPECT_THAT(told("{"), testing::HasSubstr("json"));
    EXPECT_THAT(told(R"({"title": {"zh": "反馈"}, "fields": []})"), testing::HasSubstr("both languages"));
    EXPECT_THAT(told(R"({"title": {"zh": "反馈", "en": "Tell"}, "fields": [
        {"id": "a", "type": "colour", "label": {"zh": "颜色", "en": "Colour"}}]})"),
                testing::HasSubstr("field=a"));
    EXPECT_THAT(told(R"({"title": {"zh": "反馈", "en": "Tell"}, "fields": [
        {"id": "a", "type": "text", "label": {"zh": "甲", "en": "A"}, "when": "1 +"}]})"),
                testing::HasSubstr("field=a"));
}

}  // namespace
}  // namespace keepword::process
