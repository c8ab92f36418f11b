// restore --rehearse and --plan: what would happen is told, and nothing of it stays.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

using Words = std::vector<std::string>;

class RehearseTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"source", "target"}) cluster_.create_database(name, "TEMPLATE template0");
    source(
        "CREATE SCHEMA s; CREATE SEQUENCE s.q; SELECT setval('s.q', 41);"
        "CREATE TABLE s.t (id int PRIMARY KEY, name text); INSERT INTO s.t SELECT n, 'n' || n FROM "
        "generate_series(1, 3000) n; CREATE TABLE s.child (id int REFERENCES s.t);"
        "CREATE INDEX t_name ON s.t (name); CREATE VIEW s.v AS SELECT id FROM s.t;"
        "CREATE VIEW s.v2 AS SELECT * FROM s.v; CREATE MATERIALIZED VIEW s.m AS SELECT count(*) FROM s.t;"
        "CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER tr BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f();"
        "SELECT lo_from_bytea(4711, 'bytes');");
    expect(run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", archive_}), 0, {});
  }
  void TearDown() override {
    for (const char* name : {"source", "target", "before"}) cluster_.drop_database(name);
  }

  std::string source(const std::string& sql) { return cluster_.sql("source", sql); }
  std::string target(const std::string& sql) { return cluster_.sql("target", sql); }
  ProcessResult restore(const Words& options, const std::string& database = "target") {
    Words words{"restore", archive_, "-d", cluster_.conninfo(database)};
    words.insert(words.end(), options.begin(), options.end());
    return run_long(words);
  }
  static void expect(const ProcessResult& result, int status, const Words& parts) {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    for (const std::string& part : parts)
      EXPECT_NE((result.out + result.err).find(part), std::string::npos) << part << "\n" << result.describe();
  }
  static nlohmann::json last_event(const ProcessResult& result) {
    const std::size_t end = result.out.find_last_not_of('\n');
    const std::size_t begin = result.out.rfind('\n', end) + 1;
    return nlohmann::json::parse(result.out.substr(begin, end - begin + 1));
  }
  void remember() { cluster_.create_database("before", "TEMPLATE target"); }
  void expect_no_trace() {
    EXPECT_TRUE(same_database(cluster_, "before", cluster_, "target"));
    EXPECT_EQ(cluster_.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE '%pgark%'"), "0");
    EXPECT_EQ(target("SELECT count(*) FROM pg_largeobject_metadata"),
              cluster_.sql("before", "SELECT count(*) FROM pg_largeobject_metadata"));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "source.pgark").string();
};

