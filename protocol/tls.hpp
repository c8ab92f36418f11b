// Our side of TLS: what to trust, what to show, how to explain a refusal. OpenSSL only, no sockets.
//
// TlsContext is built once per connection attempt list and shared; it is immutable, hence usable
// from any thread. TlsSession is one handshake; it belongs to the transport that drives it.
// Source: PostgreSQL documentation, "SSL Support"; RFC 5929 (channel binding).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace pgark::protocol {

// How far the server's certificate is checked.
enum class PeerCheck : std::uint8_t { none, chain, chain_and_host };

// sslmode, together with the presence of a root certificate: `require` with a root certificate
// checks the chain, as PostgreSQL's client does; `system` roots always check everything, because
// anybody may own some certificate under them.
PeerCheck peer_check(const params::SslParams& ssl);

// What the verification met first; filled by the handshake.
struct VerifyFailure {
  int error = 0;  // X509_V_ERR_*, 0 = none
  std::string subject, issuer, not_before, not_after;
};

class TlsContext;

// One handshake. `release()` hands the OpenSSL object to the stream that runs it; the session must
// outlive that stream.
class TlsSession {
 public:
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  ssl_st* release();  // the caller owns the result
  // After a successful handshake: host name and, when asked, the negotiated ALPN protocol.
  Result<> check_peer(bool alpn_required) const;
  // After a failed one. `reason` is the transport's own text.
  Error explain_failure(std::string_view reason) const;
  // "tls-server-end-point" data (RFC 5929 section 4.1): the hash of the server's certificate. Empty
  // when its signature algorithm has no hash of its own (Ed25519), for which the RFC defines nothing.
  std::vector<std::byte> end_point_binding() const;

 private:
  friend class TlsContext;
  TlsSession() = default;
  std::shared_ptr<const TlsContext> context_;
  ssl_st* ssl_ = nullptr;
  bool owned_ = true;
  std::string host_;
  VerifyFailure failure_;
};

class TlsContext : public std::enable_shared_from_this<TlsContext> {
 public:
  // Reads the certificate files; every failure names the file and what to do about it.
  static Result<std::shared_ptr<const TlsContext>> create(const params::SslParams& ssl);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // `host` is the name the user gave (not the address dialled): for SNI and the host check.
  Result<std::unique_ptr<TlsSession>> new_session(const std::string& host) const;
  const params::SslParams& ssl() const { return ssl_; }

 private:
  TlsContext(ssl_ctx_st* context, params::SslParams ssl) : context_(context), ssl_(std::move(ssl)) {}
  ssl_ctx_st* const context_;
  const params::SslParams ssl_;
};

// Hash of a certificate as "tls-server-end-point" wants it.
std::vector<std::byte> end_point_binding(const x509_st& certificate);

}  // namespace pgark::protocol
