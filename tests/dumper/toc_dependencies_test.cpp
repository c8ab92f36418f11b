// What entries wait for and lock (SCHEMA_COVERAGE D7).
#include <gtest/gtest.h>

#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using format::Section;
using testing::CatalogBuilder;
using testing::TocView;

// p (partitioned) with leaf l1 and sub-partitioned s with leaf l2; a table t that refers to p.
struct Tree {
  CatalogBuilder db;
  Index p, l1, s, l2, t, key;
  Tree() {
    p = db.table("p", 'p');
    s = db.table("s", 'p');
    l1 = db.table("l1");
    l2 = db.table("l2");
    t = db.table("t");
    for (const Index table : {p, s, l1, l2, t}) db.column(table, "a");
    db.partition(l1, p);
    db.partition(s, p);
    db.partition(l2, s);
    key = db.key(p, "p_pkey", "PRIMARY KEY (a)");
    const Index key1 = db.key(l1, "l1_pkey", "PRIMARY KEY (a)"),
                keys = db.key(s, "s_pkey", "PRIMARY KEY (a)"),
                key2 = db.key(l2, "l2_pkey", "PRIMARY KEY (a)");
    db.attach_index(index_of(key1), index_of(key));
    db.attach_index(index_of(keys), index_of(key));
    db.attach_index(index_of(key2), index_of(keys));
  }
  Index index_of(Index constraint) const { return db.catalog.constraints[constraint].index; }
};

TEST(TocDependencies, EntriesAreDenseAndPointBackwards) {
  Tree tree;
  tree.db.foreign_key(tree.t, "fk", tree.p, tree.key);
  const TocView toc(tree.db.catalog);
  format::EntryId expected = 1;
  for (const auto& entry : toc.build.toc.entries) {
    EXPECT_EQ(entry.id, expected++);
    for (const auto needed : entry.dependencies)
      EXPECT_LT(needed, entry.id) << entry.kind << " " << entry.name;
    for (const auto locked : entry.locks) EXPECT_LT(locked, entry.id);
  }
}

// "a" reads "z" through a function whose body the server knows, and through a view of that.
TEST(TocDependencies, RefreshesFollowThoseThatFunctionsRead) {
  CatalogBuilder db;
  const Index z = db.view("z", "SELECT 1", 'm'), between = db.view("v", "SELECT f()"),
              a = db.view("a", "SELECT * FROM v", 'm');
  for (const Index view : {z, a}) db.catalog.relations[view].populated = true;
  const CatalogId function{catalog_oid::kProc, db.catalog.functions[db.function("f")].oid};
  db.depend(function, db.relation_id(z));
  db.view_needs(between, function);
  db.view_needs(a, db.relation_id(between));
  const TocView toc(db.catalog);
  EXPECT_TRUE(
      toc.depends(toc.entry("MATERIALIZED VIEW DATA", "a"), toc.entry("MATERIALIZED VIEW DATA", "z")));
}

TEST(TocDependencies, SectionsFollowEachOther) {
  Tree tree;
  const TocView toc(tree.db.catalog);
  auto last = Section::none;
  for (const auto& entry : toc.build.toc.entries) {
    EXPECT_GE(entry.section, last) << entry.kind << " " << entry.name;
    last = entry.section;
  }
}

TEST(TocDependencies, TableDataWaitsForItsTableOnly) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.depend(db.relation_id(table), db.type_id(db.type("e", 'e')));
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.entry("TABLE DATA", "t").dependencies,
            std::vector<format::EntryId>{toc.entry("TABLE", "t").id});
  EXPECT_TRUE(toc.depends(toc.entry("TABLE", "t"), toc.entry("TYPE", "e")));
}

TEST(TocDependencies, PassThroughObjectsThatHaveNoEntry) {
  CatalogBuilder db;
  const Index used = db.table("z_used"), user = db.table("a_user");
  // a_user has a column of the array type of z_used's row type.
  const CatalogId row = db.row_type(used);
  const Index array = db.type("_z_used", 'b');
  db.catalog.types[array].hidden = true;
  db.depend(db.type_id(array), row, 'i');
  db.depend(db.relation_id(user), db.type_id(array));
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.depends(toc.entry("TABLE", "a_user"), toc.entry("TABLE", "z_used")));
}

