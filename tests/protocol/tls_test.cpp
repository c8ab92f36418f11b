// TLS against a server of our own: what is trusted, what is refused and how that is told.
#include "protocol/tls.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "protocol/fixture.hpp"
#include "protocol/tls_files.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::Not;

class Tls : public testing::Test {
 protected:
  // A server that shows a certificate and lets a client in that accepts it.
  static Script accept_with(const ServerTls& tls) {
    return [&tls](Peer& peer) {
      peer.expect_request(Peer::kSslRequest);
      peer.send("S");
      peer.start_tls(tls);
      peer.welcome();
      peer.expect_close();
    };
  }
  // The same, for a client that goes away during or after the handshake.
  static Script show(const ServerTls& tls) {
    return [&tls](Peer& peer) {
      peer.expect_request(Peer::kSslRequest);
      peer.send("S");
      try {
        peer.start_tls(tls);
      } catch (const std::exception&) {
        return;
      }
      peer.expect_close();
    };
  }

  void accepts(const CertificateOptions& certificate, const std::string& parameters) {
    const ServerTls tls(authority_.issue(certificate));
    ScriptedServer server({accept_with(tls)});
    run_coroutine([&]() -> asio::awaitable<void> {
      const ConnectionPtr connection = co_await open(server.conninfo(parameters));
      EXPECT_TRUE(connection->uses_tls());
    });
  }
  Error refuses(const CertificateOptions& certificate, const std::string& parameters) {
    const ServerTls tls(authority_.issue(certificate));
    ScriptedServer server({show(tls)});
    const Error error = connect_error(server.conninfo(parameters));
    EXPECT_EQ(error.code, ErrorCode::connect);
    EXPECT_FALSE(error.hint.empty());
    return error;
  }
  std::string verify_full(const std::string& host = "db.example.org") {
    return "host=" + host + " hostaddr=127.0.0.1 sslmode=verify-full sslrootcert=" + root_;
  }

  const TempDirectory folder_{"tls"};
  const Certificate authority_ = Certificate::authority("Test CA");
  const std::string root_ = write_file(folder_ / "root.crt", authority_.certificate_pem());
  const CertificateOptions good_ = {.common_name = "x", .dns_names = {"db.example.org"}};
};

TEST_F(Tls, verify_full_accepts_the_right_certificate) {
  accepts(good_, verify_full());
}

TEST_F(Tls, verify_full_accepts_an_address) {
  accepts({.common_name = "x", .ip_addresses = {"127.0.0.1"}}, "sslmode=verify-full sslrootcert=" + root_);
}

TEST_F(Tls, verify_full_refuses_another_name) {
  const Error error = refuses(good_, verify_full("other.example.org"));
  EXPECT_THAT(error.message, HasSubstr("is for db.example.org, not for \"other.example.org\""));
}

TEST_F(Tls, verify_ca_does_not_mind_the_name) {
  accepts(good_, "host=other.example.org hostaddr=127.0.0.1 sslmode=verify-ca sslrootcert=" + root_);
}

TEST_F(Tls, an_expired_certificate) {
  const Error error = refuses({.common_name = "old", .days_from = -20, .days_to = -10}, verify_full());
  EXPECT_THAT(error.message, HasSubstr("expired at"));
}

TEST_F(Tls, a_certificate_of_the_future) {
  const Error error = refuses({.common_name = "new", .days_from = 10, .days_to = 20}, verify_full());
  EXPECT_THAT(error.message, HasSubstr("valid only from"));
}

TEST_F(Tls, an_unknown_authority) {
  const std::string other =
      write_file(folder_ / "other.crt", Certificate::authority("Other CA").certificate_pem());
  const Error error =
      refuses(good_, "host=db.example.org hostaddr=127.0.0.1 sslmode=verify-ca sslrootcert=" + other);
  EXPECT_THAT(error.message, HasSubstr("not trusted"));
  EXPECT_THAT(error.message, HasSubstr("Test CA"));
  EXPECT_THAT(error.message, HasSubstr(other));
}

