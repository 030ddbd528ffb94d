#pragma once
#include <algorithm>
#include <optional>
#include <vector>

#include "engine/feel/lexer.hpp"
#include "engine/feel/program.hpp"

// Recursive descent, one function per level of precedence: private to this folder. Operators are in parse.cpp, what
// they stand between in parse_values.cpp.
namespace keepword::feel {

class Parser {
  public:
    Parser(std::vector<Word> words, Program& program) : words_(std::move(words)), program_(program) {}

    Result<> all();

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
    bool take(std::string_view word);
    Result<> expect(std::string_view word);
    std::unexpected<Error> unexpected() const;
    std::uint32_t make(Op op, std::vector<std::uint32_t> kids);
    std::uint32_t add(Node node);

    // From `or` at the outside to a value inside.
    Made expression();
    Made disjunction();
    Made conjunction();
    Made comparison();
    Made sum();
    Made product();
    Made power();
    Made negation();
    Made postfix(std::uint32_t made);

    // The right side of `in`.
    Made membership(std::uint32_t left);
    bool tests_ahead() const;
    bool range_ahead() const;
    Made in_test(bool parenthesised_list);
    Made range();

    Made primary();
    Made literal(json::value value);
    Made number();
    Made parenthesised();
    Result<std::vector<std::uint32_t>> items(std::string_view end);
    Made list();
    Made context();
    Made named();
    Made name();
    Made condition();
    Made iteration(Op op, std::string_view before_body);
    Made domain();
    bool filter_ahead(std::size_t ahead = 0) const;
    bool is_name(std::size_t ahead = 0) const;
    std::size_t function_ahead() const;
    Made call(std::size_t words);

    std::vector<Word> words_;
    Program& program_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace keepword::feel
