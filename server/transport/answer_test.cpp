// Answers: compression, conditions, ranges, event streams.
#include <zlib.h>

#include <fstream>
#include <thread>

#include "transport/conditions.hpp"
#include "transport/test_client.hpp"

namespace keepword::transport {
namespace {

std::string unpack(std::string const& packed) {
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    int state = Z_OK;
    while (state == Z_OK) {
        char piece[65536];
        stream.next_out = reinterpret_cast<Bytef*>(piece);
        stream.avail_out = sizeof piece;
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(piece, sizeof piece - stream.avail_out);
    }
    EXPECT_EQ(state, Z_STREAM_END);
    inflateEnd(&stream);
    return out;
}

std::string long_text(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) text += "{\"number\":" + std::to_string(i * 7919 % 10007) + "},";
    text.resize(size);
    return text;
}

class AnswerTest : public TransportTest {
  protected:
    void offer(std::string const& path, std::string body, std::string type, api::Headers more = {}) {
        auto answer = text_answer(std::move(body), std::move(type));
        for (auto& header : more) answer.headers.push_back(header);
        handler.on(path, answer);
    }
    void offer_file(std::string const& path, std::string const& content, api::Headers headers) {
        auto const file = folder / "file";
        std::ofstream(file, std::ios::binary) << content;
        api::HttpResponse answer;
        answer.headers = std::move(headers);
        answer.file = file;
        handler.on(path, answer);
    }
};

// ---- compression ----

TEST_F(AnswerTest, CompressesTextForThoseWhoTakeIt) {
    offer("/small", long_text(20'000), "application/json; charset=utf-8", {{"etag", "\"7\""}});
    offer("/large", long_text(700'000), "text/csv");
    start();
    auto const small = get("/small", "Accept-Encoding: br, gzip;q=0.8\r\n");
    EXPECT_EQ(small.headers.at("content-encoding"), "gzip");
    EXPECT_EQ(small.headers.at("vary"), "accept-encoding");
    EXPECT_EQ(small.headers.at("content-length"), std::to_string(small.body.size()));
    EXPECT_LT(small.body.size(), 10'000U);
    EXPECT_TRUE(unpack(small.body) == long_text(20'000));
    auto const large = get("/large", "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(large.headers.at("transfer-encoding"), "chunked");
    EXPECT_TRUE(large.whole);
    EXPECT_TRUE(unpack(large.body) == long_text(700'000));
    // Whoever does not take it gets the text, and caches are told.
    auto const plain = get("/small", "Accept-Encoding: gzip;q=0, identity\r\n");
    EXPECT_FALSE(plain.headers.contains("content-encoding"));
    EXPECT_EQ(plain.headers.at("vary"), "accept-encoding");
    EXPECT_TRUE(plain.body == long_text(20'000));
    EXPECT_EQ(ask("GET /large HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n").body.size(), 700'000U);
}

TEST_F(AnswerTest, LeavesAloneWhatIsNotWorthOrNotWanted) {
    offer("/short", long_text(500), "text/plain");
    offer("/picture", long_text(5'000), "image/jpeg");
    offer("/packed", long_text(5'000), "text/plain", {{"content-encoding", "br"}});
    offer("/secret", long_text(5'000), "text/plain", {{"cache-control", "no-store, no-transform"}});
    start();
    for (auto const* path : {"/short", "/picture", "/packed", "/secret"}) {
        auto reply = get(path, "Accept-Encoding: gzip\r\n");
        EXPECT_FALSE(reply.headers.contains("vary")) << path;
        EXPECT_NE(reply.headers["content-encoding"], "gzip") << path;
        EXPECT_EQ(reply.body, long_text(reply.body.size())) << path;
    }
}

TEST_F(AnswerTest, SendsConstantsPlainAndCompressed) {
    static std::string const constant = long_text(300'000);
    api::HttpResponse answer;
    answer.headers = {{"content-type", "text/javascript"}, {"vary", "origin"}};
    answer.constant = constant;
    handler.on("/app.js", answer);
    start();
    EXPECT_TRUE(get("/app.js").body == constant);
    for (int i = 0; i < 4; ++i) {
        auto const reply = get("/app.js", "Accept-Encoding: *\r\n");
        EXPECT_EQ(reply.headers.at("vary"), "origin, accept-encoding");
        EXPECT_TRUE(unpack(reply.body) == constant);
    }
}

TEST_F(AnswerTest, HeadOfACompressedAnswerHasNoBody) {
    offer("/a", long_text(100'000), "text/plain");
    start();
    auto& client = connect();
    client.send(
        "HEAD /a HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n"
        "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.reply(true).headers.at("content-encoding"), "gzip");
    EXPECT_EQ(client.reply().body, "GET /b ");
}

// ---- conditions ----

TEST_F(AnswerTest, SaysNotModifiedToThoseWhoHaveIt) {
    offer("/v", "body", "text/plain", {{"etag", "\"7\""}, {"cache-control", "no-cache"}});
    start();
    for (auto const* list :
         {"\"7\"", "W/\"7\"", "*", "\"6\", \"7\"", "\"a,b\",\"7\"", "\"6\"\r\nIf-None-Match: \"7\""}) {
        auto& client = connect();
        client.send("GET /v HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + std::string(list) + "\r\n\r\n");
        auto const reply = client.reply();
        EXPECT_EQ(reply.status, 304) << list;
        EXPECT_EQ(reply.headers.at("etag"), "\"7\"");
        EXPECT_EQ(reply.headers.at("cache-control"), "no-cache");
        EXPECT_FALSE(reply.headers.contains("content-type"));
        EXPECT_FALSE(reply.headers.contains("content-length"));
        client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(client.reply().body, "GET /next ") << "no stray body after " << list;
    }
    for (auto const* list : {"\"8\"", "7", "\"77\"", "\"7", ""}) {
        EXPECT_EQ(get("/v", "If-None-Match: " + std::string(list) + "\r\n").status, 200) << list;
    }
    EXPECT_EQ(ask("POST /v HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"7\"\r\nContent-Length: 0\r\n\r\n").status, 200);
}

TEST_F(AnswerTest, TellsCompressedVersionsApart) {
    std::string if_match;
    handler.on("/v", [&](api::HttpRequest const& request, Respond const& respond) {
        if_match = api::header(request.headers, "if-match");
        auto answer = text_answer(long_text(5'000));
        answer.headers.emplace_back("etag", "\"7\"");
        respond(answer);
    });
    start();
    auto const packed = get("/v", "Accept-Encoding: gzip\r\n").headers.at("etag");
    EXPECT_NE(packed, "\"7\"");
    EXPECT_EQ(get("/v", "Accept-Encoding: gzip\r\nIf-None-Match: " + packed + "\r\n").status, 304);
    // The handler meets only the tags it made.
    ask("PUT /v HTTP/1.1\r\nHost: x\r\nIf-Match: " + packed + "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(if_match, "\"7\"");
}

TEST_F(AnswerTest, SendsRangesOfFiles) {
    std::string const content = long_text(200'000);
    offer_file("/f", content, {{"content-type", "video/mp4"}, {"etag", "\"abc\""}});
    start();
    auto const whole = get("/f");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.headers.at("accept-ranges"), "bytes");
    EXPECT_TRUE(whole.body == content);
    struct Case {
        char const* range;
        std::string body;
        char const* said;
    };
    for (auto const& [range, body, said] :
         {Case{"bytes=0-9", content.substr(0, 10), "bytes 0-9/200000"},
          Case{"bytes=199990-", content.substr(199'990), "bytes 199990-199999/200000"},
          Case{"bytes=-5", content.substr(199'995), "bytes 199995-199999/200000"},
          Case{"bytes=100000-9999999", content.substr(100'000), "bytes 100000-199999/200000"},
          Case{"bytes=-999999", content, "bytes 0-199999/200000"}}) {
        auto const reply = get("/f", "Range: " + std::string(range) + "\r\n");
        EXPECT_EQ(reply.status, 206) << range;
        EXPECT_EQ(reply.headers.at("content-range"), said);
        EXPECT_TRUE(reply.body == body) << range;
    }
    for (auto const* range : {"bytes=200000-", "bytes=-0"}) {
        auto const reply = get("/f", "Range: " + std::string(range) + "\r\n");
        EXPECT_EQ(reply.status, 416) << range;
        EXPECT_EQ(reply.headers.at("content-range"), "bytes */200000");
        EXPECT_TRUE(reply.whole && reply.body.empty());
    }
    for (auto const* range :
         {"bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-", "bytes=--5", "bytes="}) {
        EXPECT_EQ(get("/f", "Range: " + std::string(range) + "\r\n").status, 200) << range;
    }
}

TEST_F(AnswerTest, SendsARangeOnlyOfTheVersionMeant) {
    offer_file("/f", "0123456789", {{"etag", "\"abc\""}, {"last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"}});
    start();
    auto const with = [&](std::string const& condition) {
        return get("/f", "Range: bytes=2-3\r\nIf-Range: " + condition + "\r\n");
    };
    EXPECT_EQ(with("\"abc\"").body, "23");
    EXPECT_EQ(with("Sun, 06 Nov 1994 08:49:37 GMT").body, "23");
    EXPECT_EQ(with("\"abd\"").body, "0123456789");
    EXPECT_EQ(with("W/\"abc\"").body, "0123456789");
    EXPECT_EQ(with("Sun, 06 Nov 1994 08:49:38 GMT").body, "0123456789");
    EXPECT_EQ(get("/f", "Range: bytes=2-3\r\nIf-None-Match: \"abc\"\r\n").status, 304);
    auto const head = ask("HEAD /f HTTP/1.1\r\nHost: x\r\nRange: bytes=2-3\r\n\r\n", true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("content-length"), "10");
}

TEST_F(AnswerTest, SaysThatALostFileIsItsOwnFault) {
    offer_file("/f", "x", {});
    std::filesystem::remove(folder / "file");
    start();
    EXPECT_EQ(get("/f").status, 500);
}

TEST(Conditions, ReadAcceptEncoding) {
    for (auto const* yes : {"gzip", "GZIP", "x-gzip", "br, gzip", "gzip;q=0.001", "*", "deflate, *;q=0.1"}) {
        EXPECT_TRUE(accepts_gzip(yes)) << yes;
    }
    for (auto const* no : {"", "identity", "gzip;q=0", "gzip; q=0.000", "*, gzip;q=0", "*;q=0", "gzipped", "br"}) {
        EXPECT_FALSE(accepts_gzip(no)) << no;
    }
}

// ---- event streams ----

class TestSource final : public api::EventSource {
  public:
    void next(std::function<void(std::string)> ready) override {
        std::unique_lock lock(mutex_);
        if (queue_.empty()) {
            waiting_ = std::move(ready);
            changed_.notify_all();
            return;
        }
        auto event = std::move(queue_.front());
        queue_.erase(queue_.begin());
        lock.unlock();
        ready(std::move(event));
    }
    void close() override {
        std::lock_guard const lock(mutex_);
        ++closed_;
        changed_.notify_all();
    }
    void push(std::string event) {
        std::unique_lock lock(mutex_);
        if (!waiting_) return queue_.push_back(std::move(event));
        auto const ready = std::exchange(waiting_, nullptr);
        lock.unlock();
        ready(std::move(event));
    }
    bool wait_asked() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::milliseconds(patience_ms), [&] { return waiting_ != nullptr; });
    }
    bool wait_closed() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::milliseconds(patience_ms), [&] { return closed_ == 1; });
    }
    int closed() {
        std::lock_guard const lock(mutex_);
        return closed_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> queue_;
    std::function<void(std::string)> waiting_;
    int closed_ = 0;
};

class EventTest : public AnswerTest {
  protected:
    EventTest() {
        handler.on("/events", [this](api::HttpRequest const& request, Respond const& respond) {
            last_id = api::header(request.headers, "last-event-id");
            api::HttpResponse answer;
            answer.events = source;
            respond(answer);
        });
    }
    Client& listen(std::string const& lines = "") {
        auto& client = connect();
        client.send("GET /events HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n");
        EXPECT_TRUE(client.read_until("\r\n\r\n"));
        return client;
    }

    std::shared_ptr<TestSource> source = std::make_shared<TestSource>();
    std::string last_id;
};

TEST_F(EventTest, SendsEventsAsTheyComeAndResumes) {
    source->push("id: 1\ndata: a\n\n");
    start();
    auto& client = listen("Last-Event-ID: 41\r\n");
    EXPECT_EQ(last_id, "41");
    EXPECT_TRUE(client.read_until("data: a\n\n"));
    ASSERT_TRUE(source->wait_asked());
    source->push("id: 2\ndata: b\n\n");
    EXPECT_TRUE(client.read_until("data: b\n\n"));
    ASSERT_TRUE(source->wait_asked());
    source->push("");
    EXPECT_TRUE(client.at_end());
    auto const all = client.take();
    EXPECT_NE(all.find("content-type: text/event-stream"), std::string::npos);
    EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
    EXPECT_EQ(source->closed(), 0) << "it ended by itself";
}

TEST_F(EventTest, ClosesTheSourceWhenTheClientGoes) {
    start();
    auto& client = listen();
    ASSERT_TRUE(source->wait_asked());
    client.close();
    EXPECT_TRUE(source->wait_closed());
    source->push("data: nobody hears this\n\n");
}

TEST_F(EventTest, BeatsWhileNothingHappens) {
    options.limits.heartbeat = milliseconds(20);
    start();
    auto& client = listen();
    EXPECT_TRUE(client.read_until("3\r\n:\n\n\r\n3\r\n:\n\n"));
    source->push("data: x\n\n");
    EXPECT_TRUE(client.read_until("data: x\n\n"));
}

TEST_F(EventTest, EndsWhenTheServerStops) {
    start();
    auto& client = listen();
    ASSERT_TRUE(source->wait_asked());
    server->stop();
    EXPECT_TRUE(client.at_end());
    EXPECT_EQ(source->closed(), 1);
    server.reset();
    source->push("data: too late\n\n");
}

TEST_F(EventTest, CutsAListenerThatDoesNotRead) {
    options.limits.write_time = milliseconds(60);
    options.limits.slowest_rate = std::int64_t{1} << 40;
    start();
    auto& client = connect(16'384);
    client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(source->wait_asked());
    source->push("data: " + std::string(64 << 20, 'x') + "\n\n");
    EXPECT_TRUE(source->wait_closed());
}

TEST_F(EventTest, TellsTheSourceOfAHeadThatNobodyReads) {
    start();
    auto const reply = ask("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n", true);
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(source->wait_closed());
}

}  // namespace
}  // namespace keepword::transport
