// TLS: the same server behind certificates made here.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <thread>

#include "transport/test_client.hpp"

namespace keepword::transport {
namespace {

// Writes a fresh key and a certificate signed with it.
void make_certificate(std::string const& certificate, std::string const& key, char const* name) {
    EVP_PKEY* const pair = EVP_EC_gen("P-256");
    X509* const x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    auto* const subject = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>(name), -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    ASSERT_GT(X509_sign(x509, pair, EVP_sha256()), 0);
    std::FILE* file = std::fopen(certificate.c_str(), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pair);
}

class TlsClient final : public Client {
  public:
    explicit TlsClient(unsigned short port, int newest = TLS1_3_VERSION) : Client(port) {
        context_ = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_security_level(context_, 0);
        SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_, newest);
        ssl_ = SSL_new(context_);
        unsigned char const protocols[] = "\x02h2\x08http/1.1";
        SSL_set_alpn_protos(ssl_, protocols, sizeof protocols - 1);
        SSL_set_fd(ssl_, number());
        shaken_ = SSL_connect(ssl_) == 1;
    }
    ~TlsClient() override {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    bool shaken() const { return shaken_; }
    std::string version() const { return SSL_get_version(ssl_); }
    std::string protocol() const {
        unsigned char const* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_, &name, &size);
        return {reinterpret_cast<char const*>(name), size};
    }
    std::string server_name() const {
        char name[64] = "";
        X509* const certificate = SSL_get1_peer_certificate(ssl_);
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
        X509_free(certificate);
        return name;
    }
    // The server said that nothing more comes, rather than just hanging up.
    bool parted() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

    bool send(std::string_view bytes) override {
        return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
    }

  protected:
    long receive(char* into, std::size_t size) override {
        if (SSL_pending(ssl_) == 0 && !readable()) return -1;
        auto const count = SSL_read(ssl_, into, static_cast<int>(size));
        return count > 0 ? count : 0;
    }

  private:
    SSL_CTX* context_ = nullptr;
    SSL* ssl_ = nullptr;
    bool shaken_ = false;
};

class TlsTest : public TransportTest {
  protected:
    TlsTest() {
        options.tls_cert = folder / "certificate.pem";
        options.tls_key = folder / "key.pem";
        make_certificate(options.tls_cert, options.tls_key, "first");
    }
};

TEST_F(TlsTest, ServesKeptConnections) {
    bool secure = false;
    handler.on("/secure", [&](api::HttpRequest const& request, Respond const& respond) {
        secure = request.secure;
        respond(text_answer(std::string(500'000, 's'), "image/png"));
    });
    start();
    TlsClient client(server->port());
    ASSERT_TRUE(client.shaken());
    EXPECT_EQ(client.version(), "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    client.send("GET /secure HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.reply().body.size(), 500'000U);
    EXPECT_TRUE(secure);
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(client.reply().body, "POST /echo hi");
    EXPECT_TRUE(client.at_end());
    EXPECT_TRUE(client.parted());
}

TEST_F(TlsTest, SpeaksTls12AndNothingOlder) {
    start();
    TlsClient old(server->port(), TLS1_2_VERSION);
    ASSERT_TRUE(old.shaken());
    EXPECT_EQ(old.version(), "TLSv1.2");
    old.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(old.reply().status, 200);
    EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).shaken());
}

TEST_F(TlsTest, TakesNewCertificatesWithoutARestart) {
    start();
    TlsClient before(server->port());
    EXPECT_EQ(before.server_name(), "first");
    make_certificate(options.tls_cert, options.tls_key, "second");
    ASSERT_TRUE(server->reload_tls());
    EXPECT_EQ(TlsClient(server->port()).server_name(), "second");
    before.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(before.reply().status, 200);
    // A key that is not the certificate's leaves all as it was.
    make_certificate(folder / "other.pem", options.tls_key, "third");
    auto const failed = server->reload_tls();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "transport.tls");
    EXPECT_EQ(TlsClient(server->port()).server_name(), "second");
}

TEST_F(TlsTest, CutsHandshakesThatDoNotEnd) {
    options.limits.head_time = milliseconds(50);
    start();
    auto& silent = connect();
    EXPECT_TRUE(silent.at_end());
    auto& plain = connect();
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(plain.at_end());
    EXPECT_EQ(plain.take().find("HTTP/"), std::string::npos);
    EXPECT_EQ(handler.calls(), 0);
}

TEST_F(TlsTest, RefusesAndStopsLikePlain) {
    Held held;
    handler.on("/held", [&](api::HttpRequest const&, Respond respond) { held(std::move(respond)); });
    start();
    TlsClient bad(server->port());
    bad.send("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\nand more");
    EXPECT_EQ(bad.reply().status, 400);
    EXPECT_TRUE(bad.at_end());
    bad.close();
    TlsClient working(server->port());
    working.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(held.wait(1));
    std::jthread const stopping([&] { server->stop(); });
    EXPECT_TRUE(soon([&] { return !Client(server->port()).connected(); }));
    held.answer_all("finished");
    EXPECT_EQ(working.reply().body, "finished");
    EXPECT_TRUE(working.at_end());
    working.close();
}

}  // namespace
}  // namespace keepword::transport
