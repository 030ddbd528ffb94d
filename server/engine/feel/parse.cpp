#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/feel/feel.hpp"
#include "engine/feel/lexer.hpp"
#include "engine/feel/program.hpp"
#include "foundation/text.hpp"

namespace keepword::feel {
namespace {

struct Signature {
    std::string_view name;
    Function function;
    std::size_t arguments;
};
constexpr std::array<Signature, 7> functions{{
    {"not", Function::not_, 1},
    {"count", Function::count, 1},
    {"contains", Function::contains, 2},
    {"starts with", Function::starts_with, 2},
    {"ends with", Function::ends_with, 2},
    {"string length", Function::string_length, 1},
    {"list contains", Function::list_contains, 2},
}};

// Words that mean something in FEEL and therefore name nothing.
constexpr std::array<std::string_view, 18> keywords{"and",  "or",    "in",    "between",   "if",       "then",
                                                    "else", "true",  "false", "null",      "for",      "return",
                                                    "some", "every", "not",   "satisfies", "instance", "function"};

bool is_keyword(std::string_view name) {
    return std::ranges::find(keywords, name) != keywords.end();
}

// Recursive descent: one function per level of precedence, from `or` at the outside to literals inside.
class Parser {
  public:
    Parser(std::vector<Word> words, Program& program) : words_(std::move(words)), program_(program) {}

    Result<> all() {
        program_.root = TRY(expression());
        if (program_.nodes.size() > max_nodes) return syntax_error(1, "too many operations");
        if (now().kind != Word::Kind::end) return unexpected();
        return {};
    }

  private:
    using Made = Result<std::uint32_t>;

    // Counts the nesting, so that a hostile text cannot exhaust the stack.
    class Deeper {
      public:
        explicit Deeper(std::size_t& depth) : depth_(++depth) {}
        ~Deeper() { --depth_; }
        Deeper(Deeper const&) = delete;
        Deeper& operator=(Deeper const&) = delete;

      private:
        std::size_t& depth_;
    };

    Word const& now(std::size_t ahead = 0) const { return words_[std::min(at_ + ahead, words_.size() - 1)]; }
    bool take(std::string_view word) {
        if (!now().is(word)) return false;
        ++at_;
        return true;
    }
    Result<> expect(std::string_view word) {
        if (!take(word)) return syntax_error(now().column, fmt::format("{} expected", word));
        return {};
    }
    std::unexpected<Error> unexpected() const {
        if (now().kind == Word::Kind::end) return syntax_error(now().column, "the expression ends too early");
        return syntax_error(now().column, fmt::format("unexpected {}", now().text));
    }

    std::uint32_t make(Op op, std::vector<std::uint32_t> kids) {
        Node node;
        node.op = op;
        node.kids = std::move(kids);
        return add(std::move(node));
    }
    std::uint32_t add(Node node) {
        program_.nodes.push_back(std::move(node));
        return static_cast<std::uint32_t>(program_.nodes.size() - 1);
    }

    Made expression() {
        Deeper const deeper(depth_);
        if (depth_ > max_depth) return syntax_error(now().column, "nested too deeply");
        if (take("if")) return condition();
        return disjunction();
    }

    Made condition() {
        auto const test = TRY(expression());
        TRY(expect("then"));
        auto const yes = TRY(expression());
        TRY(expect("else"));
        auto const no = TRY(expression());
        return make(Op::if_, {test, yes, no});
    }

    Made disjunction() {
        auto left = TRY(conjunction());
        while (take("or")) {
            auto const right = TRY(conjunction());
            left = make(Op::or_, {left, right});
        }
        return left;
    }

    Made conjunction() {
        auto left = TRY(comparison());
        while (take("and")) {
            auto const right = TRY(comparison());
            left = make(Op::and_, {left, right});
        }
        return left;
    }

    static std::optional<Op> comparing(Word const& word) {
        if (word.kind != Word::Kind::sign) return std::nullopt;
        if (word.text == "=") return Op::equal;
        if (word.text == "!=") return Op::unequal;
        if (word.text == "<") return Op::less;
        if (word.text == "<=") return Op::less_equal;
        if (word.text == ">") return Op::greater;
        if (word.text == ">=") return Op::greater_equal;
        return std::nullopt;
    }

