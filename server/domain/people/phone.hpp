#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace keepword::people {

// The numbers in what somebody typed as "telephone" ("0791-86123456 转 801 / 138 7000 1234"): digits only, without
// the country code +86, extensions left out. A number has at least three digits (short numbers of offices).
std::vector<std::string> phone_numbers(std::string_view typed);

// Whether both are the same line: a number is known with its area code to one and without to the other (or with a
// trunk 0 that the switch adds), so the shorter one must end the longer and be a full local number of seven digits.
bool same_line(std::string_view digits, std::string_view other);

// The last seven digits: what two spellings of one line share.
std::string phone_tail(std::string_view digits);

// The digits of a query that is nothing but a part of a number ("138-7000"), at least three; else empty.
std::string digits_of_query(std::string_view query);

}  // namespace keepword::people