TEST(TocDependencies, InlinePartsBringTheirNeedsToTheTable) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "a");
  const Index value = db.default_value(table, 1, "public.f()");
  db.depend(db.default_id(value), db.function_id(db.function("f")));
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.depends(toc.entry("TABLE", "t"), toc.entry("FUNCTION", "f()")));
}

TEST(TocDependencies, MembersStandForTheirExtension) {
  CatalogBuilder db;
  Extension extension;
  extension.oid = db.take_oid();
  extension.name = "hstore";
  extension.owner = "boss";
  extension.schema = 0;
  extension.version = "1.8";
  extension.components = kAllComponents;
  db.catalog.extensions.push_back(extension);
  const Index member = db.type("hstore", 'b');
  db.catalog.types[member].extension = extension.oid;
  db.catalog.types[member].components = kAcl;
  const Index table = db.table("t");
  db.depend(db.relation_id(table), db.type_id(member));
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.depends(toc.entry("TABLE", "t"), toc.entry("EXTENSION", "hstore")));
  EXPECT_EQ(toc.sql("EXTENSION", "hstore"), "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public\n");
  EXPECT_TRUE(toc.entry("EXTENSION", "hstore").owner_object.empty());
}

TEST(TocDependencies, PostDataWaitsForTheRows) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.index(table, "ti");
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.depends(toc.entry("INDEX", "ti"), toc.entry("TABLE", "t")));
  EXPECT_TRUE(toc.depends(toc.entry("INDEX", "ti"), toc.entry("TABLE DATA", "t")));
}

TEST(TocDependencies, LateDomainConstraintsWaitForTheRowsOfEveryTableThatUsesTheDomain) {
  CatalogBuilder db;
  const Index domain = db.type("d", 'd');
  const Oid late = db.take_oid();
  db.catalog.types[domain].constraints = {{late, "late", 'c', "CHECK ((VALUE > 0)) NOT VALID", false}};
  const Index direct = db.table("direct"), nested = db.table("nested"), other = db.table("other");
  const Index array = db.type("_d", 'b');
  db.catalog.types[array].hidden = true;
  db.depend(db.type_id(array), db.type_id(domain), 'i');
  db.depend(db.relation_id(direct), db.type_id(domain));
  db.depend(db.relation_id(nested), db.type_id(array));
  const TocView toc(db.catalog);
  const auto& constraint = toc.entry("CHECK CONSTRAINT", "late");
  EXPECT_TRUE(toc.depends(constraint, toc.entry("TABLE DATA", "direct")));
  EXPECT_TRUE(toc.depends(constraint, toc.entry("TABLE DATA", "nested")));
  EXPECT_FALSE(toc.depends(constraint, toc.entry("TABLE DATA", "other"))) << other;
}

TEST(TocLocks, PlainIndexesLockNothingAndTheirPropertiesAreApart) {
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index index = db.index(table, "ti", "CREATE UNIQUE INDEX ti ON public.t USING btree (a)");
  IndexInfo& info = db.catalog.indexes[index];
  info.clustered = info.replica_identity = true;
  info.statistics_targets = {{2, 50}};
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.entry("INDEX", "ti").locks.empty());
  EXPECT_EQ(toc.sql("INDEX", "ti"), "CREATE UNIQUE INDEX ti ON public.t USING btree (a)\n");
  EXPECT_EQ(toc.sql("CLUSTER ON", "ti"), "ALTER TABLE public.t CLUSTER ON ti\n");
  EXPECT_EQ(toc.sql("REPLICA IDENTITY", "ti"), "ALTER TABLE ONLY public.t REPLICA IDENTITY USING INDEX ti\n");
  EXPECT_EQ(toc.sql("INDEX STATISTICS", "ti"), "ALTER INDEX public.ti ALTER COLUMN 2 SET STATISTICS 50\n");
  for (const char* kind : {"CLUSTER ON", "REPLICA IDENTITY", "INDEX STATISTICS"}) {
    EXPECT_TRUE(toc.locks(toc.entry(kind, "ti"), toc.entry("TABLE", "t"))) << kind;
    EXPECT_TRUE(toc.depends(toc.entry(kind, "ti"), toc.entry("INDEX", "ti"))) << kind;
  }
}

