#include "engine/feel/feel_fixture.hpp"

namespace keepword::feel {
namespace {

INSTANTIATE_TEST_SUITE_P(arguments, Values,
                         testing::Values(Row{"count(n)", "1"}, Row{"count([[1, 2]])", "1"},
                                         Row{"contains([\"abc\"], \"b\")", "true"}, Row{"abs([-2])", "2"},
                                         Row{"not([true])", "false"}, Row{"abs([1, 2])", "null"},
                                         Row{"abs([])", "null"}, Row{"abs(null)", "null"},
                                         Row{"get value([{a: 1}], \"a\")", "1"}, Row{"reverse(n)", "[5]"},
                                         Row{"round half up(2.5, null)", "null"}, Row{"append(1, 2)", "[1,2]"}));

INSTANTIATE_TEST_SUITE_P(
    numbers, Values,
    testing::Values(Row{"abs(-2.5)", "2.5E0"}, Row{"modulo(7, 3)", "1"}, Row{"modulo(-7, 3)", "2"},
                    Row{"modulo(7, -3)", "-2"}, Row{"modulo(-7, -3)", "-1"}, Row{"modulo(6, 3)", "0"},
                    Row{"modulo(1, 0)", "null"}, Row{"floor(1.9)", "1"}, Row{"floor(-1.1)", "-2"},
                    Row{"floor(1.29, 1)", "1.2E0"}, Row{"ceiling(1.1)", "2"}, Row{"ceiling(-1.9)", "-1"},
                    Row{"ceiling(1.21, 1)", "1.3E0"}, Row{"decimal(2.5, 0)", "2"}, Row{"decimal(3.5, 0)", "4"},
                    Row{"decimal(0.3333, 2)", "3.3E-1"}, Row{"decimal(1250, -2)", "1200"}, Row{"round up(1.1, 0)", "2"},
                    Row{"round up(-1.1, 0)", "-2"}, Row{"round down(1.9, 0)", "1"}, Row{"round down(-1.9, 0)", "-1"},
                    Row{"round half up(2.5, 0)", "3"}, Row{"round half up(-2.5, 0)", "-3"},
                    Row{"round half up(2.4, 0)", "2"}, Row{"round half down(2.5, 0)", "2"},
                    Row{"round half down(-2.5, 0)", "-2"}, Row{"round half down(2.6, 0)", "3"},
                    Row{"round up(7, 400)", "7"}, Row{"2 ** 10", "1024"}, Row{"2 ** 3 ** 2", "64"}, Row{"-2 ** 2", "4"},
                    Row{"2 ** -1", "5E-1"}, Row{"10 ** 400", "null"}, Row{"(-8) ** 0.5", "null"},
                    Row{"\"a\" ** 2", "null"}, Row{"2 * 3 ** 2", "18"}));

INSTANTIATE_TEST_SUITE_P(
    aggregates, Values,
    testing::Values(Row{"sum(list)", "6"}, Row{"sum(1, 2.5)", "3.5E0"}, Row{"sum(n)", "5"}, Row{"sum([])", "null"},
                    Row{"sum([1, null])", "null"}, Row{"sum([1, \"a\"])", "null"}, Row{"sum([1], 2)", "null"},
                    Row{"mean(list)", "2"}, Row{"mean(1, 2)", "1.5E0"}, Row{"mean([])", "null"}, Row{"min(list)", "1"},
                    Row{"min(3, 1, 2)", "1"}, Row{"max(3, 1, 2)", "3"}, Row{"max(\"b\", \"c\", \"a\")", "\"c\""},
                    Row{"min([])", "null"}, Row{"max(1, \"a\")", "null"}, Row{"max([null])", "null"},
                    Row{"max(people.age)", "40"}, Row{"all([true, true])", "true"},
                    Row{"all([false, null, true])", "false"}, Row{"all([true, null])", "null"}, Row{"all([])", "true"},
                    Row{"all(true, no)", "false"}, Row{"all(0)", "null"}, Row{"any([false, null, true])", "true"},
                    Row{"any([false])", "false"}, Row{"any([])", "false"}, Row{"any([false, 1])", "null"},
                    Row{"all(people.here)", "false"}, Row{"any(people.here)", "true"}));

INSTANTIATE_TEST_SUITE_P(
    lists, Values,
    testing::Values(
        Row{"append(list, 4, null)", "[1,2,3,4,null]"}, Row{"append(list, [4])", "[1,2,3,[4]]"},
        Row{"append(null, 1)", "null"}, Row{"concatenate(list, [4], 5)", "[1,2,3,4,5]"},
        Row{"concatenate(list, null)", "null"}, Row{"union(list, [3, 4])", "[1,2,3,4]"}, Row{"union([1, 1])", "[1]"},
        Row{"distinct values([1, 2, 1, 1.0])", "[1,2]"},
        Row{"distinct values([\"a\", null, \"a\", null, true, true])", R"(["a",null,true])"},
        Row{"distinct values([{a: 1}, {a: 1}, [1], 1])", R"([{"a":1},[1],1])"},
        Row{"distinct values([1, \"1\"])", R"([1,"1"])"}, Row{"flatten([1, [2, [3, [null]]], []])", "[1,2,3,null]"},
        Row{"index of([1, 2, 1], 1)", "[1,3]"}, Row{"index of([1, null], null)", "[2]"},
        Row{"index of([[1], 2], [1])", "[1]"}, Row{"index of(list, 9)", "[]"}, Row{"reverse(list)", "[3,2,1]"},
        Row{"reverse([])", "[]"}, Row{"sublist(list, 2)", "[2,3]"}, Row{"sublist(list, -2)", "[2,3]"},
        Row{"sublist(list, 1, 2)", "[1,2]"}, Row{"sublist(list, -3, 1)", "[1]"}, Row{"sublist(list, 3, 5)", "null"},
        Row{"sublist(list, 4)", "null"}, Row{"sublist(list, -1, 2)", "null"}, Row{"sublist(list, 0)", "null"},
        Row{"sublist(list, -4)", "null"}, Row{"sublist(list, 1, 0)", "null"}, Row{"sublist(list, 1, -1)", "null"},
        Row{"sublist(list, 1.9, 1.9)", "[1]"}, Row{"sublist(list, 1, 10 ** 300)", "null"},
        Row{"insert before(list, 1, 0)", "[0,1,2,3]"}, Row{"insert before(list, -1, 0)", "[1,2,0,3]"},
        Row{"insert before(list, 4, 0)", "null"}, Row{"insert before([], 1, 0)", "null"},
        Row{"insert before(list, 5, 0)", "null"}, Row{"insert before(list, 0, 0)", "null"},
        Row{"insert before(list, -4, 0)", "null"}, Row{"remove(list, 1)", "[2,3]"}, Row{"remove(list, -1)", "[1,2]"},
        Row{"remove(list, 4)", "null"}, Row{"remove(list, 0)", "null"}, Row{"list contains([[1]], [1])", "true"},
        Row{"list contains(people, people[2])", "true"}));

INSTANTIATE_TEST_SUITE_P(
    texts, Values,
    testing::Values(
        Row{"substring(\"南昌市\", 2)", "\"昌市\""}, Row{"substring(\"南昌市\", -2, 1)", "\"昌\""},
        Row{"substring(\"a😀b\", 2, 1)", "\"😀\""}, Row{"substring(\"foobar\", 3, 3.8)", "\"oba\""},
        Row{"substring(\"abc\", 4)", "null"}, Row{"substring(\"abc\", 0)", "null"},
        Row{"substring(\"abc\", -4)", "null"}, Row{"substring(\"abc\", 2, 3)", "null"},
        Row{"substring(\"abc\", \"1\")", "null"}, Row{"substring before(\"foobar\", \"bar\")", "\"foo\""},
        Row{"substring before(\"foobar\", \"x\")", "\"\""}, Row{"substring after(\"foobar\", \"ob\")", "\"ar\""},
        Row{"substring after(\"foobar\", \"x\")", "\"\""}, Row{"substring after(\"foobar\", \"\")", "\"foobar\""},
        Row{"upper case(\"aß1é\")", "\"ASS1É\""}, Row{"lower case(\"ABÉ\")", "\"abé\""},
        Row{"string join(texts, \", \")", "\"a, b\""}, Row{"string join([\"a\", null, \"b\"])", "\"ab\""},
        Row{"string join(texts, null)", "\"ab\""}, Row{"string join([1, 2], \",\")", "null"},
        Row{"string join([], \",\")", "\"\""}, Row{"string join(texts, 1)", "null"},
        Row{"string join(texts, [\"-\"])", "\"a-b\""}, Row{"string(1.50)", "\"1.5\""}, Row{"string(-7)", "\"-7\""},
        Row{"string(0.0000001)", "\"0.0000001\""}, Row{"string(\"a\")", "\"a\""}, Row{"string(null)", "null"},
        Row{"string(yes)", "\"true\""}, Row{"string([1, \"a\", null])", R"("[1, \"a\", null]")"},
        Row{"string({a: {\"b c\": \"\\\"\"}})", R"("{a: {\"b c\": \"\\\"\"}}")"}, Row{"number(\"-1.5\")", "-1.5E0"},
        Row{"number(\".5\")", "5E-1"}, Row{"number(\"12\")", "12"}, Row{"number(\"\")", "null"},
        Row{"number(\" 1\")", "null"}, Row{"number(\"1.\")", "null"}, Row{"number(\"1e3\")", "null"},
        Row{"number(\"1.2.3\")", "null"}, Row{"number(\"--1\")", "null"},
        Row{"number(\"1,234.5\", \",\", \".\")", "1.2345E3"}, Row{"number(\"1.234,5\", \".\", \",\")", "1.2345E3"},
        Row{"number(\"1 234\", \" \", null)", "1234"}, Row{"number(\"1.5\", null, \",\")", "null"},
        Row{"number(\"1,5\", \",\", \",\")", "null"}, Row{"number(\"1\", \"x\", \".\")", "null"},
        Row{"number(\"1\", \",\")", "null"}, Row{"number(5)", "null"}));

INSTANTIATE_TEST_SUITE_P(
    of_contexts, Values,
    testing::Values(Row{"get value(case, \"urgency\")", "\"grave\""}, Row{"get value(case, \"x\")", "null"},
                    Row{"get value({\"b c\": 1}, \"b c\")", "1"}, Row{"get value(n, \"a\")", "null"},
                    Row{"get entries({a: 1, b: null})", R"([{"key":"a","value":1},{"key":"b","value":null}])"},
                    Row{"get entries({})", "[]"}, Row{"get entries(case)[key = \"urgency\"].value", "[\"grave\"]"},
                    Row{"context put({a: 1}, \"b\", 2)", R"({"a":1,"b":2})"},
                    Row{"context put({a: 1, b: 2}, \"a\", null)", R"({"a":null,"b":2})"},
                    Row{"context put({a: {b: 1}}, [\"a\", \"c\"], 2)", R"({"a":{"b":1,"c":2}})"},
                    Row{"context put({a: 1}, [\"a\", \"c\"], 2)", "null"},
                    Row{"context put({}, [\"a\", \"c\"], 2)", "null"}, Row{"context put({}, [], 2)", "null"},
                    Row{"context put({}, 1, 2)", "null"}, Row{"context put(null, \"a\", 2)", "null"},
                    Row{"context merge([{a: 1}, {b: 2, a: 3}])", R"({"a":3,"b":2})"}, Row{"context merge([])", "{}"},
                    Row{"context merge({a: 1})", R"({"a":1})"}, Row{"context merge([{a: 1}, null])", "null"}));

}  // namespace
}  // namespace keepword::feel
