// What is written for types, operators, aggregates and their like, from catalogs made by hand.
#include <gmock/gmock.h>

#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using testing::CatalogBuilder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using testing::TocView;

TEST(DdlBaseType, EveryOption) {
  CatalogBuilder db;
  Type& type = db.catalog.types[db.type("bt", 'b')];
  BaseType base;
  base.input_sql = "f_in";
  base.output_sql = "f_out";
  base.receive_sql = "f_recv";
  base.send_sql = "f_send";
  base.modifier_in_sql = "f_modin";
  base.modifier_out_sql = "f_modout";
  base.analyze_sql = "f_analyze";
  base.subscript_sql = "f_subscript";
  base.element_sql = "double precision";
  base.length = 16;
  base.by_value = base.collatable = base.preferred = true;
  base.category = '\'';
  base.delimiter = ';';
  base.alignment = 'd';
  base.storage = 'e';
  type.base = base;
  type.default_sql = "'it''s'";
  EXPECT_EQ(
      TocView(db.catalog).sql("TYPE", "bt"),
      "CREATE TYPE public.bt (\n    INTERNALLENGTH = 16,\n    INPUT = f_in,\n    OUTPUT = f_out,\n"
      "    RECEIVE = f_recv,\n    SEND = f_send,\n    TYPMOD_IN = f_modin,\n    TYPMOD_OUT = f_modout,\n"
      "    ANALYZE = f_analyze,\n    SUBSCRIPT = f_subscript,\n    COLLATABLE = true,\n    DEFAULT = "
      "'it''s',\n"
      "    ELEMENT = double precision,\n    CATEGORY = '''',\n    PREFERRED = true,\n    DELIMITER = ';',\n"
      "    ALIGNMENT = double,\n    STORAGE = external,\n    PASSEDBYVALUE\n)\n");
}

TEST(DdlBaseType, AShellOfTheSourceIsATypeWithAnOwner) {
  CatalogBuilder db;
  const Index made = db.type("bare", 'p');
  db.catalog.types[made].defined = false;
  db.comment(db.type_id(made), "never completed");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TYPE", "bare"), "CREATE TYPE public.bare\n");
  EXPECT_EQ(toc.entry("TYPE", "bare").owner, "boss");
  EXPECT_EQ(toc.sql("COMMENT", "TYPE bare"), "COMMENT ON TYPE public.bare IS 'never completed'\n");
}

TEST(DdlRangeType, OptionsAndTheCommentOfItsMultirange) {
  CatalogBuilder db;
  const Index made = db.type("rg", 'r');
  const Index multirange = db.type("mr", 'm');
  db.catalog.types[multirange].hidden = true;
  RangeType range;
  range.subtype_sql = "text";
  range.operator_class_sql = "pg_catalog.text_pattern_ops";
  range.collation_sql = "pg_catalog.\"C\"";
  range.canonical_sql = "public.canon";
  range.difference_sql = "public.diff";
  range.multirange_sql = "public.mr";
  range.multirange = db.catalog.types[multirange].oid;
  db.catalog.types[made].range = range;
  db.comment(db.type_id(multirange), "several");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TYPE", "rg"),
            "CREATE TYPE public.rg AS RANGE (\n    subtype = text,\n    multirange_type_name = public.mr,\n"
            "    subtype_opclass = pg_catalog.text_pattern_ops,\n    collation = pg_catalog.\"C\",\n"
            "    canonical = public.canon,\n    subtype_diff = public.diff\n)\n");
  EXPECT_EQ(toc.drop("TYPE", "rg"), "DROP TYPE IF EXISTS public.rg CASCADE\n");
  EXPECT_EQ(toc.sql("COMMENT", "TYPE rg"), "COMMENT ON TYPE public.mr IS 'several'\n");
}

Function& add_aggregate(CatalogBuilder& db, const std::string& name, const std::string& arguments) {
  Function& function = db.catalog.functions[db.function(name, arguments)];
  function.kind = 'a';
  function.aggregate.emplace();
  function.aggregate->plain.transition_sql = "int4pl";
  function.aggregate->plain.type_sql = "integer";
  return function;
}

