#include "protocol/params/service_file.hpp"

#include <gmock/gmock.h>

#include "params_fixture.hpp"

namespace pgark::params::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kServices = R"(# services
[first]
host=one
dbname=d1

[second]
host=two
host=ignored
port = 5
[third]
user= x
)";

TEST(ServiceFile, takes_one_section_only) {
  const auto first = parse_service_file(kServices, "first", "f");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ(**first, (Assignments{{"host", "one"}, {"dbname", "d1"}}));
  const auto third = parse_service_file(kServices, "third", "f");
  ASSERT_TRUE(third && *third);
  EXPECT_EQ(**third, (Assignments{{"user", " x"}}));
  const auto none = parse_service_file(kServices, "fir", "f");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST(ServiceFile, first_of_a_repeated_keyword_counts) {
  const auto parsed = parse_service_file("[s]\r\nhost=a\r\nhost=b\r\n", "s", "f");
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ(**parsed, (Assignments{{"host", "a"}}));
}

TEST(ServiceFile, errors_name_file_and_line) {
  const auto error = [](const char* text) {
    const auto parsed = parse_service_file(text, "s", "/etc/x.conf");
    EXPECT_FALSE(parsed.has_value()) << text;
    return parsed ? "" : parsed.error().to_string();
  };
  EXPECT_THAT(error("#\n[s]\nhost"), HasSubstr("/etc/x.conf line 3: syntax error"));
  EXPECT_THAT(error("[s]\nfrob=1"), HasSubstr("/etc/x.conf line 2: unknown connection parameter \"frob\""));
  EXPECT_THAT(error("[s]\nservice=t"), HasSubstr("cannot refer to another service"));
  EXPECT_THAT(error("[s]\nldap://h/x"), HasSubstr("LDAP"));
  EXPECT_THAT(error("[s]\nport = 5"), HasSubstr("line 2: unknown"));
}

using ServiceTest = ParamsTest;

TEST_F(ServiceTest, connection_string_beats_service_beats_variables) {
  write("home/.pg_service.conf", "[s]\nhost=fromservice\nport=6000\ndbname=svc\nuser=su\n");
  variables = {{"PGHOST", "fromenv"}, {"PGUSER", "envuser"}, {"PGAPPNAME", "envapp"}};
  const auto params = resolved("service=s port=7000");
  EXPECT_EQ(params.hosts.at(0).describe(), "fromservice:7000");
  EXPECT_EQ(params.database, "svc");
  EXPECT_EQ(params.user, "su");
  EXPECT_EQ(params.application_name, "envapp");
}

TEST_F(ServiceTest, pgservice_and_pgservicefile) {
  variables = {{"PGSERVICE", "s"}, {"PGSERVICEFILE", write("my.conf", "[s]\ndbname=mine\n")}};
  write("home/.pg_service.conf", "[s]\ndbname=home\n");
  EXPECT_EQ(resolved("").database, "mine");
  EXPECT_EQ(resolved("service=s servicefile='" + write("other.conf", "[s]\ndbname=other\n") + "'").database,
            "other");
}

TEST_F(ServiceTest, system_wide_file_comes_last) {
  write("home/.pg_service.conf", "[a]\ndbname=home\n");
  write("etc/pg_service.conf", "[a]\ndbname=system\n[b]\ndbname=system\n");
  EXPECT_EQ(resolved("service=a").database, "home");
  EXPECT_EQ(resolved("service=b").database, "system");
  write("tmp/pg_service.conf", "[b]\ndbname=elsewhere\n");
  variables = {{"PGSYSCONFDIR", path("tmp")}};
  EXPECT_EQ(resolved("service=b").database, "elsewhere");
}

TEST_F(ServiceTest, missing_service_names_the_files) {
  EXPECT_THAT(error_of("service=s"), HasSubstr("service \"s\" is not found"));
  write("home/.pg_service.conf", "[a]\n");
  EXPECT_THAT(error_of("service=s"), HasSubstr("home/.pg_service.conf: the definition of service \"s\""));
}

TEST_F(ServiceTest, unreadable_file) {
  variables = {{"PGSERVICEFILE", path("absent.conf")}};
  EXPECT_THAT(error_of("service=s"), HasSubstr("absent.conf: cannot read: No such file"));
  variables = {{"PGSERVICEFILE", path("etc")}};
  EXPECT_THAT(error_of("service=s"), HasSubstr("etc: cannot read: Is a directory"));
}

}  // namespace
}  // namespace pgark::params::testing