TEST_F(Tls, a_revoked_certificate) {
  const Certificate certificate = authority_.issue(good_);
  const std::string list = write_file(folder_ / "root.crl", authority_.revocation_list({certificate}));
  const ServerTls tls(certificate);
  ScriptedServer server({show(tls)});
  const Error error = connect_error(server.conninfo(verify_full() + " sslcrl=" + list));
  EXPECT_THAT(error.message, HasSubstr("revoked"));
}

TEST_F(Tls, a_revocation_list_without_this_certificate) {
  const std::string list = write_file(folder_ / "root.crl", authority_.revocation_list({}));
  accepts(good_, verify_full() + " sslcrl=" + list);
}

TEST_F(Tls, require_checks_nothing_without_a_root_certificate) {
  accepts({.common_name = "old", .days_from = -20, .days_to = -10}, "sslmode=require");
}

TEST_F(Tls, require_checks_the_chain_with_one) {
  const Error error = refuses({.common_name = "old", .days_from = -20, .days_to = -10},
                              "sslmode=require sslrootcert=" + root_);
  EXPECT_THAT(error.message, HasSubstr("expired"));
  accepts(good_, "sslmode=require sslrootcert=" + root_);
}

TEST_F(Tls, system_roots_do_not_know_our_authority) {
  const Error error =
      refuses(good_, "host=db.example.org hostaddr=127.0.0.1 sslrootcert=system sslmode=verify-full");
  EXPECT_THAT(error.message, HasSubstr("not trusted"));
}

TEST_F(Tls, a_missing_root_certificate) {
  const ServerTls tls(authority_.issue(good_));
  ScriptedServer server({[](Peer& peer) {
    peer.expect_request(Peer::kSslRequest);
    peer.send("S");
    peer.expect_close();
  }});
  const Error error = connect_error(server.conninfo("sslmode=verify-ca sslrootcert=/nonexistent/root.crt"));
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.object, "/nonexistent/root.crt");
}

TEST_F(Tls, bytes_behind_the_answer_are_not_taken_for_decrypted_ones) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_request(Peer::kSslRequest);
    peer.send("S" + backend::greeting());
    peer.expect_close();
  }});
  const Error error = connect_error(server.conninfo("sslmode=require"));
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_THAT(error.message, HasSubstr("unencrypted"));
}

TEST_F(Tls, no_protocol_version_in_common) {
  const ServerTls tls(authority_.issue(good_));
  ScriptedServer server({show(tls)});
  // The server side has OpenSSL's defaults of this system, which do not include 1.0.
  const Error error = connect_error(
      server.conninfo("sslmode=require ssl_min_protocol_version=TLSv1 ssl_max_protocol_version=TLSv1"));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("TLS handshake failed"));
}

TEST_F(Tls, direct_negotiation) {
  const ServerTls tls(authority_.issue(good_));
  ScriptedServer server({[&tls](Peer& peer) {
    peer.start_tls(tls);
    peer.welcome();
    peer.expect_close();
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo("sslmode=require sslnegotiation=direct"));
    EXPECT_TRUE(connection->uses_tls());
  });
}

TEST_F(Tls, direct_negotiation_needs_alpn) {
  const ServerTls tls(authority_.issue(good_), {.with_alpn = false});
  ScriptedServer server({[&tls](Peer& peer) {
    peer.start_tls(tls);
    peer.expect_close();
  }});
  const Error error = connect_error(server.conninfo("sslmode=require sslnegotiation=direct"));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("ALPN"));
}

class TlsClient : public Tls {
 protected:
  std::string show_certificate(unsigned key_mode = 0600, const std::string& password = {}) {
    const Certificate client = authority_.issue({.common_name = "tester"});
    const std::string certificate = write_file(folder_ / "client.crt", client.certificate_pem());
    const std::string key = write_file(folder_ / "client.key", client.key_pem(password), key_mode);
    return "sslmode=require sslcert=" + certificate + " sslkey=" + key;
  }

