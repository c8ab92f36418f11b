// SQL of the kinds that belong to the database as a whole: publications, subscriptions, default privileges,
// large objects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dumper/data/large_object_copy.hpp"
#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using testing::CatalogBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TocView;

Index add_publication(CatalogBuilder& db, const std::string& name, Oid oid) {
  Publication publication;
  publication.oid = oid;
  publication.name = name;
  publication.owner = "boss";
  publication.components = kAllComponents;
  db.catalog.publications.push_back(publication);
  return static_cast<Index>(db.catalog.publications.size() - 1);
}

TEST(DdlPublication, OptionsAreExplicit) {
  CatalogBuilder db;
  Publication& all = db.catalog.publications[add_publication(db, "All", 70000)];
  all.all_tables = all.via_root = true;
  all.deletes = all.updates = false;
  Publication& none = db.catalog.publications[add_publication(db, "nothing", 70001)];
  none.inserts = none.deletes = none.updates = none.truncates = false;
  none.generated_columns = 's';
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("PUBLICATION", "All"),
            "CREATE PUBLICATION \"All\" FOR ALL TABLES WITH (publish = 'insert, truncate',"
            " publish_via_partition_root = true)\n");
  EXPECT_EQ(toc.sql("PUBLICATION", "nothing"),
            "CREATE PUBLICATION nothing WITH (publish = '', publish_generated_columns = stored)\n");
  EXPECT_EQ(toc.entry("PUBLICATION", "All").owner_object, "PUBLICATION \"All\"");
}

TEST(DdlPublication, MembersAreEntriesOfTheirOwn) {
  CatalogBuilder db;
  const Index publication = add_publication(db, "p", 70000);
  const Index table = db.table("t");
  db.catalog.publication_tables = {{70010, publication, table, {"a", "B"}, "(a > 5)"}};
  db.catalog.publication_schemas = {{70020, publication, db.schema("Odd S")}};
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("PUBLICATION TABLE", "p"),
            "ALTER PUBLICATION p ADD TABLE ONLY public.t (a, \"B\") WHERE ((a > 5))\n");
  EXPECT_EQ(toc.sql("PUBLICATION TABLES IN SCHEMA", "p"),
            "ALTER PUBLICATION p ADD TABLES IN SCHEMA \"Odd S\"\n");
  const auto& member = toc.entry("PUBLICATION TABLE", "p");
  EXPECT_TRUE(toc.depends(member, toc.entry("PUBLICATION", "p")));
  EXPECT_TRUE(toc.depends(member, toc.entry("TABLE", "t")));
  EXPECT_TRUE(toc.locks(member, toc.entry("TABLE", "t")));
}

Subscription subscription(const std::string& name) {
  Subscription object;
  object.oid = 70100;
  object.name = name;
  object.owner = "boss";
  object.connection = "host=h password=it's";
  object.slot_name = "sl";
  object.synchronous_commit = "off";
  object.publications = {"one", "Two"};
  object.components = kAllComponents;
  return object;
}

TEST(DdlSubscription, IsCreatedWithoutConnecting) {
  CatalogBuilder db;
  db.catalog.database.server_version_num = 180000;
  db.catalog.subscriptions = {subscription("s")};
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("SUBSCRIPTION", "s"),
      "CREATE SUBSCRIPTION s CONNECTION 'host=h password=it''s' PUBLICATION one, \"Two\" WITH (connect ="
      " false, slot_name = 'sl', streaming = off)\n");
  EXPECT_THAT(toc.drop("SUBSCRIPTION", "s"), HasSubstr("SET (slot_name = NONE)"));
  ASSERT_EQ(toc.build.toc.report.size(), 1u);
  EXPECT_THAT(toc.build.toc.report[0].text, Not(HasSubstr("password")));
}

TEST(DdlSubscription, EveryOption) {
  CatalogBuilder db;
  Subscription object = subscription("s");
  object.slot_name.reset();
  object.binary = object.two_phase = object.disable_on_error = object.run_as_owner = object.failover = true;
  object.password_required = false;
  object.streaming = 'p';
  object.origin = "none";
  object.synchronous_commit = "remote_apply";
  db.catalog.subscriptions = {object};
  const TocView toc(db.catalog);
  EXPECT_THAT(
      toc.sql("SUBSCRIPTION", "s"),
      HasSubstr("WITH (connect = false, slot_name = NONE, binary = true, two_phase = on,"
                " disable_on_error = true, password_required = false, failover = true,"
                " synchronous_commit = 'remote_apply', origin = 'none', streaming = parallel, run_as_owner ="
                " true)"));
}

