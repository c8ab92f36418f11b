#include "fidelity/trap_pair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "fidelity/catalog_text.hpp"
#include "support/process.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

// A locale with another way to write money than that of C, for F50.
const std::filesystem::path& locale_folder() {
  static const TempDirectory folder("locales");
  static const std::filesystem::path path = [] {
    Command compile;
    compile.argv = {"localedef", "-i", "de_DE", "-f", "UTF-8", (folder / "de_DE.utf8").string()};
    run_or_throw(std::move(compile));
    return folder.path();
  }();
  return path;
}

ClusterOptions trap_server() {
  ClusterOptions options;
  options.environment = {{"LOCPATH", locale_folder().string()}};
  // Publications warn and two-phase subscriptions fail without; parallel restores of eight take their
  // sessions.
  options.settings = {"wal_level = logical", "max_prepared_transactions = 4"};
  return options;
}

// Of docs/exit-codes.md: something was lost, and named.
constexpr int kIncompleteStatus = 14;

// "KIND name" of everything that the restore says it could not do.
std::vector<std::string> failures_in(const ProcessResult& restored) {
  std::istringstream lines(restored.out);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object() || !event.contains("failed")) continue;
    std::vector<std::string> names;
    for (const auto& item : event.at("failed")) {
      names.push_back(item.at("kind").get<std::string>() + " " + item.at("name").get<std::string>());
    }
    return names;
  }
  throw std::runtime_error("the restore says nothing of its outcome: " + restored.describe());
}

// DROP DATABASE is refused while there is a subscription, or while the database is a template.
constexpr std::string_view kReleaseDatabase = R"(
SET session_replication_role = replica;
SELECT format('ALTER SUBSCRIPTION %1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = NONE); DROP SUBSCRIPTION %1$I;', subname)
  FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \gexec
UPDATE pg_database SET datistemplate = false WHERE datname = current_database() AND datistemplate;
)";

}  // namespace

bool loses_something(const TrapDatabase& database) {
  return std::ranges::any_of(database.reports,
                             [](const std::string& report) { return report.starts_with("lost "); });
}

bool has_properties(const TrapDatabase& database) {
  return database.name != "traps";
}

std::string back_up(Cluster& cluster, const TrapDatabase& database, const std::filesystem::path& archive,
                    int jobs) {
  const ProcessResult result = run_pgark(
      {"backup", "-d", cluster.conninfo(database.name), "-o", archive.string(), "-j", std::to_string(jobs)});
  const bool incomplete = result.exit_status == kIncompleteStatus && loses_something(database);
  if (!result.ok() && !incomplete) throw std::runtime_error(result.describe());
  return result.err;
}

TrapPair::TrapPair(int source_major, int target_major)
    : TrapPair(source_major, target_major, trap_databases(source_major)) {}

TrapPair::TrapPair(int source_major, int target_major, std::vector<TrapDatabase> databases)
    : source_major_(source_major),
      source_(start_server(source_major, trap_server())),
      target_(start_server(target_major, trap_server())),
      databases_(std::move(databases)) {
  for (Cluster* cluster : {source_.get(), target_.get()}) create_trap_globals(*cluster);
  for (const TrapDatabase& database : databases_) load_traps(*source_, database);
}

const std::filesystem::path& TrapPair::archive(const TrapDatabase& database) {
  std::filesystem::path& path = archives_[database.name];
  if (path.empty()) {
    path = file(database.name + ".pgark");
    messages_[database.name] = back_up(*source_, database, path, 2);
  }
  return path;
}

const std::string& TrapPair::backup_messages(const TrapDatabase& database) {
  archive(database);
  return messages_[database.name];
}

const std::vector<std::string>& TrapPair::source_records(const TrapDatabase& database) {
  std::vector<std::string>& records = records_[database.name];
  if (records.empty()) records = catalog_records(*source_, database.name, has_properties(database));
  return records;
}

void TrapPair::restore(const TrapDatabase& database, int jobs) {
  std::string connect_to = database.name;
  std::vector<std::string> arguments{
      "restore", archive(database).string(), "-j", std::to_string(jobs), "--json", "--verify"};
  if (has_properties(database)) {
    arguments.emplace_back("--create");
    connect_to = "postgres";
  } else {
    target_->create_database(database.name, "TEMPLATE template0");
  }
  arguments.insert(arguments.end(), {"-d", target_->conninfo(connect_to)});
  const ProcessResult restored = run_pgark(arguments);
  EXPECT_EQ(failures_in(restored), database.failures) << restored.describe();
  // 13 would say that the rows or objects are not the archive's.
  EXPECT_EQ(restored.exit_status, database.failures.empty() ? 0 : 14) << restored.describe();
}

void TrapPair::drop_copy(const TrapDatabase& database) {
  Command release = trap_psql(*target_, database.name, {"-XqAt", "-f", "-"});
  release.input = kReleaseDatabase;
  run_or_throw(std::move(release));
  target_->drop_database(database.name);
}

}  // namespace pgark::test
