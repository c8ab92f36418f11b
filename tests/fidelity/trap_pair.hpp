// Two servers, one with the traps and one to restore them into: SCHEMA_COVERAGE G1. Shared by the tests of a
// program.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fidelity/trap_files.hpp"
#include "support/cluster.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

class TrapPair {
 public:
  // Starts the servers and fills the source.
  TrapPair(int source_major, int target_major);
  TrapPair(int source_major, int target_major, std::vector<TrapDatabase> databases);

  int source_major() const { return source_major_; }
  Cluster& source() { return *source_; }
  Cluster& target() { return *target_; }
  const std::vector<TrapDatabase>& databases() const { return databases_; }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }

  // The archive of this database, made at the first call with two connections, and what the backup said.
  const std::filesystem::path& archive(const TrapDatabase& database);
  const std::string& backup_messages(const TrapDatabase& database);
  const std::vector<std::string>& source_records(const TrapDatabase& database);

  // Restores into a new database of the target that has the same name. Expects exactly the failures that the
  // traps announce.
  void restore(const TrapDatabase& database, int jobs);
  void drop_copy(const TrapDatabase& database);

 private:
  int source_major_;
  std::unique_ptr<Cluster> source_, target_;
  TempDirectory folder_{"traps"};
  std::vector<TrapDatabase> databases_;
  std::map<std::string, std::filesystem::path> archives_;
  std::map<std::string, std::string> messages_;
  std::map<std::string, std::vector<std::string>> records_;
};

// Whether a database is restored with its properties (--create), or into one that is there.
bool has_properties(const TrapDatabase& database);

// Runs `pgark backup`, which must succeed, but for what the traps announce as lost. Returns what it says.
std::string back_up(Cluster& cluster, const TrapDatabase& database, const std::filesystem::path& archive,
                    int jobs);

}  // namespace pgark::test
