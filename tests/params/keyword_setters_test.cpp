// What each keyword's value means, and that wrong ones are named.
#include <gmock/gmock.h>

#include <set>

#include "params_fixture.hpp"
#include "protocol/params/keywords.hpp"

namespace pgark::params::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using KeywordTest = ParamsTest;

TEST(Keywords, names_and_variables_are_unique) {
  std::set<std::string_view> names, variables;
  for (const Keyword& keyword : all_keywords()) {
    EXPECT_TRUE(names.insert(keyword.name).second) << keyword.name;
    EXPECT_TRUE(keyword.variable.empty() || variables.insert(keyword.variable).second) << keyword.variable;
    EXPECT_EQ(find_keyword(keyword.name), &keyword);
  }
  EXPECT_EQ(find_keyword("nosuch"), nullptr);
}

TEST_F(KeywordTest, every_documented_variable_is_read) {
  variables = {{"PGHOST", "h"},
               {"PGPORT", "7"},
               {"PGDATABASE", "d"},
               {"PGUSER", "u"},
               {"PGPASSWORD", "p"},
               {"PGTARGETSESSIONATTRS", "prefer-standby"},
               {"PGLOADBALANCEHOSTS", "random"},
               {"PGAPPNAME", "app"},
               {"PGCLIENTENCODING", "LATIN1"},
               {"PGOPTIONS", "-c geqo=off"},
               {"PGCONNECT_TIMEOUT", "10"},
               {"PGCHANNELBINDING", "require"},
               {"PGREQUIREAUTH", "scram-sha-256"},
               {"PGSSLMODE", "verify-ca"},
               {"PGSSLNEGOTIATION", "direct"},
               {"PGSSLROOTCERT", "/r"},
               {"PGSSLCERT", "/c"},
               {"PGSSLKEY", "/k"},
               {"PGSSLCRL", "/crl"},
               {"PGSSLCRLDIR", "/crls"},
               {"PGSSLSNI", "0"},
               {"PGSSLMINPROTOCOLVERSION", "tlsv1.3"},
               {"PGSSLMAXPROTOCOLVERSION", "TLSv1.3"}};
  const auto params = resolved("");
  EXPECT_EQ(params.describe(), "\"d\" on h:7 as \"u\"");
  EXPECT_EQ(params.hosts.at(0).password, "p");
  EXPECT_EQ(params.target_session_attrs, TargetSessionAttrs::prefer_standby);
  EXPECT_TRUE(params.load_balance_random);
  EXPECT_EQ(params.application_name, "app");
  EXPECT_EQ(params.client_encoding, "LATIN1");
  EXPECT_EQ(params.options, "-c geqo=off");
  EXPECT_EQ(params.connect_timeout_s, 10);
  EXPECT_EQ(params.channel_binding, ChannelBinding::require);
  EXPECT_EQ(params.ssl.mode, SslMode::verify_ca);
  EXPECT_EQ(params.ssl.negotiation, SslNegotiation::direct);
  EXPECT_EQ(params.ssl.root_cert, "/r");
  EXPECT_TRUE(params.ssl.root_cert_given);
  EXPECT_EQ(params.ssl.cert, "/c");
  EXPECT_EQ(params.ssl.key, "/k");
  EXPECT_EQ(params.ssl.crl, "/crl");
  EXPECT_EQ(params.ssl.crl_dir, "/crls");
  EXPECT_FALSE(params.ssl.sni);
  EXPECT_EQ(params.ssl.min_protocol_version, "TLSv1.3");
  EXPECT_EQ(params.ssl.max_protocol_version, "TLSv1.3");
}

TEST_F(KeywordTest, wrong_values_are_named_with_their_source) {
  for (const char* keyword : {"sslmode",
                              "sslnegotiation",
                              "channel_binding",
                              "target_session_attrs",
                              "load_balance_hosts",
                              "require_auth",
                              "gssencmode",
                              "sslcertmode",
                              "sslsni",
                              "ssl_min_protocol_version",
                              "ssl_max_protocol_version",
                              "min_protocol_version",
                              "max_protocol_version",
                              "connect_timeout",
                              "keepalives",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "requiressl",
                              "replication"}) {
    EXPECT_THAT(error_of(std::string(keyword) + "=bogus"),
                AllOf(HasSubstr("\"bogus\""), HasSubstr(keyword), HasSubstr("from the connection string")));
  }
  variables = {{"PGSSLMODE", "bogus"}};
  EXPECT_THAT(error_of(""), AllOf(HasSubstr("\"bogus\""), HasSubstr("from PGSSLMODE")));
}

