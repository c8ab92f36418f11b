#include "storage/http/tls_trust.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace pgark::storage::http {
namespace {

bool is_address(const std::string& host) {
  in6_addr unused{};
  return ::inet_pton(AF_INET, host.c_str(), &unused) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &unused) == 1;
}

}  // namespace

TlsTrust::TlsTrust(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TlsTrust::~TlsTrust() {
  SSL_CTX_free(impl_->context);
}

Result<std::shared_ptr<const TlsTrust>> TlsTrust::create(const std::string& ca_file) {
  ERR_clear_error();
  auto impl = std::make_unique<Impl>();
  impl->context = SSL_CTX_new(TLS_client_method());
  if (impl->context == nullptr) return fail(ErrorCode::internal, "cannot set up TLS");
  const std::shared_ptr<const TlsTrust> trust(new TlsTrust(std::move(impl)));
  SSL_CTX* const context = trust->impl_->context;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::usage, "cannot read certificates to trust", ca_file,
                "name a readable file of PEM certificates (AWS_CA_BUNDLE)");
  }
  ERR_clear_error();
  return trust;
}

ssl_st* new_tls_session(ssl_ctx_st* context, const std::string& host) {
  SSL* const session = SSL_new(context);
  if (session == nullptr) return nullptr;
  X509_VERIFY_PARAM* const check = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // RFC 6066, section 3, has no addresses in SNI.
  const bool address = is_address(host);
  const int set = address ? X509_VERIFY_PARAM_set1_ip_asc(check, host.c_str())
                          : X509_VERIFY_PARAM_set1_host(check, host.c_str(), host.size());
  if (set == 1 && (address || SSL_set_tlsext_host_name(session, host.c_str()) == 1)) return session;
  SSL_free(session);
  return nullptr;
}

Failure explain_handshake(const ssl_st* session, const std::string& host, const std::string& reason) {
  const long verdict = SSL_get_verify_result(session);
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return {FailureKind::tls, fmt::format("the certificate of the server is not for \"{}\"", host)};
  if (verdict != X509_V_OK) {
    return {FailureKind::tls, fmt::format("the certificate of the server is not trusted: {}",
                                          X509_verify_cert_error_string(verdict))};
  }
  return {FailureKind::tls, "no TLS connection: " + reason};
}

}  // namespace pgark::storage::http
