// A partition goes back into a table that others use meanwhile, and gets into a deadlock with one of them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

// Orders with an index and a key, notes with neither; their default partitions are what an attachment waits
// for.
constexpr const char* kShop = R"sql(
CREATE TABLE orders (id int, at date, who int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX by_person ON orders (who);
CREATE TABLE orders_23 PARTITION OF orders FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
INSERT INTO orders SELECT i, date '2023-01-01' + i % 700, i % 10 FROM generate_series(1, 1000) i;
CREATE TABLE notes (at date, text text) PARTITION BY RANGE (at);
CREATE TABLE notes_23 PARTITION OF notes FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE notes_rest PARTITION OF notes DEFAULT;
INSERT INTO notes SELECT at, id::text FROM orders;
)sql";

class LonePartitionLocksTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* database : {"shop", "live"}) {
      cluster_.create_database(database, "TEMPLATE template0");
      cluster_.sql(database, kShop);
    }
    // Long enough for the other one to come, who never gives way.
    sql("ALTER DATABASE live SET deadlock_timeout = '3s'");
  }
  void TearDown() override {
    for (const char* database : {"shop", "live"}) cluster_.drop_database(database);
  }

  std::string sql(const std::string& text) { return cluster_.sql("live", text); }
  void save(const std::vector<std::string>& options) {
    std::vector<std::string> words{"backup", "-q", "-d", cluster_.conninfo("shop"), "-o", archive_};
    words.insert(words.end(), options.begin(), options.end());
    const ProcessResult saved = run(pgark_command(words));
    ASSERT_TRUE(saved.ok()) << saved.describe();
  }
  std::string deadlocks() {
    const std::string log = cluster_.log_tail(std::size_t{1} << 24);
    std::size_t count = 0;
    for (std::size_t at = 0; (at = log.find("deadlock detected", at)) != std::string::npos; ++at) ++count;
    return std::to_string(count);
  }
  // A session that holds what `first` locks until somebody waits for one of `relations`, and then asks for
  // more.
  Process session(const std::string& first, const std::string& relations, const std::string& more) {
    const std::string wait =
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT"
        " l.granted AND c.relname IN (" +
        relations + ")) LOOP PERFORM pg_sleep(0.01); END LOOP; END $$";
    return Process(cluster_.client(
        "psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "-d", "live", "-c", "SET deadlock_timeout = '1h'", "-c",
                 "BEGIN", "-c", first, "-c", wait, "-c", more, "-c", "COMMIT"}));
  }
  // Both come to their end, one after the other.
  void expect_second_try(Process& other, const std::string& partition) {
    const std::string before = deadlocks();
    const ProcessResult result = run(pgark_command(
        {"restore", archive_, "-d", cluster_.conninfo("live"), "-t", partition, "--clean", "--force"}));
    EXPECT_TRUE(result.ok()) << result.describe();
    EXPECT_TRUE(other.wait().ok()) << other.wait().describe();
    EXPECT_NE(deadlocks(), before);
    EXPECT_EQ(sql("SELECT relispartition FROM pg_class WHERE relname = '" + partition + "'"), "t");
    const std::string count = "SELECT count(*) FROM " + partition;
    EXPECT_EQ(sql(count), cluster_.sql("shop", count));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "shop.pgark").string();
};

TEST_F(LonePartitionLocksTest, attaching_the_table_is_tried_again) {
  save({});
  sql("DROP TABLE orders_23");
  Process other = session("SELECT count(*) FROM orders_rest", "'orders_rest'",
                          "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
  expect_second_try(other, "orders_23");
}

TEST_F(LonePartitionLocksTest, attaching_an_index_is_tried_again) {
  save({});
  sql("DROP TABLE orders_23");
  // Time for the other one to read the partition that is attached already.
  sql("CREATE FUNCTION linger() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); END';"
      "CREATE EVENT TRIGGER linger ON ddl_command_start WHEN TAG IN ('ALTER INDEX') EXECUTE FUNCTION "
      "linger()");
  Process other = session(
      "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_class WHERE relname = 'orders_23' AND relispartition) "
      "LOOP"
      " PERFORM pg_sleep(0.01); END LOOP; PERFORM count(*) FROM orders_23; END $$",
      "'orders_23_pkey', 'orders_23_who_idx'", "LOCK TABLE orders_23");
  expect_second_try(other, "orders_23");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_inherits WHERE inhparent IN ('orders_pkey'::regclass,"
                " 'by_person'::regclass) AND inhrelid IN ('orders_23_pkey'::regclass,"
                " 'orders_23_who_idx'::regclass)"),
            "2");
}

TEST_F(LonePartitionLocksTest, so_is_attaching_a_table_without_indexes) {
  save({});
  sql("DROP TABLE notes_23");
  Process other = session("SELECT count(*) FROM notes_rest", "'notes_rest'",
                          "LOCK TABLE notes IN SHARE UPDATE EXCLUSIVE MODE");
  expect_second_try(other, "notes_23");
}

// Before its rows, which go in through the partitioned table.
TEST_F(LonePartitionLocksTest, so_is_attaching_a_table_among_definitions) {
  save({"--load-via-partition-root"});
  sql("DROP TABLE notes_23");
  Process other = session("SELECT count(*) FROM notes_rest", "'notes_rest'",
                          "LOCK TABLE notes IN SHARE UPDATE EXCLUSIVE MODE");
  expect_second_try(other, "notes_23");
}

}  // namespace
}  // namespace pgark::test
