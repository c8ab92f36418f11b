// Certificate authorities and certificates made on the spot, and a TLS server side that shows them.
// Not thread safe while being made; ServerTls may be shared by threads.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;
struct evp_pkey_st;

namespace pgark::test {

struct CertificateOptions {
  std::string common_name = {};
  std::vector<std::string> dns_names = {};
  std::vector<std::string> ip_addresses = {};
  int days_from = -1;  // relative to now
  int days_to = 30;
  std::string digest = "SHA256";  // of the signature
};

// A key and a certificate. Copies share both.
class Certificate {
 public:
  // Signed by itself, able to sign others.
  static Certificate authority(const std::string& common_name);
  Certificate issue(const CertificateOptions& options) const;
  // A revocation list, PEM, naming `revoked` (may be empty).
  std::string revocation_list(const std::vector<Certificate>& revoked) const;

  std::string certificate_pem() const;
  // Encrypted with `password` when that is not empty.
  std::string key_pem(const std::string& password = {}) const;
  const x509_st& x509() const { return *certificate_; }

 private:
  friend class ServerTls;
  static Certificate make(const CertificateOptions& options, const Certificate* issuer);
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

// Writes a file with these permissions (0600 unless told otherwise) and returns its path as text.
std::string write_file(const std::filesystem::path& path, const std::string& content, unsigned mode = 0600);

struct ServerTlsOptions {
  const Certificate* client_authority = nullptr;  // ask for a client certificate of this authority
  bool with_alpn = true;                          // agree to "postgresql"
};

class ServerTls {
 public:
  explicit ServerTls(const Certificate& certificate, const ServerTlsOptions& options = {});
  ssl_st* new_session() const;  // the caller owns it

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace pgark::test