  const ServerTls asking_{authority_.issue(good_), {.client_authority = &authority_}};
};

TEST_F(TlsClient, shows_its_certificate) {
  const std::string parameters = show_certificate();
  ScriptedServer server({accept_with(asking_)});
  run_coroutine([&]() -> asio::awaitable<void> { co_await open(server.conninfo(parameters)); });
}

TEST_F(TlsClient, an_encrypted_key) {
  const std::string parameters = show_certificate(0600, "geheim");
  ScriptedServer server({accept_with(asking_)});
  run_coroutine(
      [&]() -> asio::awaitable<void> { co_await open(server.conninfo(parameters + " sslpassword=geheim")); });
}

// The client reads its files when the server has agreed to TLS, and leaves when they are bad.
Script agree_and_wait() {
  return [](Peer& peer) {
    peer.expect_request(Peer::kSslRequest);
    peer.send("S");
    peer.expect_close();
  };
}

TEST_F(TlsClient, a_wrong_passphrase_is_not_repeated) {
  ScriptedServer server({agree_and_wait()});
  const Error error =
      connect_error(server.conninfo(show_certificate(0600, "geheim") + " sslpassword=falsch"));
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.object, (folder_ / "client.key").string());
  EXPECT_THAT(error.hint, HasSubstr("sslpassword"));
  EXPECT_THAT(error.to_string() + error.hint, Not(HasSubstr("falsch")));
}

TEST_F(TlsClient, a_key_that_others_can_read) {
  ScriptedServer server({agree_and_wait()});
  const Error error = connect_error(server.conninfo(show_certificate(0644)));
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.object, (folder_ / "client.key").string());
  EXPECT_THAT(error.message, HasSubstr("0644"));
  EXPECT_THAT(error.hint, HasSubstr("chmod"));
}

TEST_F(TlsClient, a_key_of_another_certificate) {
  std::string parameters = show_certificate();
  write_file(folder_ / "client.key", authority_.issue({.common_name = "else"}).key_pem());
  ScriptedServer server({agree_and_wait()});
  const Error error = connect_error(server.conninfo(parameters));
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.object, (folder_ / "client.key").string());
}

TEST_F(TlsClient, a_missing_key_file) {
  ScriptedServer server({agree_and_wait()});
  const std::string parameters = show_certificate();
  std::filesystem::remove(folder_ / "client.key");
  const Error error = connect_error(server.conninfo(parameters));
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.object, (folder_ / "client.key").string());
}

TEST(KeyPermissions, group_may_read_only_what_root_owns) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to change the owner of a file";
  const TempDirectory folder("keys");
  const std::string key = write_file(folder / "k", "x", 0640);
  EXPECT_TRUE(protocol::check_key_permissions(key));
  EXPECT_EQ(::chown(key.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(protocol::check_key_permissions(key));
  EXPECT_FALSE(protocol::check_key_permissions(folder.path().string()));
}

TEST(EndPointBinding, hashes_with_the_digest_of_the_signature) {
  const Certificate authority = Certificate::authority("Test CA");
  const auto expected = [](const Certificate& certificate, const EVP_MD* digest) {
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    X509_digest(&certificate.x509(), digest, hash, &length);
    const auto* bytes = reinterpret_cast<const std::byte*>(hash);
    return std::vector<std::byte>(bytes, bytes + length);
  };
  const Certificate sha256 = authority.issue({.common_name = "a", .digest = "SHA256"});
  const Certificate sha384 = authority.issue({.common_name = "a", .digest = "SHA384"});
  const Certificate sha1 = authority.issue({.common_name = "a", .digest = "SHA1"});
  EXPECT_EQ(protocol::end_point_binding(sha256.x509()), expected(sha256, EVP_sha256()));
  EXPECT_EQ(protocol::end_point_binding(sha384.x509()), expected(sha384, EVP_sha384()));
  EXPECT_EQ(protocol::end_point_binding(sha1.x509()), expected(sha1, EVP_sha256()));
}

}  // namespace
}  // namespace pgark::test
