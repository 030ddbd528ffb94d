// Requests: which reach the handler, and as what; which are refused before.
#include <thread>

#include "transport/target.hpp"
#include "transport/test_client.hpp"

namespace keepword::transport {
namespace {

TEST_F(TransportTest, KeepsTheConnectionForTheNextRequest) {
    start();
    auto& client = connect();
    for (int i = 0; i < 3; ++i) {
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
        auto const reply = client.reply();
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "POST /echo hi");
        EXPECT_FALSE(reply.headers.contains("connection"));
    }
    client.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto const last = client.reply();
    EXPECT_EQ(last.headers.at("connection"), "close");
    EXPECT_TRUE(client.at_end());
}

TEST_F(TransportTest, AnswersPipelinedRequestsInTheirOrder) {
    // The first is answered late and from another thread: the others must wait for it.
    std::jthread later;
    handler.on("/slow", [&](api::HttpRequest const&, Respond respond) {
        later = std::jthread([respond = std::move(respond)] { respond(text_answer("slow")); });
    });
    start();
    auto& client = connect();
    client.send(
        "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo"
        "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nthr\r\n2\r\nee\r\n0\r\n\r\n"
        "GET /d HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.reply().body, "slow");
    EXPECT_EQ(client.reply().body, "POST /b two");
    EXPECT_EQ(client.reply().body, "POST /c three");
    EXPECT_EQ(client.reply().body, "GET /d ");
}

TEST_F(TransportTest, ReadsARequestThatArrivesByteByByte) {
    start();
    auto& client = connect();
    std::string const request =
        "\r\nPUT /a%20b?q=%E4%BD%A0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;x=\"y\"\r\nhello\r\n1\r\n!\r\n0\r\nX-Trailer: dropped\r\n\r\n";
    for (char const byte : request) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_EQ(client.reply().body, "PUT /a b hello!");
}

TEST_F(TransportTest, HandsOverWhatTheRequestSays) {
    api::HttpRequest seen;
    handler.on("/seen", [&](api::HttpRequest request, Respond const& respond) {
        seen = std::move(request);
        respond(text_answer("ok"));
    });
    start();
    get("/seen?a=1&b=%2F", "X-Two: one\r\nx-two:  two \r\n");
    EXPECT_EQ(seen.method, "GET");
    EXPECT_EQ(seen.query, "a=1&b=%2F");
    EXPECT_EQ(seen.remote, "127.0.0.1");
    EXPECT_FALSE(seen.secure);
    EXPECT_EQ(api::header(seen.headers, "host"), "localhost");
    EXPECT_EQ(std::ranges::count(seen.headers, std::pair<std::string, std::string>("x-two", "two")), 1);
    EXPECT_EQ(api::header(seen.headers, "x-two"), "one");
    auto const first_id = seen.id;
    get("/seen");
    EXPECT_FALSE(first_id.empty());
    EXPECT_NE(first_id, seen.id);
}

TEST_F(TransportTest, AnswersHeadLikeGetWithoutTheBody) {
    start();
    auto& client = connect();
    client.send("HEAD /page HTTP/1.1\r\nHost: x\r\n\r\nGET /page HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const head = client.reply(true);
    auto const full = client.reply();
    EXPECT_EQ(head.headers.at("content-length"), full.headers.at("content-length"));
    EXPECT_EQ(full.body, "GET /page ");
    EXPECT_TRUE(head.headers.contains("date"));
    EXPECT_FALSE(head.headers.contains("server"));
}

TEST_F(TransportTest, SpeaksHttp10) {
    start();
    auto& client = connect();
    client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(client.reply().headers.at("connection"), "keep-alive");
    client.send("GET /a HTTP/1.0\r\n\r\n");
    EXPECT_EQ(client.reply().headers.at("connection"), "close");
    EXPECT_TRUE(client.at_end());
}

TEST_F(TransportTest, SaysContinueOnlyWhenTheBodyIsWelcome) {
    handler.rule("/up", {.limit = 10});
    start();
    auto& client = connect();
    client.send("POST /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    EXPECT_EQ(client.reply().status, 100);
    client.send("body");
    EXPECT_EQ(client.reply().body, "POST /up body");
    client.send("POST /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
    EXPECT_EQ(client.reply().status, 413);
    EXPECT_TRUE(client.at_end());
    EXPECT_EQ(ask("POST /up HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n").status, 417);
}

TEST_F(TransportTest, AnswersForAHandlerThatThrowsOrForgets) {
    handler.on("/throws", [](api::HttpRequest const&, Respond const&) { throw std::runtime_error("broken"); });
    handler.on("/forgets", [](api::HttpRequest const&, Respond const&) {});
    auto split = text_answer("x");
    split.headers.emplace_back("x-bad", "a\r\nset-cookie: b");
    handler.on("/splits", split);
    start();
    for (auto const* path : {"/throws", "/forgets", "/splits"}) {
        auto const reply = get(path);
        EXPECT_EQ(reply.status, 500) << path;
        EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
        EXPECT_FALSE(reply.headers.contains("set-cookie"));
    }
    EXPECT_EQ(get("/still-there").status, 200);
}

struct Refused {
    char const* why;
    std::string request;
    int status;
    std::string code;
};
void PrintTo(Refused const& refused, std::ostream* out) {
    *out << refused.why;
}

class RefusedRequests : public TransportTest, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedRequests, NeverReachTheHandler) {
    start();
    auto& client = connect();
    // A request behind the bad one must not be served either: nobody knows any more where it begins.
    client.send(GetParam().request + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const reply = client.reply();
    EXPECT_EQ(reply.status, GetParam().status);
    EXPECT_NE(reply.body.find("\"code\":\"" + GetParam().code + "\""), std::string::npos) << reply.body;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(reply.headers.at("connection"), "close");
    EXPECT_TRUE(client.at_end());
    EXPECT_TRUE(client.take().empty());
    EXPECT_EQ(handler.calls(), 0);
}

std::string with(std::string const& lines, std::string const& body = "") {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n" + body;
}
std::string at(std::string const& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, RefusedRequests,
    testing::Values(Refused{"no HTTP", "\x16\x03\x01\x02 hello", 400, "http.malformed"},
                    Refused{"two words", "GET /\r\n\r\n", 400, "http.malformed"},
                    Refused{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "http.malformed"},
                    Refused{"bare LF", "GET / HTTP/1.1\nHost: x\n\n", 400, "http.malformed"},
                    Refused{"bare CR", "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400, "http.malformed"},
                    Refused{"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 35), 400,
                            "http.malformed"},
                    Refused{"continued line", with("X: a\r\n b\r\n"), 400, "http.malformed"},
                    Refused{"blank before colon", with("X : a\r\n"), 400, "http.malformed"},
                    Refused{"no colon", with("nonsense\r\n"), 400, "http.malformed"},
                    Refused{"no host", "GET / HTTP/1.1\r\n\r\n", 400, "http.host"},
                    Refused{"two hosts", with("Host: y\r\n"), 400, "http.host"},
                    Refused{"host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400, "http.host"},
                    Refused{"lower case method", "get / HTTP/1.1\r\nHost: x\r\n\r\n", 501, "http.method"},
                    Refused{"tunnel", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 501, "http.method"}));

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusedRequests,
    testing::Values(
        Refused{"coding and length", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400,
                "http.framing"},
        Refused{"length and coding", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
                "http.framing"},
        Refused{"two lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400, "http.framing"},
        Refused{"the same length twice", with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400,
                "http.framing"},
        Refused{"list of lengths", with("Content-Length: 5, 5\r\n", "hello"), 400, "http.framing"},
        Refused{"signed length", with("Content-Length: +5\r\n", "hello"), 400, "http.framing"},
        Refused{"hexadecimal length", with("Content-Length: 0x5\r\n", "hello"), 400, "http.framing"},
        Refused{"empty length", with("Content-Length:\r\n"), 400, "http.framing"},
        Refused{"huge length", with("Content-Length: 99999999999999999999\r\n"), 400, "http.framing"},
        Refused{"unknown coding", with("Transfer-Encoding: gzip\r\n"), 400, "http.framing"},
        Refused{"two codings", with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400, "http.framing"},
        Refused{"coding twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400,
                "http.framing"},
        Refused{"disguised coding", with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400, "http.framing"},
        Refused{"coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                "http.framing"},
        Refused{"chunk without end", with("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"), 400,
                "http.malformed"},
        Refused{"chunk of no size", with("Transfer-Encoding: chunked\r\n", "zz\r\nabcd\r\n"), 400, "http.malformed"},
        Refused{"chunk too long to count", with("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"), 400,
                "http.malformed"},
        Refused{"negative chunk", with("Transfer-Encoding: chunked\r\n", "-1\r\n"), 400, "http.malformed"},
        Refused{"long chunk extension",
                with("Transfer-Encoding: chunked\r\n", "1;a=" + std::string(300, 'x') + "\r\na\r\n0\r\n\r\n"), 400,
                "http.malformed"}));

INSTANTIATE_TEST_SUITE_P(Paths, RefusedRequests,
                         testing::Values(Refused{"NUL", at("/a%00b"), 400, "http.target"},
                                         Refused{"line break", at("/a%0d%0ab"), 400, "http.target"},
                                         Refused{"half an escape", at("/a%2"), 400, "http.target"},
                                         Refused{"no escape", at("/a%zz"), 400, "http.target"},
                                         Refused{"slash escaped", at("/a%2fb"), 400, "http.target"},
                                         Refused{"backslash", at("/a%5Cb"), 400, "http.target"},
                                         Refused{"upwards", at("/a/../b"), 400, "http.target"},
                                         Refused{"upwards escaped", at("/a/%2E%2e"), 400, "http.target"},
                                         Refused{"dot", at("/./a"), 400, "http.target"},
                                         Refused{"empty segment", at("//host/a"), 400, "http.target"},
                                         Refused{"no UTF-8", at("/%ff%fe"), 400, "http.target"},
                                         Refused{"bare UTF-8", at("/\xe4\xbd\xa0"), 400, "http.target"},
                                         Refused{"fragment", at("/a#b"), 400, "http.target"},
                                         Refused{"no slash", at("a"), 400, "http.target"},
                                         Refused{"asterisk", at("*"), 400, "http.target"}));

TEST(Target, IsDecodedOnce) {
    EXPECT_EQ(parse_target("/%E5%B7%A5%E5%8D%95/%2541?x=%2F")->path, "/工单/%41");
    EXPECT_EQ(parse_target("/a?x=%2F?")->query, "x=%2F?");
    EXPECT_EQ(parse_target("http://host:1/a/")->path, "/a/");
    EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
    EXPECT_EQ(parse_target("/...")->path, "/...");
    EXPECT_FALSE(parse_target("http:///a"));
    EXPECT_FALSE(parse_target("ftp://host/a"));
    EXPECT_FALSE(parse_target(""));
}

}  // namespace
}  // namespace keepword::transport
