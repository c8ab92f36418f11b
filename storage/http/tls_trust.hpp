// Inside of TlsTrust: for connection.cpp only, because it brings Asio's TLS with it.
#pragma once

#include <memory>
#include <string>

#include "storage/http/connection.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace pgark::storage::http {

struct TlsTrust::Impl {
  ssl_ctx_st* context = nullptr;
};

// A client's side of a handshake with `host`: its name is asked for (SNI) and looked for in the certificate.
// The caller owns it. Null when memory is short.
ssl_st* new_tls_session(ssl_ctx_st* context, const std::string& host);

// Why the handshake has failed: what is wrong with the certificate, or `reason`, the transport's own text.
Failure explain_handshake(const ssl_st* session, const std::string& host, const std::string& reason);

}  // namespace pgark::storage::http
