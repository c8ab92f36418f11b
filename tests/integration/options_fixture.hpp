// A small database with one of everything that the options of backup and restore tell apart, and steps that
// their tests share.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "format/reader.hpp"
#include "roundtrip.hpp"
#include "storage/storage.hpp"
#include "support/cluster.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

class OptionsTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static void SetUpTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.create_database("shop", "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    cluster.sql("shop", R"sql(
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE ROLE alice; CREATE ROLE bob;
CREATE SCHEMA s1; CREATE SCHEMA s2;
CREATE TABLE s1.t (a int PRIMARY KEY, b text COMPRESSION pglz, f float8);
INSERT INTO s1.t SELECT g, 'row ' || g, g / 3.0 FROM generate_series(1, 10) g;
COMMENT ON TABLE s1.t IS 'about t'; COMMENT ON DATABASE shop IS 'the shop';
GRANT SELECT ON s1.t TO bob; GRANT CONNECT ON DATABASE shop TO bob;
ALTER TABLE s1.t OWNER TO alice;
CREATE TABLE s1.log (a serial, note text); INSERT INTO s1.log (note) VALUES ('x'), ('y');
CREATE UNLOGGED TABLE s1.scratch (a int); INSERT INTO s1.scratch VALUES (1);
CREATE VIEW s1.v AS SELECT a FROM s1.t;
CREATE MATERIALIZED VIEW s1.m AS SELECT a FROM s1.t;
CREATE INDEX ti ON s1.t (b);
CREATE FUNCTION s1.f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION s1.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION s1.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.b := ''touched''; RETURN new; END';
CREATE TRIGGER tr BEFORE INSERT ON s1.t FOR EACH ROW EXECUTE FUNCTION s1.stamp();
CREATE TABLE s2.p (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE s2.p1 PARTITION OF s2.p FOR VALUES FROM (0) TO (10);
CREATE TABLE s2.other_name PARTITION OF s2.p FOR VALUES FROM (10) TO (20);
INSERT INTO s2.p VALUES (1, E'caf\u00e9'), (11, 'b');
CREATE TABLE s2.parent (a int); CREATE TABLE s2.child (b int) INHERITS (s2.parent);
INSERT INTO s2.child VALUES (1, 2);
CREATE TABLE s2.secret (a int); INSERT INTO s2.secret VALUES (1), (2), (3);
ALTER TABLE s2.secret ENABLE ROW LEVEL SECURITY; CREATE POLICY pol ON s2.secret USING (a > 1);
)sql");
  }
  static void TearDownTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.drop_database("shop");
    cluster.sql("postgres", "DROP ROLE alice; DROP ROLE bob");
  }

  static Words joined(Words first, const Words& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
  }
  ProcessResult backup(const Words& options, std::string_view extra = {}) {
    return run(pgark_command(joined(
        {"backup", "-q", "-d", cluster_.conninfo("shop", extra), "-o", archive_.string(), "--overwrite"},
        options)));
  }
  void good_backup(const Words& options, std::string_view extra = {}) {
    const ProcessResult result = backup(options, extra);
    ASSERT_TRUE(result.ok()) << result.describe();
  }
  ProcessResult restore(std::string_view database, const Words& options) {
    return run(pgark_command(
        joined({"restore", "-q", archive_.string(), "-d", cluster_.conninfo(database)}, options)));
  }
  // The archive as SQL.
  std::string script() {
    const ProcessResult result = run(pgark_command({"convert", "-q", archive_.string(), "-F", "plain"}));
    EXPECT_TRUE(result.ok()) << result.describe();
    return result.out;
  }
  format::Toc toc() const {
    auto reader =
        value_or_throw(format::ArchiveReader::open(value_or_throw(storage::open_archive_file(archive_))));
    return reader->toc();
  }
  // "KIND schema name" of every entry, but for those of the database itself, which pg_dump leaves to
  // --create.
  std::set<std::string> entries() const {
    static const std::set<std::string> kNamedAfterTable{"CONSTRAINT", "TRIGGER", "POLICY"};
    std::set<std::string> lines;
    for (const format::TocEntry& entry : toc().entries) {
      if (entry.kind.starts_with("DATABASE") || entry.name.starts_with("DATABASE ")) continue;
      const std::string name =
          kNamedAfterTable.contains(entry.kind) ? entry.table + " " + entry.name : entry.name;
      lines.insert(entry.kind + " " + (entry.schema.empty() ? "-" : entry.schema) + " " + name);
    }
    return lines;
  }
  // The same of pg_dump's archive with these options.
  std::set<std::string> reference(const Words& options) {
    const std::string file = (folder_ / "reference").string();
    run_or_throw(cluster_.client("pg_dump", joined({"-Fc", "-f", file, "shop"}, options)));
    const ProcessResult listed = run(cluster_.client("pg_restore", {"-l", file}));
    EXPECT_TRUE(listed.ok()) << listed.describe();
    std::set<std::string> lines;
    std::istringstream text(listed.out);
    for (std::string line; std::getline(text, line);) {
      if (line.empty() || line.front() == ';') continue;
      line.erase(0, line.find("; ") + 2);
      for (int field = 0; field < 2; ++field) line.erase(0, line.find(' ') + 1);
      line.erase(line.rfind(' '));  // the owner
      if (!is_reported(line)) lines.insert(line);
    }
    return lines;
  }
  // Of a kind that the archive itself says it lacks.
  bool is_reported(const std::string& line) const {
    const auto report = toc().report;
    return std::any_of(report.begin(), report.end(), [&](const format::ReportItem& item) {
      return item.level == format::ReportLevel::lost && line.starts_with(item.kind + " ");
    });
  }

  Cluster& cluster_ = Cluster::shared();
  TempDirectory folder_;
  std::filesystem::path archive_ = folder_ / "shop.pgark";
};

}  // namespace pgark::test
