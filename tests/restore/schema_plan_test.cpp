#include "restore/replace/schema_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/adapt/sql_renamer.hpp"
#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SchemaPlanTest : public testing::Test {
 protected:
  EntryId add(const std::string& kind, const std::string& schema, const std::string& name,
              std::vector<EntryId> needs = {}, const std::string& sql = {}) {
    format::TocEntry& entry = toc_.add(kind, name, Section::pre_data, std::move(needs));
    entry.schema = schema;
    if (!sql.empty()) entry.create.push_back({sql, 0, 0});
    return entry.id;
  }
  SchemaPlan plan() { return plan_schema_swap(toc_.toc, {}, {{"ext"}, {"hstore"}}); }
  std::string obstacles() {
    std::string text;
    for (const Obstacle& one : plan().obstacles) text += one.text + "\n";
    return text;
  }

  test::TocBuilder toc_;
};

TEST_F(SchemaPlanTest, TakesWhatIsInSchemas) {
  const EntryId schema = add("SCHEMA", "", "sales"), table = add("TABLE", "sales", "t", {schema});
  const EntryId comment = add("COMMENT", "sales", "TABLE t", {table}), acl = add("ACL", "", "SCHEMA public");
  EXPECT_THAT(plan().obstacles, IsEmpty());
  EXPECT_THAT(plan().schemas, ElementsAre("public", "sales"));
  EXPECT_THAT(plan().entries, ElementsAre(schema, table, comment, acl));
  const RestoreOptions options = options_beside(plan(), {}, "_new");
  EXPECT_THAT(options.rename_schemas, ElementsAre("\"public\"=\"public_new\"", "\"sales\"=\"sales_new\""));
  EXPECT_TRUE(options.names_come_back);
}

TEST_F(SchemaPlanTest, LeavesExtensionsAndTheirSchemas) {
  const EntryId ext = add("SCHEMA", "", "ext"), extension = add("EXTENSION", "", "hstore", {ext});
  add("COMMENT", "", "EXTENSION hstore", {extension});
  add("ACL", "", "SCHEMA ext", {ext});
  EXPECT_THAT(plan().obstacles, IsEmpty());
  EXPECT_THAT(plan().entries, IsEmpty());
  add("EXTENSION", "", "citext");
  EXPECT_THAT(obstacles(), HasSubstr("not in the database: EXTENSION citext"));
}

TEST_F(SchemaPlanTest, RefusesByName) {
  add("TABLE", "ext", "mine");
  EXPECT_THAT(obstacles(), HasSubstr("TABLE ext.mine"));
  for (const char* kind : {"CAST", "EVENT TRIGGER", "LARGE OBJECT", "SERVER", "DEFAULT ACL"}) {
    add(kind, "", "x");
    const std::string text = obstacles();
    EXPECT_THAT(text, testing::AnyOf(HasSubstr(std::string(kind) + " x"), HasSubstr("more"))) << text;
  }
  EXPECT_THAT(plan().entries, IsEmpty());
}

TEST_F(SchemaPlanTest, RefusesMembersOfPublicationsAndLongNames) {
  add("PUBLICATION TABLE", "sales", "p t");
  EXPECT_THAT(obstacles(), HasSubstr("PUBLICATION TABLE sales.p t"));
  add("TABLE", std::string(kSwappedSchemaBytesMax, 'x'), "fits");
  EXPECT_THAT(plan().obstacles, SizeIs(1));
  add("TABLE", std::string(kSwappedSchemaBytesMax + 1, 'x'), "too_long");
  EXPECT_THAT(obstacles(), HasSubstr("too long"));
}

TEST_F(SchemaPlanTest, SettingsOfTheDatabaseStay) {
  EXPECT_FALSE(plan().leaves_properties);
  add("DATABASE PROPERTIES", "", "shop");
  EXPECT_TRUE(plan().leaves_properties);
  EXPECT_THAT(plan().entries, IsEmpty());
}

// A function whose body is a string that names a schema: where it runs while the rows are restored.
TEST_F(SchemaPlanTest, FunctionsThatWouldReadTheSchemaInUse) {
  const EntryId function = add("FUNCTION", "s", "f()");
  const EntryId with_default =
      add("TABLE", "s", "defaults", {function}, "CREATE TABLE s.defaults (a int DEFAULT s.f())");
  const EntryId index = add("INDEX", "s", "plain", {with_default});
  const std::vector<AdaptationNote> notes{
      {function, Severity::warning, std::string(kNamesInBody) + "the schema s", "FUNCTION s.f()"}};
  EXPECT_THAT(text_obstacles(toc_.toc, plan(), notes), IsEmpty()) << index;

  const EntryId view = add("VIEW", "s", "v", {function});
  add("MATERIALIZED VIEW", "s", "m", {view});
  add("TABLE", "s", "checked", {function}, "CREATE TABLE s.checked (a int, CHECK (s.f() > a))");
  add("TABLE", "s", "generated", {function},
      "CREATE TABLE s.generated (a int GENERATED ALWAYS AS (s.f()) STORED)");
  add("TABLE", "s", "identity", {function},
      "CREATE TABLE s.identity (a int GENERATED ALWAYS AS IDENTITY, b int DEFAULT s.f())");
  const auto found = text_obstacles(toc_.toc, plan(), notes);
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_THAT(found[0].text, HasSubstr("MATERIALIZED VIEW s.m is computed with FUNCTION s.f()"));
  EXPECT_THAT(found[1].text, HasSubstr("TABLE s.checked"));
  EXPECT_THAT(found[2].text, HasSubstr("TABLE s.generated"));
}

TEST_F(SchemaPlanTest, RowsThatAreNames) {
  const EntryId table = add("TABLE", "s", "names");
  const auto found = text_obstacles(
      toc_.toc, plan(),
      {{table, Severity::warning, std::string(kNamesInRows) + "r stay as they are", "TABLE s_new.names"}});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].text, HasSubstr("TABLE s.names: the names in the rows of column r"));
}

}  // namespace
}  // namespace pgark::restore
