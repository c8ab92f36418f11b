// A real application's database: schema, images and data of Debian's zabbix-server-pgsql package.
#include <gtest/gtest.h>

#include <string>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

// Loads the package's files once per program.
void load_zabbix(Cluster& cluster) {
  static bool loaded = false;
  if (loaded) return;
  Command fetch;
  fetch.argv = {PGARK_SOURCE_DIR "/scripts/fetch-zabbix"};
  std::string folder = run_or_throw(fetch);
  folder.erase(folder.find_last_not_of('\n') + 1);
  cluster.create_database("zabbix");
  for (const char* file : {"schema", "images", "data"}) {
    run_or_throw(cluster.client("psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d",
                                         "zabbix", "-o", "/dev/null", "-f", folder + "/" + file + ".sql"}));
  }
  loaded = true;
}

class RoundtripZabbixTest : public testing::TestWithParam<const char*> {};

TEST_P(RoundtripZabbixTest, is_equal_after_backup_verify_and_restore) {
  Cluster& cluster = Cluster::shared();
  load_zabbix(cluster);
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
