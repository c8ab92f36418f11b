// The catalog reader against a real server that holds one of everything (catalog_schema.sql).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "dumper/catalog/reader.hpp"
#include "dumper/session.hpp"
#include "dumper/table_locks.hpp"
#include "support/cluster.hpp"
#include "support/run_coroutine.hpp"

namespace pgark::dumper {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kDatabase = "catalog_rich";

std::string schema_sql() {
  std::ifstream file(std::string(PGARK_SOURCE_DIR) + "/tests/integration/catalog_schema.sql");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

boost::asio::awaitable<void> read(params::ConnectParams params, const DumpOptions& options,
                                  std::vector<std::string>& locked, Catalog& catalog) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const std::unique_ptr<protocol::Connection> connection =
      co_await protocol::Connection::connect(executor, std::move(params), {});
  co_await pin_session(*connection, options.session);
  co_await begin_snapshot(*connection, false, options.session);
  const LockTables lock = [&](const Catalog&, std::vector<TableToLock> tables) {
    for (const TableToLock& table : tables) locked.push_back(table.name_sql);
    return lock_tables(*connection, std::move(tables), options.session.lock_wait_timeout);
  };
  const ReadingSessions sessions{*connection};
  catalog = co_await read_catalog(sessions, options, lock);
}

class CatalogReaderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    test::Cluster& cluster = test::Cluster::shared();
    cluster.create_database(kDatabase);
    cluster.sql(kDatabase, schema_sql());
  }
  static void TearDownTestSuite() {
    test::Cluster& cluster = test::Cluster::shared();
    cluster.sql(kDatabase, "DROP SUBSCRIPTION sub");
    cluster.drop_database(kDatabase);
  }

  const Catalog& read_as(const Selection& selection, std::string_view extra = {}) {
    const params::ConnectParams params = test::params_of(test::Cluster::shared().conninfo(kDatabase, extra));
    DumpOptions options;
    options.selection = selection;
    locked_.clear();
    test::run_coroutine([&] { return read(params, options, locked_, catalog_); });
    return catalog_;
  }
  Error error_of(const Selection& selection) {
    try {
      read_as(selection);
    } catch (const Exception& exception) {
      return exception.error();
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  template <class T>
  static const T& named(const std::vector<T>& objects, std::string_view name) {
    const auto found =
        std::find_if(objects.begin(), objects.end(), [name](const T& each) { return each.name == name; });
    if (found == objects.end()) throw std::runtime_error("no object " + std::string(name));
    return *found;
  }
  const Relation& relation(std::string_view name) const { return named(catalog_.relations, name); }
  std::vector<std::string> wanted_relations() const {
    std::vector<std::string> result;
    for (const Relation& each : catalog_.relations) {
      if ((each.components & kDefinition) != 0) result.push_back(each.name);
    }
    return result;
  }

  Catalog catalog_;
  std::vector<std::string> locked_;
};

Selection tables(std::vector<std::string> patterns) {
  Selection selection;
  selection.include_tables = std::move(patterns);
  return selection;
}

TEST_F(CatalogReaderTest, locks_every_table_before_anything_else) {
  read_as({});
  EXPECT_THAT(locked_,
              UnorderedElementsAre("\"Odd Schema\".\"Child\"\"Q\"", "\"Odd Schema\".other",
                                   "\"Odd Schema\".parent", "public.nopk", "sales.customer", "sales.log",
                                   "sales.log_1", "sales.log_d", "sales.orders", "sales.typed"));
}

TEST_F(CatalogReaderTest, reads_columns) {
  read_as({});
  const std::vector<Column>& columns = relation("customer").columns;
  ASSERT_THAT(columns, SizeIs(8));
  EXPECT_EQ(columns[0].identity, 'a');
  EXPECT_TRUE(columns[0].not_null);
  EXPECT_EQ(columns[1].collation_sql, "pg_catalog.\"C\"");
  EXPECT_EQ(columns[1].statistics_target, 77);
  EXPECT_EQ(columns[1].storage, 'e');
  EXPECT_EQ(columns[1].compression, 'p');
  EXPECT_EQ(columns[1].acl, "{=w/postgres}");
  EXPECT_EQ(columns[2].type_sql, "sales.email");
  EXPECT_TRUE(columns[4].dropped);
  EXPECT_THAT(columns[5].options, ElementsAre("n_distinct=5"));
  EXPECT_EQ(columns[6].generated, 's');
  EXPECT_EQ(catalog_.defaults[columns[3].default_value].expression_sql, "'happy'::sales.mood");
  EXPECT_TRUE(catalog_.defaults[columns[6].default_value].generated);
}

TEST_F(CatalogReaderTest, reads_table_properties) {
  read_as({});
  const Relation& customer = relation("customer");
  EXPECT_THAT(customer.options, ElementsAre("fillfactor=70"));
  EXPECT_THAT(customer.toast_options, ElementsAre("autovacuum_enabled=off"));
  EXPECT_EQ(customer.acl, "{postgres=arwdDxt/postgres,\"\\\"Odd Role\\\"=r/postgres\"}");
  EXPECT_EQ(customer.access_method, "heap");
  EXPECT_EQ(customer.heap_bytes, static_cast<std::uint64_t>(customer.heap_pages) * 8192);
  EXPECT_GT(customer.heap_pages, 10);
  EXPECT_GT(customer.total_bytes, customer.heap_bytes);
  EXPECT_EQ(relation("nopk").persistence, 'u');
  EXPECT_THAT(relation("nopk").columns, IsEmpty());
  EXPECT_EQ(relation("typed").of_type_sql, "sales.point3");
  EXPECT_EQ(relation("orders").replica_identity, 'i');
  EXPECT_TRUE(relation("orders").force_row_security);
}

TEST_F(CatalogReaderTest, reads_partitions_and_parents) {
  read_as({});
  EXPECT_EQ(relation("log").partition_key_sql, "RANGE (at)");
  EXPECT_EQ(relation("log_1").partition_bound_sql, "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')");
  EXPECT_EQ(relation("log_d").partition_bound_sql, "DEFAULT");
  const Relation& child = relation("Child\"Q");
  ASSERT_THAT(child.parents, SizeIs(2));
  EXPECT_EQ(catalog_.relations[child.parents[0]].name, "other");
  EXPECT_EQ(catalog_.relations[child.parents[1]].name, "parent");
}

TEST_F(CatalogReaderTest, reads_views) {
  read_as({});
  const Relation& view = relation("v");
  EXPECT_EQ(view.check_option, "LOCAL");
  EXPECT_THAT(view.options, ElementsAre("security_barrier=true"));
  EXPECT_THAT(view.view_sql, HasSubstr("FROM sales.customer"));
  EXPECT_FALSE(view.view_sql.ends_with(';'));
  EXPECT_THAT(relation("mv").depends_on_extensions, ElementsAre("hstore"));
}

TEST_F(CatalogReaderTest, reads_rules_and_policies) {
  read_as({});
  ASSERT_THAT(catalog_.rules, SizeIs(3));
  const Rule& own = named(catalog_.rules, "ru");
  EXPECT_FALSE(own.is_view_rule);
  EXPECT_EQ(catalog_.relations[own.relation].name, "orders");
  EXPECT_THAT(own.definition_sql, HasSubstr("WHERE (new.id > 5) DO NOTHING"));
  EXPECT_TRUE(named(catalog_.rules, "_RETURN").is_view_rule);
  ASSERT_THAT(catalog_.policies, SizeIs(1));
  const Policy& policy = catalog_.policies[0];
  EXPECT_EQ(policy.name, "pol");
  EXPECT_EQ(policy.command, '*');
  EXPECT_TRUE(policy.permissive);
  EXPECT_THAT(policy.roles, IsEmpty());
  EXPECT_EQ(policy.using_sql, "(id > 0)");
  EXPECT_FALSE(policy.check_sql);
}

TEST_F(CatalogReaderTest, reads_statistics_and_event_triggers) {
  read_as({});
  ASSERT_THAT(catalog_.extended_statistics, SizeIs(1));
  EXPECT_EQ(catalog_.relations[catalog_.extended_statistics[0].relation].name, "orders");
  EXPECT_EQ(catalog_.extended_statistics[0].target, -1);
  EXPECT_THAT(catalog_.extended_statistics[0].definition_sql, HasSubstr("(dependencies)"));
  ASSERT_THAT(catalog_.event_triggers, SizeIs(1));
  EXPECT_EQ(catalog_.event_triggers[0].event, "ddl_command_end");
  EXPECT_EQ(catalog_.event_triggers[0].function_sql, "sales.evt");
  EXPECT_EQ(catalog_.event_triggers[0].enabled, 'D');
}

TEST_F(CatalogReaderTest, reads_what_foreign_tables_stand_on) {
  read_as({});
  ASSERT_THAT(catalog_.foreign_data_wrappers, SizeIs(1));
  EXPECT_THAT(catalog_.foreign_data_wrappers[0].validator_sql, IsEmpty());
  ASSERT_THAT(catalog_.foreign_servers, SizeIs(1));
  EXPECT_EQ(catalog_.foreign_servers[0].wrapper, "fdw");
  EXPECT_THAT(catalog_.foreign_servers[0].options, ElementsAre("a 'b'"));
  ASSERT_THAT(catalog_.user_mappings, SizeIs(1));
  EXPECT_THAT(catalog_.user_mappings[0].user, IsEmpty());
  EXPECT_THAT(catalog_.user_mappings[0].options, ElementsAre("password 'x'"));
  EXPECT_FALSE(catalog_.user_mappings[0].hidden);
  const Relation& table = relation("ft");
  EXPECT_EQ(table.foreign_server, "srv");
  EXPECT_THAT(table.foreign_options, ElementsAre("o 'p'"));
  EXPECT_THAT(table.columns[0].fdw_options, ElementsAre("k 'v''w'"));
}

TEST_F(CatalogReaderTest, options_of_a_mapping_that_may_not_be_read_are_known_to_be_hidden) {
  test::Cluster& cluster = test::Cluster::shared();
  cluster.sql(kDatabase, "CREATE ROLE mapping_reader LOGIN IN ROLE pg_read_all_data");
  const params::ConnectParams params = test::params_of(cluster.conninfo(kDatabase, "user=mapping_reader"));
  DumpOptions options;
  options.selection.schema_only = true;
  test::run_coroutine([&] { return read(params, options, locked_, catalog_); });
  ASSERT_THAT(catalog_.user_mappings, SizeIs(1));
  EXPECT_TRUE(catalog_.user_mappings[0].hidden);
  EXPECT_THAT(catalog_.user_mappings[0].options, IsEmpty());
  cluster.sql(kDatabase, "DROP ROLE mapping_reader");
}

TEST_F(CatalogReaderTest, reads_sequences_and_their_values) {
  read_as({});
  const SequenceInfo& plain = catalog_.sequences[relation("sq").sequence];
  EXPECT_EQ(plain.type_sql, "smallint");
  EXPECT_EQ(plain.increment, -1);
  EXPECT_EQ(plain.start, -5);
  EXPECT_EQ(plain.last_value, -6);
  EXPECT_TRUE(plain.is_called);
  EXPECT_EQ(plain.owned_by, kNone);
  const SequenceInfo& identity = catalog_.sequences[relation("customer_id_seq").sequence];
  EXPECT_TRUE(identity.identity);
  EXPECT_EQ(catalog_.relations[identity.owned_by].name, "customer");
  EXPECT_EQ(identity.last_value, 5000);
  const SequenceInfo& serial = catalog_.sequences[relation("orders_id_seq").sequence];
  EXPECT_FALSE(serial.identity);
  EXPECT_EQ(serial.owned_by_column, 1);
  EXPECT_FALSE(serial.is_called);
}

TEST_F(CatalogReaderTest, reads_constraints_and_indexes) {
  read_as({});
  const Constraint& unique = named(catalog_.constraints, "orders_customer_day_id_key");
  EXPECT_EQ(unique.type, 'u');
  const IndexInfo& index = catalog_.indexes[unique.index];
  EXPECT_EQ(index.constraint, unique.oid);
  EXPECT_TRUE(index.nulls_not_distinct);
  EXPECT_THAT(index.options, ElementsAre("fillfactor=77"));
  const Constraint& foreign = named(catalog_.constraints, "orders_customer_fkey");
  EXPECT_TRUE(foreign.deferrable && foreign.deferred);
  EXPECT_EQ(foreign.referenced_relation, relation("customer").oid);
  EXPECT_EQ(foreign.referenced_index, named(catalog_.indexes, "customer_pkey").oid);
  EXPECT_TRUE(named(catalog_.constraints, "customer_n_check").inline_in_table);
  EXPECT_FALSE(named(catalog_.constraints, "nv").inline_in_table);
  const IndexInfo& expression = named(catalog_.indexes, "orders_expr");
  EXPECT_THAT(expression.statistics_targets, ElementsAre(std::pair(1, 55)));
  EXPECT_THAT(expression.depends_on_extensions, ElementsAre("hstore"));
  EXPECT_TRUE(named(catalog_.indexes, "log_v").partitioned);
  EXPECT_EQ(named(catalog_.indexes, "log_1_v_idx").parent, named(catalog_.indexes, "log_v").oid);
  EXPECT_TRUE(named(catalog_.indexes, "orders_pkey").clustered);
  EXPECT_TRUE(named(catalog_.indexes, "orders_pkey").replica_identity);
}

TEST_F(CatalogReaderTest, reads_types) {
  read_as({});
  const Type& mood = named(catalog_.types, "mood");
  ASSERT_THAT(mood.labels, SizeIs(4));
  EXPECT_EQ(mood.labels[1].label, "meh");
  EXPECT_EQ(mood.labels[2].label, "it's ok");
  const Type& email = named(catalog_.types, "email");
  EXPECT_EQ(email.base_type_sql, "character varying(100)");
  EXPECT_EQ(email.collation_sql, "pg_catalog.\"C\"");
  EXPECT_EQ(email.default_sql, "'a@b'::character varying");
  EXPECT_TRUE(email.not_null);
  ASSERT_THAT(email.constraints, SizeIs(1));
  EXPECT_EQ(email.constraints[0].name, "has_at");
  const Type& point = named(catalog_.types, "point3");
  ASSERT_THAT(point.attributes, SizeIs(3));
  EXPECT_TRUE(point.attributes[1].dropped);
  EXPECT_EQ(point.attributes[2].collation_sql, "pg_catalog.\"C\"");
  EXPECT_TRUE(named(catalog_.types, "_mood").hidden);
  EXPECT_TRUE(named(catalog_.types, "customer").hidden);
}

TEST_F(CatalogReaderTest, reads_functions) {
  read_as({});
  const Function& f = named(catalog_.functions, "f");
  EXPECT_EQ(f.identity_arguments_sql, "a integer, OUT b integer, INOUT c text, VARIADIC d integer[]");
  EXPECT_THAT(f.arguments_sql, HasSubstr("DEFAULT 'q'::text"));
  EXPECT_EQ(f.argument_types, "integer, text, integer[]");
  EXPECT_EQ(f.result_sql, "record");
  EXPECT_EQ(f.volatility, 's');
  EXPECT_TRUE(f.strict && f.security_definer);
  EXPECT_EQ(f.cost, 7);
  EXPECT_THAT(f.configuration, ElementsAre("search_path=\"\", x"));
  EXPECT_THAT(named(catalog_.functions, "g").sql_body.value(), HasSubstr("BEGIN ATOMIC"));
  EXPECT_THAT(named(catalog_.functions, "g").depends_on_extensions, ElementsAre("hstore"));
  EXPECT_EQ(named(catalog_.functions, "p").kind, 'p');
}

TEST_F(CatalogReaderTest, reads_changed_privileges_of_built_in_objects) {
  read_as({});
  EXPECT_EQ(named(catalog_.functions, "pg_sleep").acl, "{postgres=X/postgres}");
  EXPECT_EQ(named(catalog_.functions, "pg_sleep").components, kAcl);
  const Relation& authid = relation("pg_authid");
  EXPECT_EQ(authid.components, kAcl);
  EXPECT_EQ(named(authid.columns, "rolname").acl, "{\"\\\"Odd Role\\\"=r/postgres\"}");
}

TEST_F(CatalogReaderTest, reads_triggers) {
  read_as({});
  const Trigger& own = named(catalog_.triggers, "t1");
  EXPECT_EQ(own.enabled, 'D');
  EXPECT_THAT(own.definition_sql, HasSubstr("WHEN ((new.n > 0))"));
  ASSERT_THAT(catalog_.triggers, SizeIs(3));
  const auto clone = std::find_if(catalog_.triggers.begin(), catalog_.triggers.end(),
                                  [](const Trigger& trigger) { return trigger.parent != 0; });
  ASSERT_NE(clone, catalog_.triggers.end());
  EXPECT_EQ(clone->enabled, 'A');
  EXPECT_EQ(clone->parent_enabled, 'O');
  EXPECT_THAT(clone->definition_sql, IsEmpty());
}

TEST_F(CatalogReaderTest, reads_the_database_and_its_settings) {
  const DatabaseInfo& database = read_as({}).database;
  EXPECT_EQ(database.name, kDatabase);
  EXPECT_EQ(database.owner, "postgres");
  EXPECT_EQ(database.comment, "rich");
  EXPECT_THAT(database.settings, ElementsAre("work_mem=8MB"));
  EXPECT_THAT(database.role_settings,
              ElementsAre(std::pair<std::string, std::string>("Odd Role", "search_path=\"\"")));
  EXPECT_EQ(database.server_version_num, test::Cluster::shared().server_version_num());
  EXPECT_FALSE(database.in_recovery);
}

TEST_F(CatalogReaderTest, names_every_object_it_cannot_save) {
  std::vector<std::string> found;
  for (const format::ReportItem& each : read_as({}).report) found.push_back(each.kind + " " + each.name);
  EXPECT_THAT(found, ElementsAre("VIEW information_schema.mine"));
}

TEST_F(CatalogReaderTest, a_table_pattern_selects_tables_and_their_sequences) {
  read_as(tables({"sales.o*", "nopk"}));
  EXPECT_THAT(wanted_relations(), UnorderedElementsAre("orders", "orders_id_seq", "nopk"));
  EXPECT_THAT(locked_, UnorderedElementsAre("sales.orders", "public.nopk"));
}

TEST_F(CatalogReaderTest, a_pattern_without_a_schema_follows_the_search_path) {
  EXPECT_EQ(error_of(tables({"customer"})).code, ErrorCode::usage);
  read_as(tables({"customer"}), "options='-c search_path=sales'");
  EXPECT_THAT(wanted_relations(), Contains("customer"));
}

TEST_F(CatalogReaderTest, schema_patterns_include_and_exclude) {
  Selection selection;
  selection.include_schemas = {"\"Odd Schema\"", "sal*"};
  selection.exclude_schemas = {"sales"};
  read_as(selection);
  EXPECT_THAT(wanted_relations(), UnorderedElementsAre("Child\"Q", "other", "parent", "sq"));
  EXPECT_EQ(named(catalog_.extensions, "hstore").components, 0);
}

TEST_F(CatalogReaderTest, a_child_alone_still_shows_its_parents) {
  read_as(tables({"\"Odd Schema\".\"Child\"\"Q\""}));
  EXPECT_THAT(wanted_relations(), ElementsAre("Child\"Q"));
  EXPECT_TRUE(relation("parent").interesting);
  EXPECT_THAT(relation("parent").columns, SizeIs(2));
}

TEST_F(CatalogReaderTest, a_pattern_that_matches_nothing_is_named) {
  Selection selection = tables({"sales.customer", "sales.nothing"});
  read_as(selection);
  EXPECT_THAT(catalog_.report, Contains(Field(&format::ReportItem::text, HasSubstr("sales.nothing"))));
  selection.strict_names = true;
  const Error error = error_of(selection);
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.object, "sales.nothing");
  selection = {};
  selection.include_schemas = {"pg_catalog"};
  EXPECT_EQ(error_of(selection).object, "pg_catalog");
}

