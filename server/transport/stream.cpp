#include "transport/stream.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace keepword::transport {
namespace {

// We speak HTTP/1.1 only; a client that offers other protocols is told so before it sends anything.
int choose_protocol(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* offered,
                    unsigned offered_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    auto const chosen =
        SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, ours, sizeof ours - 1, offered, offered_size);
    return chosen == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<TlsContext> load_tls(std::string const& certificate, std::string const& key) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    auto* const raw = context->native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Idle connections give their 34 kB of buffers back.
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    // Only ephemeral key exchange: a key that leaks later opens no recorded traffic.
    SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
    error_code error;
    context->use_certificate_chain_file(certificate, error);
    if (error) return fail(Kind::invalid, "transport.tls", "certificate " + certificate + ": " + error.message());
    context->use_private_key_file(key, asio::ssl::context::pem, error);
    if (error) return fail(Kind::invalid, "transport.tls", "key " + key + ": " + error.message());
    if (SSL_CTX_check_private_key(raw) != 1) {
        return fail(Kind::invalid, "transport.tls", "the key " + key + " is not the certificate's");
    }
    return context;
}

struct Stream::Tls {
    Tls(Socket& socket, TlsContext kept) : context(std::move(kept)), stream(socket, *context) {}
    TlsContext context;  // lives as long as connections made with it, when newer certificates are already in use
    asio::ssl::stream<Socket&> stream;
};

Stream::Stream(Socket socket, TlsContext tls) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls) tls_ = std::make_unique<Tls>(socket_, std::move(tls));
}

Stream::~Stream() = default;

Task<Done> Stream::handshake() {
    return tls_->stream.async_handshake(asio::ssl::stream_base::server, Await());
}

Task<Moved> Stream::read(asio::mutable_buffer into) {
    return tls_ ? tls_->stream.async_read_some(into, Await()) : socket_.async_read_some(into, Await());
}

Task<Moved> Stream::write(asio::const_buffer bytes) {
    return tls_ ? tls_->stream.async_write_some(bytes, Await()) : socket_.async_write_some(bytes, Await());
}

Task<> Stream::part() {
    if (tls_) {
        auto const said = co_await tls_->stream.async_shutdown(Await());
        (void)said;  // The peer may have gone without a word, or still be sending: both are fine.
    }
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    std::array<char, 4096> dropped;
    asio::mutable_buffer const into(dropped.data(), dropped.size());
    while (!error) {
        auto const [problem, count] = co_await socket_.async_read_some(into, Await());
        error = problem;
    }
}

void Stream::cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

void Stream::close() {
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace keepword::transport
