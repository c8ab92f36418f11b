#include "protocol/tls_files.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace pgark::protocol {
namespace {

tl::unexpected<Error> file_failure(std::string_view what, const std::string& path, std::string hint) {
  return fail(ErrorCode::usage, fmt::format("cannot load the {}: {}", what, openssl_reason()), path,
              std::move(hint));
}

// Missing and unreadable files have their own text: OpenSSL's is hard to read.
Result<> check_readable(std::string_view what, const std::string& path, std::string_view keyword) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file != nullptr) {
    std::fclose(file);
    return {};
  }
  return fail(ErrorCode::usage,
              fmt::format("cannot read the {}: {}", what, std::generic_category().message(errno)), path,
              fmt::format("set {} to a file this user can read", keyword));
}

// OpenSSL asks here for the passphrase of an encrypted key.
int give_password(char* buffer, int size, int /*writing*/, void* user_data) {
  const auto* password = static_cast<const std::string*>(user_data);
  if (password == nullptr || password->empty() || std::cmp_greater_equal(password->size(), size)) return 0;
  std::memcpy(buffer, password->data(), password->size());
  return static_cast<int>(password->size());
}

Result<> load_revocation_lists(SSL_CTX* context, const params::SslParams& ssl) {
  const char* const file = ssl.crl.empty() ? nullptr : ssl.crl.c_str();
  const char* const dir = ssl.crl_dir.empty() ? nullptr : ssl.crl_dir.c_str();
  if (file == nullptr && dir == nullptr) return {};
  if (file != nullptr) {
    if (auto done = check_readable("certificate revocation list", ssl.crl, "sslcrl"); !done) return done;
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  if (X509_STORE_load_locations(store, file, dir) != 1) {
    return file_failure("certificate revocation list", file != nullptr ? ssl.crl : ssl.crl_dir,
                        "sslcrl names a PEM file, sslcrldir a folder prepared with `openssl rehash`");
  }
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  return {};
}

Result<> load_key(SSL_CTX* context, const params::SslParams& ssl) {
  const std::string& path = ssl.key;
  if (auto done = check_readable("private key", path, "sslkey"); !done) return done;
  if (auto done = check_key_permissions(path); !done) return done;
  std::string password = ssl.key_password;
  SSL_CTX_set_default_passwd_cb(context, give_password);
  SSL_CTX_set_default_passwd_cb_userdata(context, &password);
  const bool loaded = SSL_CTX_use_PrivateKey_file(context, path.c_str(), SSL_FILETYPE_PEM) == 1 ||
                      SSL_CTX_use_PrivateKey_file(context, path.c_str(), SSL_FILETYPE_ASN1) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  OPENSSL_cleanse(password.data(), password.size());
  if (!loaded) {
    return file_failure("private key", path,
                        ssl.key_password.empty()
                            ? "if the key is encrypted, give its passphrase as sslpassword"
                            : "check that sslpassword is the passphrase of this key");
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return file_failure("private key", path,
                        fmt::format("it does not belong to the certificate {}", ssl.cert));
  }
  return {};
}

}  // namespace

bool file_exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

std::optional<int> tls_protocol_number(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, int>, 4> kVersions = {{
      {"tlsv1", TLS1_VERSION},
      {"tlsv1.1", TLS1_1_VERSION},
      {"tlsv1.2", TLS1_2_VERSION},
      {"tlsv1.3", TLS1_3_VERSION},
  }};
  std::string lowered(name);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto* found = std::find_if(kVersions.begin(), kVersions.end(),
                                   [&lowered](const auto& version) { return version.first == lowered; });
  if (found == kVersions.end()) return std::nullopt;
  return found->second;
}

std::string openssl_reason() {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", code);
}

Result<> load_roots(SSL_CTX* context, const params::SslParams& ssl) {
  if (ssl.root_cert == "system") {
    if (SSL_CTX_set_default_verify_paths(context) != 1) {
      return fail(ErrorCode::usage, "cannot load the system's root certificates: " + openssl_reason(), {},
                  "install the package ca-certificates, or give a file as sslrootcert");
    }
    return load_revocation_lists(context, ssl);
  }
  if (ssl.root_cert.empty()) {
    return fail(ErrorCode::usage, "no root certificate to check the server's certificate with", {},
                "give sslrootcert (a file or \"system\"), or an sslmode that does not check");
  }
  if (auto done = check_readable("root certificate", ssl.root_cert, "sslrootcert"); !done) return done;
  if (SSL_CTX_load_verify_locations(context, ssl.root_cert.c_str(), nullptr) != 1) {
    return file_failure("root certificate", ssl.root_cert,
                        "it must hold one or more certificates in PEM form");
  }
  return load_revocation_lists(context, ssl);
}

Result<> load_client_certificate(SSL_CTX* context, const params::SslParams& ssl) {
  if (ssl.cert.empty()) return {};
  if (auto done = check_readable("client certificate", ssl.cert, "sslcert"); !done) return done;
  if (SSL_CTX_use_certificate_chain_file(context, ssl.cert.c_str()) != 1) {
    return file_failure("client certificate", ssl.cert,
                        "it must hold the certificate, then its chain, in PEM form");
  }
  if (ssl.key.empty()) {
    return fail(ErrorCode::usage, "a client certificate is given, but no private key for it", ssl.cert,
                "give the key as sslkey");
  }
  return load_key(context, ssl);
}

Result<> check_key_permissions(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return fail(ErrorCode::usage, "cannot read the private key: " + std::generic_category().message(errno),
                path);
  }
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::usage, "the private key is not a regular file", path);
  const mode_t forbidden = info.st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
  if ((info.st_mode & forbidden) == 0) return {};
  return fail(ErrorCode::usage,
              fmt::format("the private key can be read by others (mode {:04o})", info.st_mode & 07777u), path,
              "chmod 0600 it, or 0640 if root owns it");
}

}  // namespace pgark::protocol
