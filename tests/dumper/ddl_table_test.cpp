#include <gtest/gtest.h>

#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using testing::CatalogBuilder;
using testing::TocView;

TEST(DdlTable, WithoutColumns) {
  CatalogBuilder db;
  db.table("t");
  EXPECT_EQ(TocView(db.catalog).sql("TABLE", "t"), "CREATE TABLE public.t (\n)\n");
}

TEST(DdlTable, QuotesNamesAndKeepsServerText) {
  CatalogBuilder db;
  const Index table = db.table("Select");
  db.column(table, "a b", "\"S x\".ct[]");
  db.column(table, "user", "text").collation_sql = "pg_catalog.\"C\"";
  const auto toc = TocView(db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "Select"),
            "CREATE TABLE public.\"Select\" (\n    \"a b\" \"S x\".ct[],\n    \"user\" text COLLATE "
            "pg_catalog.\"C\"\n)\n");
  EXPECT_EQ(toc.entry("TABLE", "Select").owner_object, "TABLE public.\"Select\"");
  EXPECT_EQ(toc.drop("TABLE", "Select"), "DROP TABLE IF EXISTS public.\"Select\"\n");
}

TEST(DdlTable, OptionsOfTheTableAndOfItsToast) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.catalog.relations[table].persistence = 'u';
  db.catalog.relations[table].options = {"fillfactor=70", "user_catalog_table"};
  db.catalog.relations[table].toast_options = {"autovacuum_enabled=false"};
  db.catalog.relations[table].tablespace = "fast";
  const auto toc = TocView(db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "t"),
            "CREATE UNLOGGED TABLE public.t (\n)\nWITH (fillfactor='70', user_catalog_table='', "
            "toast.autovacuum_enabled='false')\n");
  EXPECT_TRUE(toc.entry("TABLE", "t").takes_tablespace);
  EXPECT_EQ(toc.entry("TABLE", "t").tablespace, "fast");
  EXPECT_EQ(toc.entry("TABLE", "t").access_method, "heap");
}

TEST(DdlTable, PropertiesThatOnlyAlterTableKnows) {
  CatalogBuilder db;
  const Index table = db.table("t");
  Column& column = db.column(table, "A", "text");
  column.storage = 'e';
  column.type_storage = 'x';
  column.compression = 'l';
  column.statistics_target = 0;
  column.options = {"n_distinct=-0.5"};
  db.catalog.relations[table].replica_identity = 'f';
  db.catalog.relations[table].force_row_security = true;
  db.catalog.relations[table].row_security = true;
  const auto toc = TocView(db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "t"),
            "CREATE TABLE public.t (\n    \"A\" text\n)\n"
            "ALTER TABLE ONLY public.t ALTER COLUMN \"A\" SET STATISTICS 0\n"
            "ALTER TABLE ONLY public.t ALTER COLUMN \"A\" SET STORAGE EXTERNAL\n"
            "ALTER TABLE ONLY public.t ALTER COLUMN \"A\" SET COMPRESSION lz4\n"
            "ALTER TABLE ONLY public.t ALTER COLUMN \"A\" SET (n_distinct='-0.5')\n"
            "ALTER TABLE ONLY public.t REPLICA IDENTITY FULL\n"
            "ALTER TABLE ONLY public.t FORCE ROW LEVEL SECURITY\n");
  EXPECT_EQ(toc.entry("ROW SECURITY", "t").section, format::Section::post_data);
}

struct Family {
  CatalogBuilder db;
  Index parent, child;
  Family() {
    parent = db.table("p");
    child = db.table("c");
    db.column(parent, "a");
    db.column(parent, "b");
    Column& inherited = db.column(child, "a");
    inherited.local = false;
    inherited.inherit_count = 1;
    Column& both = db.column(child, "b");
    both.inherit_count = 1;
    db.inherit(child, parent);
  }
  Column& of(Index table, std::size_t number) { return db.catalog.relations[table].columns[number - 1]; }
  std::string child_sql() { return TocView(db.catalog).sql("TABLE", "c"); }
};

TEST(DdlInheritance, PrintsOnlyTheChildsOwnColumns) {
  Family family;
  EXPECT_EQ(family.child_sql(), "CREATE TABLE public.c (\n    b integer\n)\nINHERITS (public.p)\n");
}

TEST(DdlInheritance, ParentsInTheirOrder) {
  Family family;
  const Index other = family.db.table("another");
  family.db.catalog.relations[family.child].parents = {family.parent, other};
  EXPECT_NE(family.child_sql().find("INHERITS (public.p, public.another)"), std::string::npos);
}

