#include "protocol/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstring>
#include <optional>

#include "protocol/certificate_name.hpp"
#include "protocol/tls_files.hpp"

namespace pgark::protocol {
namespace {

// RFC 7301 wire form of the one protocol name we speak.
constexpr unsigned char kAlpn[] = {10, 'p', 'o', 's', 't', 'g', 'r', 'e', 's', 'q', 'l'};

using ContextPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

int failure_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string one_line(const X509_NAME* name) {
  char text[256] = {};
  if (name != nullptr) X509_NAME_oneline(name, text, sizeof text);
  return text;
}

std::string time_text(const ASN1_TIME* time) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (out == nullptr || time == nullptr || ASN1_TIME_print(out.get(), time) != 1) return "an unknown time";
  const char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// Keeps what failed first: the session explains it later, when the certificate is gone.
int on_verify(int accepted, X509_STORE_CTX* store) {
  if (accepted == 1) return 1;
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* failure =
      ssl == nullptr ? nullptr : static_cast<VerifyFailure*>(SSL_get_ex_data(ssl, failure_index()));
  if (failure == nullptr || failure->error != 0) return 0;
  failure->error = X509_STORE_CTX_get_error(store);
  if (const X509* certificate = X509_STORE_CTX_get_current_cert(store)) {
    failure->subject = one_line(X509_get_subject_name(certificate));
    failure->issuer = one_line(X509_get_issuer_name(certificate));
    failure->not_before = time_text(X509_get0_notBefore(certificate));
    failure->not_after = time_text(X509_get0_notAfter(certificate));
  }
  return 0;
}

Result<> set_protocol_range(SSL_CTX* context, const params::SslParams& ssl) {
  const auto apply = [](const std::string& name, auto setter, std::string_view keyword) -> Result<> {
    if (name.empty()) return {};
    const std::optional<int> version = tls_protocol_number(name);
    if (version && setter(*version) == 1) return {};
    return fail(ErrorCode::usage, fmt::format("invalid {} \"{}\"", keyword, name), {},
                "use TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3");
  };
  const auto set_min = [context](int v) { return SSL_CTX_set_min_proto_version(context, v); };
  const auto set_max = [context](int v) { return SSL_CTX_set_max_proto_version(context, v); };
  if (auto done = apply(ssl.min_protocol_version, set_min, "ssl_min_protocol_version"); !done) return done;
  return apply(ssl.max_protocol_version, set_max, "ssl_max_protocol_version");
}

std::string peer_issuer(const VerifyFailure& failure) {
  return failure.issuer.empty() ? std::string("an unknown issuer") : fmt::format("\"{}\"", failure.issuer);
}

Error explain_verification(const VerifyFailure& failure, const params::SslParams& ssl) {
  Error error;
  error.code = ErrorCode::connect;
  const char* const reason = X509_verify_cert_error_string(failure.error);
  switch (failure.error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      error.message =
          fmt::format("the server certificate \"{}\" expired at {}", failure.subject, failure.not_after);
      error.hint = "renew the certificate on the server (and check this machine's clock)";
      break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      error.message = fmt::format("the server certificate \"{}\" is valid only from {}", failure.subject,
                                  failure.not_before);
      error.hint = "check this machine's clock";
      break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      error.message =
          fmt::format("the server certificate is not trusted: it was issued by {}, which is not in {}",
                      peer_issuer(failure), ssl.root_cert);
      error.hint =
          "give the certificate of the authority that signed the server's certificate as sslrootcert";
      break;
    case X509_V_ERR_CERT_REVOKED:
      error.message = fmt::format("the server certificate \"{}\" has been revoked", failure.subject);
      error.hint = "replace the certificate on the server";
      break;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      error.message = fmt::format("there is no revocation list of {} to check the server certificate with",
                                  peer_issuer(failure));
      error.hint = "add the authority's list to sslcrl or sslcrldir, or leave these out";
      break;
    default: error.message = fmt::format("the server certificate was rejected: {}", reason); break;
  }
  return error;
}

}  // namespace

PeerCheck peer_check(const params::SslParams& ssl) {
  if (ssl.root_cert == "system") return PeerCheck::chain_and_host;
  switch (ssl.mode) {
    case params::SslMode::verify_full: return PeerCheck::chain_and_host;
    case params::SslMode::verify_ca: return PeerCheck::chain;
    case params::SslMode::require:
      return !ssl.root_cert.empty() && file_exists(ssl.root_cert) ? PeerCheck::chain : PeerCheck::none;
    case params::SslMode::disable:
    case params::SslMode::allow:
    case params::SslMode::prefer: return PeerCheck::none;
  }
  return PeerCheck::chain_and_host;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::create(const params::SslParams& ssl) {
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (context == nullptr) return fail(ErrorCode::internal, "cannot set up TLS: " + openssl_reason());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (auto done = set_protocol_range(context.get(), ssl); !done) return tl::unexpected(done.error());
  if (peer_check(ssl) == PeerCheck::none) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  } else {
    if (auto done = load_roots(context.get(), ssl); !done) return tl::unexpected(done.error());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, on_verify);
  }
  if (auto done = load_client_certificate(context.get(), ssl); !done) return tl::unexpected(done.error());
  return std::shared_ptr<const TlsContext>(new TlsContext(context.release(), ssl));
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

Result<std::unique_ptr<TlsSession>> TlsContext::new_session(const std::string& host) const {
  if (peer_check(ssl_) == PeerCheck::chain_and_host && host.empty()) {
    return fail(ErrorCode::usage, "sslmode=verify-full needs a host name, and only an address was given", {},
                "give the name in the server's certificate as host, next to hostaddr");
  }
  std::unique_ptr<TlsSession> session(new TlsSession);
  session->context_ = shared_from_this();
  session->host_ = host;
  session->ssl_ = SSL_new(context_);
  if (session->ssl_ == nullptr) return fail(ErrorCode::internal, "cannot set up TLS: " + openssl_reason());
  SSL_set_ex_data(session->ssl_, failure_index(), &session->failure_);
  SSL_set_alpn_protos(session->ssl_, kAlpn, sizeof kAlpn);
  // RFC 6066 section 3 forbids address literals in SNI.
  const bool send_name = ssl_.sni && !host.empty() && host.front() != '/' && ip_literal_bytes(host).empty();
  if (send_name) SSL_set_tlsext_host_name(session->ssl_, host.c_str());
  return session;
}

TlsSession::~TlsSession() {
  if (owned_) SSL_free(ssl_);
}

SSL* TlsSession::release() {
  owned_ = false;
  return ssl_;
}

Result<> TlsSession::check_peer(bool alpn_required) const {
  if (alpn_required) {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_, &name, &length);
    if (length != kAlpn[0] || std::memcmp(name, kAlpn + 1, length) != 0) {
      return fail(ErrorCode::connect,
                  "the server accepted TLS but did not agree to speak PostgreSQL over it (ALPN)", {},
                  "sslnegotiation=direct needs PostgreSQL 17 or later at the other end");
    }
  }
  if (peer_check(context_->ssl()) != PeerCheck::chain_and_host) return {};
  const X509Ptr certificate(SSL_get1_peer_certificate(ssl_), X509_free);
  if (certificate == nullptr) return fail(ErrorCode::connect, "the server showed no certificate");
  const CertificateNames names = certificate_names(*certificate);
  if (certificate_is_for(names, host_)) return {};
  return fail(
      ErrorCode::connect,
      fmt::format("the server certificate is for {}, not for \"{}\"", names.describe(), host_), {},
      "connect with a name the certificate carries, or use sslmode=verify-ca if the name does not matter");
}

