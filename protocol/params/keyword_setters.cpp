#include "protocol/params/keyword_setters.hpp"

#include <charconv>

namespace pgark::params::setters {
namespace {

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

template <class T, std::size_t N>
Result<T> choose(const Choice<T> (&choices)[N], const Keyword& self, std::string_view value) {
  std::string names;
  for (const auto& choice : choices) {
    if (choice.name == value) return choice.value;
    names += names.empty() ? "" : ", ";
    names += choice.name;
  }
  return invalid_value(self, value, std::string(self.name) + " is one of " + names);
}

template <class T>
Result<> store(Result<T> value, T& target) {
  if (!value) return tl::unexpected(value.error());
  target = *value;
  return {};
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

constexpr Choice<bool> kZeroOne[] = {{"0", false}, {"1", true}};

constexpr Choice<SslMode> kSslModes[] = {
    {"disable", SslMode::disable}, {"allow", SslMode::allow},         {"prefer", SslMode::prefer},
    {"require", SslMode::require}, {"verify-ca", SslMode::verify_ca}, {"verify-full", SslMode::verify_full}};

// libpq compares these without regard to case; the spelling below is the canonical one.
Result<std::string> tls_version(const Keyword& self, std::string_view value) {
  for (const std::string_view name : {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}) {
    const bool same = std::equal(name.begin(), name.end(), value.begin(), value.end(),
                                 [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    if (same) return std::string(name);
  }
  return invalid_value(self, value, "a TLS version is one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3");
}

enum class ProtocolVersion { v3_0, v3_2 };
constexpr Choice<ProtocolVersion> kProtocolVersions[] = {
    {"3.0", ProtocolVersion::v3_0}, {"3.2", ProtocolVersion::v3_2}, {"latest", ProtocolVersion::v3_2}};

}  // namespace

tl::unexpected<Error> invalid_value(const Keyword& self, std::string_view value, std::string hint) {
  std::string message = "invalid value";
  if (!self.secret) message += " \"" + std::string(value) + '"';
  return fail(ErrorCode::usage, message + " of the connection parameter " + std::string(self.name), {},
              std::move(hint));
}

Result<int> parse_integer(const Keyword& self, std::string_view value) {
  std::string_view digits = trim(value);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return invalid_value(self, value, std::string(self.name) + " is a whole number");
  }
  return number;
}

Result<> connect_timeout(Draft& draft, const Keyword& self, std::string_view value) {
  const auto seconds = parse_integer(self, value);
  if (!seconds) return tl::unexpected(seconds.error());
  // One second is rounded up as in libpq: a whole-second clock could make it expire at once.
  draft.params.connect_timeout_s = *seconds <= 0 ? 0 : std::max(*seconds, 2);
  return {};
}

Result<> keepalives(Draft& draft, const Keyword& self, std::string_view value) {
  const auto number = parse_integer(self, value);
  if (!number) return tl::unexpected(number.error());
  draft.params.keepalives = *number != 0;
  return {};
}

Result<> client_encoding(Draft& draft, const Keyword&, std::string_view value) {
  // "auto" asks libpq for the encoding of the terminal's locale; an archive keeps the server's encoding
  // instead.
  draft.params.client_encoding = value == "auto" ? std::string_view{} : value;
  return {};
}

Result<> replication(Draft&, const Keyword& self, std::string_view value) {
  for (const std::string_view off : {"false", "off", "no", "0"}) {
    if (value == off) return {};
  }
  return invalid_value(self, value, "pgark works through ordinary connections only");
}

Result<> target_session_attrs(Draft& draft, const Keyword& self, std::string_view value) {
  constexpr Choice<TargetSessionAttrs> kChoices[] = {{"any", TargetSessionAttrs::any},
                                                     {"read-write", TargetSessionAttrs::read_write},
                                                     {"read-only", TargetSessionAttrs::read_only},
                                                     {"primary", TargetSessionAttrs::primary},
                                                     {"standby", TargetSessionAttrs::standby},
                                                     {"prefer-standby", TargetSessionAttrs::prefer_standby}};
  return store(choose(kChoices, self, value), draft.params.target_session_attrs);
}

Result<> load_balance_hosts(Draft& draft, const Keyword& self, std::string_view value) {
  constexpr Choice<bool> kChoices[] = {{"disable", false}, {"random", true}};
  return store(choose(kChoices, self, value), draft.params.load_balance_random);
}

Result<> channel_binding(Draft& draft, const Keyword& self, std::string_view value) {
  constexpr Choice<ChannelBinding> kChoices[] = {{"disable", ChannelBinding::disable},
                                                 {"prefer", ChannelBinding::prefer},
                                                 {"require", ChannelBinding::require}};
  return store(choose(kChoices, self, value), draft.params.channel_binding);
}

Result<> gss_encryption(Draft&, const Keyword& self, std::string_view value) {
  if (value == "disable" || value == "prefer") return {};
  if (value != "require") return invalid_value(self, value, "gssencmode is one of disable, prefer, require");
  return fail(ErrorCode::usage, "gssencmode=require cannot be met: pgark has no GSSAPI encryption", {},
              "use sslmode=verify-full for an encrypted connection");
}

Result<> min_protocol_version(Draft&, const Keyword& self, std::string_view value) {
  const auto version = choose(kProtocolVersions, self, value);
  if (!version) return tl::unexpected(version.error());
  if (*version == ProtocolVersion::v3_0) return {};
  return fail(ErrorCode::usage, "min_protocol_version=" + std::string(value) +
                                    " cannot be met: pgark asks servers for protocol 3.0");
}

Result<> max_protocol_version(Draft&, const Keyword& self, std::string_view value) {
  // Protocol 3.0 is below every limit that can be given.
  const auto version = choose(kProtocolVersions, self, value);
  return version ? Result<>{} : tl::unexpected(version.error());
}

std::string_view name_of(SslMode mode) {
  for (const auto& choice : kSslModes) {
    if (choice.value == mode) return choice.name;
  }
  return {};
}

Result<> ssl_mode(Draft& draft, const Keyword& self, std::string_view value) {
  const auto mode = choose(kSslModes, self, value);
  if (!mode) return tl::unexpected(mode.error());
  draft.ssl_mode = *mode;
  return {};
}

Result<> require_ssl(Draft& draft, const Keyword& self, std::string_view value) {
  const auto required = choose(kZeroOne, self, value);
  if (!required) return tl::unexpected(required.error());
  // The forerunner of sslmode: that one wins when both are given (the table applies it first).
  if (*required && !draft.ssl_mode) draft.ssl_mode = SslMode::require;
  return {};
}

Result<> ssl_negotiation(Draft& draft, const Keyword& self, std::string_view value) {
  constexpr Choice<SslNegotiation> kChoices[] = {{"postgres", SslNegotiation::postgres},
                                                 {"direct", SslNegotiation::direct}};
  return store(choose(kChoices, self, value), draft.params.ssl.negotiation);
}

Result<> ssl_root_cert(Draft& draft, const Keyword&, std::string_view value) {
  draft.params.ssl.root_cert = value;
  draft.params.ssl.root_cert_given = true;
  return {};
}

Result<> ssl_cert_mode(Draft& draft, const Keyword& self, std::string_view value) {
  if (value == "allow") return {};
  if (value == "disable") {
    draft.ssl_cert_disabled = true;
    return {};
  }
  if (value != "require") return invalid_value(self, value, "sslcertmode is one of disable, allow, require");
  return fail(
      ErrorCode::usage,
      "sslcertmode=require cannot be met: pgark does not check whether the server asked for a certificate",
      {}, "use sslcertmode=allow, and \"cert\" or clientcert in the server's pg_hba.conf");
}

Result<> ssl_sni(Draft& draft, const Keyword& self, std::string_view value) {
  return store(choose(kZeroOne, self, value), draft.params.ssl.sni);
}

Result<> ssl_min_version(Draft& draft, const Keyword& self, std::string_view value) {
  return store(tls_version(self, value), draft.params.ssl.min_protocol_version);
}

Result<> ssl_max_version(Draft& draft, const Keyword& self, std::string_view value) {
  return store(tls_version(self, value), draft.params.ssl.max_protocol_version);
}

Result<> no_effect(Draft&, const Keyword&, std::string_view) {
  return {};
}

Result<> not_supported(Draft&, const Keyword& self, std::string_view) {
  return fail(ErrorCode::usage,
              "the connection parameter " + std::string(self.name) + " is not supported by pgark");
}

}  // namespace pgark::params::setters

namespace pgark::params {

std::string_view ssl_mode_name(SslMode mode) {
  return setters::name_of(mode);
}

}  // namespace pgark::params