TEST(DdlInheritance, NotNullIsSaidOnceInTheFamily) {
  Family family;
  for (const Index table : {family.parent, family.child}) {
    for (const std::size_t number : {1u, 2u}) family.of(table, number).not_null = true;
  }
  EXPECT_EQ(family.child_sql(), "CREATE TABLE public.c (\n    b integer\n)\nINHERITS (public.p)\n");
  family.of(family.parent, 1).not_null = family.of(family.parent, 2).not_null = false;
  EXPECT_EQ(family.child_sql(),
            "CREATE TABLE public.c (\n    b integer NOT NULL\n)\nINHERITS (public.p)\n"
            "ALTER TABLE ONLY public.c ALTER COLUMN a SET NOT NULL\n");
}

TEST(DdlInheritance, TakesAwayDefaultsTheChildDoesNotHave) {
  Family family;
  family.db.default_value(family.parent, 1, "1");
  family.db.default_value(family.parent, 2, "2");
  EXPECT_EQ(family.child_sql(),
            "CREATE TABLE public.c (\n    b integer DEFAULT NULL\n)\nINHERITS (public.p)\n"
            "ALTER TABLE ONLY public.c ALTER COLUMN a SET DEFAULT NULL\n");
}

TEST(DdlInheritance, DefaultOfAnInheritedColumnIsAnEntryOfItsOwn) {
  Family family;
  family.db.default_value(family.child, 1, "7");
  const TocView toc(family.db.catalog);
  EXPECT_EQ(toc.sql("DEFAULT", "c a"), "ALTER TABLE ONLY public.c ALTER COLUMN a SET DEFAULT 7\n");
  EXPECT_TRUE(toc.depends(toc.entry("DEFAULT", "c a"), toc.entry("TABLE", "c")));
}

TEST(DdlInheritance, EqualGenerationExpressionIsInherited) {
  Family family;
  for (const Index table : {family.parent, family.child}) {
    family.of(table, 2).generated = 's';
    family.db.default_value(table, 2, "(a * 2)");
  }
  const TocView toc(family.db.catalog);
  EXPECT_NE(toc.sql("TABLE", "p").find("b integer GENERATED ALWAYS AS ((a * 2)) STORED"), std::string::npos);
  EXPECT_EQ(toc.sql("TABLE", "c").find("GENERATED"), std::string::npos);
}

TEST(DdlInheritance, OnlyLocalChecksArePrinted) {
  Family family;
  const Index inherited = family.db.constraint(family.child, "inherited", 'c', "CHECK ((a > 0))");
  family.db.catalog.constraints[inherited].local = false;
  family.db.constraint(family.child, "local", 'c', "CHECK ((a > 1))");
  const std::string sql = family.child_sql();
  EXPECT_EQ(sql.find("inherited"), std::string::npos);
  EXPECT_NE(sql.find("CONSTRAINT local CHECK ((a > 1))"), std::string::npos);
}

TEST(DdlInheritance, CommentsOnInheritedChecksWaitForTheParents) {  // F52
  Family family;
  const auto add = [&](const char* name, bool validated) {
    const Index above = family.db.constraint(family.parent, name, 'c', "CHECK ((a > 0))");
    const Index below = family.db.constraint(family.child, name, 'c', "CHECK ((a > 0))");
    family.db.catalog.constraints[below].local = false;
    family.db.catalog.constraints[above].validated = family.db.catalog.constraints[below].validated =
        validated;
    family.db.comment(family.db.constraint_id(below), "why");
  };
  add("now", true);
  add("later", false);
  const TocView toc(family.db.catalog);
  EXPECT_FALSE(toc.depends(toc.entry("TABLE", "c"), toc.entry("CHECK CONSTRAINT", "later")));
  const auto& now = toc.entry("COMMENT", "CONSTRAINT c");
  EXPECT_EQ(now.section, format::Section::pre_data);
  const auto& later = toc.entry("COMMENT", "CONSTRAINT later");
  EXPECT_EQ(later.section, format::Section::post_data);
  EXPECT_TRUE(toc.depends(later, toc.entry("CHECK CONSTRAINT", "later")));
  EXPECT_EQ(later.create[0].sql, "COMMENT ON CONSTRAINT later ON public.c IS 'why'");
}

TEST(DdlNotNull, NamedConstraintsOf18) {
  Family family;
  const auto name_it = [&](Index table, std::size_t number, const char* name, bool local) {
    const Index made = family.db.constraint(table, name, 'n', "NOT NULL");
    family.db.catalog.constraints[made].local = local;
    family.of(table, number).not_null = true;
    family.of(table, number).not_null_constraint = made;
    return made;
  };
  name_it(family.parent, 1, "p_a_not_null", true);
  const Index odd = name_it(family.parent, 2, "My NN", true);
  family.db.catalog.constraints[odd].no_inherit = true;
  const Index child = name_it(family.child, 1, "Child NN", true);
  EXPECT_EQ(TocView(family.db.catalog).sql("TABLE", "p"),
            "CREATE TABLE public.p (\n    a integer NOT NULL,\n    b integer CONSTRAINT \"My NN\" NOT NULL "
            "NO INHERIT\n)\n");
  EXPECT_EQ(family.child_sql(),
            "CREATE TABLE public.c (\n    b integer,\n    CONSTRAINT \"Child NN\" NOT NULL a\n)\nINHERITS "
            "(public.p)\n");
  family.db.catalog.constraints[child].local = false;
  EXPECT_EQ(family.child_sql().find("NOT NULL"), std::string::npos);
  family.db.catalog.constraints[child].local = true;
  family.db.catalog.constraints[child].validated = false;
  const TocView toc(family.db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "c").find("NOT NULL"), std::string::npos);
  EXPECT_EQ(toc.sql("CONSTRAINT", "Child NN"),
            "ALTER TABLE public.c\n    ADD CONSTRAINT \"Child NN\" NOT NULL\n");
}

