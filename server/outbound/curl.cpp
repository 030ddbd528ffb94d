#include "outbound/curl.hpp"

#include <algorithm>
#include <stdexcept>

namespace keepword::outbound {
namespace {

// libcurl must be started once in a process, before its first handle.
void start_curl() {
    static CURLcode const started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

int stop_when_asked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

bool is_host(std::string const& host) {
    return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == ':';
    });
}

// Which of a certificate's faults it is, each of which somebody else has to mend; libcurl says so in words only.
std::string_view certificate_reason(std::string_view message) {
    auto const says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
    if (says("expired") || says("expiration")) return ".certificate-expired";
    if (says("not yet valid")) return ".certificate-early";
    if (says("does not match") || says("subject name matches")) return ".certificate-name";
    return ".certificate";
}

std::string_view reason(CURLcode code, std::string_view message) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return ".name";
        case CURLE_COULDNT_CONNECT:
            return ".connect";
        case CURLE_OPERATION_TIMEDOUT:
            return ".timeout";
        case CURLE_LOGIN_DENIED:
        case CURLE_AUTH_ERROR:
            return ".login";
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return certificate_reason(message);
        case CURLE_USE_SSL_FAILED:
            return ".no-starttls";
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
            return ".tls";
        case CURLE_ABORTED_BY_CALLBACK:
            return ".stopped";
        default:
            return ".broken";
    }
}

}  // namespace

Curl::Curl(std::stop_token stop) : stop_(std::move(stop)) {
    start_curl();
    handle_.reset(curl_easy_init());
    if (!handle_) throw std::bad_alloc();
    set(CURLOPT_ERRORBUFFER, message_);
    set(CURLOPT_NOSIGNAL, 1L);  // signals belong to the whole process, and there are threads
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &stop_when_asked);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&stop_));
    set(CURLOPT_PROXY, "");  // the environment's proxies are for the web
}

Result<> Curl::aim(std::string const& scheme, MailHost const& host, std::string const& path) {
    if (!is_host(host.host) || host.port == 0) return invalid("host", "invalid");
    bool const wrapped = host.security == Security::tls;
    auto const name = host.host.find(':') == std::string::npos ? host.host : "[" + host.host + "]";
    set(CURLOPT_PROTOCOLS_STR, wrapped ? (scheme + "s").c_str() : scheme.c_str());
    set(CURLOPT_URL,
        (scheme + (wrapped ? "s://" : "://") + name + ":" + std::to_string(host.port) + "/" + path).c_str());
    set(CURLOPT_USE_SSL, host.security == Security::starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE);
    if (!host.ca_file.empty()) set(CURLOPT_CAINFO, host.ca_file.c_str());
    if (!host.user.empty()) {
        set(CURLOPT_USERNAME, host.user.c_str());
        std::string password(host.password.reveal());
        set(CURLOPT_PASSWORD, password.c_str());
        wipe(password);
    }
    auto const seconds = std::max<long>(1, static_cast<long>(host.timeout.ms / 1'000));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(host.connect_timeout.ms));
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
    set(CURLOPT_LOW_SPEED_TIME, seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    return {};
}

CURLcode Curl::perform() {
    message_[0] = '\0';
    return curl_easy_perform(handle_.get());
}

long Curl::new_connections() const {
    long count = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_NUM_CONNECTS, &count);
    return count;
}

Error Curl::error(std::string const& prefix, CURLcode code) const {
    return {Kind::unavailable, prefix + std::string(reason(code, message_)),
            std::string(curl_easy_strerror(code)) + ": " + message_};
}

std::string Curl::escape(std::string const& text) const {
    CurlText const escaped(curl_easy_escape(handle_.get(), text.data(), static_cast<int>(text.size())));
    return escaped ? std::string(escaped.get()) : std::string();
}

}  // namespace keepword::outbound
