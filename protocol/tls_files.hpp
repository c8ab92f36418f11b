// The files TLS reads: root certificates, revocation lists, the client certificate and its key.
//
// Every failure is ErrorCode::usage and names the file. Functions of a context under construction:
// one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"

struct ssl_ctx_st;

namespace pgark::protocol {

bool file_exists(const std::string& path);

// OpenSSL's number of "TLSv1.2", ASCII case ignored.
std::optional<int> tls_protocol_number(std::string_view name);

// Text of the oldest error in OpenSSL's queue, which is cleared.
std::string openssl_reason();

// Roots and revocation lists. A missing root certificate is an error here: call it only when the
// chain is to be checked.
Result<> load_roots(ssl_ctx_st* context, const params::SslParams& ssl);

// Nothing happens when no certificate is given.
Result<> load_client_certificate(ssl_ctx_st* context, const params::SslParams& ssl);

// Refuses a private key that others can read: owned by root and more than read access for the group,
// or owned by another and any access for group or others.
Result<> check_key_permissions(const std::string& path);

}  // namespace pgark::protocol