TEST(DdlPartition, IsCreatedAloneWithAllItsColumnsAndAttached) {
  CatalogBuilder db;
  const Index parent = db.table("p", 'p'), child = db.table("c");
  db.catalog.relations[parent].partition_key_sql = "RANGE (a)";
  db.column(parent, "a").not_null = true;
  Column& column = db.column(child, "a");
  column.local = false;
  column.not_null = true;
  const Index check = db.constraint(child, "ck", 'c', "CHECK ((a > 0))");
  db.catalog.constraints[check].local = false;
  db.partition(child, parent, "FOR VALUES FROM (1) TO (2)");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "p"),
            "CREATE TABLE public.p (\n    a integer NOT NULL\n)\nPARTITION BY RANGE (a)\n");
  EXPECT_EQ(toc.sql("TABLE", "c"),
            "CREATE TABLE public.c (\n    a integer NOT NULL,\n    CONSTRAINT ck CHECK ((a > 0))\n)\n");
  EXPECT_EQ(toc.sql("TABLE ATTACH", "c"),
            "ALTER TABLE ONLY public.p ATTACH PARTITION public.c FOR VALUES FROM (1) TO (2)\n");
  EXPECT_TRUE(toc.depends(toc.entry("TABLE ATTACH", "c"), toc.entry("TABLE", "p")));
  EXPECT_TRUE(toc.depends(toc.entry("TABLE ATTACH", "c"), toc.entry("TABLE", "c")));
  EXPECT_TRUE(toc.entry("TABLE ATTACH", "c").drop.empty());
}

TEST(DdlTable, TypedTablePrintsOnlyWhatTheTypeDoesNotSay) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.catalog.relations[table].of_type_sql = "public.ct";
  db.column(table, "a");
  db.column(table, "b", "text").collation_sql = "pg_catalog.\"C\"";
  EXPECT_EQ(TocView(db.catalog).sql("TABLE", "t"), "CREATE TABLE public.t OF public.ct\n");
  db.default_value(table, 2, "'x'::text");
  db.catalog.relations[table].columns[0].not_null = true;
  EXPECT_EQ(TocView(db.catalog).sql("TABLE", "t"),
            "CREATE TABLE public.t OF public.ct (\n    a NOT NULL,\n    b DEFAULT 'x'::text\n)\n");
}

TEST(DdlTable, ConstraintsThatAreNotValidatedComeAfterTheData) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "a");
  const Index check = db.constraint(table, "ck", 'c', "CHECK ((a > 0)) NOT VALID");
  db.catalog.constraints[check].validated = false;
  db.comment(db.constraint_id(check), "why");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("CHECK CONSTRAINT", "ck"),
            "ALTER TABLE public.t\n    ADD CONSTRAINT ck CHECK ((a > 0)) NOT VALID\n");
  EXPECT_TRUE(toc.depends(toc.entry("CHECK CONSTRAINT", "ck"), toc.entry("TABLE DATA", "t")));
  EXPECT_EQ(toc.entry("COMMENT", "CONSTRAINT ck").section, format::Section::post_data);
}

TEST(DdlIdentity, IsAddedToTheTable) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "id").identity = 'a';
  const Index sequence = db.sequence("odd Seq", table, 1, true);
  db.catalog.sequences[db.catalog.relations[sequence].sequence].increment = -2;
  db.catalog.sequences[db.catalog.relations[sequence].sequence].cycle = true;
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("SEQUENCE", "odd Seq"),
            "ALTER TABLE public.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (\n"
            "    SEQUENCE NAME public.\"odd Seq\"\n    START WITH 1\n    INCREMENT BY -2\n    MINVALUE 1\n"
            "    MAXVALUE 9223372036854775807\n    CACHE 1\n    CYCLE\n)\n");
  EXPECT_TRUE(toc.entry("SEQUENCE", "odd Seq").drop.empty());
  EXPECT_TRUE(toc.entry("SEQUENCE", "odd Seq").owner_object.empty());
  EXPECT_EQ(toc.sql("SEQUENCE SET", "odd Seq"), "SELECT pg_catalog.setval('public.\"odd Seq\"', 7, true)\n");
}

}  // namespace
}  // namespace pgark::dumper
