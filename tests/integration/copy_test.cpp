// pgark copy: what arrives, and what becomes of the target when it does not.
#include "copy_fixture.hpp"
#include "support/servers.hpp"
#include "support/terminal.hpp"

namespace pgark::test {
namespace {

using testing::HasSubstr;

using CopyTest = CopyFixture;

TEST_F(CopyTest, the_copy_is_the_source) {
  for (const char* jobs : {"1", "4"}) {
    SCOPED_TRACE(jobs);
    fresh_target();
    const ProcessResult copied = copy({"-j", jobs, "--verify"});
    ASSERT_TRUE(copied.ok()) << copied.describe();
    EXPECT_THAT(copied.err, HasSubstr("copy complete"));
    EXPECT_TRUE(target_is_the_source());
    EXPECT_EQ(mark(), "0");
    EXPECT_EQ(target("SELECT evtname, evtenabled FROM pg_event_trigger"), "watch|O");
    EXPECT_EQ(target("SELECT count(*), sum(length(data)) FROM pg_largeobject"),
              cluster_.sql("source", "SELECT count(*), sum(length(data)) FROM pg_largeobject"));
  }
}

TEST_F(CopyTest, json_ends_with_the_result) {
  const ProcessResult copied = copy({"-j", "2", "--json"});
  ASSERT_TRUE(copied.ok()) << copied.describe();
  EXPECT_THAT(copied.out, HasSubstr("\"command\":\"copy\""));
  EXPECT_THAT(copied.out, HasSubstr("\"complete\":true"));
}

TEST_F(CopyTest, definitions_and_then_rows) {
  for (const char* jobs : {"1", "3"}) {
    SCOPED_TRACE(jobs);
    fresh_target();
    const ProcessResult definitions = copy({"-s", "-j", jobs});
    ASSERT_TRUE(definitions.ok()) << definitions.describe();
    EXPECT_EQ(target("SELECT count(*) FROM s.keyed"), "0");
    // Keys are there already, also of a table to itself.
    const ProcessResult rows = copy({"-a", "-B", "-j", jobs});
    ASSERT_TRUE(rows.ok()) << rows.describe();
    EXPECT_EQ(target("SELECT count(*) FROM s.tree"), "20000");
    target("REFRESH MATERIALIZED VIEW s.m; REFRESH MATERIALIZED VIEW s.mm");
    EXPECT_TRUE(target_is_the_source());
    const ProcessResult twice = copy({"-a", "-B", "-j", jobs});
    EXPECT_EQ(twice.exit_status, 12) << twice.describe();
    EXPECT_EQ(target("SELECT count(*) FROM s.keyed"), "200000");
  }
}

TEST_F(CopyTest, part_of_a_database) {
  const ProcessResult schema = run_long({"copy", "--from", cluster_.conninfo("source"), "--to",
                                         cluster_.conninfo("target"), "-n", "s", "--section", "pre-data"});
  ASSERT_TRUE(schema.ok()) << schema.describe();
  fresh_target();
  target("CREATE SCHEMA s");
  const ProcessResult copied = copy({"-t", "s.keyless", "-t", "s.small_1*", "-j", "2", "--no-owner", "-x"});
  EXPECT_EQ(copied.exit_status, 12) << "s is there already: " << copied.describe();
  fresh_target();
  const ProcessResult again =
      copy({"-n", "s", "-T", "s.keyed", "-j", "2", "--exclude-table-data", "s.keyless"});
  EXPECT_EQ(target("SELECT count(*) FROM s.keyless"), "0") << again.describe();
  EXPECT_EQ(target("SELECT count(*) FROM s.parent"), "100000");
  EXPECT_EQ(target("SELECT to_regclass('s.keyed') IS NULL"), "t");
}

TEST_F(CopyTest, rows_through_the_partitioned_table) {
  const ProcessResult copied = copy({"--load-via-partition-root", "-j", "3", "--verify"});
  ASSERT_TRUE(copied.ok()) << copied.describe();
  EXPECT_TRUE(target_is_the_source());
}

TEST_F(CopyTest, roles_come_along) {
  cluster_.sql("source", "CREATE ROLE copied_owner; ALTER TABLE s.empty OWNER TO copied_owner");
  Cluster other;
  const Words words{"copy",    "--from", cluster_.conninfo("source"), "--to", other.conninfo("postgres"),
                    "--create"};
  const ProcessResult refused = run_long(words);
  EXPECT_NE(refused.exit_status, 0) << refused.describe();
  EXPECT_THAT(refused.err, HasSubstr("copied_owner"));
  const ProcessResult copied = run_long(joined(words, {"--globals", "-j", "2", "--verify"}));
  EXPECT_TRUE(copied.ok()) << copied.describe();
  EXPECT_EQ(other.sql("source", "SELECT tableowner FROM pg_tables WHERE tablename = 'empty'"),
            "copied_owner");
  cluster_.sql("source", "ALTER TABLE s.empty OWNER TO postgres; DROP ROLE copied_owner");
}

TEST_F(CopyTest, rows_as_text_where_columns_are_not_certain) {
  ASSERT_TRUE(copy({"-j", "2"}).ok());
  const ProcessResult anew = copy({"-j", "2", "--clean", "--verify"});
  ASSERT_TRUE(anew.ok()) << anew.describe();
  EXPECT_TRUE(target_is_the_source());
}

TEST_F(CopyTest, a_person_is_asked_before_anything_is_dropped) {
  target("CREATE TABLE mine AS SELECT 1 AS a");
  const auto on_terminal = [this](const Words& options, const std::string& typed) {
    return run(at_terminal(pgark_command(copy_words(options)), typed));
  };
  const ProcessResult refused = on_terminal({"--clean"}, "copy\n");
  EXPECT_EQ(refused.exit_status, 130) << refused.describe();
  EXPECT_THAT(refused.out, HasSubstr("This replaces what database \"target\""));
  EXPECT_THAT(refused.out, HasSubstr("not confirmed with COPY"));
  EXPECT_EQ(target("SELECT to_regclass('s.keyed') IS NULL"), "t");
  EXPECT_EQ(on_terminal({"--clean", "-n", "s", "-j", "2"}, "COPY\n").exit_status, 0);
  EXPECT_EQ(on_terminal({"--clean", "--force", "-n", "s", "-j", "2"}, "").exit_status, 0);
  EXPECT_EQ(target("SELECT count(*) FROM s.tree"), "20000");
  EXPECT_EQ(target("SELECT count(*) FROM mine"), "1");
}

TEST_F(CopyTest, one_transaction_and_one_connection) {
  const ProcessResult copied = copy({"-1"});
  ASSERT_TRUE(copied.ok()) << copied.describe();
  EXPECT_TRUE(target_is_the_source());
}

TEST_F(CopyTest, the_database_is_made_in_another_server) {
  Cluster other;
  const ProcessResult copied = run_long({"copy", "--from", cluster_.conninfo("source"), "--to",
                                         other.conninfo("postgres"), "--create", "-j", "4", "--verify"});
  ASSERT_TRUE(copied.ok()) << copied.describe();
  EXPECT_TRUE(same_database(cluster_, "source", other, "source"));
  const ProcessResult twice = run_long({"copy", "--from", cluster_.conninfo("source"), "--to",
                                        other.conninfo("postgres"), "--create", "-j", "4"});
  EXPECT_EQ(twice.exit_status, 12) << twice.describe();
}

TEST_F(CopyTest, into_a_newer_major) {
  const auto newer = start_server(18);
  newer->create_database("target", "TEMPLATE template0");
  const ProcessResult copied = run_long({"copy", "--from", cluster_.conninfo("source"), "--to",
                                         newer->conninfo("target"), "-j", "4", "--verify"});
  ASSERT_TRUE(copied.ok()) << copied.describe();
  EXPECT_EQ(database_contents(cluster_, "source"), database_contents(*newer, "target"));
}

TEST_F(CopyTest, a_table_that_cannot_be_loaded_is_named_and_empty) {
  cluster_.sql("source", R"sql(
    CREATE FUNCTION s.at_home(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $f$ BEGIN
      IF n > 250000 AND current_database() <> 'source' THEN RAISE EXCEPTION 'not at home'; END IF;
      RETURN n; END $f$;
    CREATE TABLE s.homebound (id int, t text DEFAULT repeat('x', 200),
      home int GENERATED ALWAYS AS (s.at_home(id)) STORED);
    INSERT INTO s.homebound (id) SELECT n FROM generate_series(1, 300000) n;
    CREATE INDEX homebound_id ON s.homebound (id);)sql");
  for (const char* jobs : {"1", "4"}) {
    fresh_target();
    const ProcessResult copied = copy({"-j", jobs});
    EXPECT_EQ(copied.exit_status, 14) << copied.describe();
    EXPECT_THAT(copied.err, HasSubstr("TABLE DATA s.homebound"));
    EXPECT_THAT(copied.err, HasSubstr("not tried, because"));
    EXPECT_THAT(copied.err, HasSubstr("copy INCOMPLETE"));
    EXPECT_EQ(target("SELECT count(*) FROM s.homebound"), "0");
    EXPECT_EQ(target("SELECT to_regclass('s.homebound_id') IS NULL"), "t");
    EXPECT_EQ(target("SELECT count(*) FROM s.keyed"), "200000");
    EXPECT_EQ(mark(), "0");
  }
  fresh_target();
  const ProcessResult strict = copy({"-j", "2", "--exit-on-error"});
  EXPECT_EQ(strict.exit_status, 5) << strict.describe();
  cluster_.sql("source", "DROP TABLE s.homebound; DROP FUNCTION s.at_home");
}

class CutOffTest : public CopyFixture {
 protected:
  // The target says that it is no copy, until one begins anew.
  void expect_marked_then_clean(const ProcessResult& cut) {
    EXPECT_THAT(cut.err, HasSubstr("--clean"));
    EXPECT_EQ(mark(), "1");
    const ProcessResult refused = copy({"-j", "2"});
    EXPECT_EQ(refused.exit_status, 12) << refused.describe();
    EXPECT_THAT(refused.err, HasSubstr("cannot be resumed"));
    const ProcessResult anew = copy({"-j", "4", "--clean", "--verify"});
    EXPECT_TRUE(anew.ok()) << anew.describe();
    EXPECT_TRUE(target_is_the_source());
    EXPECT_EQ(mark(), "0");
  }
  ProcessResult copy_terminated_at(const std::string& database) {
    // With one connection the source has more than the buffers take when the target begins.
    Process program(pgark_command(copy_words({"-j", "1"})));
    for (int i = 0; i < 1000 && mark() == "0"; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(terminate_during_copy(database));
    return program.wait();
  }
};

TEST_F(CutOffTest, by_the_source) {
  const ProcessResult cut = copy_terminated_at("source");
  EXPECT_EQ(cut.exit_status, 6) << cut.describe();
  expect_marked_then_clean(cut);
}

TEST_F(CutOffTest, by_the_target) {
  const ProcessResult cut = copy_terminated_at("target");
  EXPECT_EQ(cut.exit_status, 6) << cut.describe();
  expect_marked_then_clean(cut);
}

TEST_F(CutOffTest, by_a_signal) {
  Process program(pgark_command(copy_words({"-j", "2"})));
  for (int i = 0; i < 1000 && target("SELECT to_regclass('s.keyed')").empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  program.send(SIGINT);
  const ProcessResult cut = program.wait();
  EXPECT_EQ(cut.exit_status, 130) << cut.describe();
  for (int i = 0; i < 200 && sessions("source") + sessions("target") != 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(sessions("source") + sessions("target"), 0);
  expect_marked_then_clean(cut);
}

TEST_F(CutOffTest, no_archive_goes_on_with_it) {
  const TempDirectory folder;
  const std::string archive = (folder / "a.pgark").string();
  ASSERT_TRUE(run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", archive}).ok());
  copy_terminated_at("source");
  const ProcessResult resumed = run_long({"restore", archive, "-d", cluster_.conninfo("target"), "--resume"});
  EXPECT_EQ(resumed.exit_status, 2) << resumed.describe();
  EXPECT_THAT(resumed.err, HasSubstr("cannot be resumed"));
}

TEST_F(CutOffTest, servers_that_stop) {
  Cluster other;
  other.create_database("target", "TEMPLATE template0");
  Process program(pgark_command(
      {"copy", "--from", cluster_.conninfo("source"), "--to", other.conninfo("target"), "-j", "2"}));
  for (int i = 0; i < 1000 && other.sql("target", "SELECT to_regclass('s.keyed')").empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  other.stop(Cluster::StopMode::immediate);
  const ProcessResult cut = program.wait();
  EXPECT_TRUE(cut.exit_status == 6 || cut.exit_status == 3) << cut.describe();
  EXPECT_FALSE(cut.timed_out);
  EXPECT_EQ(sessions("source"), 0);
}

TEST_F(CopyTest, into_itself_is_refused) {
  const std::string by_socket = cluster_.socket_conninfo("source");
  const ProcessResult same = run_pgark({"copy", "--from", cluster_.conninfo("source"), "--to", by_socket});
  EXPECT_EQ(same.exit_status, 2) << same.describe();
  EXPECT_THAT(same.err, HasSubstr("same database"));
  const ProcessResult created = run_pgark({"copy", "--from", cluster_.conninfo("source"), "--to",
                                           cluster_.conninfo("postgres"), "--create", "--clean"});
  EXPECT_EQ(created.exit_status, 2) << created.describe();
  EXPECT_EQ(cluster_.sql("source", "SELECT count(*) FROM s.keyed"), "200000");
}

TEST_F(CopyTest, wrong_words_end_before_anything_is_read) {
  const auto status = [this](const Words& words) { return run_pgark(copy_words(words)).exit_status; };
  EXPECT_EQ(status({"--resume"}), 2);
  EXPECT_EQ(status({"-1", "-j", "2"}), 2);
  EXPECT_EQ(status({"-a", "--clean"}), 2);
  EXPECT_EQ(status({"--append", "--verify"}), 2);
  EXPECT_EQ(status({"-a", "-s"}), 2);
  EXPECT_EQ(run_pgark({"copy", "--from", cluster_.conninfo("source")}).exit_status, 2);
  EXPECT_EQ(run_pgark({"copy", "--to", cluster_.conninfo("target")}).exit_status, 2);
  const ProcessResult nobody = run_pgark(
      {"copy", "--from", "host=127.0.0.1 port=1 user=u dbname=d", "--to", cluster_.conninfo("target")});
  EXPECT_EQ(nobody.exit_status, 3) << nobody.describe();
  const ProcessResult nowhere = run_pgark(
      {"copy", "--from", cluster_.conninfo("source"), "--to", cluster_.conninfo("no_such_database")});
  EXPECT_NE(nowhere.exit_status, 0) << nowhere.describe();
  EXPECT_THAT(nowhere.err, HasSubstr("no_such_database"));
  target("CREATE TABLE mine (a int)");
  EXPECT_EQ(status({"-j", "2"}), 12);
  EXPECT_EQ(target("SELECT count(*) FROM pg_class WHERE relname = 'mine'"), "1");
}

}  // namespace
}  // namespace pgark::test
