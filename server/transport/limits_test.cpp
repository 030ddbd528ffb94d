// Limits: what is too large, too slow or too much, and how the server goes on afterwards.
#include <fstream>
#include <thread>

#include "testkit/full_disk.hpp"
#include "transport/test_client.hpp"

namespace keepword::transport {
namespace {

class LimitsTest : public TransportTest {
  protected:
    // A client that sends one byte each time until it is answered; false: it never is.
    static bool drip(Client& client) {
        for (int i = 0; i < patience_ms / 5; ++i) {
            if (!client.send("a")) return true;
            if (client.readable(5)) return true;
        }
        return false;
    }
    Reply check_refused(Client& client, int status, std::string const& code) {
        auto reply = client.reply();
        EXPECT_EQ(reply.status, status);
        EXPECT_NE(reply.body.find("\"" + code + "\""), std::string::npos) << reply.body;
        EXPECT_EQ(reply.headers["content-type"], "application/problem+json");
        return reply;
    }
};

TEST_F(LimitsTest, RefusesALongRequestLine) {
    options.limits.request_line = 100;
    start();
    std::string const fits = "GET /" + std::string(100 - 14, 'a') + " HTTP/1.1";
    EXPECT_EQ(ask(fits + "\r\nHost: x\r\n\r\n").status, 200);
    auto& client = connect();
    client.send("GET /" + std::string(100, 'a'));  // its end is not waited for
    check_refused(client, 414, "http.uri-too-long");
    EXPECT_TRUE(client.at_end());
}

TEST_F(LimitsTest, RefusesLargeAndManyHeaders) {
    options.limits.head_bytes = 16'000;
    options.limits.header_count = 10;
    start();
    std::string nine;
    for (int i = 0; i < 9; ++i) nine += "X: y\r\n";
    EXPECT_EQ(get("/", nine).status, 200);
    auto& many = connect();
    many.send("GET / HTTP/1.1\r\nHost: x\r\n" + nine + "X: y\r\n\r\n");
    check_refused(many, 431, "http.head-too-large");
    auto& large = connect();
    large.send("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(16'000, 'a'));
    check_refused(large, 431, "http.head-too-large");
    EXPECT_EQ(handler.calls(), 1);
}

TEST_F(LimitsTest, RefusesABodyByItsAnnouncedLength) {
    handler.rule("/a", {.limit = 10});
    start();
    EXPECT_EQ(ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789").status, 200);
    auto& client = connect();
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n");
    check_refused(client, 413, "http.too-large");
    EXPECT_TRUE(client.at_end());
}

TEST_F(LimitsTest, RefusesAnUploadHalfWayAndDeletesIt) {
    handler.rule("/up", {.limit = 300'000, .to_file = true});
    start();
    auto& client = connect();
    client.send("POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string const chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    // The client goes on sending all the while, and hears the answer nevertheless.
    for (int i = 0; i < 60; ++i) {
        if (!client.send(chunk)) break;
    }
    check_refused(client, 413, "http.too-large");
    EXPECT_EQ(spooled(), 0U);
    EXPECT_EQ(handler.calls(), 0);
}

TEST_F(LimitsTest, CutsAHeadThatDrips) {
    options.limits.head_time = milliseconds(60);
    start();
    auto& client = connect();
    client.send("GET /");
    ASSERT_TRUE(drip(client));
    check_refused(client, 408, "http.timeout");
    EXPECT_TRUE(client.at_end());
    EXPECT_EQ(handler.calls(), 0);
}

TEST_F(LimitsTest, CutsABodyThatDrips) {
    options.limits.body_time = milliseconds(60);
    options.limits.slowest_rate = 1 << 20;
    start();
    auto& client = connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    ASSERT_TRUE(drip(client));
    check_refused(client, 408, "http.timeout");
    EXPECT_TRUE(client.at_end());
}

TEST_F(LimitsTest, LetsASlowButSteadyBodyArrive) {
    // Each byte buys a second, and one is sent every few milliseconds: the body takes longer than body_time.
    options.limits.body_time = milliseconds(200);
    options.limits.slowest_rate = 1;
    start();
    auto& client = connect();
    client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nb");
    for (int i = 1; i < 100; ++i) {
        ASSERT_FALSE(client.readable(5));
        ASSERT_TRUE(client.send("b"));
    }
    EXPECT_EQ(client.reply().body, "POST /p " + std::string(100, 'b'));
}

TEST_F(LimitsTest, ClosesIdleConnectionsWithoutAWord) {
    options.limits.idle_time = milliseconds(50);
    options.limits.head_time = milliseconds(50);
    start();
    auto& never = connect();
    EXPECT_TRUE(never.at_end());
    auto& once = connect();
    once.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(once.reply().status, 200);
    EXPECT_TRUE(once.at_end());
    EXPECT_TRUE(never.take().empty() && once.take().empty());
}

TEST_F(LimitsTest, CutsAClientThatDoesNotRead) {
    options.limits.write_time = milliseconds(60);
    options.limits.slowest_rate = std::int64_t{1} << 40;
    options.limits.connections = 1;
    handler.on("/large", text_answer(std::string(64 << 20, 'x'), "image/png"));
    start();
    auto& client = connect(16'384);
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    // The only place is free again once the first connection is cut.
    EXPECT_TRUE(soon([&] { return get("/").status == 200; }));
    auto const reply = client.reply();
    EXPECT_EQ(reply.status, 200);
    EXPECT_FALSE(reply.whole);
}

TEST_F(LimitsTest, SurvivesAClientGoneDuringTheAnswer) {
    options.limits.connections = 1;
    handler.on("/large", text_answer(std::string(64 << 20, 'x'), "image/png"));
    start();
    auto& client = connect(16'384);
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read_until("xxx"));
    client.reset();
    EXPECT_TRUE(soon([&] { return get("/").status == 200; }));
}

TEST_F(LimitsTest, SurvivesAClientGoneWhileItsRequestIsHandled) {
    Held held;
    handler.on("/held", [&](api::HttpRequest const&, Respond respond) { held(std::move(respond)); });
    options.limits.connections = 1;
    start();
    auto& client = connect();
    client.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(held.wait(1));
    client.reset();
    held.answer_all("too late");
    EXPECT_TRUE(soon([&] { return get("/").status == 200; }));
}

TEST_F(LimitsTest, TellsConnectionsBeyondTheLimitThatItIsBusy) {
    options.limits.connections = 2;
    start();
    auto& first = connect();
    auto& second = connect();
    for (auto* client : {&first, &second}) {
        client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(client->reply().status, 200);
    }
    auto& third = connect();
    auto reply = check_refused(third, 503, "http.busy");
    EXPECT_EQ(reply.headers["retry-after"], "1");
    EXPECT_TRUE(third.at_end());
    first.close();
    EXPECT_TRUE(soon([&] { return get("/").status == 200; }));
}

TEST_F(LimitsTest, CountsConnectionsOfEachAddress) {
    options.limits.connections_per_address = 1;
    start();
    auto& first = connect();
    first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(first.reply().status, 200);
    check_refused(connect(), 503, "http.busy");
    first.close();
    EXPECT_TRUE(soon([&] { return get("/").status == 200; }));
}

TEST_F(LimitsTest, HandsOnlySoManyRequestsOverAtOnce) {
    Held held;
    handler.on("/held", [&](api::HttpRequest const&, Respond respond) { held(std::move(respond)); });
    options.limits.in_handler = 2;
    start();
    auto& first = connect();
    auto& second = connect();
    first.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    second.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(held.wait(2));
    auto& third = connect();
    third.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    auto reply = check_refused(third, 503, "http.busy");
    EXPECT_EQ(reply.headers["retry-after"], "1");
    held.answer_all("done");
    EXPECT_EQ(first.reply().body, "done");
    EXPECT_EQ(second.reply().body, "done");
    // Being busy is no reason to hang up: the same connection may try again.
    third.send("GET /free HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(third.reply().status, 200);
}

TEST_F(LimitsTest, BoundsTheMemoryOfAllBodiesTogether) {
    options.limits.body_memory = 1000;
    start();
    auto& first = connect();
    first.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n" + std::string(899, 'x'));
    auto const second = [&] {
        return ask("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n" + std::string(200, 'y')).status;
    };
    EXPECT_TRUE(soon([&] { return second() == 503; }));
    first.send("x");
    EXPECT_EQ(first.reply().status, 200);
    EXPECT_TRUE(soon([&] { return second() == 200; }));
}

TEST_F(LimitsTest, SaysBusyWhenTheDiskIsFull) {
    handler.rule("/up", {.limit = 1 << 20, .to_file = true});
    start();
    std::string const request =
        "PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x');
    {
        testkit::FullDisk const full(10'000);
        EXPECT_EQ(ask(request).status, 503);
    }
    EXPECT_EQ(spooled(), 0U);
    EXPECT_EQ(ask(request).status, 200);
}

// ---- stopping ----

TEST_F(LimitsTest, FinishesRequestsInFlightWhenStopped) {
    Held held;
    handler.on("/held", [&](api::HttpRequest const&, Respond respond) { held(std::move(respond)); });
    start();
    auto& idle = connect();
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(idle.reply().status, 200);
    auto& working = connect();
    working.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(held.wait(1));
    std::jthread const stopping([&] { server->stop(); });
    EXPECT_TRUE(idle.at_end());
    EXPECT_TRUE(soon([&] { return !Client(server->port()).connected(); }));
    held.answer_all("finished");
    auto const reply = working.reply();
    EXPECT_EQ(reply.body, "finished");
    EXPECT_EQ(reply.headers.at("connection"), "close");
    EXPECT_TRUE(working.at_end());
    working.close();
    EXPECT_EQ(handler.calls(), 2);
}

TEST_F(LimitsTest, CutsRequestsThatDoNotFinishInTime) {
    Held held;
    handler.on("/held", [&](api::HttpRequest const&, Respond respond) { held(std::move(respond)); });
    options.limits.stop_time = milliseconds(30);
    start();
    auto& client = connect();
    client.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(held.wait(1));
    server->stop();
    EXPECT_TRUE(client.at_end());
    server.reset();
    held.answer_all("nobody is there any more");  // must touch nothing that is gone
}

TEST_F(LimitsTest, NoticesThatThePortIsTaken) {
    start();
    auto second = options;
    second.port = server->port();
    auto const started = Server::start(second, handler);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, "transport.port-taken");
}

TEST_F(LimitsTest, RefusesOptionsThatMakeNoSense) {
    auto const code = [&](ServerOptions const& given) {
        auto const started = Server::start(given, handler);
        return started ? "" : started.error().code;
    };
    auto wrong = options;
    wrong.address = "localhost";
    EXPECT_EQ(code(wrong), "transport.address");
    wrong = options;
    wrong.threads = 0;
    EXPECT_EQ(code(wrong), "transport.options");
    wrong = options;
    wrong.spool = "/proc/nowhere";
    EXPECT_EQ(code(wrong), "transport.spool");
    wrong = options;
    wrong.tls_cert = "/nowhere.pem";
    EXPECT_EQ(code(wrong), "transport.options");
    wrong.tls_key = "/nowhere.pem";
    EXPECT_EQ(code(wrong), "transport.tls");
}

}  // namespace
}  // namespace keepword::transport
