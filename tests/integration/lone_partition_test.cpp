// A partition that is restored without the table which it is part of: into a database that has that table,
// one that has not, and one that lacks even the schema.
#include <gmock/gmock.h>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPartition = "sales.p23";

class LonePartitionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster::shared().create_database("shop", "TEMPLATE template0");
    Cluster::shared().sql("shop", R"sql(
CREATE SCHEMA sales;
CREATE TABLE sales.people (id int PRIMARY KEY);
INSERT INTO sales.people SELECT generate_series(0, 9);
CREATE TABLE sales.p (id int, at date, who int REFERENCES sales.people, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX by_person ON sales.p (who);
CREATE TABLE sales.p23 PARTITION OF sales.p FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE sales.p24 PARTITION OF sales.p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER INDEX sales.p23_who_idx RENAME TO people_of_23;
ALTER TABLE sales.p23 RENAME CONSTRAINT p23_pkey TO key_of_23;
INSERT INTO sales.p SELECT i, date '2023-01-01' + i % 700, i % 10 FROM generate_series(1, 1000) i;
CREATE FUNCTION sales.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER t BEFORE INSERT ON sales.p FOR EACH ROW EXECUTE FUNCTION sales.f();
ALTER TABLE sales.p23 DISABLE TRIGGER t;
CREATE MATERIALIZED VIEW sales.all_of_p AS SELECT id, at FROM sales.p;
CREATE TABLE sales.notes (id int, at date, FOREIGN KEY (id, at) REFERENCES sales.p);
INSERT INTO sales.notes SELECT id, at FROM sales.p23 LIMIT 10;
)sql");
  }
  static void TearDownTestSuite() { Cluster::shared().drop_database("shop"); }

  void SetUp() override {
    save();
    cluster_.create_database("other", "TEMPLATE template0");
  }
  void TearDown() override { cluster_.drop_database("other"); }

  void save(const char* database = "shop") {
    const ProcessResult saved = run(
        pgark_command({"backup", "-q", "-d", cluster_.conninfo(database), "-o", archive(), "--overwrite"}));
    ASSERT_TRUE(saved.ok()) << saved.describe();
  }
  std::string archive() const { return (folder_ / "shop.pgark").string(); }
  ProcessResult convert(std::vector<std::string> options) {
    std::vector<std::string> command{"convert", archive(), "-F", "plain", "-o", script(), "--overwrite"};
    command.insert(command.end(), options.begin(), options.end());
    return run(pgark_command(command));
  }
  ProcessResult load_script() {
    return run(cluster_.client(
        "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "other", "-o", "/dev/null", "-f", script()}));
  }
  std::string script() const { return (folder_ / "script.sql").string(); }
  std::string sql(const std::string& text) { return cluster_.sql("other", text); }
  ProcessResult restore(std::vector<std::string> options) {
    std::vector<std::string> command{"restore", archive(), "-d", cluster_.conninfo("other")};
    command.insert(command.end(), options.begin(), options.end());
    return run(pgark_command(command));
  }
  std::string indexes_and_keys() {
    return sql(
        "SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT conname::text FROM pg_constraint WHERE "
        "conrelid ="
        " 'sales.p23'::regclass AND contype IN ('p', 'f') UNION SELECT indexrelid::regclass::text FROM "
        "pg_index"
        " WHERE indrelid = 'sales.p23'::regclass) n (name)");
  }
  static constexpr const char* kAttached =
      "SELECT count(*) FROM pg_inherits WHERE inhparent::regclass::text IN ('sales.p', 'sales.p_pkey',"
      " 'sales.by_person') AND inhrelid::regclass::text IN ('sales.p23', 'sales.key_of_23', "
      "'sales.people_of_23')";

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
};

TEST_F(LonePartitionTest, comes_back_to_its_table) {
  ASSERT_TRUE(restore({"-q"}).ok());
  const std::string before = indexes_and_keys();
  EXPECT_THAT(before, HasSubstr("key_of_23"));
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"-j", "2"}, {"-1"}, {"--transaction-size", "2"}}) {
    sql("DROP TABLE sales.notes; DROP TABLE sales.p23");
    std::vector<std::string> options{"-t",      kPartition, "-t",      "sales.notes", "-t", "sales.all_of_p",
                                     "--clean", "--force",  "--verify"};
    options.insert(options.end(), how.begin(), how.end());
    const ProcessResult result = restore(options);
    EXPECT_TRUE(result.ok()) << testing::PrintToString(how) << result.describe();
    EXPECT_EQ(sql("SELECT count(*) FROM sales.p"), "1000");
    EXPECT_EQ(indexes_and_keys(), before);
    EXPECT_EQ(sql(kAttached), "3");
    // What hangs on the partitioned table comes after it is whole.
    EXPECT_EQ(sql("SELECT count(*) FROM sales.all_of_p"), "1000");
    EXPECT_EQ(sql("SELECT tgenabled FROM pg_trigger WHERE tgname = 't' AND tgrelid = 'sales.p23'::regclass"),
              "D");
    EXPECT_EQ(sql("SELECT convalidated FROM pg_constraint WHERE conrelid = 'sales.notes'::regclass AND "
                  "conparentid = 0"),
              "t");
  }
  // In its old place, beside rows of the table's that have been changed since.
  sql("DROP TABLE sales.notes; DELETE FROM sales.p");
  EXPECT_TRUE(restore({"-t", kPartition, "--clean", "--force"}).ok());
  EXPECT_EQ(sql("SELECT count(*) FROM sales.p"), cluster_.sql("shop", "SELECT count(*) FROM sales.p23"));
}