TEST(DdlAggregate, EveryOption) {
  CatalogBuilder db;
  Function& function = add_aggregate(db, "agg", "integer");
  function.parallel = 's';
  Aggregate& aggregate = *function.aggregate;
  aggregate.plain.space = 64;
  aggregate.plain.initial = "it's";
  aggregate.plain.final_sql = "fin";
  aggregate.plain.final_extra = true;
  aggregate.plain.final_modify = 's';
  aggregate.moving = {"mpl", "bigint", "mfin", "minv", 32, "", true, 'w'};
  aggregate.combine_sql = "comb";
  aggregate.serialize_sql = "ser";
  aggregate.deserialize_sql = "deser";
  aggregate.sort_operator_sql = "OPERATOR(pg_catalog.>)";
  EXPECT_EQ(
      TocView(db.catalog).sql("AGGREGATE", "agg(integer)"),
      "CREATE AGGREGATE public.agg(integer) (\n    SFUNC = int4pl,\n    STYPE = integer,\n    SSPACE = 64,\n"
      "    INITCOND = 'it''s',\n    FINALFUNC = fin,\n    FINALFUNC_EXTRA,\n    FINALFUNC_MODIFY = "
      "SHAREABLE,\n"
      "    COMBINEFUNC = comb,\n    SERIALFUNC = ser,\n    DESERIALFUNC = deser,\n    MSFUNC = mpl,\n"
      "    MINVFUNC = minv,\n    MSTYPE = bigint,\n    MSSPACE = 32,\n    MINITCOND = '',\n    MFINALFUNC = "
      "mfin,\n"
      "    MFINALFUNC_EXTRA,\n    MFINALFUNC_MODIFY = READ_WRITE,\n    SORTOP = OPERATOR(pg_catalog.>),\n"
      "    PARALLEL = safe\n)\n");
}

TEST(DdlAggregate, WithoutArgumentsItIsAStarExceptForGrant) {
  CatalogBuilder db;
  Function& function = add_aggregate(db, "cnt", "");
  function.acl = "{boss=X/boss}";
  function.default_acl = "{=X/boss,boss=X/boss}";
  db.comment(db.function_id(0), "counts");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.drop("AGGREGATE", "cnt(*)"), "DROP AGGREGATE IF EXISTS public.cnt(*)\n");
  EXPECT_EQ(toc.entry("AGGREGATE", "cnt(*)").owner_object, "AGGREGATE public.cnt(*)");
  EXPECT_EQ(toc.sql("COMMENT", "AGGREGATE cnt"), "COMMENT ON AGGREGATE public.cnt(*) IS 'counts'\n");
  EXPECT_EQ(toc.sql("ACL", "FUNCTION cnt"), "REVOKE ALL ON FUNCTION public.cnt() FROM PUBLIC\n");
}

TEST(DdlAggregate, ReadWriteIsTheDefaultOfOrderedSets) {
  CatalogBuilder db;
  Function& function = add_aggregate(db, "hyp", "\"any\"");
  function.arguments_sql = "VARIADIC \"any\" ORDER BY VARIADIC \"any\"";
  function.aggregate->kind = 'h';
  function.aggregate->plain.final_modify = 'w';
  EXPECT_EQ(TocView(db.catalog).sql("AGGREGATE", "hyp(\"any\")"),
            "CREATE AGGREGATE public.hyp(VARIADIC \"any\" ORDER BY VARIADIC \"any\") (\n    SFUNC = int4pl,\n"
            "    STYPE = integer,\n    MFINALFUNC_MODIFY = READ_ONLY,\n    HYPOTHETICAL\n)\n");
}

