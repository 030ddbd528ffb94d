#pragma once
#include <string>
#include <string_view>

// Text from the outside in whatever encoding to UTF-8.
namespace keepword::outbound {

struct Decoded {
    std::string text;      // UTF-8
    std::string charset;   // what it was read as: "utf-8", "gb18030", "big5", …
    bool guessed = false;  // not as declared, or nothing was declared
    bool damaged = false;  // bytes that are no character became U+FFFD
};

// `declared` may be empty, wrong or unknown. Without one that fits: UTF-8 where the bytes are, else GB18030, which
// GB2312 and GBK are parts of and which mail programs here mean when they say nothing.
Decoded decode_charset(std::string_view bytes, std::string_view declared);

// "GB2312" becomes "gb18030": the name of the largest set that the declared one is a part of, since mail programs
// declare the small one and use the large; small letters. Empty where it says nothing ("unknown-8bit").
std::string charset_name(std::string_view declared);

// What HTML says of its own encoding, in a "<meta … charset=…>" at its start; empty where it says nothing.
std::string html_charset(std::string_view html);

}  // namespace keepword::outbound
