// Kinds that hang on relations or on the whole database: policies, statistics, event triggers, foreign data,
// security labels, comments on clones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using testing::CatalogBuilder;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TocView;

Policy& add_policy(CatalogBuilder& db, Index table, const std::string& name) {
  Policy policy;
  policy.oid = db.take_oid();
  policy.name = name;
  policy.relation = table;
  db.catalog.policies.push_back(policy);
  return db.catalog.policies.back();
}

TEST(DdlPolicy, EveryClause) {
  CatalogBuilder db;
  const Index table = db.table("t");
  Policy& policy = add_policy(db, table, "P 1");
  policy.permissive = false;
  policy.command = 'w';
  policy.roles = {"r1", "trap R 3", "select"};
  policy.using_sql = "(a > 0)";
  policy.check_sql = "(a > 1)";
  db.comment({catalog_oid::kPolicy, policy.oid}, "careful");
  add_policy(db, table, "plain");
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("POLICY", "P 1"),
      "CREATE POLICY \"P 1\" ON public.t AS RESTRICTIVE FOR UPDATE TO r1, \"trap R 3\", \"select\" USING "
      "((a > 0)) WITH CHECK ((a > 1))\n");
  EXPECT_EQ(toc.drop("POLICY", "P 1"), "DROP POLICY IF EXISTS \"P 1\" ON public.t\n");
  EXPECT_EQ(toc.sql("COMMENT", "POLICY P 1"), "COMMENT ON POLICY \"P 1\" ON public.t IS 'careful'\n");
  EXPECT_THAT(toc.entry("POLICY", "P 1").roles, ::testing::ElementsAre("r1", "trap R 3", "select"));
  EXPECT_EQ(toc.sql("POLICY", "plain"), "CREATE POLICY plain ON public.t\n");
  EXPECT_TRUE(toc.locks(toc.entry("POLICY", "plain"), toc.entry("TABLE", "t")));
  EXPECT_EQ(toc.entry("POLICY", "plain").section, format::Section::post_data);
}

TEST(DdlStatistics, OwnerAndTarget) {
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index other = db.schema("other");
  ExtendedStatistics statistics;
  statistics.oid = db.take_oid();
  statistics.name = "St";
  statistics.schema = other;
  statistics.owner = "someone";
  statistics.components = kAllComponents;
  statistics.relation = table;
  statistics.definition_sql = "CREATE STATISTICS other.\"St\" ON a, b FROM public.t";
  statistics.target = 0;
  db.catalog.extended_statistics.push_back(statistics);
  const TocView toc(db.catalog);
  const auto& entry = toc.entry("STATISTICS", "St");
  EXPECT_EQ(toc.sql("STATISTICS", "St"),
            "CREATE STATISTICS other.\"St\" ON a, b FROM public.t\n"
            "ALTER STATISTICS other.\"St\" SET STATISTICS 0\n");
  EXPECT_EQ(entry.schema, "other");
  EXPECT_EQ(entry.table, "t");
  EXPECT_EQ(entry.owner_object, "STATISTICS other.\"St\"");
  EXPECT_TRUE(toc.locks(entry, toc.entry("TABLE", "t")));
}

TEST(DdlEventTrigger, TagsStateAndPass) {
  CatalogBuilder db;
  EventTrigger trigger;
  trigger.oid = db.take_oid();
  trigger.name = "e t";
  trigger.owner = "boss";
  trigger.components = kAllComponents;
  trigger.event = "ddl_command_end";
  trigger.function_sql = "public.f";
  trigger.tags = {"CREATE TABLE", "it's"};
  trigger.enabled = 'A';
  db.catalog.event_triggers.push_back(trigger);
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("EVENT TRIGGER", "e t"),
      "CREATE EVENT TRIGGER \"e t\" ON ddl_command_end\n         WHEN TAG IN ('CREATE TABLE', 'it''s')\n"
      "   EXECUTE FUNCTION public.f()\nALTER EVENT TRIGGER \"e t\" ENABLE ALWAYS\n");
  EXPECT_EQ(toc.entry("EVENT TRIGGER", "e t").pass, format::Pass::post_acl);
  EXPECT_EQ(toc.drop("EVENT TRIGGER", "e t"), "DROP EVENT TRIGGER IF EXISTS \"e t\"\n");
}