TEST(DdlOperator, NamesAreNeverQuotedAndMissingSidesAreNone) {
  CatalogBuilder db;
  const Index schema = db.schema("s q");
  Operator& object = db.object(db.catalog.operators, "!~", schema);
  object.kind = 'l';
  object.function_sql = "f";
  object.right_sql = "integer";
  object.arguments_sql = "NONE, integer";
  object.commutator_sql = "OPERATOR(public.>)";
  object.negator_sql = "OPERATOR(public.<)";
  object.restrict_sql = "eqsel";
  object.join_sql = "eqjoinsel";
  object.merges = object.hashes = true;
  db.object(db.catalog.operators, ">");  // a shell
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("OPERATOR", "!~(NONE, integer)"),
      "CREATE OPERATOR \"s q\".!~ (\n    FUNCTION = f,\n    RIGHTARG = integer,\n"
      "    COMMUTATOR = OPERATOR(public.>),\n    NEGATOR = OPERATOR(public.<),\n    MERGES,\n    HASHES,\n"
      "    RESTRICT = eqsel,\n    JOIN = eqjoinsel\n)\n");
  EXPECT_EQ(toc.drop("OPERATOR", "!~(NONE, integer)"),
            "DROP OPERATOR IF EXISTS \"s q\".!~ (NONE, integer)\n");
  EXPECT_THAT(toc.listing(), ElementsAre("DATABASE db", "SCHEMA s q", "OPERATOR !~(NONE, integer)"));
}

TEST(DdlOperator, PostfixOperatorsAreWarnedOf) {
  CatalogBuilder db;
  Operator& object = db.object(db.catalog.operators, "!");
  object.kind = 'r';
  object.function_sql = "f";
  object.arguments_sql = "integer, NONE";
  EXPECT_THAT(TocView(db.catalog).build.toc.report,
              Contains(Field(&format::ReportItem::name, "public.! (integer, NONE)")));
}

TEST(DdlOperatorClass, MembersStorageAndFamily) {
  CatalogBuilder db;
  OperatorFamily& family = db.object(db.catalog.operator_families, "fam");
  family.access_method = "gist";
  family.loose.operators = {{1, "public.<(a,b)", ""}};
  family.loose.functions = {{1, "a", "b", "cmp(a,b)"}};
  OperatorClass& object = db.object(db.catalog.operator_classes, "cls");
  object.access_method = "gist";
  object.family_sql = "public.fam";
  object.type_sql = "point";
  object.storage_sql = "box";
  object.by_default = true;
  object.members.operators = {{15, "<->(point,point)", "pg_catalog.float_ops"}};
  OperatorClass& empty = db.object(db.catalog.operator_classes, "empty");
  empty.access_method = "gist";
  empty.family_sql = "public.fam";
  empty.type_sql = "integer";
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("OPERATOR FAMILY", "fam"),
            "CREATE OPERATOR FAMILY public.fam USING gist\nALTER OPERATOR FAMILY public.fam USING gist ADD\n"
            "    OPERATOR 1 public.<(a,b),\n    FUNCTION 1 (a, b) cmp(a,b)\n");
  EXPECT_EQ(toc.sql("OPERATOR CLASS", "cls"),
            "CREATE OPERATOR CLASS public.cls\n    DEFAULT FOR TYPE point USING gist FAMILY public.fam AS\n"
            "    STORAGE box,\n    OPERATOR 15 <->(point,point) FOR ORDER BY pg_catalog.float_ops\n");
  EXPECT_EQ(toc.sql("OPERATOR CLASS", "empty"),
            "CREATE OPERATOR CLASS public.empty\n    FOR TYPE integer USING gist FAMILY public.fam AS\n"
            "    STORAGE integer\n");
  EXPECT_EQ(toc.drop("OPERATOR CLASS", "cls"), "DROP OPERATOR CLASS IF EXISTS public.cls USING gist\n");
}

TEST(DdlOperatorClass, OfAFamilyOfTheSystemOnlyNewMembersAreWritten) {
  CatalogBuilder db;
  OperatorFamily& family = db.object(db.catalog.operator_families, "integer_ops");
  family.access_method = "btree";
  family.create = false;
  family.loose.operators = {{3, "public.=(a,b)", ""}};
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("OPERATOR FAMILY", "integer_ops"),
            "ALTER OPERATOR FAMILY public.integer_ops USING btree ADD\n    OPERATOR 3 public.=(a,b)\n");
  EXPECT_TRUE(toc.entry("OPERATOR FAMILY", "integer_ops").drop.empty());
  EXPECT_EQ(toc.entry("OPERATOR FAMILY", "integer_ops").owner_object, "");
}

