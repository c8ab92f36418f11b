#include "dumper/selection.hpp"

#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

constexpr int kNoData = kAllComponents & ~kData;

// A small database: two user schemas, public, two system schemas, an extension.
class SelectionTest : public ::testing::Test {
 protected:
  SelectionTest() {
    add_schema(11, "pg_catalog");
    add_schema(12, "information_schema");
    add_schema(2200, "public", "pg_database_owner");
    add_schema(20001, "a");
    add_schema(20002, "b");
    add_relation(100, 'r', "a");
    add_relation(101, 'S', "a");
    add_relation(102, 'r', "b");
    add_relation(103, 'r', "pg_catalog");
    add_relation(104, 'r', "a").extension = 30000;
  }

  void add_schema(Oid oid, std::string name, std::string owner = "postgres") {
    Namespace schema;
    schema.oid = oid;
    schema.name = std::move(name);
    schema.owner = std::move(owner);
    catalog_.namespaces.push_back(schema);
  }
  Relation& add_relation(Oid oid, char kind, std::string_view schema) {
    Relation relation;
    relation.oid = oid;
    relation.kind = kind;
    for (std::size_t i = 0; i < catalog_.namespaces.size(); ++i) {
      if (catalog_.namespaces[i].name == schema) relation.schema = static_cast<Index>(i);
    }
    catalog_.relation_by_oid[oid] = static_cast<Index>(catalog_.relations.size());
    catalog_.relations.push_back(relation);
    return catalog_.relations.back();
  }
  Relation& relation(Oid oid) { return catalog_.relations[catalog_.relation_by_oid.at(oid)]; }
  void own(Oid sequence, Oid table, bool identity) {
    SequenceInfo info;
    info.owned_by = catalog_.relation_by_oid.at(table);
    info.identity = identity;
    relation(sequence).sequence = static_cast<Index>(catalog_.sequences.size());
    catalog_.sequences.push_back(info);
  }
  void add_extension(Oid oid, std::vector<Oid> tables = {}, std::vector<std::string> conditions = {}) {
    Extension extension;
    extension.oid = oid;
    extension.config_tables = std::move(tables);
    extension.config_conditions = std::move(conditions);
    catalog_.extensions.push_back(extension);
  }

  void select(const Selection& selection, MatchedPatterns matched = {}) {
    Selector selector(selection, std::move(matched));
    selector.select_namespaces(catalog_.namespaces);
    selector.select_extensions(catalog_.extensions);
    for (Relation& each : catalog_.relations) each.components = selector.of_relation(each);
    selector.add_owned_sequences(catalog_.relations, catalog_.sequences);
    selector.add_config_tables(catalog_);
    selector.leave_rows_out(catalog_.relations);
    selector.mark_interesting(catalog_.relations);
    wanted_schemas_ = selector.wanted_schemas(catalog_.namespaces);
  }
  int schema_components(std::size_t i) const { return catalog_.namespaces[i].components; }

  Catalog catalog_;
  std::vector<Oid> wanted_schemas_;
};

Selection only_tables() {
  Selection selection;
  selection.include_tables = {"given"};
  return selection;
}

Selection only_schemas() {
  Selection selection;
  selection.include_schemas = {"given"};
  return selection;
}

TEST_F(SelectionTest, EverythingMeansUserObjectsAndPrivilegesOfTheRest) {
  select({});
  EXPECT_EQ(schema_components(0), kAcl);
  EXPECT_EQ(schema_components(1), 0);
  EXPECT_EQ(schema_components(3), kNoData);
  EXPECT_EQ(relation(100).components, kAllComponents);
  EXPECT_EQ(relation(103).components, kAcl);
  EXPECT_EQ(relation(104).components, kAcl);
  EXPECT_EQ(wanted_schemas_, (std::vector<Oid>{2200, 20001, 20002}));
}

TEST_F(SelectionTest, PublicIsNeverCreatedAndItsDefaultOwnerNotNamed) {
  select({});
  EXPECT_FALSE(catalog_.namespaces[2].create);
  EXPECT_EQ(schema_components(2), kNoData & ~kDefinition);
  catalog_.namespaces[2].owner = "alice";
  select({});
  EXPECT_EQ(schema_components(2), kNoData);
  EXPECT_TRUE(catalog_.namespaces[3].create);
}

