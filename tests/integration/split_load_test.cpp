// Loads of one table through several connections that wait for each other in a way the server cannot see: it
// is loaded through one, and nothing stands still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;

class SplitLoadTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.create_database("source");
    cluster_.create_database("target", "TEMPLATE template0");
  }
  void TearDown() override {
    cluster_.drop_database("source");
    cluster_.drop_database("target");
  }

  std::string archive() const { return (folder_ / "x.pgark").string(); }
  void back_up() {
    const ProcessResult result =
        run_long({"backup", "-d", cluster_.conninfo("source"), "-o", archive(), "-j", "4", "-Z", "none"});
    ASSERT_TRUE(result.ok()) << result.describe();
  }
  ProcessResult restore(std::vector<std::string> options) {
    options.insert(options.begin(), {"restore", archive(), "-d", cluster_.conninfo("target")});
    return run_long(std::move(options));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
};

constexpr const char* kRows =
    "INSERT INTO ev (id, pad) SELECT i, repeat(md5(i::text), 16) FROM generate_series(1, 250000) i;";

// Every COPY updates the same row of another table.
TEST_F(SplitLoadTest, triggers_that_meet_in_one_row) {
  cluster_.sql("source", "CREATE TABLE ev (id int, pad text);" + std::string(kRows));
  back_up();
  cluster_.sql("target",
               "CREATE TABLE ev (id int, pad text);"
               "CREATE TABLE tot (n bigint); INSERT INTO tot VALUES (0);"
               "CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS"
               " $$BEGIN UPDATE public.tot SET n = n + 1; RETURN NULL; END$$;"
               "CREATE TRIGGER bump AFTER INSERT ON ev FOR EACH STATEMENT EXECUTE FUNCTION bump()");
  const ProcessResult restored = restore({"--data-only", "-j", "4"});
  EXPECT_TRUE(restored.ok()) << restored.describe();
  EXPECT_THAT(restored.err, HasSubstr("TABLE DATA public.ev: several connections"));
  EXPECT_EQ(cluster_.sql("target", "SELECT count(*), count(DISTINCT id) FROM ev"), "250000|250000");
  EXPECT_EQ(cluster_.sql("target", "SELECT n FROM tot"), "1") << "the rows came with one COPY in the end";
}

// The second of two equal keys waits for the transaction of the first.
TEST_F(SplitLoadTest, a_key_that_is_there_twice) {
  cluster_.sql("source", "CREATE TABLE ev (id int, pad text);" + std::string(kRows) +
                             "INSERT INTO ev VALUES (1, 'once more')");
  back_up();
  cluster_.sql("target", "CREATE TABLE ev (id int UNIQUE, pad text)");
  const ProcessResult restored = restore({"--data-only", "-j", "4"});
  EXPECT_EQ(restored.exit_status, 14) << restored.describe();
  EXPECT_THAT(restored.err, HasSubstr("duplicate key value violates unique constraint"));
  EXPECT_EQ(cluster_.sql("target", "SELECT count(*) FROM ev"), "0");
}

// A generated column reads a table whose key is being made while finished loads keep it locked.
TEST_F(SplitLoadTest, an_index_build_between_loads) {
  cluster_.sql(
      "source",
      "CREATE TABLE look (k int, v text); INSERT INTO look SELECT i, 'x' FROM generate_series(1, 100) i;"
      "CREATE FUNCTION gen(i int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$DECLARE r text; BEGIN"
      " IF i % 100000 < 3 THEN SELECT v INTO r FROM public.look WHERE k = i; END IF;"
      " RETURN coalesce(r, 'none'); END$$;"
      "CREATE TABLE ev (id int, pad text, g text GENERATED ALWAYS AS (gen(id)) STORED);" +
          std::string(kRows) + "ALTER TABLE look ADD PRIMARY KEY (k)");
  back_up();
  const ProcessResult restored = restore({"-j", "12"});
  EXPECT_TRUE(restored.ok()) << restored.describe();
  // What the column holds hangs on what is there when a row comes.
  EXPECT_EQ(cluster_.sql("target", "SELECT count(*), count(DISTINCT id) FROM ev"), "250000|250000");
}

}  // namespace
}  // namespace pgark::test
