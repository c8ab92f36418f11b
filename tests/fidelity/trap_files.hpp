// The trap scripts beside this file: fNN_name.sql for every major, fNN_name.N.sql for majors from N on, which
// follows the former (SCHEMA_COVERAGE F). Header lines of a script, each optional:
//
//   -- until: 16               the last major that runs it
//   -- database: NAME OPTIONS  (NAME in double quotes when it has a space) it runs in a database of its own
//   (several scripts may share one), which is
//                              saved and restored with its properties; OPTIONS go to CREATE DATABASE
//   -- fails: KIND NAME        an entry that no restore can bring back; may be repeated
//   -- reports: LEVEL KIND NAME  what the backup must name in its report; may be repeated. What is lost and
//                              not announced fails the test.
//
// A script without a database line runs in the database `traps`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/cluster.hpp"

namespace pgark::test {

struct TrapDatabase {
  std::string name, options;
  std::vector<std::filesystem::path> scripts;  // in the order they run
  std::vector<std::string> failures;           // what restoring cannot bring back: "INDEX captured_h"
  std::vector<std::string> reports;  // what the backup names: "lost COMMENT table pg_catalog.pg_proc"
};

// Where the scripts are.
const std::filesystem::path& trap_folder();

// The databases a major has, `traps` first. Throws std::runtime_error for a file name or header that it
// cannot read.
std::vector<TrapDatabase> trap_databases(int major);

// psql on a database whose own settings may be hostile (F39): those that would disturb it are overruled.
Command trap_psql(Cluster& cluster, const std::string& database, std::vector<std::string> arguments);

// Creates the database and runs its scripts.
void load_traps(Cluster& cluster, const TrapDatabase& database);

// Roles and the tablespace that the traps refer to.
void create_trap_globals(Cluster& cluster);

}  // namespace pgark::test
