#include <gtest/gtest.h>

#include "foundation/crypto.hpp"
#include "foundation/id.hpp"
#include "foundation/json.hpp"
#include "foundation/text.hpp"
#include "foundation/time.hpp"

namespace keepword {
namespace {

enum class Colour { red, dark_blue };
BOOST_DESCRIBE_ENUM(Colour, red, dark_blue)
struct Inner {
    json::Text<3> name;
    bool operator==(Inner const&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name))
struct Outer {
    std::int64_t count = 0;
    std::optional<std::string> note;
    std::vector<Inner> parts;
    Colour colour = Colour::red;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (count, note, parts, colour, at))

struct Device {
    std::string class_;
};
BOOST_DESCRIBE_STRUCT(Device, (), (class_))

TEST(Json, a_member_named_like_a_keyword_is_written_without_its_underscore) {
    auto const out = json::decode<Device>(*json::parse(R"({"class":"server"})"));
    ASSERT_TRUE(out);
    EXPECT_EQ(json::serialize(json::encode(*out)), R"({"class":"server"})");
    json::object components;
    json::schema<Device>(components);
    EXPECT_EQ(json::serialize(components["Device"].at("required")), R"(["class"])");
}

struct Change {
    json::Given<std::string> name;
    json::Given<std::string> note;
    json::Given<std::int64_t> count;
};
BOOST_DESCRIBE_STRUCT(Change, (), (name, note, count))

TEST(Json, a_change_tells_what_is_left_out_from_what_is_cleared) {
    auto const out = json::decode<Change>(*json::parse(R"({"note":null,"count":3})"));
    ASSERT_TRUE(out);
    EXPECT_FALSE(out->name.given);
    EXPECT_TRUE(out->note.given);
    EXPECT_FALSE(out->note.value);
    EXPECT_EQ(out->count.value, 3);
}

TEST(Json, a_struct_comes_back_as_it_went) {
    Outer in{7, std::nullopt, {{{"南昌市"}}}, Colour::dark_blue, Instant{1'000}};
    auto const out = json::decode<Outer>(json::encode(in));
    ASSERT_TRUE(out);
    EXPECT_EQ(out->count, 7);
    EXPECT_EQ(out->parts, in.parts);
    EXPECT_EQ(out->colour, Colour::dark_blue);
    EXPECT_EQ(
        json::serialize(json::encode(in)),
        R"({"count":7,"note":null,"parts":[{"name":"南昌市"}],"colour":"dark-blue","at":"1970-01-01T00:00:01.000Z"})");
}

TEST(Json, every_wrong_field_is_named) {
    auto const v = json::parse(R"({"count":"7","parts":[{"name":"南昌市里"},{}],"colour":"green","at":"x","extra":1})");
    auto const out = json::decode<Outer>(*v);
    ASSERT_FALSE(out);
    std::vector<FieldError> const expected{
        {"count", "type.integer"}, {"parts.0.name", "too-long"}, {"parts.1.name", "required"}, {"colour", "choice"},
        {"at", "instant"},         {"extra", "unknown"}};
    EXPECT_EQ(out.error().fields, expected);
}

TEST(Json, deep_nesting_and_bad_utf8_are_refused) {
    EXPECT_FALSE(json::parse(std::string(40, '[') + std::string(40, ']')));
    EXPECT_FALSE(json::parse("\"\xff\""));
    EXPECT_FALSE(json::parse("{} x"));
}

TEST(Json, a_schema_names_its_components) {
    json::object components;
    EXPECT_EQ(json::serialize(json::schema<Outer>(components)), R"({"$ref":"#/components/schemas/Outer"})");
    EXPECT_TRUE(components.contains("Inner"));
    EXPECT_EQ(json::serialize(components["Outer"].at("required")), R"(["count","parts","colour","at"])");
}

TEST(Time, instants_are_read_with_offsets_and_written_in_utc) {
    EXPECT_EQ(Instant::parse("2026-02-13T17:30:00+08:00")->str(), "2026-02-13T09:30:00.000Z");
    EXPECT_EQ(Instant::parse("2026-02-13T09:30:00.25Z")->str(), "2026-02-13T09:30:00.250Z");
    EXPECT_FALSE(Instant::parse("2026-02-30T09:30:00Z"));
    EXPECT_FALSE(Instant::parse("2026-02-13 09:30:00Z"));
    EXPECT_FALSE(Instant::parse("2026-02-13T09:30:00"));
}

TEST(Time, days_know_their_weekday_and_neighbours) {
    EXPECT_EQ((Day{2026, 11, 22}).weekday(), 7);
    EXPECT_EQ((Day{2024, 2, 28}).plus(2), (Day{2024, 3, 1}));
    EXPECT_EQ(day_at(*Instant::parse("2026-02-13T16:00:00Z"), hours(8)), (Day{2026, 2, 14}));
    EXPECT_FALSE(Day::parse("2025-02-29"));
}

TEST(IdSource, ids_grow_and_never_repeat_even_when_the_clock_goes_back) {
    ManualClock clock(*Instant::parse("2026-01-01T00:00:00Z"));
    IdSource source(clock, 3);
    std::int64_t last = 0;
    for (int i = 0; i < 10'000; ++i) {
        if (i == 5'000) clock.advance(seconds(-60));
        auto const id = source.next_value();
        ASSERT_GT(id, last);
        last = id;
    }
}

TEST(Id, only_plain_digits_are_an_id) {
    struct Tag;
    EXPECT_TRUE(Id<Tag>::parse("123"));
    for (auto const* bad : {"", "0", "-1", "+1", " 1", "1 ", "1x", "99999999999999999999"})
        EXPECT_FALSE(Id<Tag>::parse(bad)) << bad;
}

// Plain ASCII takes a short cut, which must come to the same as the long way.
TEST(Text, folds_ascii_as_it_folds_it_among_other_letters) {
    std::string ascii;
    for (char c = 1; c > 0; ++c) ascii += c;
    EXPECT_EQ(text::fold(ascii) + "守", text::fold(ascii + "守"));
}

TEST(Text, chinese_is_cut_in_pairs_and_latin_in_words) {
    EXPECT_EQ(text::words("IPTV卡顿 ＡＢc"), (std::vector<std::string>{"iptv", "卡顿", "顿", "abc"}));
    EXPECT_EQ(text::trim(" 　南昌　\n"), "南昌");
    EXPECT_EQ(text::upper("aßé南"), "ASSÉ南");
    EXPECT_EQ(text::lower("AÉ南"), "aé南");
    EXPECT_EQ(text::head("南昌市", 2), "南昌");
    EXPECT_EQ(text::length("南昌a"), 3U);
    EXPECT_FALSE(text::valid_utf8("\xff"));
    EXPECT_EQ(text::repair_utf8("a\xff"
                                "b"),
              "a\xEF\xBF\xBD"
              "b");
}

TEST(Crypto, known_answers) {
    ASSERT_TRUE(crypto::start());
    EXPECT_EQ(crypto::hex(crypto::sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(crypto::hex(crypto::hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(*crypto::from_base64url(crypto::base64url("\x00\xff南")), "\x00\xff南");
    EXPECT_FALSE(crypto::from_base64url("a+b"));
    EXPECT_FALSE(crypto::from_hex("abc"));
}

TEST(Crypto, what_is_sealed_opens_with_its_key_only_and_unchanged) {
    ASSERT_TRUE(crypto::start());
    Secret const key(crypto::random_bytes(32));
    Secret const other(crypto::random_bytes(32));
    auto const sealed = crypto::seal(key, "南京-1234");
    EXPECT_EQ(sealed.find("1234"), std::string::npos);
    EXPECT_NE(crypto::seal(key, "南京-1234"), sealed);
    auto const opened = crypto::open_sealed(key, sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), "南京-1234");
    EXPECT_FALSE(crypto::open_sealed(other, sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(crypto::open_sealed(key, changed)) << i;
    }
    EXPECT_FALSE(crypto::open_sealed(key, "short"));
}

TEST(Crypto, passwords_and_signatures_hold_and_fail_as_they_should) {
    ASSERT_TRUE(crypto::start());
    auto const hash = crypto::hash_password(Secret("守诺 keepword"));
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$"));
    EXPECT_TRUE(crypto::verify_password(*hash, Secret("守诺 keepword")));
    EXPECT_FALSE(crypto::verify_password(*hash, Secret("守诺 Keepword")));
    auto const pair = crypto::new_key_pair();
    auto const signature = crypto::sign(pair.private_key, "root");
    EXPECT_TRUE(crypto::verify(pair.public_key, "root", signature));
    EXPECT_FALSE(crypto::verify(pair.public_key, "rooT", signature));
}

}  // namespace
}  // namespace keepword
