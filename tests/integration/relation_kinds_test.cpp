// What hangs on relations and on the database, there and back: the traps of tests/fidelity that are about
// partitions, triggers, keys, rules, policies, statistics, foreign data and event triggers, restored with one
// connection and with four, and compared by name.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

const fs::path& trap_folder() {
  static const fs::path kFolder = fs::path(PGARK_SOURCE_DIR) / "tests" / "fidelity";
  return kFolder;
}

// "f29_keys.sql" first, then "f29_keys.15.sql" and so on, as far as the server knows their statements.
std::vector<fs::path> files_of(const std::string& trap, int major) {
  std::map<int, fs::path> by_version;
  for (const auto& file : fs::directory_iterator(trap_folder())) {
    const std::string name = file.path().filename().string();
    if (!(name.starts_with(trap + "_") || name.starts_with(trap + ".")) || file.path().extension() != ".sql")
      continue;
    const std::string version = fs::path(file.path().stem()).extension().string();
    const int since = version.empty() ? 0 : std::stoi(version.substr(1));
    if (since <= major) by_version[since] = file.path();
  }
  std::vector<fs::path> files;
  for (auto& [since, path] : by_version) files.push_back(std::move(path));
  return files;
}

void load_trap(Cluster& cluster, const std::string& database, const std::string& trap) {
  const std::vector<fs::path> files = files_of(trap, cluster.server_version_num() / 10000);
  ASSERT_FALSE(files.empty()) << trap;
  for (const fs::path& file : files) {
    const Command command =
        cluster.client("psql", {"-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", file.string()});
    run_or_throw(command);
  }
}

// What pg_dump's text does not tell, or would not notice.
constexpr std::string_view kFacts = R"(
SET search_path = '';
SELECT 'rule', ev_class::regclass, rulename, ev_enabled, pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class >= 16384;
SELECT 'policy', polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy;
SELECT 'rls', oid::regclass, relrowsecurity, relforcerowsecurity, relreplident FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'f');
SELECT 'trigger', tgrelid::regclass, tgname, tgenabled, tgtype, tgargs, tgparentid <> 0 FROM pg_trigger t WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.oid = tgconstraint AND contype <> 't');
SELECT 'statistics', stxnamespace::regnamespace, stxname, stxowner::regrole, stxstattarget, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext;
SELECT 'event trigger', evtname, evtevent, evtowner::regrole, evtfoid::regproc, evtenabled, evttags FROM pg_event_trigger;
SELECT 'wrapper', fdwname, fdwowner::regrole, fdwhandler::regproc, fdwvalidator::regproc, fdwacl, fdwoptions FROM pg_foreign_data_wrapper;
SELECT 'server', srvname, srvowner::regrole, srvtype, srvversion, srvacl, srvoptions FROM pg_foreign_server;
SELECT 'mapping', srvname, usename, umoptions FROM pg_user_mappings;
SELECT 'foreign table', ftrelid::regclass, srvname, ftoptions FROM pg_foreign_table JOIN pg_foreign_server s ON s.oid = ftserver;
SELECT 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attislocal, attinhcount, attgenerated, attfdwoptions, attstattarget, attacl FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace AND NOT attisdropped;
SELECT 'constraint', conrelid::regclass, conname, contype, condeferrable, condeferred, convalidated, conislocal, coninhcount, conparentid <> 0, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid >= 16384;
SELECT 'index', indexrelid::regclass, indisvalid, indisclustered, indisreplident, pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid >= 16384 AND indrelid::regclass::text !~ '^pg_toast';
SELECT 'parents', inhrelid::regclass, string_agg(inhparent::regclass::text, ' ' ORDER BY inhseqno) FROM pg_inherits GROUP BY 1, 2;
SELECT 'depends', i.identity, e.extname, deptype FROM pg_depend JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid, pg_identify_object(classid, objid, 0) i WHERE deptype = 'x';
SELECT 'comment', i.type, i.identity, description FROM pg_description, pg_identify_object(classoid, objoid, objsubid) i WHERE objoid >= 16384;
)";

// Sorted here: the server would sort names of objects by their OIDs.
std::string facts_of(Cluster& cluster, std::string_view database) {
  std::istringstream text(cluster.sql(database, kFacts));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line + "\n");
  std::sort(lines.begin(), lines.end());
  return std::accumulate(lines.begin(), lines.end(), std::string());
}

// pg_dump does not print parents in the order that counts (F43), and prints triggers that are named after
// OIDs (F44); the facts have both.
std::string schema_of(Cluster& cluster, std::string_view database) {
  std::string text = cluster.schema_text(database), kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (!line.starts_with("INHERITS (")) kept += line;
    at = end;
  }
  static const std::regex kInternalTrigger("(RI_ConstraintTrigger_[ac]_)[0-9]+");
  return std::regex_replace(kept, kInternalTrigger, "$1N");
}

