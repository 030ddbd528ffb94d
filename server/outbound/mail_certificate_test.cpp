#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "outbound/imap.hpp"
#include "outbound/smtp.hpp"

// What is wrong with a server's certificate is said exactly: each of these somebody else has to mend.
namespace keepword::outbound {
namespace {

namespace fs = std::filesystem;

constexpr auto somebody = "a@example.test";

std::string output_of(std::string const& command) {
    std::unique_ptr<FILE, int (*)(FILE*)> const pipe(::popen((command + " 2>&1").c_str(), "re"), &::pclose);
    std::string out;
    std::array<char, 4096> buffer{};
    for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;)
        out.append(buffer.data(), n);
    return out;
}

// An authority of the house's own, which the client trusts, and what it signs.
class Authority {
  public:
    Authority() {
        std::string place = fs::temp_directory_path() / "keepword-certificates-XXXXXX";
        folder = ::mkdtemp(place.data());
        std::ofstream(folder / "conf") << "[ca]\ndefault_ca=d\n[d]\ndatabase=" << (folder / "index").string()
                                       << "\nnew_certs_dir=" << folder.string()
                                       << "\npolicy=p\ndefault_md=sha256\nrand_serial=yes\nunique_subject=no\n"
                                          "copy_extensions=copy\n[p]\ncommonName=supplied\n";
        std::ofstream(folder / "index").flush();
        run("req -x509 {} -keyout {}/ca.key -out {}/ca.pem -subj /CN=authority -days 30");
    }
    ~Authority() { fs::remove_all(folder); }

    // Signs a key for this name, for a time given as OpenSSL has it (20200101000000Z).
    void sign(std::string const& name, std::string const& from, std::string const& until) const {
        run("req -new {} -keyout {}/server.key -out {}/server.csr -subj /CN=x -addext subjectAltName=" + name);
        auto const said = output_of(fmt::format(
            "openssl ca -batch -notext -config {0}/conf -cert {0}/ca.pem -keyfile {0}/ca.key -in {0}/server.csr "
            "-out {0}/server.pem -startdate {1} -enddate {2}",
            folder.string(), from, until));
        ASSERT_TRUE(fs::exists(folder / "server.pem")) << said;
    }

    fs::path folder;

  private:
    void run(std::string const& arguments) const {
        static constexpr auto key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        output_of("openssl " + fmt::format(fmt::runtime(arguments), key, folder.string(), folder.string()));
    }
};

// Shows its certificate to so many who connect; nobody gets any further.
class Door {
  public:
    Door(Authority const& authority, int connections)
        : pipe_(::popen(fmt::format(
                            "timeout 60 openssl s_server -www -accept 127.0.0.1:0 -naccept {0} -cert {1}/server.pem "
                            "-key {1}/server.key 2>/dev/null",
                            connections, authority.folder.string())
                            .c_str(),
                        "re"),
                &::pclose) {
        std::array<char, 256> line{};
        while (std::fgets(line.data(), line.size(), pipe_.get()) != nullptr) {
            if (std::sscanf(line.data(), "ACCEPT 127.0.0.1:%hu", &port) == 1) return;
        }
    }
    unsigned short port = 0;

  private:
    std::unique_ptr<FILE, int (*)(FILE*)> pipe_;
};

// The codes of both ways at a server with such a certificate.
std::pair<std::string, std::string> refused(Authority const& authority) {
    Door const door(authority, 2);
    MailHost host{"127.0.0.1", door.port, Security::tls, somebody, Secret("x")};
    host.ca_file = authority.folder / "ca.pem";
    auto const sent = send_mail(host, {somebody, {somebody}}, "x");
    auto const connected = Imap(std::move(host)).connect();
    return {connected ? "" : connected.error().code, sent ? "" : sent.error().code};
}

TEST(MailCertificate, one_that_has_expired_is_not_yet_valid_or_is_anothers_is_said) {
    Authority const authority;
    auto const both = [](std::string const& what) {
        return std::pair("mail.imap.certificate" + what, "mail.smtp.certificate" + what);
    };
    authority.sign("IP:127.0.0.1", "20200101000000Z", "20200301000000Z");
    EXPECT_EQ(refused(authority), both("-expired"));
    authority.sign("IP:127.0.0.1", "20900101000000Z", "20900301000000Z");
    EXPECT_EQ(refused(authority), both("-early"));
    authority.sign("DNS:mail.example.test", "20200101000000Z", "20900301000000Z");
    EXPECT_EQ(refused(authority), both("-name"));
}

}  // namespace
}  // namespace keepword::outbound
