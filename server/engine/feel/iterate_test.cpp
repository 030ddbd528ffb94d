#include "engine/feel/feel_fixture.hpp"

namespace keepword::feel {
namespace {

INSTANTIATE_TEST_SUITE_P(contexts, Values,
                         testing::Values(Row{"{}", "{}"}, Row{"{a: 1, \"b c\": [2]}", R"({"a":1,"b c":[2]})"},
                                         Row{"{a: 2, b: a * n}", R"({"a":2,"b":10})"},
                                         Row{"{n: 1, b: {c: n}}.b.c", "1"}, Row{"{a: 1}.b", "null"},
                                         Row{"{a: b, b: 1}", R"({"a":null,"b":1})"}, Row{"n + {n: 1}.n + n", "11"},
                                         Row{"{a: {b: 1}} = {a: {b: 1}}", "true"}, Row{"{a: 1} = {a: 2}", "false"},
                                         Row{"{a: 1} = {b: 1}", "false"}, Row{"{a: 1}.a", "1"},
                                         Row{"[{a: 1}, {b: 2}, 3].a", "[1,null,null]"}));

INSTANTIATE_TEST_SUITE_P(positions, Values,
                         testing::Values(Row{"list[1]", "1"}, Row{"list[-1]", "3"}, Row{"list[0]", "null"},
                                         Row{"list[4]", "null"}, Row{"list[-4]", "null"}, Row{"list[1.5]", "null"},
                                         Row{"list[n - 3]", "2"}, Row{"[[1, 2], [3]][1][2]", "2"},
                                         Row{"list[list[1]]", "1"}, Row{"people[2].name", "\"乙\""}, Row{"n[1]", "5"},
                                         Row{"n[-1]", "5"}, Row{"n[2]", "null"}, Row{"nothing[1]", "null"},
                                         Row{"-list[1]", "-1"}, Row{"-3[item < 0]", "[-3]"}, Row{"- -3[1]", "3"},
                                         Row{"2 ** list[2]", "4"}, Row{"texts[1] + \"c\"", "\"ac\""},
                                         Row{"(for i in list return i * 2)[3]", "6"}, Row{"list[10 ** 300]", "null"},
                                         // An opening bracket after the end of a range closes it.
                                         Row{"n in ]4..9[ and yes", "true"}, Row{"n in (]1..3[, ]4..9[)", "true"},
                                         Row{"n in [list[1]..list[3] + 4]", "true"}));

INSTANTIATE_TEST_SUITE_P(
    filters, Values,
    testing::Values(Row{"list[item > 1]", "[2,3]"}, Row{"list[item > 9]", "[]"}, Row{"list[not(item = 2)]", "[1,3]"},
                    Row{"people[age > 35].name", "[\"乙\"]"}, Row{"people[item.age > 35].name", "[\"乙\"]"},
                    Row{"people[here].name", "[\"甲\"]"}, Row{"people[name = \"甲\"][1].age", "30"},
                    Row{"list[true]", "[1,2,3]"}, Row{"list[false]", "[]"}, Row{"list[null]", "[]"},
                    Row{"list[\"a\"]", "[]"}, Row{"[1, null, \"a\"][item = null]", "[null]"},
                    Row{"[false, true][item = false]", "[false]"}, Row{"n[item > 3]", "[5]"}, Row{"n[item > 9]", "[]"},
                    Row{"nothing[item > 3]", "null"}, Row{"{a: 1}[a = 1]", R"([{"a":1}])"},
                    Row{"people[age > n * 7].age", "[40]"}, Row{"[{item: 1}, {item: 2}][item = 2]", R"([{"item":2}])"},
                    Row{"[[1, 2], [3]][item[1] = 3]", "[[3]]"}, Row{"list[some y in list satisfies y > item]", "[1,2]"},
                    Row{"people[list[item = 1][1] = 1].age", "[30,40]"}, Row{"count(people[here = false]) = 1", "true"},
                    Row{"list[item in (1, 3)]", "[1,3]"}, Row{"list[item > 1 and item < 3]", "[2]"}));

INSTANTIATE_TEST_SUITE_P(
    iterations, Values,
    testing::Values(Row{"for i in list return i * 2", "[2,4,6]"}, Row{"for i in 1..3 return i", "[1,2,3]"},
                    Row{"for i in 3..1 return i", "[3,2,1]"}, Row{"for i in -1..1 return i", "[-1,0,1]"},
                    Row{"for i in 1 + 1..n - 1 return i", "[2,3,4]"}, Row{"for i in 1..1 return i", "[1]"},
                    Row{"for i in 1..2, j in list return i * j", "[1,2,3,2,4,6]"},
                    Row{"for i in 1..3, j in 1..i return j", "[1,1,2,1,2,3]"}, Row{"for i in empty return 1", "[]"},
                    Row{"for i in n return i", "null"}, Row{"for i in nothing return i", "null"},
                    Row{"for i in 1..2.5 return i", "null"}, Row{"for i in 1..\"a\" return i", "null"},
                    Row{"for i in list, j in n return i", "null"}, Row{"for p in people return p.age + n", "[35,45]"},
                    Row{"for i in list return for j in 1..i return j", "[[1],[1,2],[1,2,3]]"},
                    Row{"for n in list return n", "[1,2,3]"}, Row{"sum(for p in people return p.age)", "70"},
                    Row{"for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1,1,2,6,24]"},
                    Row{"for i in 1..2 return partial", "[[],[[]]]"}, Row{"for i in partial return i", "null"},
                    Row{"2 in (for i in 1..3 return i)", "true"}, Row{"1 + if yes then 2 else 3", "3"},
                    Row{"for i in if yes then list else empty return i", "[1,2,3]"}));

INSTANTIATE_TEST_SUITE_P(
    quantifiers, Values,
    testing::Values(Row{"some i in list satisfies i > 2", "true"}, Row{"some i in list satisfies i > 3", "false"},
                    Row{"every i in list satisfies i > 0", "true"}, Row{"every i in list satisfies i > 1", "false"},
                    Row{"some i in empty satisfies i", "false"}, Row{"every i in empty satisfies i", "true"},
                    Row{"some i in list satisfies nothing", "null"}, Row{"every i in list satisfies nothing", "null"},
                    Row{"some i in [1, null] satisfies i = 1", "true"},
                    Row{"every i in [0, null] satisfies i > 1", "false"},
                    Row{"every i in [2, null] satisfies i > 1", "null"}, Row{"some i in n satisfies i", "null"},
                    Row{"some i in list satisfies i", "null"}, Row{"some i in 1..9 satisfies i * i = 49", "true"},
                    Row{"some i in list, j in list satisfies i + j = 6", "true"},
                    Row{"every i in list, j in list satisfies i + j < 6", "false"},
                    Row{"some p in people satisfies p.here and p.age = 30", "true"},
                    Row{"yes and some i in list satisfies i = 1", "true"},
                    Row{"not(every p in people satisfies p.here)", "true"}));

// Past a limit the whole expression is null, not a part of it.
TEST(Evaluation, ends_within_its_steps) {
    EXPECT_EQ(run("count(for i in 1..10000 return i)"), "10000");
    EXPECT_EQ(run("count(for i in 1..1000000 return i) = null"), "null");
    EXPECT_EQ(run("for i in 1..9007199254740992 return i"), "null");
    EXPECT_EQ(run("some i in 1..9007199254740992 satisfies true"), "null");
    EXPECT_EQ(run("if (every i in 1..100000, j in 1..100000 satisfies i = j) then 1 else 2"), "null");
    EXPECT_FALSE(holds(*parse("not(some i in 1..100000, j in 1..100000 satisfies i = 0)"), context()));
    EXPECT_EQ(run("count(distinct values(for i in 1..5000 return string(i)))"), "5000");
}

TEST(Evaluation, makes_no_value_that_is_too_large) {
    EXPECT_EQ(run("for i in 1..60 return partial"), "null");
    EXPECT_EQ(run("for a in 1..100, b in 1..100, c in 1..100 return \"0123456789\""), "null");
    std::string doubled = "\"ab\"";
    for (int i = 0; i < 30; ++i) doubled.insert(0, "{x: ").append("}.x");
    EXPECT_EQ(run(doubled), "\"ab\"");
    EXPECT_EQ(run("count((for i in 1..30 return if i = 1 then \"ab\" else partial[-1] + partial[-1])) = null"), "null");
    json::object const large{{"text", std::string(2'000'000, 'a')}};
    EXPECT_TRUE(evaluate(*parse("[text]"), large).is_null());
    EXPECT_TRUE(holds(*parse("string length(text) = 2000000 and text = text"), large)) << "looking at it is no copy";
}

TEST(Evaluation, nests_no_deeper_than_sixteen_levels) {
    EXPECT_EQ(run(std::string(16, '[') + "1" + std::string(16, ']')),
              std::string(16, '[') + "1" + std::string(16, ']'));
    EXPECT_EQ(run(std::string(17, '[') + "1" + std::string(17, ']')), "null");
    EXPECT_EQ(run("(for i in 1..16 return if i = 1 then [1] else [partial[-1]])[-1] = null"), "false");
    EXPECT_EQ(run("(for i in 1..17 return if i = 1 then [1] else [partial[-1]])[-1]"), "null");
}

}  // namespace
}  // namespace keepword::feel