struct ForeignDatabase : CatalogBuilder {
  ForeignDatabase() {
    ForeignDataWrapper wrapper;
    wrapper.oid = take_oid();
    wrapper.name = "W r";
    wrapper.owner = "boss";
    wrapper.components = kAllComponents;
    wrapper.handler_sql = "public.h";
    wrapper.options = {"a 'b'", "\"C c\" 'd'"};
    wrapper.acl = "{boss=U/boss,other=U*/boss}";
    wrapper.default_acl = "{boss=U/boss}";
    catalog.foreign_data_wrappers.push_back(wrapper);
    ForeignServer server;
    server.oid = take_oid();
    server.name = "srv";
    server.owner = "boss";
    server.components = kAllComponents;
    server.wrapper = wrapper.name;
    server.type = "ty'pe";
    server.acl = "{boss=U/boss,=U/boss}";
    server.default_acl = "{boss=U/boss}";
    catalog.foreign_servers.push_back(server);
    UserMapping mapping;
    mapping.oid = take_oid();
    mapping.server = 0;
    mapping.components = kAllComponents;
    mapping.options = {"password 's3cret'"};
    catalog.user_mappings.push_back(mapping);
    depend({catalog_oid::kForeignServer, server.oid}, {catalog_oid::kForeignDataWrapper, wrapper.oid});
    depend({catalog_oid::kUserMapping, mapping.oid}, {catalog_oid::kForeignServer, server.oid});
  }
};

TEST(DdlForeignData, WrapperAndServer) {
  ForeignDatabase db;
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("FOREIGN DATA WRAPPER", "W r"),
      "CREATE FOREIGN DATA WRAPPER \"W r\" HANDLER public.h\nOPTIONS (\n    a 'b',\n    \"C c\" 'd'\n)\n");
  EXPECT_EQ(toc.sql("ACL", "FOREIGN DATA WRAPPER W r"),
            "GRANT ALL ON FOREIGN DATA WRAPPER \"W r\" TO other WITH GRANT OPTION\n");
  EXPECT_EQ(toc.sql("SERVER", "srv"), "CREATE SERVER srv TYPE 'ty''pe' FOREIGN DATA WRAPPER \"W r\"\n");
  EXPECT_EQ(toc.sql("ACL", "FOREIGN SERVER srv"), "GRANT ALL ON FOREIGN SERVER srv TO PUBLIC\n");
  EXPECT_TRUE(toc.depends(toc.entry("SERVER", "srv"), toc.entry("FOREIGN DATA WRAPPER", "W r")));
}

TEST(DdlForeignData, MappingsKeepTheirOptionsOutOfTheReport) {
  ForeignDatabase db;
  UserMapping hidden = db.catalog.user_mappings[0];
  hidden.oid = db.take_oid();
  hidden.user = "Odd";
  hidden.options.clear();
  hidden.hidden = true;
  db.catalog.user_mappings.push_back(hidden);
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("USER MAPPING", "public SERVER srv"),
            "CREATE USER MAPPING FOR public SERVER srv\nOPTIONS (\n    password 's3cret'\n)\n");
  EXPECT_EQ(toc.drop("USER MAPPING", "Odd SERVER srv"),
            "DROP USER MAPPING IF EXISTS FOR \"Odd\" SERVER srv\n");
  EXPECT_THAT(toc.entry("USER MAPPING", "Odd SERVER srv").roles, ::testing::ElementsAre("Odd"));
  EXPECT_THAT(toc.entry("USER MAPPING", "public SERVER srv").roles, ::testing::IsEmpty());
  int lost = 0;
  for (const auto& item : toc.build.toc.report) {
    EXPECT_THAT(item.name + item.text, Not(HasSubstr("s3cret")));
    lost += item.kind == "USER MAPPING" && item.level == format::ReportLevel::lost;
  }
  EXPECT_EQ(lost, 1);
}

TEST(DdlForeignTable, ColumnsOptionsAndKeywords) {
  ForeignDatabase db;
  const Index table = db.table("ft", 'f');
  db.column(table, "a").fdw_options = {"k 'v''w'"};
  db.catalog.relations[table].foreign_server = "srv";
  db.catalog.relations[table].foreign_options = {"o 'p'"};
  db.catalog.relations[table].replica_identity = 'n';
  db.catalog.relations[table].components &= static_cast<std::uint8_t>(~kData);
  db.comment(db.relation_id(table), "far away");
  db.constraint(table, "ck", 'c', "CHECK ((a > 0))");
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("FOREIGN TABLE", "ft"),
      "CREATE FOREIGN TABLE public.ft (\n    a integer,\n    CONSTRAINT ck CHECK ((a > 0))\n)\nSERVER srv\n"
      "OPTIONS (\n    o 'p'\n)\nALTER TABLE ONLY public.ft ALTER COLUMN a OPTIONS (\n    k 'v''w'\n)\n");
  EXPECT_EQ(toc.drop("FOREIGN TABLE", "ft"), "DROP FOREIGN TABLE IF EXISTS public.ft\n");
  EXPECT_FALSE(toc.entry("FOREIGN TABLE", "ft").takes_tablespace);
  EXPECT_EQ(toc.sql("COMMENT", "FOREIGN TABLE ft"), "COMMENT ON FOREIGN TABLE public.ft IS 'far away'\n");
  EXPECT_FALSE(toc.has("TABLE DATA", "ft"));
}

