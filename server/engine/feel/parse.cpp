#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/feel/feel.hpp"
#include "engine/feel/parser.hpp"
#include "foundation/text.hpp"

namespace keepword::feel {
namespace {

std::optional<Op> comparing(Word const& word) {
    if (word.kind != Word::Kind::sign) return std::nullopt;
    if (word.text == "=") return Op::equal;
    if (word.text == "!=") return Op::unequal;
    if (word.text == "<") return Op::less;
    if (word.text == "<=") return Op::less_equal;
    if (word.text == ">") return Op::greater;
    if (word.text == ">=") return Op::greater_equal;
    return std::nullopt;
}

}  // namespace

Result<> Parser::all() {
    program_.root = TRY(expression());
    if (program_.nodes.size() > max_nodes) return syntax_error(1, "too many operations");
    if (now().kind != Word::Kind::end) return unexpected();
    return {};
}

bool Parser::take(std::string_view word) {
    if (!now().is(word)) return false;
    ++at_;
    return true;
}

Result<> Parser::expect(std::string_view word) {
    if (!take(word)) return syntax_error(now().column, fmt::format("{} expected", word));
    return {};
}

std::unexpected<Error> Parser::unexpected() const {
    if (now().kind == Word::Kind::end) return syntax_error(now().column, "the expression ends too early");
    return syntax_error(now().column, fmt::format("unexpected {}", now().text));
}

std::uint32_t Parser::make(Op op, std::vector<std::uint32_t> kids) {
    Node node;
    node.op = op;
    node.kids = std::move(kids);
    return add(std::move(node));
}

std::uint32_t Parser::add(Node node) {
    program_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(program_.nodes.size() - 1);
}

Parser::Made Parser::expression() {
    Deeper const deeper(depth_);
    if (depth_ > max_depth) return syntax_error(now().column, "nested too deeply");
    return disjunction();
}

Parser::Made Parser::disjunction() {
    auto left = TRY(conjunction());
    while (take("or")) {
        auto const right = TRY(conjunction());
        left = make(Op::or_, {left, right});
    }
    return left;
}

Parser::Made Parser::conjunction() {
    auto left = TRY(comparison());
    while (take("and")) {
        auto const right = TRY(comparison());
        left = make(Op::and_, {left, right});
    }
    return left;
}

Parser::Made Parser::comparison() {
    auto const left = TRY(sum());
    if (auto const op = comparing(now())) {
        ++at_;
        auto const right = TRY(sum());
        // FEEL gives `a < b < c` a meaning that nobody who writes it has in mind.
        if (comparing(now())) return syntax_error(now().column, "comparisons cannot be chained, use `and`");
        return make(*op, {left, right});
    }
    if (take("between")) {
        auto const low = TRY(sum());
        TRY(expect("and"));
        auto const high = TRY(sum());
        return make(Op::between, {left, low, high});
    }
    if (take("in")) return membership(left);
    return left;
}

Parser::Made Parser::sum() {
    auto left = TRY(product());
    for (;;) {
        Op const op = now().is("+") ? Op::add : Op::subtract;
        if (!take("+") && !take("-")) return left;
        auto const right = TRY(product());
        left = make(op, {left, right});
    }
}

Parser::Made Parser::product() {
    auto left = TRY(power());
    for (;;) {
        Op const op = now().is("*") ? Op::multiply : Op::divide;
        if (!take("*") && !take("/")) return left;
        auto const right = TRY(power());
        left = make(op, {left, right});
    }
}

// From the left, and a minus binds closer, as the standard's grammar has it: `2 ** 3 ** 2` is 64, `-2 ** 2` is 4.
Parser::Made Parser::power() {
    auto left = TRY(negation());
    while (take("**")) {
        auto const right = TRY(negation());
        left = make(Op::power, {left, right});
    }
    return left;
}

// The minus before a number is part of it: `-3[item < 0]` filters minus three, `-list[1]` negates the item.
Parser::Made Parser::negation() {
    std::size_t minuses = 0;
    while (take("-")) ++minuses;
    bool const literal = minuses > 0 && now().kind == Word::Kind::number;
    auto made = TRY(primary());
    if (literal) {
        made = make(Op::negate, {made});
        --minuses;
    }
    made = TRY(postfix(made));
    for (; minuses > 0; --minuses) made = make(Op::negate, {made});
    return made;
}

// Members and filters of a value.
Parser::Made Parser::postfix(std::uint32_t made) {
    for (;;) {
        if (take(".")) {
            if (now().kind != Word::Kind::name) return unexpected();
            Node node;
            node.op = Op::member;
            node.path = {now().text};
            node.kids = {made};
            ++at_;
            made = add(std::move(node));
        } else if (filter_ahead()) {
            ++at_;
            auto const filter = TRY(expression());
            TRY(expect("]"));
            made = make(Op::filter, {made, filter});
        } else {
            return made;
        }
    }
}

Parser::Made Parser::membership(std::uint32_t left) {
    std::vector<std::uint32_t> kids{left};
    if (tests_ahead()) {
        ++at_;
        do {
            kids.push_back(TRY(in_test(true)));
        } while (take(","));
        TRY(expect(")"));
    } else {
        kids.push_back(TRY(in_test(false)));
    }
    return make(Op::in, std::move(kids));
}

// Whether a parenthesis here holds tests, `x in (a, b)`. It may as well open a range, `x in (1..5)`, or stand at the
// beginning of a longer expression, `x in (a + b) * c`.
bool Parser::tests_ahead() const {
    if (!now().is("(") || range_ahead()) return false;
    int depth = 0;
    for (std::size_t ahead = 0; now(ahead).kind != Word::Kind::end; ++ahead) {
        Word const& word = now(ahead);
        // Ranges inside may open with one sort of bracket and close with the other.
        if (word.is("(") || word.is("[")) ++depth;
        if ((word.is(")") || word.is("]")) && --depth == 0) {
            constexpr std::array<std::string_view, 6> goes_on{".", "+", "-", "*", "/", "**"};
            return std::ranges::none_of(goes_on, [&](auto sign) { return now(ahead + 1).is(sign); }) &&
                   !filter_ahead(ahead + 1);
        }
    }
    return true;
}

// Whether the bracket here opens a range: `..` comes before it is closed, at its own level.
bool Parser::range_ahead() const {
    int depth = 0;
    for (std::size_t i = at_; i < words_.size(); ++i) {
        Word const& word = words_[i];
        // In `(for i in 1..3 return i)` the points are those of the iteration.
        if (depth == 1 && (word.is("for") || word.is("some") || word.is("every"))) return false;
        if (word.kind != Word::Kind::sign) continue;
        if (word.text == "..") {
            if (depth == 1) return true;
            continue;
        }
        // `]1..5[` opens and closes with the brackets the other way round.
        bool const reversed = i == at_ && word.text == "]";
        if (word.text == "(" || word.text == "[" || word.text == "{" || reversed) ++depth;
        if (!reversed && (word.text == ")" || word.text == "]" || word.text == "}")) --depth;
        if (depth == 0 || (depth == 1 && word.text == ",")) return false;
    }
    return false;
}

// Without parentheses a test ends where `and` and `or` begin: `x in [1, 2] and y` is `(x in [1, 2]) and y`.
Parser::Made Parser::in_test(bool parenthesised_list) {
    if (auto const op = comparing(now()); op && *op != Op::equal && *op != Op::unequal) {
        ++at_;
        Node node;
        node.op = Op::test;
        node.comparison = *op;
        node.kids = {TRY(sum())};
        return add(std::move(node));
    }
    bool const opening = now().is("(") || now().is("[") || now().is("]");
    if (opening && range_ahead()) return range();
    return parenthesised_list ? expression() : sum();
}

Parser::Made Parser::range() {
    Node node;
    node.op = Op::range;
    node.low_open = !now().is("[");
    ++at_;
    auto const low = TRY(sum());
    TRY(expect(".."));
    auto const high = TRY(sum());
    if (!now().is("]") && !now().is(")") && !now().is("[")) return unexpected();
    node.high_open = !now().is("]");
    ++at_;
    node.kids = {low, high};
    return add(std::move(node));
}

Result<Expression> parse(std::string_view text) {
    if (text.size() > max_length) return syntax_error(1, fmt::format("longer than {} bytes", max_length));
    if (!text::valid_utf8(text)) return syntax_error(1, "not UTF-8");
    auto program = std::make_shared<Program>();
    program->text = text;
    auto words = TRY(cut(text));
    TRY(Parser(std::move(words), *program).all());
    return Expression(std::move(program));
}

std::string const& Expression::text() const {
    return program_->text;
}

}  // namespace keepword::feel