// 13 does not know the words, 18 has other defaults than 13 had ways.
TEST(DdlSubscription, OptionsDependOnTheTargetWhenTheSourceIsOld) {
  CatalogBuilder db;
  Subscription object = subscription("s");
  object.run_as_owner = true;  // as the catalog query says of every one before 16
  db.catalog.subscriptions = {object};
  const auto created_from = [&db](int source) {
    db.catalog.database.server_version_num = source;
    std::vector<std::string> forms;
    const TocView toc(db.catalog);
    for (const format::SqlStatement& form : toc.entry("SUBSCRIPTION", "s").create) {
      const std::string options = form.sql.substr(form.sql.find("'sl'") + 4);
      forms.push_back(std::to_string(form.min_target) + '-' + std::to_string(form.max_target) + options);
    }
    return forms;
  };
  EXPECT_THAT(created_from(130023), ElementsAre("160000-0, streaming = off, run_as_owner = true)",
                                                "140000-160000, streaming = off)", "0-140000)"));
  EXPECT_THAT(created_from(150004),
              ElementsAre("160000-0, streaming = off, run_as_owner = true)", "0-160000, streaming = off)"));
  EXPECT_THAT(created_from(160001), ElementsAre("0-0, streaming = off, run_as_owner = true)"));
}

TEST(DdlDefaultAcl, GlobalOnesDifferFromTheBuiltInDefault) {
  CatalogBuilder db;
  db.catalog.default_acls = {{70200, "r 1", kNone, 'f', "{\"\\\"r 1\\\"=X/\\\"r 1\\\"\"}",
                              "{=X/\"\\\"r 1\\\"\",\"\\\"r 1\\\"=X/\\\"r 1\\\"\"}", kAcl}};
  db.catalog.default_acls[0].base_acl = "{\"=X/\\\"r 1\\\"\",\"\\\"r 1\\\"=X/\\\"r 1\\\"\"}";
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("DEFAULT ACL", "DEFAULT PRIVILEGES FOR FUNCTIONS"),
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"r 1\" REVOKE ALL ON FUNCTIONS FROM PUBLIC\n");
  EXPECT_EQ(toc.entry("DEFAULT ACL", "DEFAULT PRIVILEGES FOR FUNCTIONS").pass, format::Pass::acl);
}

TEST(DdlDefaultAcl, ThoseOfASchemaAddToNothing) {
  CatalogBuilder db;
  db.catalog.default_acls = {{70200, "r", 0, 'S', "{PUBLIC2=rU*/r,=w/r}", "{}", kAcl},
                             {70201, "r", kNone, 'L', "{r=rw/r,a=r*w*/r}", "{r=rw/r}", kAcl},
                             {70202, "r", kNone, 'T', "{}", "{=U/r,r=U/r}", 0}};
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("DEFAULT ACL", "DEFAULT PRIVILEGES FOR SEQUENCES"),
      "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA public GRANT SELECT ON SEQUENCES TO \"PUBLIC2\"\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA public GRANT USAGE ON SEQUENCES TO \"PUBLIC2\" WITH"
      " GRANT OPTION\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA public GRANT UPDATE ON SEQUENCES TO PUBLIC\n");
  EXPECT_EQ(toc.sql("DEFAULT ACL", "DEFAULT PRIVILEGES FOR LARGE OBJECTS"),
            "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT ALL ON LARGE OBJECTS TO a WITH GRANT OPTION\n");
  EXPECT_FALSE(toc.has("DEFAULT ACL", "DEFAULT PRIVILEGES FOR TYPES"));
}

LargeObjectGroup group(std::vector<Oid> oids) {
  LargeObjectGroup object;
  object.oid = oids.front();
  object.name = std::to_string(oids.front()) + ".." + std::to_string(oids.back());
  object.oids = std::move(oids);
  object.owner = "boss";
  object.default_acl = "{boss=rw/boss}";
  object.components = kAllComponents;
  return object;
}