    Made comparison() {
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

    Made sum() {
        auto left = TRY(product());
        for (;;) {
            Op const op = now().is("+") ? Op::add : Op::subtract;
            if (!take("+") && !take("-")) return left;
            auto const right = TRY(product());
            left = make(op, {left, right});
        }
    }

    Made product() {
        auto left = TRY(negation());
        for (;;) {
            Op const op = now().is("*") ? Op::multiply : Op::divide;
            if (!take("*") && !take("/")) return left;
            auto const right = TRY(negation());
            left = make(op, {left, right});
        }
    }

    Made negation() {
        std::size_t minuses = 0;
        while (take("-")) ++minuses;
        auto made = TRY(member());
        for (; minuses > 0; --minuses) made = make(Op::negate, {made});
        return made;
    }

    Made member() {
        auto made = TRY(primary());
        while (now().is(".")) {
            ++at_;
            if (now().kind != Word::Kind::name) return unexpected();
            Node node;
            node.op = Op::member;
            node.path = {now().text};
            node.kids = {made};
            ++at_;
            made = add(std::move(node));
        }
        return made;
    }

    Made primary() {
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
                [[fallthrough]];
            case Word::Kind::end:
                return unexpected();
        }
        return unexpected();
    }

    Made literal(json::value value) {
        Node node;
        node.value = std::move(value);
        return add(std::move(node));
    }

    Made number() {
        std::string const& digits = now().text;
        double value = 0;
        auto const* end = digits.data() + digits.size();
        auto const [at, error] = std::from_chars(digits.data(), end, value);
        if (error != std::errc{} || at != end) return syntax_error(now().column, "a number out of range");
        ++at_;
        // Whole numbers are integers everywhere, so that they are written as such.
        constexpr double exact = 9'007'199'254'740'992.0;
        if (value == std::floor(value) && value <= exact) return literal(static_cast<std::int64_t>(value));
        return literal(value);
    }

    Made parenthesised() {
        ++at_;
        auto const inner = TRY(expression());
        TRY(expect(")"));
        return inner;
    }

    Made list() {
        ++at_;
        std::vector<std::uint32_t> items;
        if (!take("]")) {
            do {
                items.push_back(TRY(expression()));
            } while (take(","));
            TRY(expect("]"));
        }
        return make(Op::list, std::move(items));
    }

    Made named() {
        if (take("true")) return literal(true);
        if (take("false")) return literal(false);
        if (take("null")) return literal(nullptr);
        if (auto const called = call_ahead()) return call(*called);
        if (is_keyword(now().text)) return unexpected();
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
        if (now().kind == Word::Kind::name && !is_keyword(now().text)) {
            return syntax_error(now().column, "a name has no blanks in it, or an operator is missing");
        }
        return add(std::move(node));
    }

    // The function whose name, of one or two words, and opening parenthesis come next.
    std::optional<Signature> call_ahead() const {
        for (auto const& signature : functions) {
            auto const words = text::split(signature.name, ' ');
            bool matches = now(words.size()).is("(");
            for (std::size_t i = 0; i < words.size(); ++i) matches = matches && now(i).is(words[i]);
            if (matches) return signature;
        }
        return std::nullopt;
    }

    Made call(Signature const& signature) {
        std::size_t const where = now().column;
        at_ += text::split(signature.name, ' ').size() + 1;
        Node node;
        node.op = Op::call;
        node.function = signature.function;
        if (!take(")")) {
            do {
                node.kids.push_back(TRY(expression()));
            } while (take(","));
            TRY(expect(")"));
        }
        if (node.kids.size() != signature.arguments) {
            return syntax_error(where, fmt::format("{} takes {} argument(s)", signature.name, signature.arguments));
        }
        return add(std::move(node));
    }

    // ---- the right side of `in` ----------------------------------------------------------------------------------

    Made membership(std::uint32_t left) {
        std::vector<std::uint32_t> kids{left};
        // `x in (a, b)` has several tests; `x in (1..5)` begins the same way and is one range.
        if (now().is("(") && !range_ahead()) {
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

    // Whether the bracket here opens a range: `..` comes before it is closed, at its own level.
    bool range_ahead() const {
        int depth = 0;
        for (std::size_t i = at_; i < words_.size(); ++i) {
            Word const& word = words_[i];
            if (word.kind != Word::Kind::sign) continue;
            if (word.text == "..") {
                if (depth == 1) return true;
                continue;
            }
            // `]1..5[` opens and closes with the brackets the other way round.
            bool const opens = word.text == "(" || word.text == "[" || (i == at_ && word.text == "]");
            if (opens) ++depth;
            if (!opens && (word.text == ")" || word.text == "]")) --depth;
            if (depth == 0 || (depth == 1 && word.text == ",")) return false;
        }
        return false;
    }

    // Without parentheses a test ends where `and` and `or` begin: `x in [1, 2] and y` is `(x in [1, 2]) and y`.
    Made in_test(bool parenthesised_list) {
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

    Made range() {
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

    std::vector<Word> words_;
    Program& program_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace

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