TEST(DdlCast, MethodsAndContexts) {
  CatalogBuilder db;
  Cast& with_function = db.object(db.catalog.casts, "(a AS b)", kNone);
  with_function.function_sql = "public.f(a)";
  with_function.context = 'a';
  db.object(db.catalog.casts, "(b AS a)", kNone).method = 'b';
  Cast& through_text = db.object(db.catalog.casts, "(c AS a)", kNone);
  through_text.method = 'i';
  through_text.context = 'i';
  Transform& transform = db.object(db.catalog.transforms, "FOR a LANGUAGE l", kNone);
  transform.to_sql = "public.t(internal)";
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("CAST", "(a AS b)"), "CREATE CAST (a AS b) WITH FUNCTION public.f(a) AS ASSIGNMENT\n");
  EXPECT_EQ(toc.sql("CAST", "(b AS a)"), "CREATE CAST (b AS a) WITHOUT FUNCTION\n");
  EXPECT_EQ(toc.sql("CAST", "(c AS a)"), "CREATE CAST (c AS a) WITH INOUT AS IMPLICIT\n");
  EXPECT_EQ(toc.entry("CAST", "(a AS b)").owner_object, "");
  EXPECT_EQ(toc.sql("TRANSFORM", "FOR a LANGUAGE l"),
            "CREATE TRANSFORM FOR a LANGUAGE l (TO SQL WITH FUNCTION public.t(internal))\n");
}

TEST(DdlLanguage, FunctionsAndPrivileges) {
  CatalogBuilder db;
  Language& language = db.object(db.catalog.languages, "L", kNone);
  language.trusted = true;
  language.handler_sql = "public.h";
  language.validator_sql = "public.v";
  language.acl = "{boss=U/boss}";
  language.default_acl = "{=U/boss,boss=U/boss}";
  Language& old = db.object(db.catalog.languages, "old", kNone);  // `language` may have moved
  old.handler_sql = "old_handler";
  old.handler_is_lost = true;
  old.acl = "{boss=U/boss}";
  old.default_acl = "{=U/boss,boss=U/boss}";
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("PROCEDURAL LANGUAGE", "L"),
            "CREATE TRUSTED PROCEDURAL LANGUAGE \"L\" HANDLER public.h VALIDATOR public.v\n");
  EXPECT_EQ(toc.sql("ACL", "LANGUAGE L"), "REVOKE ALL ON LANGUAGE \"L\" FROM PUBLIC\n");
  EXPECT_EQ(toc.sql("PROCEDURAL LANGUAGE", "old"), "CREATE OR REPLACE PROCEDURAL LANGUAGE old\n");
  EXPECT_FALSE(toc.has("ACL", "LANGUAGE old"));
}

TEST(DdlCollation, ProvidersAndLocales) {
  CatalogBuilder db;
  Collation& icu = db.object(db.catalog.collations, "icu");
  icu.provider = 'i';
  icu.locale = "und";
  icu.rules = "&a < 'b'";
  icu.deterministic = false;
  Collation& old_icu = db.object(db.catalog.collations, "old_icu");
  old_icu.provider = 'i';
  old_icu.collate = old_icu.ctype = "de";
  Collation& libc = db.object(db.catalog.collations, "libc");
  libc.collate = "C";
  libc.ctype = "POSIX";
  libc.encoding = "UTF8";
  Collation& copy = db.object(db.catalog.collations, "copy");
  copy.collate = copy.ctype = "C";
  db.object(db.catalog.collations, "default_copy").provider = 'd';
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("COLLATION", "icu"),
      "CREATE COLLATION public.icu (\n    provider = icu,\n    deterministic = false,\n    locale = 'und',\n"
      "    rules = '&a < ''b'''\n)\n");
  EXPECT_EQ(toc.sql("COLLATION", "old_icu"),
            "CREATE COLLATION public.old_icu (\n    provider = icu,\n    locale = 'de'\n)\n");
  EXPECT_EQ(toc.sql("COLLATION", "libc"),
            "CREATE COLLATION public.libc (\n    provider = libc,\n    lc_collate = 'C',\n    lc_ctype = "
            "'POSIX'\n)\n");
  EXPECT_EQ(toc.sql("COLLATION", "copy"), "CREATE COLLATION public.copy FROM pg_catalog.\"C\"\n");
  EXPECT_FALSE(toc.has("COLLATION", "default_copy"));
  EXPECT_THAT(toc.build.toc.report, Contains(Field(&format::ReportItem::name, "public.default_copy")));
}