TEST(DdlSecurityLabel, ObjectsColumnsAndTheDatabase) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "a b");
  db.catalog.security_labels = {{db.relation_id(table), 0, "dummy", "it's"},
                                {db.relation_id(table), 1, "Other P", "x"},
                                {db.relation_id(table), -1, "dummy", "system"},
                                {{catalog_oid::kDatabase, db.catalog.database.oid}, 0, "dummy", "all"}};
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("SECURITY LABEL", "TABLE t"), "SECURITY LABEL FOR dummy ON TABLE public.t IS 'it''s'\n");
  EXPECT_EQ(toc.sql("SECURITY LABEL", "COLUMN t.a b"),
            "SECURITY LABEL FOR \"Other P\" ON COLUMN public.t.\"a b\" IS 'x'\n");
  EXPECT_EQ(toc.sql("SECURITY LABEL", "COLUMN t.ctid"),
            "SECURITY LABEL FOR dummy ON COLUMN public.t.ctid IS 'system'\n");
  EXPECT_EQ(toc.sql("SECURITY LABEL", "DATABASE db"), "SECURITY LABEL FOR dummy ON DATABASE db IS 'all'\n");
}

TEST(DdlComment, ClonesOnPartitionsKeepTheirs) {
  CatalogBuilder db;
  const Index root = db.table("root", 'p'), leaf = db.table("leaf"), target = db.table("target");
  db.partition(leaf, root);
  const Index key = db.key(target, "target_pkey", "PRIMARY KEY (a)");
  const Index own = db.foreign_key(root, "fk", target, key);
  const Index clone = db.foreign_key(leaf, "fk", target, key);
  db.catalog.constraints[clone].parent = db.catalog.constraints[own].oid;
  db.comment(db.constraint_id(clone), "of a partition");
  const TocView toc(db.catalog);
  const auto& comment = toc.entry("COMMENT", "CONSTRAINT fk");
  EXPECT_EQ(toc.sql("COMMENT", "CONSTRAINT fk"),
            "COMMENT ON CONSTRAINT fk ON public.leaf IS 'of a partition'\n");
  EXPECT_TRUE(toc.depends(comment, toc.entry("FK CONSTRAINT", "fk")));
  int keys = 0;
  for (const auto& entry : toc.build.toc.entries) keys += entry.kind == "FK CONSTRAINT";
  EXPECT_EQ(keys, 1);
}

TEST(DdlForeignKey, APartWithANameOfItsOwnIsMadeBeforeTheWhole) {
  CatalogBuilder db;
  const Index root = db.table("root", 'p'), middle = db.table("middle", 'p'), leaf = db.table("leaf"),
              target = db.table("target");
  db.partition(middle, root);
  db.partition(leaf, middle);
  const Index key = db.key(target, "target_pkey", "PRIMARY KEY (a)");
  const Index whole = db.foreign_key(root, "a_whole", target, key);
  const Index part = db.foreign_key(middle, "b_part", target, key);
  const Index lowest = db.foreign_key(leaf, "c_lowest", target, key);
  auto& constraints = db.catalog.constraints;
  constraints[part].parent = constraints[whole].oid;
  constraints[lowest].parent = constraints[part].oid;
  constraints[part].own_name = constraints[lowest].own_name = true;
  db.comment(db.constraint_id(part), "a part");
  // As the server says of parts.
  db.catalog.dependencies.push_back({db.constraint_id(part), db.constraint_id(whole), 'P'});
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.depends(toc.entry("FK CONSTRAINT", "a_whole"), toc.entry("FK CONSTRAINT", "b_part")));
  EXPECT_TRUE(toc.depends(toc.entry("FK CONSTRAINT", "b_part"), toc.entry("FK CONSTRAINT", "c_lowest")));
  EXPECT_FALSE(toc.depends(toc.entry("FK CONSTRAINT", "b_part"), toc.entry("FK CONSTRAINT", "a_whole")));
  EXPECT_TRUE(toc.depends(toc.entry("COMMENT", "CONSTRAINT b_part"), toc.entry("FK CONSTRAINT", "b_part")));
  // DROP CONSTRAINT refuses a part.
  EXPECT_TRUE(toc.entry("FK CONSTRAINT", "b_part").drop.empty());
  EXPECT_FALSE(toc.entry("FK CONSTRAINT", "a_whole").drop.empty());
}

TEST(DdlComment, TheRuleBehindAViewHasOne) {
  CatalogBuilder db;
  const Index view = db.view("v", " SELECT 1 AS a");
  for (const Rule& rule : db.catalog.rules) {
    if (rule.relation == view) db.comment({catalog_oid::kRewrite, rule.oid}, "the view itself");
  }
  EXPECT_EQ(TocView(db.catalog).sql("COMMENT", "RULE v"),
            "COMMENT ON RULE \"_RETURN\" ON public.v IS 'the view itself'\n");
}

}  // namespace
}  // namespace pgark::dumper