Error TlsSession::explain_failure(std::string_view reason) const {
  if (failure_.error != 0) return explain_verification(failure_, context_->ssl());
  Error error;
  error.code = ErrorCode::connect;
  error.message = fmt::format("the TLS handshake failed: {}", reason);
  if (reason.find("certificate required") != std::string_view::npos) {
    error.hint = "the server wants a client certificate: give sslcert and sslkey";
  } else if (reason.find("protocol version") != std::string_view::npos ||
             reason.find("unsupported protocol") != std::string_view::npos) {
    error.hint = "client and server have no TLS version in common: see ssl_min_protocol_version";
  } else if (reason.find("alert") != std::string_view::npos) {
    error.hint = "the server refused our side of TLS; its log says why";
  }
  return error;
}

std::vector<std::byte> TlsSession::end_point_binding() const {
  const X509Ptr certificate(SSL_get1_peer_certificate(ssl_), X509_free);
  return certificate == nullptr ? std::vector<std::byte>() : protocol::end_point_binding(*certificate);
}

std::vector<std::byte> end_point_binding(const x509_st& certificate) {
  auto* x509 = const_cast<X509*>(&certificate);  // X509_get_signature_info() caches inside
  int digest_nid = NID_undef;
  if (X509_get_signature_info(x509, &digest_nid, nullptr, nullptr, nullptr) != 1) return {};
  if (digest_nid == NID_undef) return {};
  // The RFC replaces the two broken hashes.
  if (digest_nid == NID_md5 || digest_nid == NID_sha1) digest_nid = NID_sha256;
  const EVP_MD* digest = EVP_get_digestbynid(digest_nid);
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (digest == nullptr || X509_digest(x509, digest, hash, &length) != 1) return {};
  const auto* bytes = reinterpret_cast<const std::byte*>(hash);
  return {bytes, bytes + length};
}

}  // namespace pgark::protocol
