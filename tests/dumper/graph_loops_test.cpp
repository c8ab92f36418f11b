// Each repair of SCHEMA_COVERAGE D4 on the smallest catalog that needs it.
#include <gmock/gmock.h>

#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using format::Section;
using testing::CatalogBuilder;
using ::testing::ElementsAre;
using testing::TocView;

bool warned(const TocView& toc) {
  for (const auto& item : toc.build.toc.report) {
    if (item.level == format::ReportLevel::warning) return true;
  }
  return false;
}

// A base type and one of its functions, which need each other.
struct TypeWithFunction {
  explicit TypeWithFunction(CatalogBuilder& db)
      : type(db.type("bt", 'b')), function(db.function("bt_in", "cstring")) {
    BaseType base;
    base.input_sql = base.output_sql = "public.bt_in";
    db.catalog.types[type].base = base;
    db.depend(db.type_id(type), db.function_id(function));
    db.depend(db.function_id(function), db.type_id(type));
  }
  Index type, function;
};

TEST(LoopRepair, FunctionsOfABaseTypeWaitForItsShell) {  // D4.1
  CatalogBuilder db;
  const TypeWithFunction made(db);
  const Index other = db.function("user", "public.bt");
  db.depend(db.function_id(other), db.type_id(made.type));
  const TocView toc(db.catalog);
  EXPECT_THAT(toc.listing(), ElementsAre("DATABASE db", "SHELL TYPE bt", "FUNCTION bt_in(cstring)", "TYPE bt",
                                         "FUNCTION user(public.bt)"));
  EXPECT_TRUE(toc.depends(toc.entry("FUNCTION", "bt_in(cstring)"), toc.entry("SHELL TYPE", "bt")));
  EXPECT_TRUE(toc.depends(toc.entry("FUNCTION", "user(public.bt)"), toc.entry("TYPE", "bt")));
  EXPECT_EQ(toc.entry("SHELL TYPE", "bt").owner_object, "");
  EXPECT_TRUE(toc.entry("SHELL TYPE", "bt").drop.empty());
  EXPECT_EQ(toc.drop("TYPE", "bt"), "DROP TYPE IF EXISTS public.bt CASCADE\n");
  EXPECT_TRUE(toc.build.toc.report.empty());
}

TEST(LoopRepair, NoShellForFunctionsThatAreNotSaved) {
  CatalogBuilder db;
  const TypeWithFunction made(db);
  db.catalog.functions[made.function].components = 0;
  EXPECT_THAT(TocView(db.catalog).listing(), ElementsAre("DATABASE db", "TYPE bt"));
}

TEST(LoopRepair, AggregateOfAFunctionThatNeedsAPrimaryKeyMovesWithIt) {  // D4.6
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (a)");
  const Index function = db.function("f", "integer");
  db.depend(db.function_id(function), db.constraint_id(key));
  const Index aggregate = db.function("agg", "integer");
  db.catalog.functions[aggregate].kind = 'a';
  db.catalog.functions[aggregate].aggregate.emplace();
  db.depend(db.function_id(aggregate), db.function_id(function));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.entry("FUNCTION", "f(integer)").section, format::Section::post_data);
  EXPECT_EQ(toc.entry("AGGREGATE", "agg(integer)").section, format::Section::post_data);
  EXPECT_TRUE(toc.build.toc.report.empty());
}

