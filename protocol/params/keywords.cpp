#include "protocol/params/keywords.hpp"

#include <algorithm>

#include "protocol/params/keyword_setters.hpp"

namespace pgark::params {
namespace {

using namespace setters;

constexpr Keyword kKeywords[] = {
    // Handled before the table is applied: it names the section of the service file.
    {"service", "PGSERVICE", false, no_effect},
    {"servicefile", "PGSERVICEFILE", false, no_effect},

    {"host", "PGHOST", false, draft_text<&Draft::host>},
    {"hostaddr", "PGHOSTADDR", false, draft_text<&Draft::hostaddr>},
    {"port", "PGPORT", false, draft_text<&Draft::port>},
    {"dbname", "PGDATABASE", false, text<&ConnectParams::database>},
    {"user", "PGUSER", false, text<&ConnectParams::user>},
    {"password", "PGPASSWORD", true, draft_text<&Draft::password>},
    {"passfile", "PGPASSFILE", false, draft_text<&Draft::password_file>},
    {"target_session_attrs", "PGTARGETSESSIONATTRS", false, target_session_attrs},
    {"load_balance_hosts", "PGLOADBALANCEHOSTS", false, load_balance_hosts},

    {"application_name", "PGAPPNAME", false, text<&ConnectParams::application_name>},
    {"fallback_application_name", "", false, draft_text<&Draft::fallback_application_name>},
    {"client_encoding", "PGCLIENTENCODING", false, client_encoding},
    {"options", "PGOPTIONS", false, text<&ConnectParams::options>},
    {"replication", "", false, replication},
    {"min_protocol_version", "PGMINPROTOCOLVERSION", false, min_protocol_version},
    {"max_protocol_version", "PGMAXPROTOCOLVERSION", false, max_protocol_version},

    {"connect_timeout", "PGCONNECT_TIMEOUT", false, connect_timeout},
    {"keepalives", "", false, keepalives},
    {"keepalives_idle", "", false, integer<&ConnectParams::keepalives_idle_s>},
    {"keepalives_interval", "", false, integer<&ConnectParams::keepalives_interval_s>},
    {"keepalives_count", "", false, integer<&ConnectParams::keepalives_count>},
    {"tcp_user_timeout", "", false, integer<&ConnectParams::tcp_user_timeout_ms>},

    {"channel_binding", "PGCHANNELBINDING", false, channel_binding},
    {"require_auth", "PGREQUIREAUTH", false, require_auth},
    {"requirepeer", "PGREQUIREPEER", false, not_supported},
    {"gssencmode", "PGGSSENCMODE", false, gss_encryption},
    {"krbsrvname", "PGKRBSRVNAME", false, no_effect},
    {"gsslib", "PGGSSLIB", false, no_effect},
    {"gssdelegation", "PGGSSDELEGATION", false, no_effect},
    {"scram_client_key", "", true, not_supported},
    {"scram_server_key", "", true, not_supported},
    {"oauth_issuer", "", false, not_supported},
    {"oauth_client_id", "", false, not_supported},
    {"oauth_client_secret", "", true, not_supported},
    {"oauth_scope", "", false, not_supported},

    {"sslmode", "PGSSLMODE", false, ssl_mode},
    {"requiressl", "PGREQUIRESSL", false, require_ssl},
    {"sslnegotiation", "PGSSLNEGOTIATION", false, ssl_negotiation},
    {"sslrootcert", "PGSSLROOTCERT", false, ssl_root_cert},
    {"sslcert", "PGSSLCERT", false, ssl_text<&SslParams::cert>},
    {"sslkey", "PGSSLKEY", false, ssl_text<&SslParams::key>},
    {"sslpassword", "", true, ssl_text<&SslParams::key_password>},
    {"sslcertmode", "PGSSLCERTMODE", false, ssl_cert_mode},
    {"sslcrl", "PGSSLCRL", false, ssl_text<&SslParams::crl>},
    {"sslcrldir", "PGSSLCRLDIR", false, ssl_text<&SslParams::crl_dir>},
    {"sslsni", "PGSSLSNI", false, ssl_sni},
    {"sslcompression", "PGSSLCOMPRESSION", false, no_effect},  // libpq ignores it as well
    {"ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", false, ssl_min_version},
    {"ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", false, ssl_max_version},
    {"sslkeylogfile", "", false, not_supported},
};

constexpr std::size_t kKeywordBytesMax = 63;

bool is_keyword_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::span<const Keyword> all_keywords() {
  return kKeywords;
}

const Keyword* find_keyword(std::string_view name) {
  const auto* found = std::find_if(std::begin(kKeywords), std::end(kKeywords),
                                   [&](const Keyword& keyword) { return keyword.name == name; });
  return found == std::end(kKeywords) ? nullptr : found;
}

std::string quote_keyword(std::string_view word) {
  const bool plain = !word.empty() && word.size() <= kKeywordBytesMax &&
                     std::all_of(word.begin(), word.end(), is_keyword_character);
  return plain ? '"' + std::string(word) + '"' : "a word that cannot be a keyword";
}

Result<const Keyword*> check_keyword(std::string_view name, bool hide) {
  const Keyword* keyword = find_keyword(name);
  if (keyword != nullptr) return keyword;
  if (hide) return fail(ErrorCode::usage, "unknown connection parameter");
  return fail(ErrorCode::usage, "unknown connection parameter " + quote_keyword(name));
}

}  // namespace pgark::params
