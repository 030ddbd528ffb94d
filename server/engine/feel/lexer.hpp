#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"

// Cuts an expression into words: private to this folder.
namespace keepword::feel {

struct Word {
    enum class Kind { end, name, number, text, sign } kind = Kind::end;
    std::string text;        // a name, a sign, digits, or the unescaped text of a string literal
    std::size_t column = 1;  // 1-based, in code points
    bool is(std::string_view sign_or_name) const { return kind != Kind::text && text == sign_or_name; }
};

// Error `feel.syntax` as feel.hpp describes it. The last word is always Kind::end.
Result<std::vector<Word>> cut(std::string_view text);

std::unexpected<Error> syntax_error(std::size_t column, std::string what);

}  // namespace keepword::feel