TEST(LoopRepair, ViewAndItsOwnRuleBecomeOneEntry) {  // D4.2
  CatalogBuilder db;
  db.view("v", "SELECT 1 AS a");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("VIEW", "v"), "CREATE VIEW public.v AS\nSELECT 1 AS a\n");
  EXPECT_FALSE(toc.has("RULE", "_RETURN"));
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, ViewThatNeedsAPrimaryKeyIsCreatedTwice) {  // D4.3
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "id");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (id)");
  const Index view = db.view("v", "SELECT id FROM public.t GROUP BY id");
  db.column(view, "id");
  db.column(view, "T x", "text").collation_sql = "pg_catalog.\"C\"";
  db.catalog.relations[view].options = {"security_barrier=true"};
  db.catalog.relations[view].check_option = "LOCAL";
  db.view_needs(view, db.relation_id(table));
  db.view_needs(view, db.constraint_id(key));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("VIEW", "v"),
            "CREATE VIEW public.v AS\nSELECT\n    NULL::integer AS id,\n    NULL::text COLLATE "
            "pg_catalog.\"C\" AS \"T x\"\n");
  const auto& rule = toc.entry("RULE", "_RETURN");
  EXPECT_EQ(rule.section, Section::post_data);
  EXPECT_EQ(toc.sql("RULE", "_RETURN"),
            "CREATE OR REPLACE VIEW public.v WITH (security_barrier='true') AS\nSELECT id FROM public.t "
            "GROUP BY id\n"
            "  WITH LOCAL CHECK OPTION\n");
  EXPECT_TRUE(toc.depends(rule, toc.entry("CONSTRAINT", "t_pkey")));
  EXPECT_TRUE(toc.depends(rule, toc.entry("VIEW", "v")));
  EXPECT_NE(toc.drop("RULE", "_RETURN").find("to_regclass('public.v')"), std::string::npos);
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, ManyViewsOverOneKeyAreAllRepaired) {
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (id)");
  for (int i = 0; i < 300; ++i) {
    const Index view = db.view("v" + std::to_string(i), "SELECT 1");
    db.view_needs(view, db.constraint_id(key));
    db.table("filler" + std::to_string(i));
  }
  const TocView toc(db.catalog);
  std::size_t rules = 0;
  for (const auto& entry : toc.build.toc.entries) rules += entry.kind == "RULE";
  EXPECT_EQ(rules, 300u);
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, MutuallyRecursiveViews) {  // D4.3
  CatalogBuilder db;
  const Index a = db.view("a", "SELECT x FROM public.b"), b = db.view("b", "SELECT x FROM public.a");
  db.column(a, "x");
  db.column(b, "x");
  db.view_needs(a, db.relation_id(b));
  db.view_needs(b, db.relation_id(a));
  const TocView toc(db.catalog);
  std::size_t rules = 0;
  for (const auto& entry : toc.build.toc.entries) rules += entry.kind == "RULE";
  EXPECT_EQ(rules, 1u);
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, MatviewThatNeedsAPrimaryKeyMovesWithWhatHangsOnIt) {  // D4.4
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (id)");
  const Index lower = db.view("m", "SELECT id FROM public.t GROUP BY id", 'm');
  db.view_needs(lower, db.constraint_id(key));
  const CatalogId row = db.row_type(lower);
  const Index upper = db.view("a_above", "SELECT * FROM public.m", 'm');
  db.view_needs(upper, db.relation_id(lower));
  db.view_needs(upper, row);
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.entry("MATERIALIZED VIEW", "m").section, Section::post_data);
  EXPECT_EQ(toc.entry("MATERIALIZED VIEW", "a_above").section, Section::post_data);
  EXPECT_TRUE(toc.depends(toc.entry("MATERIALIZED VIEW", "m"), toc.entry("CONSTRAINT", "t_pkey")));
  EXPECT_TRUE(
      toc.depends(toc.entry("MATERIALIZED VIEW DATA", "a_above"), toc.entry("MATERIALIZED VIEW DATA", "m")));
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, ViewWithAColumnOfThatMatviewsRowTypeMovesToo) {
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (id)");
  const Index matview = db.view("m", "SELECT id FROM public.t GROUP BY id", 'm');
  db.view_needs(matview, db.constraint_id(key));
  const CatalogId row = db.row_type(matview);
  const Index view = db.view("over", "SELECT m FROM public.m");
  db.view_needs(view, db.relation_id(matview));
  db.depend(db.relation_id(view), row);
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.entry("VIEW", "over").section, Section::post_data);
  EXPECT_TRUE(toc.depends(toc.entry("VIEW", "over"), toc.entry("MATERIALIZED VIEW", "m")));
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, FunctionThatNeedsAPrimaryKeyMovesToPostData) {  // D4.6
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (id)");
  const Index function = db.function("f"), caller = db.function("caller");
  db.depend(db.function_id(function), db.constraint_id(key));
  db.depend(db.function_id(caller), db.function_id(function));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.entry("FUNCTION", "f()").section, Section::post_data);
  EXPECT_EQ(toc.entry("FUNCTION", "caller()").section, Section::post_data);
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, DefaultThatCallsSuchAFunctionIsSetAfterTheData) {  // D4.10 with a section boundary
  CatalogBuilder db;
  const Index keyed = db.table("keyed"), user = db.table("a_user");
  const Index key = db.key(keyed, "keyed_pkey", "PRIMARY KEY (id)");
  const Index function = db.function("f");
  db.depend(db.function_id(function), db.constraint_id(key));
  db.column(user, "a");
  const Index value = db.default_value(user, 1, "public.f()");
  db.depend(db.default_id(value), db.function_id(function));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.entry("TABLE", "a_user").section, Section::pre_data);
  EXPECT_EQ(toc.sql("TABLE", "a_user"), "CREATE TABLE public.a_user (\n    a integer\n)\n");
  const auto& set = toc.entry("DEFAULT", "a_user a");
  EXPECT_EQ(set.section, Section::post_data);
  EXPECT_TRUE(toc.depends(set, toc.entry("FUNCTION", "f()")));
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, OwnCheckAndDefaultStayInline) {  // D4.7, D4.9
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "a");
  db.default_value(table, 1, "5");
  db.constraint(table, "positive", 'c', "CHECK ((a > 0))");
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("TABLE", "t"),
      "CREATE TABLE public.t (\n    a integer DEFAULT 5,\n    CONSTRAINT positive CHECK ((a > 0))\n)\n");
  EXPECT_FALSE(toc.has("DEFAULT", "t a"));
}

