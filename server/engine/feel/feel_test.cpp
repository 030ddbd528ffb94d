#include "engine/feel/feel_fixture.hpp"

namespace keepword::feel {
namespace {

TEST_P(Values, are_what_the_subset_says) {
    EXPECT_EQ(run(GetParam().text), GetParam().value) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(literals, Values,
                         testing::Values(Row{"1", "1"}, Row{"1.50", "1.5E0"}, Row{".5", "5E-1"}, Row{"-3", "-3"},
                                         Row{"\"南昌\"", "\"南昌\""}, Row{R"("a\"b\\\n")", R"("a\"b\\\n")"},
                                         Row{R"("\u5357\U01F600\uD83D\uDE00")", "\"南😀😀\""}, Row{"true", "true"},
                                         Row{"false", "false"}, Row{"null", "null"}, Row{"[]", "[]"},
                                         Row{"[1, \"a\", [true]]", "[1,\"a\",[true]]"}, Row{"(((7)))", "7"}));

INSTANTIATE_TEST_SUITE_P(names, Values,
                         testing::Values(Row{"outcome", "\"solved\""}, Row{"case.site.city", "\"南昌\""},
                                         Row{"case . urgency", "\"grave\""}, Row{"missing", "null"},
                                         Row{"missing.deeper", "null"}, Row{"n.deeper", "null"},
                                         Row{"case.missing.deeper", "null"}, Row{"people.name", "[\"甲\",\"乙\"]"},
                                         Row{"(case).urgency", "\"grave\""}, Row{"受理 + 1", "2"},
                                         // Only values of the context have names, not what stands in a text.
                                         Row{"\"outcome\"", "\"outcome\""}));

INSTANTIATE_TEST_SUITE_P(arithmetic, Values,
                         testing::Values(Row{"1 + 2 * 3", "7"}, Row{"(1 + 2) * 3", "9"}, Row{"7 - 2 - 1", "4"},
                                         Row{"8 / 4 / 2", "1"}, Row{"10 / 4", "2.5E0"}, Row{"1 / 0", "null"},
                                         Row{"- - 2", "2"}, Row{"3 - -2", "5"}, Row{"-n * 2", "-10"},
                                         Row{"\"a\" + \"b\"", "\"ab\""}, Row{"\"a\" + 1", "null"},
                                         Row{"\"a\" - \"b\"", "null"}, Row{"null + 1", "null"}, Row{"-\"a\"", "null"},
                                         Row{"x * 2", "5"}, Row{"n-1", "4"}));

INSTANTIATE_TEST_SUITE_P(
    comparisons, Values,
    testing::Values(Row{"outcome = \"solved\"", "true"}, Row{"outcome != \"solved\"", "false"}, Row{"1 = 1.0", "true"},
                    Row{"1 = \"1\"", "null"}, Row{"1 != \"1\"", "null"}, Row{"null = null", "true"},
                    Row{"nothing = null", "true"}, Row{"missing = null", "true"}, Row{"1 = null", "false"},
                    Row{"1 != null", "true"}, Row{"n < 6", "true"}, Row{"n <= 5", "true"}, Row{"n > 5", "false"},
                    Row{"n >= 5", "true"}, Row{"\"a\" < \"b\"", "true"}, Row{"\"甲\" < \"乙\"", "false"},
                    Row{"1 < \"b\"", "null"}, Row{"1 < null", "null"}, Row{"true < false", "null"},
                    Row{"yes = true", "true"}, Row{"[1, 2] = [1, 2]", "true"}, Row{"[1, 2] = [2, 1]", "false"},
                    Row{"[1] = [1, 2]", "false"}, Row{"case = case", "true"}, Row{"case = people", "null"},
                    Row{"n + 1 = 6", "true"}, Row{"yes = (n > 2)", "true"}));

INSTANTIATE_TEST_SUITE_P(
    logic, Values,
    testing::Values(Row{"true and true", "true"}, Row{"true and false", "false"}, Row{"true and null", "null"},
                    Row{"false and null", "false"}, Row{"null and false", "false"}, Row{"null and null", "null"},
                    Row{"true or null", "true"}, Row{"null or true", "true"}, Row{"false or null", "null"},
                    Row{"false or false", "false"}, Row{"\"a\" and true", "null"}, Row{"\"a\" or true", "true"},
                    Row{"1 and false", "false"}, Row{"not(true)", "false"}, Row{"not(false)", "true"},
                    Row{"not(null)", "null"}, Row{"not(1)", "null"}, Row{"true or false and false", "true"},
                    Row{"(true or false) and false", "false"}, Row{"not(missing = 1)", "true"},
                    Row{"missing < 1 or yes", "true"}));

INSTANTIATE_TEST_SUITE_P(choices, Values,
                         testing::Values(Row{"if n > 3 then \"big\" else \"small\"", "\"big\""},
                                         Row{"if null then 1 else 2", "2"}, Row{"if \"a\" then 1 else 2", "2"},
                                         Row{"if no then 1 else if yes then 2 else 3", "2"},
                                         Row{"(if yes then 1 else 2) + 1", "2"}));

INSTANTIATE_TEST_SUITE_P(
    membership, Values,
    testing::Values(Row{"n in [1, 5]", "true"}, Row{"n in [1, 4]", "false"}, Row{"n in (1, 5)", "true"},
                    Row{"n in list", "false"}, Row{"2 in list", "true"}, Row{"n in 5", "true"},
                    Row{"n in [1..5]", "true"}, Row{"n in [1..5)", "false"}, Row{"n in (5..9]", "false"},
                    Row{"n in ]4..9[", "true"}, Row{"n in (4..9)", "true"}, Row{"n in ([1..2], (4..9))", "true"},
                    Row{"n in (< 3, > 4)", "true"}, Row{"n in >= 6", "false"}, Row{"\"a\" in [1..2]", "null"},
                    Row{"null in [1..2]", "null"}, Row{"1 in [null..2]", "null"}, Row{"3 in [null..2]", "false"},
                    Row{"null in [null]", "true"}, Row{"1 in []", "false"}, Row{"1 in [\"a\"]", "false"},
                    Row{"n in [1, 5] and yes", "true"}, Row{"n in [1, 4] or yes", "true"},
                    Row{"case.urgency in (\"urgent\", \"grave\")", "true"}, Row{"[1] in [[1]]", "true"},
                    Row{"n in (2 + 3)", "true"}, Row{"n in (2 + 3) * 1", "true"}, Row{"n in (list)[2] + 3", "true"},
                    Row{"n in (list).x", "false"}, Row{"n in (1, (2 + 3) * 1)", "true"}, Row{"n in ((5))", "true"},
                    Row{"n in ((4..n], < 1)", "true"}, Row{"n in (< 1, (4..n])", "true"},
                    Row{"n between 1 and 5", "true"}, Row{"n between 6 and 9", "false"},
                    Row{"n between 1 and 5 and no", "false"}, Row{"null between 1 and 2", "null"},
                    Row{"3 between null and 2", "false"}));

INSTANTIATE_TEST_SUITE_P(
    functions, Values,
    testing::Values(Row{"count(list)", "3"}, Row{"count([])", "0"}, Row{"count(1)", "1"}, Row{"count(null)", "null"},
                    Row{"contains(outcome, \"olv\")", "true"}, Row{"contains(1, \"a\")", "null"},
                    Row{"starts with(\"守诺\", \"守\")", "true"}, Row{"ends with(\"守诺\", \"守\")", "false"},
                    Row{"string length(\"南昌市\")", "3"}, Row{"string length(null)", "null"},
                    Row{"list contains(texts, \"b\")", "true"}, Row{"list contains([null], null)", "true"},
                    Row{"list contains(null, 1)", "null"}, Row{"count(people) > 1", "true"}));

// Refused with the column where a person must look.
INSTANTIATE_TEST_SUITE_P(
    refused, Values,
    testing::Values(
        Row{"", "error 1"}, Row{"  ", "error 3"}, Row{"1 +", "error 4"}, Row{"(1", "error 3"}, Row{"1 2", "error 3"},
        Row{"a b", "error 3"}, Row{"outcome = solved now", "error 18"}, Row{"a == b", "error 4"},
        Row{"a = b = c", "error 7"}, Row{"1 < 2 < 3", "error 7"}, Row{"\"open", "error 1"}, Row{"\"南\\q\"", "error 3"},
        Row{"\"\\u12\"", "error 2"}, Row{"\"\\uD800\"", "error 2"}, Row{"date(\"2026-01-01\")", "error 5"},
        Row{"for i in [1]", "error 13"}, Row{"some x [1] satisfies x > 1", "error 8"},
        Row{"for if in [1] return 1", "error 5"}, Row{"some x in [1] return x", "error 15"},
        Row{"for i in [1..3] return i", "error 12"}, Row{"{a: 1, a: 2}", "error 8"}, Row{"{a b: 1}", "error 4"},
        Row{"{if: 1}", "error 2"}, Row{"{1: 1}", "error 2"}, Row{"{a: 1", "error 6"}, Row{"{a 1}", "error 4"},
        Row{"list[]", "error 5"}, Row{"list[1", "error 7"}, Row{"list[> 1]", "error 5"}, Row{"2 **", "error 5"},
        Row{"2 ^ 3", "error 3"}, Row{"function(a) a", "error 1"}, Row{"n instance of number", "error 3"},
        Row{"matches(outcome, \"a\")", "error 8"}, Row{"split(outcome, \"a\")", "error 6"},
        Row{"is defined(n)", "error 4"}, Row{"substring(string: \"a\", 1)", "error 17"}, Row{"count()", "error 1"},
        Row{"sum()", "error 1"}, Row{"substring(\"a\", 1, 1, 1)", "error 1"}, Row{"round half up(1)", "error 1"},
        Row{"1 + contains(\"a\")", "error 5"}, Row{"1e3", "error 1"}, Row{"if a then b", "error 12"},
        Row{"not a", "error 1"}, Row{"a and", "error 6"}, Row{"a in", "error 5"}, Row{"[1..2]", "error 3"},
        Row{"a.", "error 3"}, Row{"@", "error 1"}, Row{"outcome ＝ \"a\"", "error 9"}, Row{"outcome = “a”", "error 11"},
        Row{"a; b", "error 2"}, Row{"a\xff", "error 1"}, Row{"then", "error 1"}));

TEST(Limits, length_depth_and_operations_are_bounded) {
    EXPECT_EQ(run(std::string(60, '(') + "1" + std::string(60, ')')), "1");
    EXPECT_TRUE(run(std::string(1'000, '(') + "1" + std::string(1'000, ')')).starts_with("error"));
    EXPECT_TRUE(run(std::string(1'000, '[')).starts_with("error"));
    EXPECT_TRUE(run(std::string(1'000, '-') + "1").starts_with("error"));
    std::string nested_if;
    for (int i = 0; i < 200; ++i) nested_if += "if a then 1 else ";
    EXPECT_TRUE(run(nested_if + "1").starts_with("error"));
    std::string sum = "1";
    for (int i = 0; i < 499; ++i) sum += "+1";
    EXPECT_EQ(run(sum), "500");
    EXPECT_EQ(run(sum + "+1"), "error 1");
    EXPECT_EQ(run(std::string(4'001, ' ') + "1"), "error 1");
}

TEST(Scopes_, the_innermost_that_has_the_name_gives_its_value) {
    json::object const inner{{"item", 2}, {"hidden", nullptr}};
    json::object const outer{{"item", 1}, {"hidden", 1}, {"case", json::object{{"urgency", "grave"}}}};
    std::array<json::object const*, 2> const scopes{&inner, &outer};
    EXPECT_TRUE(holds(*parse("item = 2 and hidden = null and case.urgency = \"grave\""), scopes));
    EXPECT_FALSE(holds(*parse("missing"), scopes));
    EXPECT_FALSE(holds(*parse("item"), scopes)) << "only true holds";
}

TEST(ComparedTexts, are_the_outcomes_that_conditions_name) {
    auto const texts = [](std::string_view text) { return compared_texts(*parse(text), "outcome"); };
    using List = std::vector<std::string>;
    EXPECT_EQ(texts("outcome = \"solved\""), List{"solved"});
    EXPECT_EQ(texts("\"solved\" = outcome"), List{"solved"});
    EXPECT_EQ(texts("outcome in (\"a\", \"b\") and n > 1"), (List{"a", "b"}));
    EXPECT_EQ(texts("outcome in [\"a\", \"b\"] or outcome = \"a\" or outcome = \"c\""), (List{"a", "b", "c"}));
    EXPECT_EQ(texts("outcome != \"a\""), List{});
    EXPECT_EQ(texts("called = true"), List{});
    EXPECT_EQ(texts("case.outcome = \"a\""), List{});
}

}  // namespace
}  // namespace keepword::feel
