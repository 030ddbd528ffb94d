// The reader alone: what it reads must not depend on how the bytes are cut into pieces.
#include "transport/request_reader.hpp"

#include <gtest/gtest.h>

#include <random>

namespace keepword::transport {
namespace {

// What came out of a connection's bytes, as text.
class Reading {
  public:
    explicit Reading(Limits const& limits) : reader_(limits) {}

    // As a session does it: all bytes not consumed yet, again and again.
    void add(std::string_view bytes) {
        pending_.append(bytes);
        while (!over_ && step()) {
        }
    }
    std::string const& said() const { return said_; }

  private:
    bool step() {
        if (pending_.empty()) return false;
        return body_ ? body_step() : head_step();
    }
    bool head_step() {
        auto const used = reader_.head(pending_);
        if (!used) return refuse(used.error());
        if (*used == 0) return false;
        pending_.erase(0, *used);
        auto const& request = reader_.request();
        said_ += request.method + " " + request.path + "?" + request.query;
        for (auto const& [name, value] : request.headers) said_.append("|").append(name).append("=").append(value);
        if (reader_.has_body()) body_ = *Body::open({.limit = 1000}, {}, budgets_);
        if (!body_ || reader_.body_done()) finish();
        return true;
    }
    bool body_step() {
        auto const used = reader_.body(pending_, *body_);
        if (!used) return refuse(used.error());
        pending_.erase(0, *used);
        if (reader_.body_done()) return finish(), true;
        return *used > 0;
    }
    void finish() {
        if (body_) body_->finish(reader_.request());
        said_ += "|" + reader_.request().body + "\n";
        body_.reset();
        reader_.reset();
    }
    bool refuse(Refusal why) {
        said_ += std::string(" refused ") + std::string(why.code);
        over_ = true;
        return false;
    }

    RequestReader reader_;
    std::shared_ptr<Budgets> budgets_ = std::make_shared<Budgets>(1 << 20, 1 << 20);
    std::unique_ptr<Body> body_;
    std::string pending_;
    std::string said_;
    bool over_ = false;
};

constexpr std::string_view sample =
    "POST /a/%E5%B7%A5?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
    "PUT /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4;n=\"v\"\r\nwiki\r\nA\r\n0123456789\r\n0\r\nT: "
    "x\r\n\r\n"
    "\r\nGET /c HTTP/1.0\r\nX-Empty:\r\nX-Blank: a  b \r\n\r\n";

std::string read_whole(std::string_view bytes) {
    Limits const limits;
    Reading reading(limits);
    reading.add(bytes);
    return reading.said();
}

TEST(RequestReader, ReadsOneRequestAfterTheOther) {
    EXPECT_EQ(read_whole(sample),
              "POST /a/工?x=1|host=h|content-length=5|hello\n"
              "PUT /b?|host=h|transfer-encoding=chunked|wiki0123456789\n"
              "GET /c?|x-empty=|x-blank=a  b|\n");
}

TEST(RequestReader, ReadsTheSameWhereverItIsCut) {
    Limits const limits;
    for (std::size_t cut = 1; cut < sample.size(); ++cut) {
        Reading reading(limits);
        reading.add(sample.substr(0, cut));
        reading.add(sample.substr(cut));
        EXPECT_EQ(reading.said(), read_whole(sample)) << cut;
    }
}

// Damaged requests must be refused, or read as something, in the same way whole and byte by byte.
TEST(RequestReader, JudgesDamagedRequestsTheSameHoweverTheyArrive) {
    std::mt19937 random(20'240'207);
    std::string_view const spice[] = {"\r\n",
                                      "\n",
                                      "\r",
                                      " ",
                                      ":",
                                      "\t",
                                      "0",
                                      ",",
                                      ";",
                                      std::string_view("\0", 1),
                                      "Content-Length: 3\r\n",
                                      "Transfer-Encoding: chunked\r\n",
                                      "\r\n\r\n",
                                      "%2f",
                                      "/../"};
    Limits limits;
    limits.head_bytes = 200;
    limits.request_line = 60;
    limits.header_count = 5;
    int refused = 0;
    for (int i = 0; i < 3'000; ++i) {
        std::string bytes(sample);
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            auto const at = random() % bytes.size();
            auto const& added = spice[random() % std::size(spice)];
            bytes.replace(at, random() % 3, added);
        }
        Reading whole(limits);
        whole.add(bytes);
        Reading dripped(limits);
        for (char const& byte : bytes) dripped.add({&byte, 1});
        ASSERT_EQ(whole.said(), dripped.said()) << bytes;
        refused += whole.said().find("refused") != std::string::npos;
    }
    EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace keepword::transport