TEST(TocLocks, PropertiesOfAConstraintsIndexFollowTheConstraint) {
  CatalogBuilder db;
  const Index table = db.table("t");
  const Index key = db.key(table, "t_pkey", "PRIMARY KEY (a)");
  IndexInfo& info = db.catalog.indexes[db.catalog.constraints[key].index];
  info.clustered = true;
  info.options = {"fillfactor=80"};
  db.comment(db.index_id(db.catalog.constraints[key].index), "on the index");
  db.catalog.constraints[key].definition_sql = "PRIMARY KEY (a) DEFERRABLE INITIALLY DEFERRED";
  const TocView toc(db.catalog);
  EXPECT_FALSE(toc.has("INDEX", "t_pkey"));
  EXPECT_EQ(toc.sql("CONSTRAINT", "t_pkey"),
            "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (a) WITH (fillfactor='80') "
            "DEFERRABLE "
            "INITIALLY DEFERRED\n");
  EXPECT_TRUE(toc.locks(toc.entry("CONSTRAINT", "t_pkey"), toc.entry("TABLE", "t")));
  EXPECT_TRUE(toc.depends(toc.entry("CLUSTER ON", "t_pkey"), toc.entry("CONSTRAINT", "t_pkey")));
  EXPECT_TRUE(toc.depends(toc.entry("COMMENT", "INDEX t_pkey"), toc.entry("CONSTRAINT", "t_pkey")));
}

TEST(TocLocks, ForeignKeyOntoAPartitionedTable) {
  Tree tree;
  tree.db.foreign_key(tree.t, "fk", tree.p, tree.key);
  const TocView toc(tree.db.catalog);
  const auto& key = toc.entry("FK CONSTRAINT", "fk");
  EXPECT_EQ(toc.sql("FK CONSTRAINT", "fk"),
            "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES x(a)\n");
  for (const char* table : {"t", "p", "s", "l1", "l2"})
    EXPECT_TRUE(toc.locks(key, toc.entry("TABLE", table))) << table;
  for (const char* leaf : {"t", "l1", "l2"})
    EXPECT_TRUE(toc.depends(key, toc.entry("TABLE DATA", leaf))) << leaf;
  for (const char* index : {"l1_pkey", "l2_pkey", "s_pkey"}) {
    EXPECT_TRUE(toc.depends(key, toc.entry("INDEX ATTACH", index))) << index;
  }
}

TEST(TocLocks, ForeignKeyOfAPartitionedTableDescends) {
  Tree tree;
  const Index key = tree.db.key(tree.t, "t_pkey", "PRIMARY KEY (a)");
  tree.db.foreign_key(tree.p, "fk", tree.t, key);
  const TocView toc(tree.db.catalog);
  EXPECT_EQ(toc.sql("FK CONSTRAINT", "fk").find("ONLY"), std::string::npos);
  EXPECT_TRUE(toc.locks(toc.entry("FK CONSTRAINT", "fk"), toc.entry("TABLE", "l2")));
}

TEST(TocLocks, IndexAttachLocksBothTables) {
  Tree tree;
  const TocView toc(tree.db.catalog);
  const auto& attach = toc.entry("INDEX ATTACH", "l2_pkey");
  EXPECT_EQ(toc.sql("INDEX ATTACH", "l2_pkey"),
            "ALTER INDEX public.s_pkey ATTACH PARTITION public.l2_pkey\n");
  EXPECT_TRUE(toc.locks(attach, toc.entry("TABLE", "l2")));
  EXPECT_TRUE(toc.locks(attach, toc.entry("TABLE", "s")));
  EXPECT_TRUE(toc.depends(attach, toc.entry("CONSTRAINT", "l2_pkey")));
  EXPECT_TRUE(toc.depends(attach, toc.entry("CONSTRAINT", "s_pkey")));
  // What belongs to a partition is dropped with the partitioned table's.
  EXPECT_TRUE(toc.entry("CONSTRAINT", "l2_pkey").drop.empty());
  EXPECT_FALSE(toc.entry("CONSTRAINT", "p_pkey").drop.empty());
}

