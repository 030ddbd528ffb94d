#pragma once
#include <curl/curl.h>

#include <memory>
#include <stop_token>
#include <string>

#include "foundation/result.hpp"
#include "outbound/mail_host.hpp"

// What everything over libcurl shares.
namespace keepword::outbound {

struct CloseCurl {
    void operator()(CURL* c) const { curl_easy_cleanup(c); }
};
struct FreeCurl {
    void operator()(char* text) const { curl_free(text); }
};
using CurlText = std::unique_ptr<char, FreeCurl>;

// One libcurl handle with its error text; keeps its connection for the next request. Not for two threads at once.
class Curl {
  public:
    explicit Curl(std::stop_token stop);
    Curl(Curl const&) = delete;
    Curl& operator=(Curl const&) = delete;

    template <class T>
    void set(CURLoption option, T value) {
        curl_easy_setopt(handle_.get(), option, value);
    }
    // Server, account, TLS and timeouts; `scheme` is "imap" or "smtp", `path` what stands after the port, escaped.
    Result<> aim(std::string const& scheme, MailHost const& host, std::string const& path);
    CURLcode perform();
    // How many connections the last perform() had to open.
    long new_connections() const;
    // What went wrong, as `PREFIX.connect|tls|login|timeout|stopped|broken`, all to be tried again later.
    Error error(std::string const& prefix, CURLcode code) const;
    std::string escape(std::string const& text) const;

  private:
    std::unique_ptr<CURL, CloseCurl> handle_;
    std::stop_token stop_;
    char message_[CURL_ERROR_SIZE] = {};
};

}  // namespace keepword::outbound