// The server notes for a key that is made by itself that it is not inherited (connoinherit), and leaves it at
// that when the index is attached: only a partition that is made in its place has another note. Nothing
// follows from it: a table that is partitioned hands its key down whatever the note says.
TEST_F(LonePartitionTest, its_constraints_are_those_of_a_restore_of_everything) {
  const auto constraints = [this](const std::string& database, const std::string& no_inherit) {
    return cluster_.sql(database,
                        "SELECT conname, contype, coninhcount, conislocal, conparentid <> 0, " + no_inherit +
                            " FROM pg_constraint WHERE conrelid = 'sales.p23'::regclass ORDER BY 1");
  };
  const std::string all_but_keys = "contype <> 'p' AND connoinherit";
  const std::string source = constraints("shop", all_but_keys);
  EXPECT_THAT(source, HasSubstr("key_of_23|p|1|f|t"));
  ASSERT_TRUE(restore({"-q"}).ok());
  const std::string whole = constraints("other", "connoinherit");
  EXPECT_EQ(constraints("other", all_but_keys), source);
  sql("DROP TABLE sales.notes; DROP TABLE sales.p23");
  const ProcessResult result = restore({"-t", kPartition, "--clean", "--force"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(constraints("other", "connoinherit"), whole);
  EXPECT_EQ(constraints("other", all_but_keys), source);
  // The same by hand.
  sql("CREATE TABLE sales.p25 (id int NOT NULL, at date NOT NULL, who int, PRIMARY KEY (id, at));"
      "ALTER TABLE sales.p ATTACH PARTITION sales.p25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND connoinherit AND conparentid <> 0"
                " AND conrelid IN ('sales.p23'::regclass, 'sales.p25'::regclass)"),
            "2");
}

// One that is partitioned itself: its indexes are whole when those of its own partitions are attached to
// them.
TEST_F(LonePartitionTest, a_partition_with_partitions_comes_back) {
  cluster_.create_database("nested", "TEMPLATE shop");
  cluster_.sql("nested", R"sql(
CREATE TABLE sales.p25 PARTITION OF sales.p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY RANGE (at);
CREATE TABLE sales.p25_a PARTITION OF sales.p25 FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE sales.p25_b PARTITION OF sales.p25 FOR VALUES FROM ('2025-07-01') TO ('2026-01-01');
INSERT INTO sales.p SELECT i, date '2025-01-01' + i % 360, i % 10 FROM generate_series(1, 500) i;
ALTER TABLE sales.p25_a DISABLE TRIGGER t;
CREATE TRIGGER own BEFORE INSERT ON sales.p25 FOR EACH ROW EXECUTE FUNCTION sales.f();
ALTER TABLE sales.p25_b DISABLE TRIGGER own;
)sql");
  save("nested");
  cluster_.drop_database("nested");
  ASSERT_TRUE(restore({"-q"}).ok());
  const std::string tree =
      "SELECT string_agg(concat(inhparent::regclass, '>', inhrelid::regclass), ' ') FROM (SELECT * "
      "FROM"
      " pg_inherits ORDER BY inhparent::regclass::text, inhrelid::regclass::text) i";
  const std::string triggers =
      "SELECT string_agg(concat(tgrelid::regclass, tgname, tgenabled), ' ' ORDER BY tgrelid::regclass::text, "
      "tgname)"
      " FROM pg_trigger WHERE tgname IN ('t', 'own')";
  const std::string before = sql(tree), switched = sql(triggers);
  EXPECT_THAT(before, HasSubstr("sales.p25_pkey>sales.p25_a_pkey"));
  const std::vector<std::string> chosen{"-t", "sales.p25*", "-t", "sales.notes"};
  for (const std::vector<std::string>& sections :
       {std::vector<std::string>{""}, {"pre-data", "data", "post-data"}}) {
    for (const char* jobs : {"1", "2"}) {
      sql("DROP TABLE sales.notes; DROP TABLE sales.p25");
      for (const std::string& section : sections) {
        std::vector<std::string> options = chosen;
        options.insert(options.end(), {"-j", jobs});
        if (!section.empty()) options.insert(options.end(), {"--section", section});
        if (section != "data") options.insert(options.end(), {"--clean", "--force"});
        const ProcessResult result = restore(options);
        EXPECT_TRUE(result.ok()) << section << result.describe();
      }
      EXPECT_EQ(sql(tree), before);
      EXPECT_EQ(sql(triggers), switched);
      EXPECT_EQ(sql("SELECT count(*) FROM sales.p"), "1500");
      EXPECT_EQ(sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
    }
  }
  // As a table of its own it keeps what it hands down itself.
  sql("DROP TABLE sales.notes; DROP TABLE sales.p CASCADE");
  const ProcessResult alone = restore({"-t", "sales.p25*", "--clean", "--force"});
  EXPECT_TRUE(alone.ok()) << alone.describe();
  EXPECT_EQ(sql("SELECT count(*) FROM sales.p25"), "500");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
  EXPECT_THAT(sql(tree), HasSubstr("sales.p25_pkey>sales.p25_a_pkey"));
  EXPECT_EQ(sql(triggers), "sales.p25ownO sales.p25_aownO sales.p25_bownD");
}

TEST_F(LonePartitionTest, what_cannot_be_attached_is_named) {
  ASSERT_TRUE(restore({"-q"}).ok());
  sql("DROP TABLE sales.notes; DROP TABLE sales.p23");
  sql("CREATE TABLE sales.new23 PARTITION OF sales.p FOR VALUES FROM ('2023-01-01') TO ('2023-07-01')");
  const ProcessResult result = restore({"-t", kPartition, "--clean", "--force"});
  EXPECT_EQ(result.exit_status, 14) << result.describe();
  EXPECT_THAT(result.err,
              HasSubstr("TABLE ATTACH sales.p23: partition \"p23\" would overlap partition \"new23\""));
  EXPECT_EQ(sql("SELECT count(*) FROM sales.p23"), cluster_.sql("shop", "SELECT count(*) FROM sales.p23"));
}

TEST_F(LonePartitionTest, becomes_a_table_of_its_own) {
  sql("CREATE SCHEMA sales");
  const ProcessResult result = restore({"-t", kPartition, "--clean", "--force", "--verify"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("TABLE sales.p23: becomes a table of its own"));
  EXPECT_THAT(result.err, HasSubstr("TABLE sales.p is neither chosen nor in the target"));
  EXPECT_EQ(indexes_and_keys(), "key_of_23 sales.key_of_23 sales.people_of_23");
  EXPECT_EQ(sql("SELECT relispartition FROM pg_class WHERE oid = 'sales.p23'::regclass"), "f");
}

// Section by section nothing is alone: a key onto the table needs its index, and that the indexes of all
// partitions.
TEST_F(LonePartitionTest, sections_one_after_the_other) {
  for (const char* section : {"pre-data", "data", "post-data"}) {
    const ProcessResult result = restore({"--section", section, "-j", "2"});
    EXPECT_TRUE(result.ok()) << result.describe();
  }
  EXPECT_EQ(sql(kAttached), "3");
  EXPECT_EQ(
      sql("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'sales.notes'::regclass"
          " AND conparentid = 0"),
      "1");
}

// The partition alone: the run with its indexes and keys attaches it, the others leave it alone and say so.
TEST_F(LonePartitionTest, section_by_section_it_is_attached_with_its_indexes) {
  ASSERT_TRUE(restore({"-q"}).ok());
  const std::string before = indexes_and_keys();
  for (const char* jobs : {"1", "2"}) {
    sql("DROP TABLE sales.notes; DROP TABLE sales.p23");
    for (const char* section : {"pre-data", "data", "post-data"}) {
      std::vector<std::string> options{"-t", kPartition, "--section", section, "-j", jobs, "--verify"};
      if (section != std::string("data")) options.insert(options.end(), {"--clean", "--force"});
      const ProcessResult result = restore(options);
      EXPECT_TRUE(result.ok()) << section << result.describe();
      const bool last = section == std::string("post-data");
      EXPECT_EQ(sql("SELECT relispartition FROM pg_class WHERE oid = 'sales.p23'::regclass"),
                last ? "t" : "f");
      const auto told = HasSubstr(
          "TABLE sales.p23: is not attached yet: the run with section post-data, which "
          "makes its indexes, attaches it to TABLE sales.p");
      EXPECT_THAT(result.err, last ? testing::Matcher<std::string>(Not(told)) : told);
    }
    EXPECT_EQ(indexes_and_keys(), before);
    EXPECT_EQ(sql(kAttached), "3");
    EXPECT_EQ(sql("SELECT count(*) FROM sales.p"), "1000");
    EXPECT_EQ(sql("SELECT tgenabled FROM pg_trigger WHERE tgname = 't' AND tgrelid = 'sales.p23'::regclass"),
              "D");
    EXPECT_TRUE(restore({"-t", "sales.notes", "--clean", "--force"}).ok());
  }
}

// Attached by a run for the whole database: nothing is left to do.
TEST_F(LonePartitionTest, what_an_earlier_section_has_attached_stays) {
  for (const char* section : {"pre-data", "data"}) ASSERT_TRUE(restore({"--section", section, "-q"}).ok());
  const ProcessResult rows = restore({"-t", kPartition, "--section", "data", "--append"});
  EXPECT_TRUE(rows.ok()) << rows.describe();
  EXPECT_THAT(rows.err, Not(HasSubstr("is not attached yet")));
  sql("TRUNCATE sales.p");
  const ProcessResult others = restore({"--section", "post-data", "-T", kPartition, "-T", "sales.notes"});
  ASSERT_TRUE(others.ok()) << others.describe();
  const ProcessResult keys = restore({"-t", kPartition, "--section", "post-data"});
  EXPECT_TRUE(keys.ok()) << keys.describe();
  EXPECT_EQ(sql(kAttached), "3");
}

TEST_F(LonePartitionTest, section_by_section_it_can_become_a_table_of_its_own) {
  sql("CREATE SCHEMA sales");
  for (const char* section : {"pre-data", "data", "post-data"}) {
    const bool first = section == std::string("pre-data");
    std::vector<std::string> options{"-t", kPartition, "--section", section};
    if (first) options.insert(options.end(), {"--clean", "--force"});
    const ProcessResult result = restore(options);
    EXPECT_TRUE(result.ok()) << section << result.describe();
    EXPECT_THAT(result.err, Not(HasSubstr("is not attached yet")));
    if (!first) continue;
    EXPECT_THAT(result.err, HasSubstr("TABLE sales.p23: becomes a table of its own"));
  }
  EXPECT_EQ(indexes_and_keys(), "key_of_23 sales.key_of_23 sales.people_of_23");
}

TEST_F(LonePartitionTest, a_script_attaches_it_where_a_restore_does) {
  ASSERT_TRUE(restore({"-q"}).ok());
  const std::string before = indexes_and_keys();
  const std::vector<std::vector<std::string>> ways{{""}, {"pre-data", "data", "post-data"}};
  for (const std::vector<std::string>& sections : ways) {
    sql("DROP TABLE sales.notes; DROP TABLE sales.p23");
    for (const std::string& section : sections) {
      std::vector<std::string> options{"-t", kPartition, "-t", "sales.notes", "-t", "sales.all_of_p"};
      if (!section.empty()) options.insert(options.end(), {"--section", section});
      if (section != "data" && section != "post-data") options.emplace_back("--clean");
      const ProcessResult converted = convert(options);
      ASSERT_TRUE(converted.ok()) << converted.describe();
      const bool later = section == "pre-data" || section == "data";
      EXPECT_EQ(converted.err.find("TABLE sales.p23: is not attached yet") != std::string::npos, later);
      const ProcessResult loaded = load_script();
      EXPECT_TRUE(loaded.ok()) << section << loaded.describe();
    }
    EXPECT_EQ(indexes_and_keys(), before);
    EXPECT_EQ(sql(kAttached), "3");
    EXPECT_EQ(sql("SELECT count(*) FROM sales.all_of_p"), "1000");
    EXPECT_EQ(sql("SELECT tgenabled FROM pg_trigger WHERE tgname = 't' AND tgrelid = 'sales.p23'::regclass"),
              "D");
  }
}

TEST_F(LonePartitionTest, a_script_leaves_alone_what_has_another_name) {
  ASSERT_TRUE(restore({"-q"}).ok());
  const ProcessResult converted = convert({"-t", kPartition, "--rename-table", "sales.p23=old23"});
  ASSERT_TRUE(converted.ok()) << converted.describe();
  EXPECT_THAT(converted.err, HasSubstr("TABLE sales.p has its partition under the old name"));
  const ProcessResult loaded = load_script();
  EXPECT_TRUE(loaded.ok()) << loaded.describe();
  EXPECT_EQ(sql("SELECT relispartition FROM pg_class WHERE oid = 'sales.old23'::regclass"), "f");
  EXPECT_EQ(sql("SELECT count(*) FROM sales.old23"), sql("SELECT count(*) FROM sales.p23"));
}

// Beside the one that is there, to look at the old rows.
TEST_F(LonePartitionTest, under_another_name_it_stays_alone) {
  ASSERT_TRUE(restore({"-q"}).ok());
  const ProcessResult result = restore({"-t", kPartition, "--rename-table", "sales.p23=old23", "--verify"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("TABLE sales.p has its partition under the old name"));
  EXPECT_EQ(sql("SELECT relispartition FROM pg_class WHERE oid = 'sales.old23'::regclass"), "f");
  EXPECT_EQ(sql("SELECT count(*) FROM sales.old23"), sql("SELECT count(*) FROM sales.p23"));
  EXPECT_EQ(sql(kAttached), "3");
}

TEST_F(LonePartitionTest, a_schema_that_is_missing_is_told_before_anything_is_tried) {
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--clean", "--force"}}) {
    std::vector<std::string> options{"-t", kPartition};
    options.insert(options.end(), more.begin(), more.end());
    const ProcessResult result = restore(options);
    EXPECT_EQ(result.exit_status, 13) << result.describe();
    EXPECT_THAT(result.err, HasSubstr("the target lacks what the archive needs: schema sales"));
    EXPECT_THAT(result.err, HasSubstr("--with-dependencies"));
    EXPECT_THAT(result.err, Not(HasSubstr("creating objects")));
  }
  EXPECT_EQ(sql("SELECT to_regnamespace('sales') IS NULL"), "t");
}

}  // namespace
}  // namespace pgark::test