TEST_F(SelectionTest, SchemaOnlyAndDataOnlyAreMasks) {
  Selection selection;
  selection.schema_only = true;
  select(selection);
  EXPECT_EQ(relation(100).components, kNoData);
  selection = {};
  selection.data_only = true;
  select(selection);
  EXPECT_EQ(relation(100).components, kData);
  EXPECT_EQ(relation(103).components, 0);
  EXPECT_EQ(schema_components(3), 0);
}

TEST_F(SelectionTest, IncludedSchemasLeaveTheOthersOut) {
  select(only_schemas(), {{20001}, {}, {}, {}});
  EXPECT_EQ(schema_components(3), kNoData);
  EXPECT_EQ(schema_components(4), 0);
  EXPECT_EQ(relation(100).components, kAllComponents);
  EXPECT_EQ(relation(102).components, 0);
  EXPECT_EQ(relation(103).components, 0);
  EXPECT_EQ(relation(104).components, 0);
}

TEST_F(SelectionTest, ExcludedSchemasLeaveTheRest) {
  Selection selection;
  selection.exclude_schemas = {"b"};
  select(selection, {{}, {20002}, {}, {}});
  EXPECT_EQ(relation(100).components, kAllComponents);
  EXPECT_EQ(relation(102).components, 0);
  EXPECT_EQ(schema_components(4), 0);
}

TEST_F(SelectionTest, IncludedTablesSwitchSchemasOff) {
  Selection selection = only_tables();
  selection.include_schemas = {"a"};
  select(selection, {{20001}, {}, {102}, {}});
  EXPECT_EQ(relation(102).components, kAllComponents);
  EXPECT_EQ(relation(100).components, 0);
  EXPECT_EQ(schema_components(3), 0);
  EXPECT_TRUE(wanted_schemas_.empty());
}

TEST_F(SelectionTest, ExclusionIsStrongerThanInclusion) {
  select(only_tables(), {{}, {}, {100, 102}, {102}});
  EXPECT_EQ(relation(100).components, kAllComponents);
  EXPECT_EQ(relation(102).components, 0);
}

TEST_F(SelectionTest, ATablePullsTheSequencesItOwns) {
  own(101, 100, false);
  select(only_tables(), {{}, {}, {100}, {}});
  EXPECT_EQ(relation(101).components, kAllComponents);
}

TEST_F(SelectionTest, AnIdentitySequenceFollowsItsTableOut) {
  own(101, 100, true);
  Selection selection;
  selection.exclude_tables = {"t"};
  select(selection, {{}, {}, {}, {100}});
  EXPECT_EQ(relation(101).components, 0);
  catalog_.sequences[0].identity = false;
  select(selection, {{}, {}, {}, {100}});
  EXPECT_EQ(relation(101).components, kAllComponents);
}

TEST_F(SelectionTest, ExtensionsGoWithTheWholeDatabaseOnly) {
  add_extension(30000);
  add_extension(13000);
  select({});
  EXPECT_EQ(catalog_.extensions[0].components, kNoData);
  EXPECT_EQ(catalog_.extensions[1].components, kAcl);
  select(only_schemas(), {{20001}, {}, {}, {}});
  EXPECT_EQ(catalog_.extensions[0].components, 0);
}

TEST_F(SelectionTest, ConfigurationTablesGiveTheirRows) {
  add_extension(30000, {104, 999}, {"WHERE x", ""});
  select({});
  EXPECT_EQ(relation(104).components, kAcl | kData);
  EXPECT_TRUE(relation(104).is_config_table);
  EXPECT_EQ(relation(104).config_condition, "WHERE x");
}

TEST_F(SelectionTest, ConfigurationTablesObeyExclusionAndSchemaOnly) {
  add_extension(30000, {104}, {""});
  Selection selection;
  selection.exclude_tables = {"t"};
  select(selection, {{}, {}, {}, {104}});
  EXPECT_EQ(relation(104).components, kAcl);
  selection = {};
  select(selection, {{}, {}, {}, {}, {104}});
  EXPECT_EQ(relation(104).components, kAcl);
}

TEST_F(SelectionTest, ConfigurationRowsAreDefinitions) {
  add_extension(30000, {104}, {""});
  Selection selection;
  selection.schema_only = true;
  select(selection);
  EXPECT_EQ(relation(104).components, kAcl | kData);
}

