#include "domain/people/phone.hpp"

#include <algorithm>
#include <array>

#include "foundation/text.hpp"

namespace keepword::people {
namespace {

constexpr std::size_t least = 3;
constexpr std::size_t most = 20;
constexpr std::size_t local = 7;  // the shortest full local number
constexpr std::size_t most_numbers = 8;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Blanks, dashes and brackets stand inside of a number; everything else ends it.
bool is_filler(char c) {
    return c == ' ' || c == '-' || c == '(' || c == ')' || c == '+' || c == '.';
}

bool is_mobile(std::string_view digits) {
    return digits.size() == 11 && digits.starts_with('1');
}

// Without the country code, and a mobile number without the 0 that switches put before one from another province.
std::string plain_number(std::string digits) {
    if (digits.starts_with("0086")) {
        digits.erase(0, 4);
    } else if (digits.size() >= 12 && digits.starts_with("86")) {
        // 86 also begins local numbers ("86123456"): it is the country only before a number with its area code.
        digits.erase(0, 2);
    }
    if (digits.starts_with('0') && is_mobile(std::string_view(digits).substr(1))) digits.erase(0, 1);
    return digits;
}

}  // namespace

std::vector<std::string> phone_numbers(std::string_view typed) {
    // Full-width digits and brackets become plain ones; the words for an extension end what is a number.
    std::string const plain = text::fold(typed);
    static constexpr std::array<std::string_view, 4> extension{"转", "分机", "ext", "#"};
    std::vector<std::string> numbers;
    std::string digits;
    bool in_extension = false;
    auto const finish = [&] {
        auto number = plain_number(digits);
        if (!in_extension && number.size() >= least && number.size() <= most && numbers.size() < most_numbers &&
            std::find(numbers.begin(), numbers.end(), number) == numbers.end()) {
            numbers.push_back(std::move(number));
        }
        digits.clear();
        in_extension = false;
    };
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (is_digit(plain[i])) {
            digits.push_back(plain[i]);
        } else if (plain[i] == ' ' && digits.size() >= 11) {
            finish();  // a whole number before the blank: what follows is another one
        } else if (!is_filler(plain[i])) {
            auto const rest = std::string_view(plain).substr(i);
            auto const word =
                std::find_if(extension.begin(), extension.end(), [&](auto w) { return rest.starts_with(w); });
            finish();
            if (word != extension.end()) {
                in_extension = true;
                i += word->size() - 1;
            }
        }
    }
    finish();
    return numbers;
}

bool same_line(std::string_view a, std::string_view b) {
    if (a == b) return true;
    if (is_mobile(a) || is_mobile(b)) return false;
    if (a.size() > b.size()) std::swap(a, b);
    return a.size() >= local && b.ends_with(a);
}

std::string phone_tail(std::string_view digits) {
    return std::string(digits.size() > local ? digits.substr(digits.size() - local) : digits);
}

std::string digits_of_query(std::string_view query) {
    std::string digits;
    for (char c : text::fold(text::trim(query))) {
        if (is_digit(c)) {
            digits.push_back(c);
        } else if (!is_filler(c)) {
            return {};
        }
    }
    if (digits.size() < least) return {};
    return plain_number(std::move(digits));
}

}  // namespace keepword::people