TEST_F(CatalogReaderTest, a_pattern_of_another_database_is_refused) {
  EXPECT_THAT(error_of(tables({"other.sales.customer"})).message, HasSubstr("cross-database"));
  read_as(tables({"catalog_rich.sales.customer"}));
  EXPECT_THAT(wanted_relations(), Contains("customer"));
}

TEST_F(CatalogReaderTest, data_only_asks_for_no_definition) {
  Selection selection;
  selection.data_only = true;
  read_as(selection);
  EXPECT_THAT(wanted_relations(), IsEmpty());
  EXPECT_EQ(relation("customer").components, kData);
  EXPECT_THAT(relation("customer").columns, SizeIs(8));
  EXPECT_TRUE(catalog_.sequences[relation("sq").sequence].value_known);
  EXPECT_THAT(catalog_.report, IsEmpty());
  EXPECT_THAT(catalog_.publications, IsEmpty());
  EXPECT_THAT(catalog_.large_objects, SizeIs(1));
}

TEST_F(CatalogReaderTest, schema_only_reads_no_values) {
  Selection selection;
  selection.schema_only = true;
  read_as(selection);
  EXPECT_THAT(wanted_relations(), Contains("customer"));
  EXPECT_FALSE(catalog_.sequences[relation("sq").sequence].value_known);
}

TEST_F(CatalogReaderTest, a_sequence_that_may_not_be_read_is_named) {
  test::Cluster& cluster = test::Cluster::shared();
  cluster.sql(kDatabase,
              "CREATE ROLE reader LOGIN; CREATE SCHEMA r; GRANT USAGE ON SCHEMA r TO reader; CREATE SEQUENCE "
              "r.secret");
  Selection selection;
  selection.include_schemas = {"r"};
  try {
    read_as(selection, "user=reader");
    FAIL();
  } catch (const Exception& exception) {
    EXPECT_THAT(exception.error().to_string(), HasSubstr("secret"));
  }
  cluster.sql(kDatabase, "DROP SCHEMA r CASCADE; DROP ROLE reader");
}

}  // namespace
}  // namespace pgark::dumper
