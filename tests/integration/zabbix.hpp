// A real application's database: schema, images and data of Debian's zabbix-server-pgsql package.
#pragma once

#include <string>

#include "support/cluster.hpp"

namespace pgark::test {

// Loads the package's files, which a script of the source tree fetches, into the database "zabbix", once per
// program.
inline void load_zabbix(Cluster& cluster, const std::string& source_directory) {
  static bool loaded = false;
  if (loaded) return;
  Command fetch;
  fetch.argv = {source_directory + "/scripts/fetch-zabbix"};
  std::string folder = run_or_throw(fetch);
  folder.erase(folder.find_last_not_of('\n') + 1);
  cluster.create_database("zabbix");
  for (const char* file : {"schema", "images", "data"}) {
    run_or_throw(cluster.client("psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d",
                                         "zabbix", "-o", "/dev/null", "-f", folder + "/" + file + ".sql"}));
  }
  loaded = true;
}

}  // namespace pgark::test
