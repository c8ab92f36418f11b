#include "fidelity/trap_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

struct Script {
  fs::path path;
  std::string stem;  // f05_sql_bodies
  int since = 0;     // 0: every major
  int until = 99;
  std::string database = "traps", options;
  std::vector<std::string> failures, reports;
};

void read_header(Script& script) {
  std::ifstream file(script.path);
  std::string line;
  while (std::getline(file, line)) {
    static const std::regex kHeader(R"re(-- (until|database|fails|reports): ("[^"]+"|\S+)\s*(.*))re");
    std::smatch part;
    if (!std::regex_match(line, part, kHeader)) continue;
    if (part[1] == "until") {
      script.until = std::stoi(part[2]);
    } else if (part[1] == "database") {
      script.database = part[2];
      std::erase(script.database, '"');
      script.options = part[3];
    } else {
      auto& list = part[1] == "fails" ? script.failures : script.reports;
      list.push_back(part[2].str() + " " + part[3].str());
    }
  }
}

std::vector<Script> all_scripts() {
  std::vector<Script> scripts;
  for (const auto& entry : fs::directory_iterator(trap_folder())) {
    const std::string name = entry.path().filename();
    if (!name.starts_with('f') || !name.ends_with(".sql")) continue;
    static const std::regex kName("(f[0-9]{2}_[a-z0-9_]+)(\\.([0-9]{2}))?\\.sql");
    std::smatch part;
    if (!std::regex_match(name, part, kName)) throw std::runtime_error("not the name of a trap: " + name);
    Script script;
    script.path = entry.path();
    script.stem = part[1];
    if (part[3].matched) script.since = std::stoi(part[3]);
    read_header(script);
    scripts.push_back(std::move(script));
  }
  std::ranges::sort(scripts, {}, [](const Script& script) { return std::tie(script.stem, script.since); });
  return scripts;
}

}  // namespace

const fs::path& trap_folder() {
  static const fs::path folder = fs::path(PGARK_SOURCE_DIR) / "tests/fidelity";
  return folder;
}

std::vector<TrapDatabase> trap_databases(int major) {
  std::vector<TrapDatabase> databases(1);
  databases.front().name = "traps";
  for (const Script& script : all_scripts()) {
    if (major < script.since || major > script.until) continue;
    auto found = std::ranges::find(databases, script.database, &TrapDatabase::name);
    if (found == databases.end()) {
      found = databases.emplace(found);
      found->name = script.database;
    }
    if (!script.options.empty()) found->options = script.options;
    found->scripts.push_back(script.path);
    found->failures.insert(found->failures.end(), script.failures.begin(), script.failures.end());
    found->reports.insert(found->reports.end(), script.reports.begin(), script.reports.end());
  }
  return databases;
}

Command trap_psql(Cluster& cluster, const std::string& database, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"-v", "ON_ERROR_STOP=1", "-d", database});
  Command psql = cluster.client("psql", std::move(arguments));
  std::string options;
  for (const char* setting :
       {"client_min_messages=warning", "statement_timeout=0", "lock_timeout=0",
        "default_transaction_read_only=off", "default_transaction_isolation=read\\ committed",
        "standard_conforming_strings=on", "xmloption=content", "array_nulls=on", "transform_null_equals=off",
        "search_path=public"}) {
    options += std::string("-c ") + setting + " ";
  }
  psql.environment.emplace_back("PGOPTIONS", options);
  std::erase(psql.unset, "PGOPTIONS");
  return psql;
}

// One psql for all scripts of a database: each starts from the settings that a new session has.
void load_traps(Cluster& cluster, const TrapDatabase& database) {
  cluster.create_database(database.name, "TEMPLATE template0 " + database.options);
  std::vector<std::string> arguments{"-Xq", "-o", "/dev/null"};
  for (const fs::path& script : database.scripts) {
    arguments.insert(arguments.end(),
                     {"-c", "SET SESSION AUTHORIZATION DEFAULT", "-c", "RESET ALL", "-f", script.string()});
  }
  Command psql = trap_psql(cluster, database.name, std::move(arguments));
  run_or_throw(std::move(psql));
}

void create_trap_globals(Cluster& cluster) {
  const fs::path tablespace = cluster.make_server_folder("trap_ts");
  cluster.sql("postgres", fmt::format("CREATE TABLESPACE trap_ts LOCATION '{}'", tablespace.string()));
  run_or_throw(cluster.client("psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-f",
                                       (trap_folder() / "globals.sql").string()}));
}

}  // namespace pgark::test
