// Verbs for tests of backups in a place: a source database, a folder, the program.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

using Words = std::vector<std::string>;

class BackupsTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.create_database("shop", "TEMPLATE template0");
    cluster_.create_database("target", "TEMPLATE template0");
    cluster_.sql("shop",
                 "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t SELECT n, 'n' || n FROM "
                 "generate_series(1, 5000) n; CREATE TABLE empty (a int)");
  }
  void TearDown() override {
    for (const char* name : {"shop", "target"}) cluster_.drop_database(name);
  }

  // With the place in BACKUP_DIR.
  Command command(Words words) const {
    Command command = pgark_command(std::move(words));
    command.environment.emplace_back("BACKUP_DIR", place_.string());
    command.unset.insert(command.unset.end(), {"RETENTION_DAYS", "TEST_DATABASE_URL", "PGARK_SERVER_BIN"});
    return command;
  }
  ProcessResult pgark(Words words) const { return run(command(std::move(words))); }
  ProcessResult backup(Words more = {}) const {
    Words words{"backup", "-d", cluster_.conninfo("shop")};
    words.insert(words.end(), more.begin(), more.end());
    return pgark(words);
  }
  static void expect(const ProcessResult& result, int status, const Words& parts = {}) {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    for (const std::string& part : parts)
      EXPECT_NE((result.out + result.err).find(part), std::string::npos) << part << "\n" << result.describe();
  }
  // The last event of --json.
  static nlohmann::json result_of(const ProcessResult& run) {
    const std::size_t end = run.out.find_last_not_of('\n');
    if (end == std::string::npos) {
      ADD_FAILURE() << run.describe();
      return {};
    }
    const std::size_t begin = run.out.rfind('\n', end) + 1;
    return nlohmann::json::parse(run.out.substr(begin, end - begin + 1));
  }
  nlohmann::json list() const { return result_of(pgark({"list", "--json"}))["backups"]; }
  std::string newest() const { return list().back()["name"]; }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(place_)) return names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place_))
      names.push_back(std::filesystem::relative(entry.path(), place_).string());
    std::ranges::sort(names);
    return names;
  }
  // As if it had been made then: "2020-01-15T14-30-00-000Z".
  std::string make_old(const std::string& name, const std::string& time) const {
    const std::string old = name.substr(0, name.size() - time.size()) + time;
    nlohmann::json facts = side_file(name);
    facts["name"] = old;
    for (auto& file : facts["files"])
      file["name"] = old + file["name"].get<std::string>().substr(name.size());
    for (const char* suffix : {".pgark", ".pgark.metadata.json"})
      std::filesystem::rename(place_ / (name + suffix), place_ / (old + suffix));
    std::ofstream(place_ / (old + ".pgark.metadata.json")) << facts;
    return old;
  }
  nlohmann::json side_file(const std::string& name) const {
    std::ifstream file(place_ / (name + ".pgark.metadata.json"));
    return nlohmann::json::parse(file);
  }
  // A byte in the middle of the file, where its rows are.
  void damage(const std::string& name) const {
    const auto path = place_ / (name + ".pgark");
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(200);
    const char byte = static_cast<char>(file.get());
    file.seekp(200);
    file.put(static_cast<char>(byte ^ 1));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::filesystem::path place_ = folder_ / "place";
};

}  // namespace pgark::test
