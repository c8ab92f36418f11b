// What each keyword's value does to the draft; used by the table in keywords.cpp only.
#pragma once

#include "protocol/params/keywords.hpp"

namespace pgark::params::setters {

tl::unexpected<Error> invalid_value(const Keyword& self, std::string_view value, std::string hint = {});

// Keeps the text: `member` of Draft, ConnectParams or SslParams.
template <std::string Draft::*member>
Result<> draft_text(Draft& draft, const Keyword&, std::string_view value) {
  draft.*member = value;
  return {};
}
template <std::string ConnectParams::*member>
Result<> text(Draft& draft, const Keyword&, std::string_view value) {
  draft.params.*member = value;
  return {};
}
template <std::string SslParams::*member>
Result<> ssl_text(Draft& draft, const Keyword&, std::string_view value) {
  draft.params.ssl.*member = value;
  return {};
}

Result<int> parse_integer(const Keyword& self, std::string_view value);

// A count or a time; negative means the system's default, as 0 does.
template <int ConnectParams::*member>
Result<> integer(Draft& draft, const Keyword& self, std::string_view value) {
  const auto number = parse_integer(self, value);
  if (!number) return tl::unexpected(number.error());
  draft.params.*member = *number < 0 ? 0 : *number;
  return {};
}

Result<> connect_timeout(Draft& draft, const Keyword& self, std::string_view value);
Result<> keepalives(Draft& draft, const Keyword& self, std::string_view value);
Result<> client_encoding(Draft& draft, const Keyword& self, std::string_view value);
Result<> replication(Draft& draft, const Keyword& self, std::string_view value);
Result<> target_session_attrs(Draft& draft, const Keyword& self, std::string_view value);
Result<> load_balance_hosts(Draft& draft, const Keyword& self, std::string_view value);
Result<> channel_binding(Draft& draft, const Keyword& self, std::string_view value);
Result<> require_auth(Draft& draft, const Keyword& self, std::string_view value);  // require_auth.cpp
Result<> gss_encryption(Draft& draft, const Keyword& self, std::string_view value);
Result<> min_protocol_version(Draft& draft, const Keyword& self, std::string_view value);
Result<> max_protocol_version(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_mode(Draft& draft, const Keyword& self, std::string_view value);
Result<> require_ssl(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_negotiation(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_root_cert(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_cert_mode(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_sni(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_min_version(Draft& draft, const Keyword& self, std::string_view value);
Result<> ssl_max_version(Draft& draft, const Keyword& self, std::string_view value);

Result<> no_effect(Draft& draft, const Keyword& self, std::string_view value);
Result<> not_supported(Draft& draft, const Keyword& self, std::string_view value);

}  // namespace pgark::params::setters
