#include "protocol/params/ssl_defaults.hpp"

#include <gmock/gmock.h>

#include "params_fixture.hpp"

namespace pgark::params::testing {
namespace {

using ::testing::HasSubstr;

using SslTest = ParamsTest;

TEST_F(SslTest, modes) {
  EXPECT_EQ(resolved("").ssl.mode, SslMode::prefer);
  EXPECT_EQ(resolved("sslmode=disable").ssl.mode, SslMode::disable);
  EXPECT_EQ(resolved("sslmode=allow").ssl.mode, SslMode::allow);
  EXPECT_EQ(resolved("sslmode=verify-full").ssl.mode, SslMode::verify_full);
  EXPECT_EQ(resolved("postgres://h?ssl=true").ssl.mode, SslMode::require);
  EXPECT_EQ(resolved("requiressl=1").ssl.mode, SslMode::require);
  EXPECT_EQ(resolved("requiressl=1 sslmode=verify-ca").ssl.mode, SslMode::verify_ca);
}

TEST_F(SslTest, an_empty_value_selects_the_default) {
  variables = {{"PGSSLMODE", "verify-full"}};
  EXPECT_EQ(resolved("sslmode=''").ssl.mode, SslMode::prefer);
}

TEST_F(SslTest, system_roots_demand_verify_full) {
  EXPECT_EQ(resolved("sslrootcert=system").ssl.mode, SslMode::verify_full);
  EXPECT_EQ(resolved("sslrootcert=system sslmode=verify-full").ssl.root_cert, "system");
  for (const char* mode : {"disable", "allow", "prefer", "require", "verify-ca"}) {
    EXPECT_THAT(error_of(std::string("sslrootcert=system sslmode=") + mode), HasSubstr("too weak"));
  }
}

TEST_F(SslTest, direct_negotiation_demands_require) {
  EXPECT_THAT(error_of("sslnegotiation=direct"),
              HasSubstr("sslmode=prefer is too weak for sslnegotiation=direct"));
  EXPECT_EQ(resolved("sslnegotiation=direct sslmode=require").ssl.negotiation, SslNegotiation::direct);
}

TEST_F(SslTest, version_range) {
  EXPECT_EQ(resolved("").ssl.min_protocol_version, "TLSv1.2");
  EXPECT_THAT(error_of("ssl_max_protocol_version=TLSv1.1"), HasSubstr("TLSv1.2 is above"));
  resolved("ssl_min_protocol_version=TLSv1 ssl_max_protocol_version=tlsv1.1");
}

TEST_F(SslTest, default_files) {
  EXPECT_EQ(resolved("").ssl.root_cert, path("home/.postgresql/root.crt"));
  EXPECT_FALSE(resolved("").ssl.root_cert_given);
  EXPECT_EQ(resolved("").ssl.cert, "");
  EXPECT_EQ(resolved("").ssl.key, "");
  EXPECT_EQ(resolved("").ssl.crl, "");
  write("home/.postgresql/postgresql.crt", "x");
  write("home/.postgresql/root.crl", "x");
  EXPECT_EQ(resolved("").ssl.cert, path("home/.postgresql/postgresql.crt"));
  EXPECT_EQ(resolved("").ssl.key, path("home/.postgresql/postgresql.key"));
  EXPECT_EQ(resolved("").ssl.crl, path("home/.postgresql/root.crl"));
  EXPECT_EQ(resolved("sslcrldir=/x").ssl.crl, "");
  EXPECT_EQ(resolved("sslkey=/k").ssl.key, "/k");
  EXPECT_EQ(resolved("sslcertmode=disable sslkey=/k").ssl.cert, "");
  EXPECT_EQ(resolved("sslcertmode=disable sslkey=/k").ssl.key, "");
}

}  // namespace
}  // namespace pgark::params::testing