TEST_F(SelectionTest, ExcludedRowsLeaveTheDefinition) {
  own(101, 100, false);
  select({}, {{}, {}, {}, {}, {100}});
  EXPECT_EQ(relation(100).components, kNoData);
  EXPECT_EQ(relation(101).components, kAllComponents);
  select(only_tables(), {{}, {}, {100}, {}, {100}});
  EXPECT_EQ(relation(100).components, kNoData);
  EXPECT_EQ(relation(101).components, kAllComponents) << "the value of an owned sequence";
}

TEST_F(SelectionTest, UnloggedRowsAreLeftOutOnRequest) {
  relation(100).persistence = 'u';
  Selection selection;
  selection.no_unlogged_table_data = true;
  select(selection);
  EXPECT_EQ(relation(100).components, kNoData);
  EXPECT_EQ(relation(102).components, kAllComponents);
}

TEST_F(SelectionTest, ForeignRowsAreTakenOnRequest) {
  relation(100).kind = 'f';
  select({});
  EXPECT_EQ(relation(100).components, kNoData);
  MatchedPatterns matched;
  matched.foreign_data = {100};
  select({}, matched);
  EXPECT_EQ(relation(100).components, kAllComponents);
}

TEST_F(SelectionTest, SequenceDataGoesWithoutRows) {
  Selection selection;
  selection.schema_only = selection.sequence_data = true;
  select(selection);
  EXPECT_EQ(relation(101).components, kAllComponents);
  EXPECT_EQ(relation(100).components, kNoData);
}

TEST_F(SelectionTest, KindsLeftOutAreMasks) {
  Selection selection;
  selection.no_comments = selection.no_privileges = selection.no_policies = true;
  select(selection);
  EXPECT_EQ(relation(100).components, kDefinition | kData | kSecurityLabel);
  EXPECT_EQ(relation(103).components, 0);
}

TEST_F(SelectionTest, NamedExtensionsAloneAreTaken) {
  add_extension(30000);
  add_extension(30001);
  Selection selection;
  selection.include_extensions = {"given"};
  MatchedPatterns matched;
  matched.include_extensions = {30001};
  select(selection, matched);
  EXPECT_EQ(catalog_.extensions[0].components, 0);
  EXPECT_EQ(catalog_.extensions[1].components, kNoData);
  EXPECT_EQ(relation(104).components, 0) << "a member of the other one";
}

TEST_F(SelectionTest, AnExcludedExtensionTakesItsMembersAlong) {
  add_extension(30000, {104}, {""});
  MatchedPatterns matched;
  matched.exclude_extensions = {30000};
  select({}, matched);
  EXPECT_EQ(catalog_.extensions[0].components, 0);
  EXPECT_EQ(relation(104).components, 0);
  EXPECT_EQ(relation(100).components, kAllComponents);
}

TEST_F(SelectionTest, ParentsOfWantedTablesAreInteresting) {
  relation(102).parents = {catalog_.relation_by_oid.at(100)};
  select(only_tables(), {{}, {}, {102}, {}});
  EXPECT_TRUE(relation(102).interesting);
  EXPECT_TRUE(relation(100).interesting);
  EXPECT_EQ(relation(100).components, 0);
  EXPECT_FALSE(relation(103).interesting);
}

TEST_F(SelectionTest, TypesAndFunctionsFollowTheirSchema) {
  Selector selector(only_schemas(), {{20001}, {}, {}, {}});
  selector.select_namespaces(catalog_.namespaces);
  Function function;
  function.schema = 3;
  EXPECT_EQ(selector.in_schema(function), kAllComponents);
  function.schema = 4;
  EXPECT_EQ(selector.in_schema(function), 0);
  function.schema = kNone;
  EXPECT_EQ(selector.in_schema(function), 0);
}

TEST(SystemSchema, IsRecognisedByName) {
  EXPECT_TRUE(is_system_schema("pg_catalog"));
  EXPECT_TRUE(is_system_schema("pg_temp_3"));
  EXPECT_TRUE(is_system_schema("information_schema"));
  EXPECT_FALSE(is_system_schema("public"));
  EXPECT_FALSE(is_system_schema("pgx"));
}

}  // namespace
}  // namespace pgark::dumper
