// The round trip of a real application's database.
#include <gtest/gtest.h>

#include <string>

#include "roundtrip.hpp"
#include "zabbix.hpp"

namespace pgark::test {
namespace {

class RoundtripZabbixTest : public testing::TestWithParam<const char*> {};

TEST_P(RoundtripZabbixTest, is_equal_after_backup_verify_and_restore) {
  Cluster& cluster = Cluster::shared();
  load_zabbix(cluster, PGARK_SOURCE_DIR);
  ASSERT_GT(std::stoi(cluster.sql("zabbix", "SELECT count(*) FROM items")), 10'000);
  const TempDirectory folder;
  std::string copy = std::string("zabbix_") + GetParam();
  expect_roundtrip(cluster, "zabbix", copy, folder / "zabbix.pgark", {"-j", "4", "-Z", GetParam()});
  cluster.drop_database(copy);
}

INSTANTIATE_TEST_SUITE_P(codecs, RoundtripZabbixTest, testing::Values("none", "lz4", "zstd", "zstd:1"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           if (const auto colon = name.find(':'); colon != std::string::npos)
                             name[colon] = '_';
                           return name;
                         });

}  // namespace
}  // namespace pgark::test