TEST(DdlConversion, DefaultAndEncodings) {
  CatalogBuilder db;
  Conversion& object = db.object(db.catalog.conversions, "conv");
  object.by_default = true;
  object.from_encoding = "LATIN1";
  object.to_encoding = "UTF8";
  object.function_sql = "iso8859_1_to_utf8";
  EXPECT_EQ(TocView(db.catalog).sql("CONVERSION", "conv"),
            "CREATE DEFAULT CONVERSION public.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8\n");
}

TEST(DdlTextSearch, OptionsAndMappings) {
  CatalogBuilder db;
  TextSearchDictionary& dictionary = db.object(db.catalog.text_search_dictionaries, "dict");
  dictionary.template_sql = "pg_catalog.simple";
  dictionary.options_sql = "stopwords = 'english'";
  TextSearchConfiguration& configuration = db.object(db.catalog.text_search_configurations, "cfg");
  configuration.parser_sql = "public.\"Pars er\"";
  configuration.mappings = {{"word", {"public.dict", "pg_catalog.simple"}}, {"user", {"public.dict"}}};
  TextSearchParser& parser = db.object(db.catalog.text_search_parsers, "Pars er");
  parser.start_sql = "s";
  parser.token_sql = "t";
  parser.end_sql = "e";
  parser.types_sql = "l";
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TEXT SEARCH DICTIONARY", "dict"),
            "CREATE TEXT SEARCH DICTIONARY public.dict (\n    TEMPLATE = pg_catalog.simple,\n"
            "    stopwords = 'english'\n)\n");
  EXPECT_EQ(toc.sql("TEXT SEARCH CONFIGURATION", "cfg"),
            "CREATE TEXT SEARCH CONFIGURATION public.cfg (\n    PARSER = public.\"Pars er\"\n)\n"
            "ALTER TEXT SEARCH CONFIGURATION public.cfg\n    ADD MAPPING FOR word WITH public.dict, "
            "pg_catalog.simple\n"
            "ALTER TEXT SEARCH CONFIGURATION public.cfg\n    ADD MAPPING FOR \"user\" WITH public.dict\n");
  EXPECT_EQ(
      toc.sql("TEXT SEARCH PARSER", "Pars er"),
      "CREATE TEXT SEARCH PARSER public.\"Pars er\" (\n    START = s,\n    GETTOKEN = t,\n    END = e,\n"
      "    LEXTYPES = l\n)\n");
  EXPECT_EQ(toc.entry("TEXT SEARCH PARSER", "Pars er").owner_object, "");
}

TEST(DdlOrder, KindsFollowEachOther) {  // D2
  CatalogBuilder db;
  db.table("a_table");
  db.object(db.catalog.text_search_configurations, "a");
  db.object(db.catalog.conversions, "a");
  db.object(db.catalog.access_methods, "a", kNone);
  db.object(db.catalog.casts, "(a AS b)", kNone);
  db.function("a");
  add_aggregate(db, "a", "");
  db.object(db.catalog.collations, "a");
  db.object(db.catalog.languages, "a", kNone);
  std::vector<std::string> listing = TocView(db.catalog).listing();
  listing.pop_back();  // the rows of the table
  EXPECT_THAT(listing, ElementsAre("DATABASE db", "PROCEDURAL LANGUAGE a", "COLLATION a", "CAST (a AS b)",
                                   "FUNCTION a()", "AGGREGATE a(*)", "ACCESS METHOD a", "CONVERSION a",
                                   "TEXT SEARCH CONFIGURATION a", "TABLE a_table"));
}

}  // namespace
}  // namespace pgark::dumper