TEST(TocLocks, TriggerOnAPartitionedTableWaitsForEveryLeafsRows) {
  Tree tree;
  tree.db.trigger(tree.p, "tg");
  const TocView toc(tree.db.catalog);
  const auto& trigger = toc.entry("TRIGGER", "tg");
  for (const char* leaf : {"l1", "l2"}) {
    EXPECT_TRUE(toc.depends(trigger, toc.entry("TABLE DATA", leaf))) << leaf;
    EXPECT_TRUE(toc.locks(trigger, toc.entry("TABLE", leaf))) << leaf;
  }
}

TEST(TocLocks, TriggerStateOnADeepPartitionComesAfterTheTrigger) {  // D1.7
  Tree tree;
  const Index root = tree.db.trigger(tree.p, "tg");
  // The clone's parent is the clone on s, which does not differ and is not in the catalog.
  Trigger clone;
  clone.oid = tree.db.take_oid();
  clone.name = "tg";
  clone.relation = tree.l2;
  clone.enabled = 'A';
  clone.parent = tree.db.take_oid();
  tree.db.catalog.triggers.push_back(clone);
  const TocView toc(tree.db.catalog);
  const format::TocEntry *first = nullptr, *state = nullptr;
  for (const auto& entry : toc.build.toc.entries) {
    if (entry.kind == "TRIGGER") (entry.table == "p" ? first : state) = &entry;
  }
  ASSERT_NE(first, nullptr);
  ASSERT_NE(state, nullptr);
  EXPECT_TRUE(toc.depends(*state, *first)) << root;
  EXPECT_EQ(state->create[0].sql, "ALTER TABLE public.l2 ENABLE ALWAYS TRIGGER tg");
  EXPECT_TRUE(state->drop.empty());
}

TEST(TocPasses, PrivilegesAndRefreshesComeLast) {
  CatalogBuilder db;
  const Index lower = db.view("z_lower", "SELECT 1 AS a", 'm');
  const Index between = db.view("between", "SELECT a FROM public.z_lower");
  const Index upper = db.view("a_upper", "SELECT a FROM public.between", 'm');
  db.view_needs(between, db.relation_id(lower));
  db.view_needs(upper, db.relation_id(between));
  db.catalog.relations[lower].acl = "{boss=arwdDxt/boss,r1=r/boss}";
  db.catalog.relations[lower].default_acl = "{boss=arwdDxt/boss}";
  db.catalog.relations[lower].columns.push_back({});
  db.catalog.relations[lower].columns[0].name = "a";
  db.catalog.relations[lower].columns[0].number = 1;
  db.catalog.relations[lower].columns[0].acl = "{r2=r/boss}";
  const TocView toc(db.catalog);
  const auto& refresh = toc.entry("MATERIALIZED VIEW DATA", "a_upper");
  EXPECT_EQ(refresh.pass, format::Pass::post_acl);
  EXPECT_TRUE(toc.depends(refresh, toc.entry("MATERIALIZED VIEW DATA", "z_lower")));
  EXPECT_TRUE(toc.locks(refresh, toc.entry("MATERIALIZED VIEW", "a_upper")));
  const auto& table_acl = toc.entry("ACL", "TABLE z_lower");
  EXPECT_EQ(table_acl.pass, format::Pass::acl);
  EXPECT_EQ(toc.sql("ACL", "TABLE z_lower"), "GRANT SELECT ON TABLE public.z_lower TO r1\n");
  EXPECT_TRUE(toc.depends(toc.entry("ACL", "COLUMN z_lower.a"), table_acl));
  EXPECT_EQ(toc.sql("ACL", "COLUMN z_lower.a"), "GRANT SELECT(a) ON TABLE public.z_lower TO r2\n");
}