TEST_F(KeywordTest, what_pgark_cannot_honour_is_refused_by_name) {
  for (const char* keyword :
       {"requirepeer", "sslkeylogfile", "oauth_issuer", "oauth_client_secret", "scram_client_key"}) {
    EXPECT_THAT(error_of(std::string(keyword) + "=sesame"),
                AllOf(HasSubstr(keyword), HasSubstr("not supported"), Not(HasSubstr("sesame"))));
  }
  variables = {{"PGREQUIREPEER", "postgres"}};
  EXPECT_THAT(error_of(""), HasSubstr("from PGREQUIREPEER"));
  variables.clear();
  EXPECT_THAT(error_of("gssencmode=require"), HasSubstr("no GSSAPI"));
  EXPECT_THAT(error_of("sslcertmode=require"), HasSubstr("sslcertmode=require"));
  EXPECT_THAT(error_of("min_protocol_version=3.2"), HasSubstr("min_protocol_version=3.2"));
  EXPECT_THAT(error_of("replication=database"), HasSubstr("replication"));
}

TEST_F(KeywordTest, harmless_ones_are_accepted) {
  resolved("sslcompression=1 krbsrvname=x gsslib=gssapi gssdelegation=1 gssencmode=disable");
  resolved("gssencmode=prefer min_protocol_version=3.0 max_protocol_version=latest sslcertmode=allow");
  resolved("replication=false");
}

TEST_F(KeywordTest, connect_timeout_follows_libpq) {
  EXPECT_EQ(resolved("connect_timeout=0").connect_timeout_s, 0);
  EXPECT_EQ(resolved("connect_timeout=-5").connect_timeout_s, 0);
  EXPECT_EQ(resolved("connect_timeout=1").connect_timeout_s, 2);
  EXPECT_EQ(resolved("connect_timeout=' 3 '").connect_timeout_s, 3);
  EXPECT_THAT(error_of("connect_timeout=99999999999"), HasSubstr("99999999999"));
}

TEST_F(KeywordTest, keepalives) {
  const auto params =
      resolved("keepalives_idle=1 keepalives_interval=2 keepalives_count=-3 tcp_user_timeout=4");
  EXPECT_TRUE(params.keepalives);
  EXPECT_EQ(params.keepalives_idle_s, 1);
  EXPECT_EQ(params.keepalives_interval_s, 2);
  EXPECT_EQ(params.keepalives_count, 0);
  EXPECT_EQ(params.tcp_user_timeout_ms, 4);
  EXPECT_FALSE(resolved("keepalives=0").keepalives);
}

TEST_F(KeywordTest, application_name) {
  EXPECT_EQ(resolved("").application_name, "pgark");
  EXPECT_EQ(resolved("fallback_application_name=f").application_name, "f");
  EXPECT_EQ(resolved("fallback_application_name=f application_name=a").application_name, "a");
}

TEST_F(KeywordTest, automatic_encoding_is_the_servers) {
  EXPECT_EQ(resolved("client_encoding=auto").client_encoding, "");
  EXPECT_EQ(resolved("client_encoding=UTF8").client_encoding, "UTF8");
}

TEST_F(KeywordTest, require_auth_lists) {
  const auto policy = [this](const std::string& value) {
    return resolved("require_auth='" + value + "'").require_auth;
  };
  EXPECT_FALSE(resolved("").require_auth.restricted);
  const AuthPolicy two = policy("scram-sha-256,md5");
  EXPECT_TRUE(two.restricted);
  EXPECT_TRUE(two.allows(AuthMethod::scram_sha_256));
  EXPECT_TRUE(two.allows(AuthMethod::md5));
  EXPECT_FALSE(two.allows(AuthMethod::none));
  EXPECT_FALSE(two.allows(AuthMethod::password));
  const AuthPolicy negative = policy("!password,!none");
  EXPECT_FALSE(negative.allows(AuthMethod::password));
  EXPECT_FALSE(negative.allows(AuthMethod::none));
  EXPECT_TRUE(negative.allows(AuthMethod::scram_sha_256));
  EXPECT_TRUE(policy("none").allows(AuthMethod::none));
  EXPECT_FALSE(policy("none").allows(AuthMethod::md5));
}

TEST_F(KeywordTest, require_auth_errors) {
  EXPECT_THAT(error_of("require_auth=md5,!password"), HasSubstr("cannot be mixed"));
  EXPECT_THAT(error_of("require_auth=!md5,password"), HasSubstr("cannot be mixed"));
  EXPECT_THAT(error_of("require_auth=md5,md5"), HasSubstr("given twice"));
  EXPECT_THAT(error_of("require_auth=md5,"), HasSubstr("\"md5,\""));
  EXPECT_THAT(error_of("require_auth=!!md5"), HasSubstr("\"!!md5\""));
  EXPECT_THAT(error_of("require_auth=gss"), HasSubstr("all of them are excluded"));
  EXPECT_THAT(error_of("require_auth=oauth"), HasSubstr("all of them are excluded"));
}

}  // namespace
}  // namespace pgark::params::testing
