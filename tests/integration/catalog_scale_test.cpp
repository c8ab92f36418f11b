// Reading a catalog takes the same number of statements however many objects there are, and the shortcuts
// that make it fast give what the server's own functions give.
#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>

#include "dumper/catalog/reader.hpp"
#include "dumper/session.hpp"
#include "roundtrip.hpp"
#include "support/run_coroutine.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> read(params::ConnectParams params, dumper::Catalog& catalog) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto connection = co_await protocol::Connection::connect(executor, std::move(params), {});
  const dumper::DumpOptions options;
  co_await dumper::pin_session(*connection, options.session);
  co_await dumper::begin_snapshot(*connection, false, options.session);
  const dumper::LockTables no_locks = [](auto&&...) -> asio::awaitable<void> { co_return; };
  const dumper::ReadingSessions sessions{*connection};
  catalog = co_await dumper::read_catalog(sessions, options, no_locks);
}

// Each statement of a session in the log, those sent by themselves and those of a pipeline.
std::size_t statements_logged(const Cluster& cluster, std::string_view database) {
  const std::string log = cluster.log_tail(std::size_t{64} << 20);
  const std::string mark = std::string(database) + " LOG:  ";
  std::size_t count = 0;
  for (std::size_t at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1)) {
    const std::string_view rest = std::string_view(log).substr(at + mark.size(), 8);
    if (rest.starts_with("execute") || rest.starts_with("stateme")) ++count;
  }
  return count;
}

std::string objects_sql(int count) {
  return R"sql(
    DO $$ BEGIN FOR i IN 1..)sql" +
         std::to_string(count) + R"sql( LOOP
      EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a text, b varchar)', i);
      EXECUTE format('CREATE INDEX ON t%s (a, lower(b))', i);
      EXECUTE format('CREATE VIEW v%s AS SELECT a, count(*) FROM t%s GROUP BY a', i, i);
      EXECUTE format('CREATE FUNCTION f%s(int) RETURNS int LANGUAGE sql AS ''SELECT $1''', i);
      EXECUTE format('CREATE TYPE e%s AS ENUM (''x'', ''y'')', i);
      EXECUTE format('CREATE DOMAIN d%s AS int CHECK (VALUE > 0)', i);
      EXECUTE format('CREATE SEQUENCE s%s', i);
      EXECUTE format('COMMENT ON TABLE t%s IS ''one of many''', i);
    END LOOP; END $$)sql";
}

TEST(CatalogScaleTest, the_number_of_statements_does_not_grow_with_the_objects) {
  ClusterOptions options;
  options.settings = {"log_statement = 'all'", "log_line_prefix = '%d '", "max_locks_per_transaction = 256"};
  Cluster cluster(options);
  const TempDirectory folder;
  std::vector<std::size_t> counts;
  for (const int objects : {3, 190}) {
    const std::string database = "with" + std::to_string(objects);
    cluster.create_database(database);
    cluster.sql(database, objects_sql(objects));
    const std::size_t before = statements_logged(cluster, database);
    const ProcessResult result = run_long(
        {"backup", "-s", "-d", cluster.conninfo(database), "-o", (folder / (database + ".pgark")).string()});
    ASSERT_TRUE(result.ok()) << result.describe();
    counts.push_back(statements_logged(cluster, database) - before);
  }
  EXPECT_GT(counts[0], 10u);
  EXPECT_EQ(counts[0], counts[1]);
}

TEST(CatalogScaleTest, definitions_of_indexes_are_those_of_the_server) {
  Cluster& cluster = Cluster::shared();
  cluster.create_database("indexes");
  cluster.sql("indexes", R"sql(
    CREATE SCHEMA "Odd Schema";
    CREATE DOMAIN dom AS int;
    CREATE TYPE en AS ENUM ('x');
    CREATE TABLE "Odd Schema"."T able" ("select" int, "Ä" text, "c c" varchar(10), d text COLLATE "C", e dom,
      f en, g int[], h bpchar, i name, j timestamptz, k numeric, dropped int, l uuid);
    ALTER TABLE "Odd Schema"."T able" DROP COLUMN dropped;
    SET search_path = "Odd Schema", public;
    CREATE INDEX plain ON "T able" ("select");
    CREATE UNIQUE INDEX "Uni que" ON "T able" ("Ä" DESC, "c c" NULLS FIRST, d DESC NULLS LAST, l);
    CREATE INDEX coll ON "T able" ("Ä" COLLATE "C");
    CREATE INDEX same ON "T able" (d COLLATE "C");
    CREATE INDEX pattern ON "T able" ("Ä" text_pattern_ops);
    CREATE INDEX varpattern ON "T able" ("c c" varchar_pattern_ops);
    CREATE INDEX vops ON "T able" ("c c" varchar_ops);
    CREATE INDEX ondomain ON "T able" (e); CREATE INDEX onenum ON "T able" (f);
    CREATE INDEX onarray ON "T able" (g); CREATE INDEX gin ON "T able" USING gin (g);
    CREATE INDEX hash ON "T able" USING hash (h); CREATE INDEX mixed ON "T able" (h, i, j DESC, k);
    CREATE INDEX expr ON "T able" (("select" + 1)); CREATE INDEX part ON "T able" (j) WHERE k > 0;
    CREATE INDEX incl ON "T able" (j) INCLUDE (k); CREATE INDEX opt ON "T able" (j) WITH (fillfactor = 50);
    CREATE INDEX brin ON "T able" USING brin (j timestamptz_minmax_multi_ops (values_per_range = 16));
    CREATE TABLE pt (a int, b text) PARTITION BY LIST (a);
    CREATE INDEX ptb ON pt (b, a DESC); CREATE TABLE pt1 PARTITION OF pt FOR VALUES IN (1);
    CREATE INDEX ptonly ON ONLY pt (a);
    CREATE MATERIALIZED VIEW mv AS SELECT 1 AS "order", 'x'::text AS t; CREATE UNIQUE INDEX ON mv ("order", t);
  )sql");
  dumper::Catalog catalog;
  run_coroutine([&] { return read(params_of(cluster.conninfo("indexes")), catalog); });
  ASSERT_GT(catalog.indexes.size(), 20u);
  for (const dumper::IndexInfo& index : catalog.indexes) {
    EXPECT_EQ(index.definition_sql, cluster.sql("indexes", "SET search_path = ''; SELECT pg_get_indexdef(" +
                                                               std::to_string(index.oid) + ")"))
        << index.name;
  }
  cluster.drop_database("indexes");
}

}  // namespace
}  // namespace pgark::test