TEST(TocPasses, MatviewOverAnEmptyOneIsNotRefreshed) {
  CatalogBuilder db;
  const Index lower = db.view("lower", "SELECT 1 AS a", 'm'), upper = db.view("upper", "SELECT 1 AS a", 'm');
  db.view_needs(upper, db.relation_id(lower));
  db.catalog.relations[lower].populated = false;
  const TocView toc(db.catalog);
  EXPECT_FALSE(toc.has("MATERIALIZED VIEW DATA", "lower"));
  EXPECT_FALSE(toc.has("MATERIALIZED VIEW DATA", "upper"));
  EXPECT_TRUE(toc.has("MATERIALIZED VIEW", "upper"));
}

TEST(TocData, NamesTheColumnsThatHoldRows) {
  CatalogBuilder db;
  const Index table = db.table("T");
  db.column(table, "a b");
  db.column(table, "gone").dropped = true;
  db.column(table, "made").generated = 's';
  db.column(table, "c");
  const Index bare = db.table("bare");
  db.catalog.relations[bare].is_config_table = true;
  db.catalog.relations[bare].config_condition = "a > 5";
  const TocView toc(db.catalog);
  ASSERT_EQ(toc.build.data.size(), 2u);
  EXPECT_EQ(toc.build.data[0].columns_sql, "\"a b\", c");
  EXPECT_EQ(toc.build.data[0].qualified_sql, "public.\"T\"");
  EXPECT_EQ(toc.build.data[0].entry, toc.entry("TABLE DATA", "T").id);
  EXPECT_EQ(toc.build.data[0].relation, table);
  EXPECT_EQ(toc.entry("TABLE DATA", "T").copy_target, "public.\"T\" (\"a b\", c)");
  EXPECT_EQ(toc.entry("TABLE DATA", "bare").copy_target, "public.bare");
  EXPECT_EQ(toc.build.data[1].condition_sql, "a > 5");
}

TEST(TocData, RowsHashedByAnEnumGoThroughTheRoot) {  // E5
  Tree tree;
  tree.db.catalog.relations[tree.p].partition_key_sql = "HASH (a)";
  tree.db.catalog.relations[tree.p].columns[0].type_oid = tree.db.type_id(tree.db.type("e", 'e')).oid;
  tree.db.index(tree.l1, "l1_i");
  const TocView toc(tree.db.catalog);
  const auto& rows = toc.entry("TABLE DATA", "l2");
  EXPECT_EQ(rows.copy_target, "public.p (a)");
  EXPECT_TRUE(toc.depends(rows, toc.entry("TABLE ATTACH", "l1")));
  // A row of l2 may land in l1, so l1's index waits for both.
  EXPECT_TRUE(toc.depends(toc.entry("INDEX", "l1_i"), rows));
}

TEST(TocBuild, EqualDatabasesGiveEqualTocs) {
  const auto build = [](Oid first_oid, bool reverse) {
    CatalogBuilder db(first_oid);
    std::vector<std::string> names{"a", "b", "c", "d"};
    if (reverse) std::reverse(names.begin(), names.end());
    for (const auto& name : names) {
      const Index table = db.table(name);
      db.column(table, "id");
      const Index sequence = db.sequence(name + "_seq", table, 1);
      const Index value = db.default_value(table, 1, "nextval('x')");
      db.depend(db.default_id(value), db.relation_id(sequence));
      const Index key = db.key(table, name + "_pkey", "PRIMARY KEY (id)");
      const Index view = db.view("v" + name, "SELECT 1");
      db.view_needs(view, db.constraint_id(key));
    }
    return TocView(db.catalog).build.toc.entries;
  };
  const auto first = build(20000, false);
  EXPECT_EQ(first, build(20000, false));
  EXPECT_EQ(first, build(900000, true));
}

}  // namespace
}  // namespace pgark::dumper
