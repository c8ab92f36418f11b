#include <gmock/gmock.h>

#include "params_fixture.hpp"

namespace pgark::params::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using ResolveTest = ParamsTest;

TEST_F(ResolveTest, built_in_defaults) {
  const auto params = resolved("");
  EXPECT_EQ(params.user, "osuser");
  EXPECT_EQ(params.database, "osuser");
  EXPECT_EQ(params.hosts.size(), 1u);
  EXPECT_EQ(params.hosts[0].port, 5432);
  EXPECT_EQ(params.connect_timeout_s, 0);
  EXPECT_EQ(params.target_session_attrs, TargetSessionAttrs::any);
}

TEST_F(ResolveTest, database_defaults_to_the_user) {
  EXPECT_EQ(resolved("user=alice").database, "alice");
  variables = {{"PGDATABASE", "d"}};
  EXPECT_EQ(resolved("dbname='' user=alice").database, "alice");
}

TEST_F(ResolveTest, a_plain_name_is_a_database) {
  variables = {{"PGHOST", "h"}, {"PGDATABASE", "other"}};
  EXPECT_EQ(resolved("my database").describe(), "\"my database\" on h:5432 as \"osuser\"");
}

// Seen with psql 15: psql -h A "host=B" dials B.
TEST_F(ResolveTest, the_connection_string_beats_options_as_in_psql) {
  CommandLineParams options{"", "opt", "1", "optuser"};
  variables = {{"PGPORT", "7"}, {"PGUSER", "envuser"}, {"PGHOSTADDR", "10.0.0.9"}};
  EXPECT_EQ(resolved("host=c port=2 user=cu dbname=d", options).describe(), "\"d\" on c:2 as \"cu\"");
  EXPECT_EQ(resolved("postgresql://c/d", options).describe(), "\"d\" on c:1 as \"optuser\"");
  EXPECT_EQ(resolved("d", options).describe(), "\"d\" on opt:1 as \"optuser\"");
}

TEST_F(ResolveTest, the_last_of_a_repeated_keyword_counts) {
  EXPECT_EQ(resolved("user=a user=b").user, "b");
  EXPECT_EQ(resolved("postgres://u@h/d?dbname=e").database, "e");
}

TEST_F(ResolveTest, database_url_is_the_default_of_the_defaults) {
  variables = {{"DATABASE_URL", "postgres://u:p@h:7/d"}};
  EXPECT_EQ(resolved("").describe(), "\"d\" on h:7 as \"u\"");
  EXPECT_EQ(resolved("").hosts[0].password, "p");
  CommandLineParams options;
  options.user = "other";
  EXPECT_EQ(resolved("", options).describe(), "\"d\" on h:7 as \"other\"");
}

TEST_F(ResolveTest, database_url_is_one_address) {
  variables = {{"DATABASE_URL", "postgres://u@h:7/d"}, {"PGPORT", "1"}, {"PGUSER", "envuser"}};
  EXPECT_EQ(resolved("").describe(), "\"d\" on h:7 as \"u\"");
  variables["DATABASE_URL"] = "postgres://h/d";
  EXPECT_EQ(resolved("").describe(), "\"d\" on h:5432 as \"envuser\"");
  CommandLineParams options;
  options.port = "9";
  EXPECT_EQ(resolved("", options).describe(), "\"d\" on h:9 as \"envuser\"");
}

TEST_F(ResolveTest, database_url_is_ignored_when_anything_names_a_target) {
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGDATABASE"}) {
    variables = {{"DATABASE_URL", "postgres://u:p@h:7/d"}, {name, "10.0.0.1"}};
    EXPECT_EQ(resolved("").user, "osuser") << name;
  }
  variables = {{"DATABASE_URL", "postgres://u:p@h:7/d"}};
  EXPECT_EQ(resolved("shop").user, "osuser");
  CommandLineParams options;
  options.host = "x";
  EXPECT_EQ(resolved("", options).describe(), "\"osuser\" on x:5432 as \"osuser\"");
}

TEST_F(ResolveTest, bad_database_url_is_named_without_its_password) {
  variables = {{"DATABASE_URL", "mysql://u:sesame@h/d"}};
  EXPECT_THAT(error_of(""), HasSubstr("DATABASE_URL"));
  EXPECT_THAT(error_of(""), Not(HasSubstr("sesame")));
}

TEST_F(ResolveTest, no_user_at_all) {
  Environment nobody = environment();
  nobody.user_name.clear();
  const auto result = resolve({}, nobody);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("no user name"));
}

TEST_F(ResolveTest, description_has_no_secrets) {
  const auto params = resolved("postgres://u:sesame@a,b/d?sslpassword=sesame");
  EXPECT_EQ(params.describe(), "\"d\" on a:5432, b:5432 as \"u\"");
}

TEST_F(ResolveTest, zero_bytes_in_options) {
  CommandLineParams options;
  options.user = std::string("a\0b", 3);
  EXPECT_THAT(error_of("", options), HasSubstr("zero byte"));
}

TEST(ProcessEnvironment, knows_the_user) {
  const Environment environment = process_environment();
  EXPECT_FALSE(environment.user_name.empty());
  EXPECT_EQ(environment.variable("PGARK_NO_SUCH_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace pgark::params::testing