class RelationKindsTest : public ::testing::Test {
 protected:
  // Status 14: something that the archive lacks was named.
  void back_up(const std::string& database, int status = 0) {
    fs::remove(archive_);
    const ProcessResult done =
        run_long({"backup", "-d", cluster_.conninfo(database), "-o", archive_.string(), "-j", "2"});
    ASSERT_EQ(done.exit_status, status) << done.describe();
  }
  void restore_and_compare(const std::string& database, const std::string& copy, const std::string& jobs) {
    cluster_.create_database(copy, "TEMPLATE template0");
    const ProcessResult restored =
        run_long({"restore", archive_.string(), "-d", cluster_.conninfo(copy), "-j", jobs});
    ASSERT_TRUE(restored.ok()) << restored.describe();
    EXPECT_TRUE(same_text("the catalog", facts_of(cluster_, database), facts_of(cluster_, copy)));
    EXPECT_TRUE(same_text("the schema", schema_of(cluster_, database), schema_of(cluster_, copy)));
    // Reading the parent of a foreign table would ask a wrapper that has no handler.
    if (cluster_.sql(database, "SELECT count(*) FROM pg_foreign_table") != "0") return;
    EXPECT_TRUE(
        same_text("the contents", database_contents(cluster_, database), database_contents(cluster_, copy)));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const fs::path archive_ = folder_ / "kinds.pgark";
};

TEST_F(RelationKindsTest, traps_come_back_the_same_in_serial_and_in_parallel) {
  const std::vector<std::vector<std::string>> databases{
      {"f26", "f27", "f28", "f29", "f32", "f33", "f34", "f35", "f36", "f43", "f52"},
      {"f38_statistics_foreign"}};
  for (const std::vector<std::string>& traps : databases) {
    cluster_.create_database("traps");
    for (const std::string& trap : traps) load_trap(cluster_, "traps", trap);
    back_up("traps");
    for (const char* jobs : {"1", "4", "4", "8"}) {
      restore_and_compare("traps", "traps_copy", jobs);
      cluster_.drop_database("traps_copy");
    }
    cluster_.drop_database("traps");
  }
}

TEST_F(RelationKindsTest, a_restore_over_what_is_there_drops_it_first) {
  cluster_.create_database("cleaned");
  for (const char* trap : {"f28", "f36", "f38_statistics_foreign"}) load_trap(cluster_, "cleaned", trap);
  back_up("cleaned");
  const std::string facts = facts_of(cluster_, "cleaned");
  const ProcessResult restored =
      run_long({"restore", archive_.string(), "-d", cluster_.conninfo("cleaned"), "--clean", "-j", "4"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_text("the catalog", facts, facts_of(cluster_, "cleaned")));
}

TEST_F(RelationKindsTest, an_event_trigger_that_forbids_everything_comes_last) {
  cluster_.create_database("forbidding");
  for (const char* trap : {"f28", "f39_event_trigger"}) load_trap(cluster_, "forbidding", trap);
  back_up("forbidding");
  restore_and_compare("forbidding", "forbidding_copy", "4");
}

TEST_F(RelationKindsTest, what_was_added_to_an_extension_is_named) {
  cluster_.create_database("extras");
  cluster_.sql("extras",
               "CREATE EXTENSION hstore; CREATE TABLE adopted (a int PRIMARY KEY, b int);"
               "CREATE INDEX adopted_b ON adopted (b); ALTER EXTENSION hstore ADD TABLE adopted;"
               "CREATE POLICY pol ON adopted USING (true); COMMENT ON TABLE adopted IS 'mine';"
               "CREATE EXTENSION pgcrypto");
  back_up("extras", 14);
  const ProcessResult shown = run_long({"inspect", archive_.string()});
  ASSERT_TRUE(shown.ok()) << shown.describe();
  for (const char* name : {"public.adopted_b", "pol on public.adopted", "adopted_pkey on public.adopted",
                           "table public.adopted"}) {
    EXPECT_THAT(shown.out, HasSubstr(name));
  }
  EXPECT_THAT(shown.out, Not(HasSubstr("pgcrypto and does not")));
}

TEST_F(RelationKindsTest, an_invalid_index_and_another_column_order_are_named) {
  cluster_.create_database("named");
  cluster_.sql("named",
               "CREATE TABLE dup (v int); INSERT INTO dup VALUES (1), (1);"
               "CREATE TABLE par (a int); CREATE TABLE kid (b int) INHERITS (par);"
               "ALTER TABLE par ADD COLUMN c int; CREATE TABLE fine (d int) INHERITS (par)");
  const Command failing = cluster_.client(
      "psql", {"-Xq", "-d", "named", "-c", "CREATE UNIQUE INDEX CONCURRENTLY dup_v ON dup (v)"});
  EXPECT_FALSE(run(failing).ok());
  back_up("named");
  const ProcessResult shown = run_long({"inspect", archive_.string()});
  EXPECT_THAT(shown.out, ContainsRegex("warning +INDEX +public.dup_v +is invalid and is not saved"));
  const std::string report = shown.out.substr(std::min(shown.out.find("\nReport"), shown.out.size()));
  EXPECT_THAT(report, HasSubstr("public.kid"));
  EXPECT_THAT(report, Not(HasSubstr("public.fine")));
}

TEST_F(RelationKindsTest, passwords_of_mappings_reach_no_output) {
  cluster_.create_database("secrets");
  cluster_.sql(
      "secrets",
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (token 'xyzzy1');"
      "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'xyzzy2')");
  back_up("secrets");
  std::string seen = run_long({"inspect", archive_.string()}).describe();
  // A wrapper that is there already lets the server and the mapping fail in turn.
  cluster_.create_database("secrets_copy", "TEMPLATE template0");
  cluster_.sql("secrets_copy",
               "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
               "CREATE USER MAPPING FOR PUBLIC SERVER s");
  const ProcessResult restored =
      run_long({"restore", archive_.string(), "-d", cluster_.conninfo("secrets_copy")});
  EXPECT_FALSE(restored.ok());
  seen += restored.describe();
  EXPECT_THAT(seen, HasSubstr("USER MAPPING"));
  EXPECT_THAT(seen, Not(HasSubstr("xyzzy")));
}

}  // namespace
}  // namespace pgark::test
