#include "protocol/params/host_list.hpp"

#include <gmock/gmock.h>

#include "params_fixture.hpp"

namespace pgark::params::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HostListTest : public ParamsTest {
 protected:
  std::vector<std::string> described(const std::string& conninfo, CommandLineParams others = {}) {
    std::vector<std::string> result;
    for (const auto& host : resolved(conninfo, std::move(others)).hosts) result.push_back(host.describe());
    return result;
  }
};

TEST_F(HostListTest, one_port_serves_all_hosts) {
  EXPECT_THAT(described("host=a,b port=7"), ElementsAre("a:7", "b:7"));
  EXPECT_THAT(described("host=a,b"), ElementsAre("a:5432", "b:5432"));
  EXPECT_THAT(described("host=a,b port=1,2"), ElementsAre("a:1", "b:2"));
  EXPECT_THAT(described("host=a,b port=,2"), ElementsAre("a:5432", "b:2"));
  EXPECT_THAT(described("postgres://a:1,b/d"), ElementsAre("a:1", "b:5432"));
}

TEST_F(HostListTest, list_lengths_must_match) {
  EXPECT_THAT(error_of("host=a,b port=1,2,3"), HasSubstr("cannot match 3 port numbers to 2 hosts"));
  EXPECT_THAT(error_of("host=a,b hostaddr=::1"), HasSubstr("cannot match 2 host names to 1 host"));
}

TEST_F(HostListTest, bad_ports_are_named) {
  for (const char* port : {"0", "65536", "-1", "abc", "5432x", " 5"}) {
    EXPECT_THAT(error_of(std::string("host=a port='") + port + "'"),
                HasSubstr(std::string("invalid port number \"") + port + '"'));
  }
}

TEST_F(HostListTest, hostaddr) {
  const auto params = resolved("host=name,other hostaddr=10.0.0.1,::1");
  EXPECT_EQ(params.hosts.at(0).host, "name");
  EXPECT_EQ(params.hosts.at(0).hostaddr, "10.0.0.1");
  EXPECT_EQ(params.hosts.at(1).hostaddr, "::1");
  EXPECT_THAT(described("hostaddr=::1"), ElementsAre("[::1]:5432"));
  EXPECT_THAT(error_of("hostaddr=localhost"), HasSubstr("invalid network address \"localhost\""));
}

TEST_F(HostListTest, unix_sockets) {
  const auto params = resolved("postgres://%2Fvar%2Frun:7/d");
  EXPECT_TRUE(params.hosts.at(0).is_unix_socket());
  EXPECT_EQ(params.hosts.at(0).describe(), "/var/run/.s.PGSQL.7");
  EXPECT_TRUE(resolved("host=@abstract").hosts.at(0).is_unix_socket());
  EXPECT_FALSE(resolved("host=/dir hostaddr=::1").hosts.at(0).is_unix_socket());
  EXPECT_FALSE(resolved("host=name").hosts.at(0).is_unix_socket());
}

TEST_F(HostListTest, default_host_is_where_a_socket_is) {
  EXPECT_EQ(resolved("").hosts.at(0).host, path("run"));
  write("tmp/.s.PGSQL.5432", "");
  EXPECT_EQ(resolved("").hosts.at(0).host, path("tmp"));
  EXPECT_EQ(resolved("port=7").hosts.at(0).host, path("run"));
  write("run/.s.PGSQL.5432", "");
  EXPECT_EQ(resolved("host=''").hosts.at(0).host, path("run"));
}

TEST_F(HostListTest, host_option_is_never_dialled_at_an_address_of_the_environment) {
  CommandLineParams options;
  options.host = "asked";
  variables = {{"PGHOSTADDR", "10.0.0.9"}};
  EXPECT_EQ(resolved("", options).hosts.at(0).hostaddr, "");
  // Beside it in the connection string the address was asked for, as psql takes it; -h is then its name.
  EXPECT_EQ(resolved("hostaddr=10.0.0.8", options).hosts.at(0).hostaddr, "10.0.0.8");
  EXPECT_EQ(resolved("hostaddr=10.0.0.8", options).hosts.at(0).host, "asked");
  EXPECT_EQ(resolved("host=kept").hosts.at(0).hostaddr, "10.0.0.9");
}

}  // namespace
}  // namespace pgark::params::testing
