#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "foundation/time.hpp"

// What the server allows its clients. Everything that comes from outside has a limit here; what a limit answers is
// said beside it. Every answer made by transport is an application/problem+json document with a stable `code`.
namespace keepword::transport {

struct Limits {
    // ---- one request ----
    std::size_t request_line = 8 * 1024;  // bytes of "GET /… HTTP/1.1"; more: 414 http.uri-too-long
    std::size_t head_bytes = 32 * 1024;   // bytes of request line and headers together; more: 431 http.head-too-large
    std::size_t header_count = 100;       // header lines; more: 431 http.head-too-large
    std::size_t chunk_extension = 256;    // bytes of one chunk's extensions, which nobody needs; more: 400
    // The size of a body is limited by Handler::body_rule; more: 413 http.too-large.

    // ---- all requests together ----
    std::size_t connections = 12'000;  // more: 503 http.busy and closed (a few hundred at once; beyond: closed)
    std::size_t connections_per_address = 1024;  // 0: no limit, for use behind a reverse proxy; more: 503 http.busy
    std::size_t in_handler = 256;                // requests handed over and not answered; more: 503 http.busy
    std::int64_t body_memory = std::int64_t{256} << 20;  // bytes of bodies held in memory; more: 503 http.busy
    std::int64_t spool_bytes = std::int64_t{8} << 30;    // bytes of uploads in the spool folder; more: 503 http.busy

    // ---- time ----
    // A body or an answer may take its time plus one second for every `slowest_rate` bytes that have passed, so that a
    // photo over a bad telephone line arrives while a client that drips bytes to hold a connection does not.
    Duration head_time = seconds(10);   // first byte to end of head, and TLS handshake; then 408 http.timeout
    Duration body_time = seconds(30);   // then 408 http.timeout
    Duration write_time = seconds(30);  // then the connection is cut
    Duration idle_time = seconds(75);   // between two requests of a connection; then closed
    Duration linger_time = seconds(2);  // a client that still sends after a refusal is listened to, to hear the answer
    Duration stop_time = seconds(20);   // requests in flight when stop() is called; then cut
    Duration heartbeat = seconds(20);   // a comment on a silent event stream, so that no proxy takes it for dead
    std::int64_t slowest_rate = 1024;   // bytes each second

    // ---- answers ----
    std::size_t compress_from = 1024;  // bytes: smaller bodies are sent as they are
};

struct ServerOptions {
    std::string address = "127.0.0.1";  // an IPv4 or IPv6 address, not a name; "::" listens on both kinds
    unsigned short port = 0;            // 0: any free one, see Server::port()
    unsigned threads = 2;               // 1 to 64
    std::filesystem::path spool;        // where uploads arrive; made when missing, must be on the blobs' file system
    std::string tls_cert;               // PEM file with the chain; empty: no TLS
    std::string tls_key;                // PEM file
    // Addresses or networks whose word for the caller's address and scheme is taken, and who may have any number of
    // connections.
    std::vector<std::string> trusted_proxies = {};
    Limits limits = {};
};

}  // namespace keepword::transport