TEST(DdlLargeObject, AGroupSharesItsEntries) {
  CatalogBuilder db;
  db.catalog.large_objects = {group({5, 4294967295})};
  db.catalog.large_objects[0].acl = "{boss=rw/boss,a=r/boss}";
  db.comment({catalog_oid::kLargeObject, 4294967295}, "it's the last");
  const TocView toc(db.catalog);
  const auto& entry = toc.entry("LARGE OBJECT", "5..4294967295");
  EXPECT_EQ(entry.section, format::Section::data);
  EXPECT_EQ(entry.owner_object, "LARGE OBJECT 5,4294967295");
  EXPECT_THAT(toc.sql("LARGE OBJECT", "5..4294967295"), HasSubstr("'{5,4294967295}'::pg_catalog.oid[]"));
  EXPECT_EQ(toc.sql("COMMENT", "LARGE OBJECT 5..4294967295"),
            "COMMENT ON LARGE OBJECT 4294967295 IS 'it''s the last'\n");
  const auto& acl = toc.entry("ACL", "LARGE OBJECT 5..4294967295");
  EXPECT_EQ(acl.create[0].sql, "GRANT SELECT ON LARGE OBJECT 5,4294967295 TO a");
  EXPECT_EQ(acl.section, format::Section::data);
  EXPECT_TRUE(toc.depends(toc.entry("LARGE OBJECT DATA", "large objects"), entry));
}

TEST(DdlLargeObject, HowTheBytesAreRead) {
  CatalogBuilder db;
  db.catalog.large_objects = {group({7, 9}), group({5, 8})};
  db.catalog.large_object_store.readable_directly = true;
  EXPECT_EQ(TocView(db.catalog).build.data[0].source, RowSource::large_object_heap);
  db.catalog.database.server_version_num = 130000;
  EXPECT_EQ(TocView(db.catalog).build.data[0].source, RowSource::large_object_table);
  db.catalog.large_object_store.readable_directly = false;
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.build.data[0].source, RowSource::large_object_functions);
  EXPECT_THAT(toc.build.data[0].large_objects, ElementsAre(5u, 7u, 8u, 9u));
}

TEST(DdlStatistics, OneCallForTheTableAndOneForEachColumn) {
  CatalogBuilder db;
  const Index table = db.table("it's");
  RelationStatistics statistics;
  statistics.oid = db.catalog.relations[table].oid;
  statistics.pages = "3";
  statistics.tuples = "1e+06";
  statistics.all_visible = "2";
  ColumnStatistics column;
  column.name = "Odd 'c'";
  column.number = 4;
  column.inherited = true;
  column.values[0] = "0.25";
  column.values[3] = "{a,\"b'c\"}";
  statistics.columns = {column};
  db.catalog.statistics = {statistics};
  const TocView toc(db.catalog);
  const auto& entry = toc.entry("STATISTICS DATA", "it's");
  EXPECT_EQ(entry.section, format::Section::data);
  EXPECT_EQ(entry.pass, format::Pass::post_acl);
  ASSERT_EQ(entry.create.size(), 2u);
  EXPECT_EQ(entry.create[0].sql,
            "SELECT pg_catalog.pg_restore_relation_stats('version', '150018'::pg_catalog.int4, 'schemaname',"
            " 'public', 'relname', 'it''s', 'relpages', '3'::integer, 'reltuples', '1e+06'::real,"
            " 'relallvisible', '2'::integer)");
  EXPECT_EQ(entry.create[1].sql,
            "SELECT pg_catalog.pg_restore_attribute_stats('version', '150018'::pg_catalog.int4, 'schemaname',"
            " 'public', 'relname', 'it''s', 'attname', 'Odd ''c''', 'inherited', 't'::boolean, 'null_frac',"
            " '0.25'::real, 'most_common_vals', '{a,\"b''c\"}'::text)");
  for (const auto& statement : entry.create) EXPECT_EQ(statement.min_target, 180000u);
}

TEST(LargeObjectCopy, BlocksOfOids) {
  DataObject object;
  object.source = RowSource::large_object_table;
  object.qualified_sql = "t";
  object.columns_sql = "c";
  for (Oid oid = 1000; oid < 1130; ++oid) object.large_objects.push_back(oid);
  EXPECT_EQ(large_object_blocks(object), 3u);
  Piece piece;
  piece.pages = {1, 2};
  EXPECT_THAT(copy_large_objects(object, piece), HasSubstr(" WHERE loid >= 1064 AND loid < 1128 AND"));
  piece.pages = {2, 3};
  piece.open_ended = true;
  EXPECT_THAT(copy_large_objects(object, piece), HasSubstr(" WHERE loid >= 1128 AND NOT"));
  piece.whole = true;
  EXPECT_THAT(copy_large_objects(object, piece), HasSubstr(" WHERE loid >= 1000 AND NOT"));
  object.source = RowSource::large_object_functions;
  EXPECT_THAT(copy_large_objects(object, piece), HasSubstr("pg_catalog.lo_get(o.oid, w.at, 262144)"));
}

}  // namespace
}  // namespace pgark::dumper
