#pragma once
#include <memory>
#include <string>

#include "foundation/result.hpp"
#include "transport/net.hpp"

namespace boost::asio::ssl {
class context;
}

namespace keepword::transport {

using TlsContext = std::shared_ptr<asio::ssl::context>;

// TLS 1.2 and newer with this certificate chain and key (PEM files); else transport.tls.
Result<TlsContext> load_tls(std::string const& certificate, std::string const& key);

// The one stream there is: plain or TLS inside, so that everything above is compiled once.
class Stream {
  public:
    // `tls` null: plain.
    Stream(Socket socket, TlsContext tls);
    ~Stream();
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;

    bool secure() const { return tls_ != nullptr; }
    Task<Done> handshake();  // only when secure()
    // Some bytes, as many as the system gives or takes at once. One read and one write may wait at the same time.
    Task<Moved> read(asio::mutable_buffer into);
    Task<Moved> write(asio::const_buffer bytes);

    // Tells the peer that nothing more comes, then reads and drops what it still sends until it closes too: closing at
    // once would reset the connection, and the peer might lose the answer it has not read yet.
    Task<> part();

    void cancel();  // what waits ends with an error
    void close();   // at once

  private:
    struct Tls;
    Socket socket_;
    std::unique_ptr<Tls> tls_;
};

}  // namespace keepword::transport
