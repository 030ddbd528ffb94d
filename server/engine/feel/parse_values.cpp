#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/feel/parser.hpp"

// What operators stand between: literals, names, lists, contexts, calls, choices and iterations.
namespace keepword::feel {
namespace {

// Words that mean something in FEEL and therefore name nothing.
constexpr std::array<std::string_view, 18> keywords{"and",  "or",    "in",    "between",   "if",       "then",
                                                    "else", "true",  "false", "null",      "for",      "return",
                                                    "some", "every", "not",   "satisfies", "instance", "function"};

bool is_keyword(std::string_view name) {
    return std::ranges::find(keywords, name) != keywords.end();
}

constexpr std::size_t words_of_a_function = 3;  // of the longest name, `round half up`

}  // namespace

Parser::Made Parser::primary() {
    Word const& word = now();
    switch (word.kind) {
        case Word::Kind::number:
            return number();
        case Word::Kind::text: {
            ++at_;
            return literal(json::string(word.text));
        }
        case Word::Kind::name:
            return named();
        case Word::Kind::sign:
            if (word.text == "(") return parenthesised();
            if (word.text == "[") return list();
            if (word.text == "{") return context();
            [[fallthrough]];
        case Word::Kind::end:
            return unexpected();
    }
    return unexpected();
}

Parser::Made Parser::literal(json::value value) {
    Node node;
    node.value = std::move(value);
    return add(std::move(node));
}

Parser::Made Parser::number() {
    std::string const& digits = now().text;
    double value = 0;
    auto const* end = digits.data() + digits.size();
    auto const [at, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || at != end) return syntax_error(now().column, "a number out of range");
    ++at_;
    // Whole numbers are integers everywhere, so that they are written as such.
    if (value == std::floor(value) && value <= exact) return literal(static_cast<std::int64_t>(value));
    return literal(value);
}

Parser::Made Parser::parenthesised() {
    ++at_;
    auto const inner = TRY(expression());
    TRY(expect(")"));
    return inner;
}

// Expressions with commas between them, up to the sign that closes them.
Result<std::vector<std::uint32_t>> Parser::items(std::string_view end) {
    std::vector<std::uint32_t> out;
    if (take(end)) return out;
    do {
        out.push_back(TRY(expression()));
    } while (take(","));
    TRY(expect(end));
    return out;
}

Parser::Made Parser::list() {
    ++at_;
    return make(Op::list, TRY(items("]")));
}

Parser::Made Parser::context() {
    ++at_;
    Node node;
    node.op = Op::context;
    if (!take("}")) {
        do {
            bool const quoted = now().kind == Word::Kind::text;
            if (!quoted && !is_name()) return unexpected();
            if (std::ranges::find(node.path, now().text) != node.path.end()) {
                return syntax_error(now().column, fmt::format("{} is there twice", now().text));
            }
            node.path.push_back(now().text);
            ++at_;
            if (!quoted && now().kind == Word::Kind::name) {
                return syntax_error(now().column, "a key with blanks is written in quotes");
            }
            TRY(expect(":"));
            node.kids.push_back(TRY(expression()));
        } while (take(","));
        TRY(expect("}"));
    }
    return add(std::move(node));
}

Parser::Made Parser::named() {
    if (take("true")) return literal(true);
    if (take("false")) return literal(false);
    if (take("null")) return literal(nullptr);
    if (auto const words = function_ahead(); words > 0) return call(words);
    if (now().is("if")) return condition();
    if (now().is("for")) return iteration(Op::for_, "return");
    if (now().is("some")) return iteration(Op::some, "satisfies");
    if (now().is("every")) return iteration(Op::every, "satisfies");
    if (!is_name()) return unexpected();
    return name();
}

Parser::Made Parser::name() {
    Node node;
    node.op = Op::name;
    node.path = {now().text};
    ++at_;
    if (now().is("(")) {
        return syntax_error(now().column, fmt::format("the function {} is not in the subset", node.path[0]));
    }
    while (now().is(".") && now(1).kind == Word::Kind::name) {
        node.path.push_back(now(1).text);
        at_ += 2;
    }
    if (is_name()) return syntax_error(now().column, "a name has no blanks in it, or an operator is missing");
    return add(std::move(node));
}

Parser::Made Parser::condition() {
    ++at_;
    auto const test = TRY(expression());
    TRY(expect("then"));
    auto const yes = TRY(expression());
    TRY(expect("else"));
    auto const no = TRY(expression());
    return make(Op::if_, {test, yes, no});
}

// `for a in …, b in … return …`, and `some` and `every` likewise.
Parser::Made Parser::iteration(Op op, std::string_view before_body) {
    ++at_;
    Node node;
    node.op = op;
    do {
        if (!is_name()) return unexpected();
        node.path.push_back(now().text);
        ++at_;
        TRY(expect("in"));
        node.kids.push_back(TRY(domain()));
    } while (take(","));
    TRY(expect(before_body));
    node.kids.push_back(TRY(expression()));
    return add(std::move(node));
}

Parser::Made Parser::domain() {
    auto const low = TRY(expression());
    if (!take("..")) return low;
    auto const high = TRY(expression());
    return make(Op::range, {low, high});
}

bool Parser::is_name(std::size_t ahead) const {
    return now(ahead).kind == Word::Kind::name && !is_keyword(now(ahead).text);
}

// Whether the bracket here opens a filter. It does where an expression can begin after it: in `x in ]1..5[ and y` it
// closes the range.
bool Parser::filter_ahead(std::size_t ahead) const {
    if (!now(ahead).is("[")) return false;
    Word const& next = now(ahead + 1);
    switch (next.kind) {
        case Word::Kind::number:
        case Word::Kind::text:
            return true;
        case Word::Kind::name: {
            constexpr std::array<std::string_view, 8> opening{"not", "true", "false", "null",
                                                              "if",  "for",  "some",  "every"};
            return !is_keyword(next.text) || std::ranges::find(opening, next.text) != opening.end();
        }
        case Word::Kind::sign:
            return next.text == "(" || next.text == "[" || next.text == "{" || next.text == "-";
        case Word::Kind::end:
            return false;
    }
    return false;
}

// How many words of a function's name and then its opening parenthesis come next; zero for none.
std::size_t Parser::function_ahead() const {
    std::string called;
    for (std::size_t words = 1; words <= words_of_a_function && now(words - 1).kind == Word::Kind::name; ++words) {
        if (words > 1) called += ' ';
        called += now(words - 1).text;
        if (now(words).is("(")) return find_builtin(called) != nullptr ? words : 0;
    }
    return 0;
}

Parser::Made Parser::call(std::size_t words) {
    std::size_t const where = now().column;
    std::string called = now().text;
    for (std::size_t i = 1; i < words; ++i) called += ' ' + now(i).text;
    at_ += words + 1;
    Node node;
    node.op = Op::call;
    node.function = find_builtin(called);
    node.kids = TRY(items(")"));
    auto const count = node.kids.size();
    auto const [least, most] = std::pair(node.function->least, node.function->most);
    if (count < least || (most != several && count > most)) {
        return syntax_error(where, fmt::format("{} takes {} argument(s)", called,
                                               most == several ? fmt::format("at least {}", least)
                                               : least == most ? std::to_string(least)
                                                               : fmt::format("{} to {}", least, most)));
    }
    return add(std::move(node));
}

}  // namespace keepword::feel