TEST(LoopRepair, CheckThatTakesTheTablesRowIsAddedAfterTheData) {  // D4.8
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "a");
  const CatalogId row = db.row_type(table);
  const Index function = db.function("ok", "public.t");
  db.depend(db.function_id(function), row);
  const Index check = db.constraint(table, "checked", 'c', "CHECK (public.ok(t.*))");
  db.depend(db.constraint_id(check), db.function_id(function));
  db.comment(db.constraint_id(check), "why");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "t"), "CREATE TABLE public.t (\n    a integer\n)\n");
  const auto& entry = toc.entry("CHECK CONSTRAINT", "checked");
  EXPECT_EQ(entry.section, Section::post_data);
  EXPECT_TRUE(toc.depends(entry, toc.entry("FUNCTION", "ok(public.t)")));
  EXPECT_TRUE(toc.depends(toc.entry("COMMENT", "CONSTRAINT checked"), entry));
}

TEST(LoopRepair, SerialColumnGetsItsDefaultAfterTheSequence) {  // D4.10
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "id");
  const Index sequence = db.sequence("t_id_seq", table, 1);
  const Index value = db.default_value(table, 1, "nextval('public.t_id_seq'::regclass)");
  db.depend(db.default_id(value), db.relation_id(sequence));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TABLE", "t"), "CREATE TABLE public.t (\n    id integer\n)\n");
  const auto& set = toc.entry("DEFAULT", "t id");
  EXPECT_EQ(set.section, Section::pre_data);
  EXPECT_TRUE(toc.depends(set, toc.entry("SEQUENCE", "t_id_seq")));
  EXPECT_TRUE(toc.depends(set, toc.entry("TABLE", "t")));
  EXPECT_EQ(toc.sql("SEQUENCE OWNED BY", "t_id_seq"),
            "ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id\n");
}

TEST(LoopRepair, DomainChecks) {  // D4.11, D4.12
  CatalogBuilder db;
  const Index domain = db.type("d", 'd');
  db.catalog.types[domain].base_type_sql = "integer";
  const Oid plain = db.take_oid(), calling = db.take_oid();
  db.catalog.types[domain].constraints = {{plain, "a_plain", 'c', "CHECK ((VALUE > 0))", true},
                                          {calling, "b_calling", 'c', "CHECK (public.ok(VALUE))", true}};
  const Index function = db.function("ok", "public.d");
  db.depend(db.function_id(function), db.type_id(domain));
  for (const Oid oid : {plain, calling}) db.depend({catalog_oid::kConstraint, oid}, db.type_id(domain), 'a');
  db.depend({catalog_oid::kConstraint, calling}, db.function_id(function));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("DOMAIN", "d"),
            "CREATE DOMAIN public.d AS integer\n\tCONSTRAINT a_plain CHECK ((VALUE > 0))\n");
  EXPECT_EQ(toc.sql("CHECK CONSTRAINT", "b_calling"),
            "ALTER DOMAIN public.d\n    ADD CONSTRAINT b_calling CHECK (public.ok(VALUE))\n");
  EXPECT_EQ(toc.entry("CHECK CONSTRAINT", "b_calling").section, Section::post_data);
}

TEST(LoopRepair, PartitionedIndexDoesNotWaitForItsPartitions) {  // D4.13
  CatalogBuilder db;
  const Index parent = db.table("p", 'p'), child = db.table("c");
  db.partition(child, parent);
  const Index above = db.index(parent, "pi"), below = db.index(child, "ci");
  db.attach_index(below, above);
  db.depend(db.index_id(below), db.index_id(above), 'P');
  db.depend(db.index_id(above), db.index_id(below), 'P');
  const TocView toc(db.catalog);
  EXPECT_FALSE(toc.depends(toc.entry("INDEX", "pi"), toc.entry("INDEX", "ci")));
  EXPECT_FALSE(warned(toc));
}

TEST(LoopRepair, ForeignKeysInACircleOfADataOnlyDumpAreReported) {  // D4.15
  CatalogBuilder db;
  const Index a = db.table("a"), b = db.table("b");
  const Index ka = db.key(a, "a_pkey", "PRIMARY KEY (id)"), kb = db.key(b, "b_pkey", "PRIMARY KEY (id)");
  db.foreign_key(a, "ab", b, kb);
  db.foreign_key(b, "ba", a, ka);
  DumpOptions options;
  options.selection.data_only = true;
  const TocView toc(db.catalog, options);
  EXPECT_TRUE(warned(toc));
  EXPECT_TRUE(toc.has("TABLE DATA", "a"));
  EXPECT_TRUE(toc.has("TABLE DATA", "b"));
  EXPECT_FALSE(warned(TocView(db.catalog)));
}

TEST(LoopRepair, AnythingElseIsReportedAndStillDumped) {  // D4.16
  CatalogBuilder db;
  const Index a = db.function("a"), b = db.function("b"), c = db.function("c");
  db.depend(db.function_id(a), db.function_id(b));
  db.depend(db.function_id(b), db.function_id(c));
  db.depend(db.function_id(c), db.function_id(a));
  const TocView toc(db.catalog);
  EXPECT_TRUE(warned(toc));
  for (const char* name : {"a()", "b()", "c()"}) EXPECT_TRUE(toc.has("FUNCTION", name));
}

}  // namespace
}  // namespace pgark::dumper