TEST_F(RehearseTest, WhatWouldWork) {
  remember();
  expect(restore({"--rehearse", "-j", "4"}), 0, {"rehearsal complete", "nothing of it stays"});
  expect_no_trace();
  expect(restore({"--rehearse", "--create-as", "rehearsed"}, "postgres"), 0, {"rehearsal complete"});
  EXPECT_EQ(cluster_.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'rehearsed'"), "0");
  expect(restore({"--rehearse", "--strategy", "swap"}), 0, {"rehearsal complete"});
  expect_no_trace();
}

// Over what is there: dropped and made anew, all of it taken back.
TEST_F(RehearseTest, OverAFilledTarget) {
  expect(restore({}), 0, {});
  target(
      "UPDATE s.t SET name = 'mine' WHERE id = 1; SELECT setval('s.q', 77); SELECT lo_put(4711, 0, 'other')");
  remember();
  for (const Words& options : std::vector<Words>{{"--clean"}, {"--strategy", "in-place"}}) {
    Words words{"--rehearse"};
    words.insert(words.end(), options.begin(), options.end());
    expect(restore(words), 0, {"rehearsal complete"});
    expect_no_trace();
  }
  EXPECT_EQ(target("SELECT convert_from(lo_get(4711), 'UTF8')"), "other");
  // A sequence's value is set outside of transactions.
  target("TRUNCATE s.t CASCADE; DROP MATERIALIZED VIEW s.m");
  cluster_.drop_database("before");
  remember();
  expect(restore({"--rehearse", "-a", "-t", "s.q"}), 0, {});
  EXPECT_EQ(target("SELECT last_value FROM s.q"), "77");
  expect_no_trace();
}

// What only this target can show, each failure by name, and the rest tried all the same.
TEST_F(RehearseTest, WhatThisTargetRefuses) {
  target(
      "CREATE FUNCTION public.no() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR "
      "r IN "
      "SELECT * FROM pg_event_trigger_ddl_commands() LOOP IF r.object_identity IN ('s.v', 's.t_name', 'tr on "
      "s.t')"
      " THEN RAISE 'not %', r.object_identity; END IF; END LOOP; END $$;"
      "CREATE EVENT TRIGGER no ON ddl_command_end EXECUTE FUNCTION public.no()");
  remember();
  // The event trigger's function makes the target one that is not empty: the archive's objects are not there.
  const ProcessResult refused = restore({"--rehearse", "--clean", "--json"});
  expect(refused, 14, {"not s.v", "not s.t_name", "not tr on s.t", "nothing has been changed"});
  const std::string out = refused.out;
  const std::size_t at = out.find("\"rehearsal\"");
  ASSERT_NE(at, std::string::npos) << refused.describe();
  const std::size_t begin = out.rfind('\n', at) + 1;
  const auto result = nlohmann::json::parse(out.substr(begin, out.find('\n', at) - begin));
  std::vector<std::string> failed, skipped;
  for (const auto& item : result.at("failed"))
    (item.at("skipped").get<bool>() ? skipped : failed).push_back(item.at("name"));
  std::ranges::sort(failed);
  EXPECT_EQ(failed, (Words{"s.t_name on t", "s.tr on t", "s.v"}));
  EXPECT_EQ(skipped, (Words{"s.v2"}));
  expect_no_trace();
  // And the restore itself meets the same.
  expect(restore({"--clean"}), 14, {"not s.v", "not s.t_name", "not tr on s.t"});
}

TEST_F(RehearseTest, NobodyWaitsLongForARehearsal) {
  expect(restore({}), 0, {});
  remember();
  Process holder(cluster_.client("psql", {"-Xq", "-d", "target", "-c", "BEGIN", "-c", "SELECT 1 FROM s.t",
                                          "-c", "SELECT pg_sleep(60)"}));
  while (target("SELECT count(*) FROM pg_locks WHERE relation = 's.t'::regclass") == "0") {
  }
  expect(restore({"--rehearse", "--clean"}), 5, {"lock timeout", "nothing has been changed"});
  holder.send(SIGKILL);
  holder.wait();
  target(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> "
      "pg_backend_pid()");
  expect_no_trace();
}

TEST_F(RehearseTest, MoreThanOneTransactionCanHold) {
  source("SELECT format('CREATE TABLE s.many%s (t text)', n) FROM generate_series(1, 3500) n \\gexec");
  expect(run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", archive_, "--overwrite", "-s"}),
         0, {});
  expect(restore({"--rehearse"}), 15,
         {"max_locks_per_transaction", "--create-as", "nothing has been changed"});
  expect(restore({"--rehearse", "--create-as", "scratch"}), 0, {"rehearsal complete"});
  EXPECT_EQ(target("SELECT count(*) FROM pg_tables WHERE schemaname = 's'"), "0");
}

TEST_F(RehearseTest, OptionsThatContradict) {
  for (const Words& options :
       std::vector<Words>{{"--verify"}, {"-1"}, {"--resume"}, {"--analyze"}, {"--transaction-size", "5"}}) {
    Words words{"--rehearse"};
    words.insert(words.end(), options.begin(), options.end());
    expect(restore(words), 2, {});
  }
}

TEST_F(RehearseTest, APlanDoesNothing) {
  remember();
  const ProcessResult text = restore({"--plan", "-j", "3"});
  expect(text, 0,
         {"load rows", "INDEX s.t_name on t", "what decides how long it takes", "through 3 connections",
          "locks: none", "nothing has been done"});
  const auto plan = last_event(restore({"--plan", "--json", "-j", "2", "--clean"}));
  EXPECT_EQ(plan.at("connections"), 2);
  EXPECT_GT(plan.at("seconds").get<double>(), 0);
  EXPECT_EQ(plan.at("locked_tables"), (nlohmann::json{"s.child", "s.t"}));
  std::map<std::string, nlohmann::json> steps;
  for (const auto& step : plan.at("plan"))
    steps[step.at("kind").get<std::string>() + step.at("name").get<std::string>()] = step;
  const auto& load = steps.at("TABLE DATAs.t");
  const auto& index = steps.at("INDEXs.t_name on t");
  EXPECT_GE(index.at("start_s").get<double>(),
            load.at("start_s").get<double>() + load.at("seconds").get<double>());
  EXPECT_EQ(steps.at("FK CONSTRAINTs.child_id_fkey on child").at("locks").size(), 2u);
  // Without a server, and without a database that exists.
  expect(run_long({"restore", archive_, "--plan"}), 0, {"nothing has been done"});
  expect(restore({"--plan", "-t", "s.child", "--section", "post-data"}), 0, {"locks: exclusively on"});
  expect_no_trace();
}

TEST_F(RehearseTest, StatisticsAreGathered) {
  source(
      "CREATE TABLE s.p (a int) PARTITION BY LIST (a); CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1);"
      "INSERT INTO s.p SELECT 1 FROM generate_series(1, 100)");
  expect(run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", archive_, "--overwrite"}), 0, {});
  expect(restore({"--analyze", "-j", "3"}), 0, {"gathering statistics"});
  EXPECT_EQ(
      target("SELECT string_agg(DISTINCT tablename, ' ' ORDER BY tablename) FROM pg_stats WHERE schemaname = "
             "'s'"),
      "m p p1 t");
  EXPECT_EQ(target("SELECT reltuples FROM pg_class WHERE oid = 's.t'::regclass"), "3000");
  // Loaded by one connection, into a table that it emptied: stored as frozen, so nobody has to look again.
  if (cluster_.server_version_num() >= 140000) {
    EXPECT_EQ(
        target("SELECT relallvisible = relpages AND relpages > 0 FROM pg_class WHERE oid = 's.t'::regclass"),
        "t");
  }
}

}  // namespace
}  // namespace pgark::test
