// A server whose lock table is too small for the database: what a backup says, and what --lock-budget makes
// of it.
#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>

#include "base/async/cpu_pool.hpp"
#include "dumper/archive_output.hpp"
#include "dumper/data/copy_worker.hpp"
#include "dumper/session.hpp"
#include "dumper/table_locks.hpp"
#include "format/writer.hpp"
#include "roundtrip.hpp"
#include "support/memory_file.hpp"
#include "support/run_coroutine.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// 10 x (20 + 0): room for 200 locks by the settings, for some 420 in fact.
Cluster& small_server() {
  static Cluster cluster([] {
    ClusterOptions options;
    options.settings = {"max_locks_per_transaction = 10", "max_connections = 20",
                        "max_prepared_transactions = 0"};
    return options;
  }());
  return cluster;
}

void make_tables(const std::string& database, int count) {
  small_server().create_database(database);
  for (int from = 1; from <= count; from += 50) {  // a transaction of its own for each part
    small_server().sql(database, "DO $$ BEGIN FOR i IN " + std::to_string(from) + ".." +
                                     std::to_string(from + 49) +
                                     " LOOP EXECUTE format('CREATE TABLE t%s AS SELECT %s AS n', i, i);"
                                     " END LOOP; END $$");
  }
}

ProcessResult backup(const std::string& database, const std::filesystem::path& archive,
                     const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"backup", "-d", small_server().conninfo(database), "-o",
                                     archive.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_long(arguments);
}

TEST(LockRoomTest, one_line_says_which_setting_needs_which_value) {
  const TempDirectory folder;
  make_tables("many", 500);
  for (const char* jobs : {"1", "3"}) {
    const ProcessResult refused = backup("many", folder / "a.pgark", {"-j", jobs});
    EXPECT_EQ(refused.exit_status, 15) << refused.describe();
    EXPECT_THAT(refused.err,
                ContainsRegex("error: the backup needs 500 locks at once and the server has room for "
                              "[0-9]+: set max_locks_per_transaction = 32 \\(now 10\\) and restart"));
    EXPECT_THAT(refused.err, HasSubstr("--lock-budget"));
    EXPECT_LT(refused.err.size(), 700u) << refused.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "a.pgark"));
  }
}

TEST(LockRoomTest, with_a_budget_tables_are_locked_one_by_one) {
  const TempDirectory folder;
  make_tables("budget", 500);
  for (const std::string jobs : {"1", "3"}) {
    const std::filesystem::path archive = folder / ("b" + jobs);
    const ProcessResult saved = backup("budget", archive, {"-j", jobs, "--lock-budget", "100"});
    ASSERT_TRUE(saved.ok()) << saved.describe();
    EXPECT_THAT(saved.err, HasSubstr("locked one by one"));
    const std::string copy = "budget_copy" + jobs;
    small_server().create_database(copy);
    const ProcessResult restored =
        run_long({"restore", archive.string(), "-d", small_server().conninfo(copy), "-j", jobs});
    ASSERT_TRUE(restored.ok()) << restored.describe();
    EXPECT_EQ(small_server().sql(copy, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "500");
    EXPECT_EQ(small_server().sql(copy, "SELECT n FROM t499"), "499");
  }
}

TEST(LockRoomTest, a_budget_that_is_large_enough_keeps_the_full_guarantee) {
  const TempDirectory folder;
  make_tables("enough", 50);
  const ProcessResult saved = backup("enough", folder / "c.pgark", {"--lock-budget", "50"});
  ASSERT_TRUE(saved.ok()) << saved.describe();
  EXPECT_THAT(saved.err, Not(HasSubstr("one by one")));
}

TEST(LockRoomTest, sequences_are_not_locked_all_at_once) {
  const TempDirectory folder;
  small_server().create_database("sequences");
  for (int part = 0; part < 12; ++part) {
    small_server().sql("sequences", "DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('CREATE SEQUENCE s" +
                                        std::to_string(part) + "_%s START %s', i, i); END LOOP; END $$");
  }
  small_server().sql("sequences", "SELECT nextval('s7_33'), nextval('s7_33')");
  const ProcessResult saved = backup("sequences", folder / "d.pgark");
  ASSERT_TRUE(saved.ok()) << saved.describe();
  small_server().create_database("sequences_copy");
  const ProcessResult restored =
      run_long({"restore", (folder / "d.pgark").string(), "-d", small_server().conninfo("sequences_copy")});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(small_server().sql("sequences_copy", "SELECT nextval('s7_33'), nextval('s11_5')"), "35|5");
}

TEST(LockRoomTest, dropping_more_than_one_transaction_can_hold_is_refused_before_anything_is_dropped) {
  const TempDirectory folder;
  make_tables("dropped", 150);
  ASSERT_TRUE(backup("dropped", folder / "e.pgark").ok());
  for (int part = 0; part < 3; ++part) {
    small_server().sql("dropped",
                       "DO $$ BEGIN FOR i IN 1..50 LOOP EXECUTE format('CREATE INDEX ON t%s (n)', i + " +
                           std::to_string(part * 50) + "); END LOOP; END $$");
  }
  const ProcessResult refused = run_long(
      {"restore", (folder / "e.pgark").string(), "--clean", "-d", small_server().conninfo("dropped")});
  EXPECT_EQ(refused.exit_status, 15) << refused.describe();
  EXPECT_THAT(refused.err,
              ContainsRegex("error: dropping what the archive holds needs 300 locks at once and the "
                            "server has room for [0-9]+: set max_locks_per_transaction = "));
  EXPECT_EQ(small_server().sql("dropped", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"),
            "150");
}

const dumper::SessionOptions kUsual;

// Copies the rows of t1 through `worker`, as one of a dump's further connections does.
asio::awaitable<void> copy_t1(protocol::Connection& worker) {
  dumper::DataObject object;
  object.entry = 1;
  object.columns_sql = "n";
  object.qualified_sql = "public.t1";
  const std::vector<dumper::DataObject> objects{object};
  async::CpuPool cpu(1);
  NullEventSink events;
  dumper::ArchiveOutput output(cpu, {},
                               value_or_throw(format::ArchiveWriter::create(
                                   std::make_unique<MemorySink>(std::make_shared<MemoryFile>()))));
  constexpr std::size_t kChunkBytes = 1 << 20;
  const std::vector<dumper::TableWork> work{{0, 8192, 1, 1}};
  BufferPool buffers(2, kChunkBytes);
  dumper::CopyPool pool{.objects = objects,
                        .cpu = cpu,
                        .events = events,
                        .scheduler = dumper::RangeScheduler(work, 1),
                        .buffers = buffers,
                        .chunks = dumper::ChunkSink(objects, output, events.progress),
                        .forecast = dumper::SizeForecast(8192),
                        .chunk_bytes = kChunkBytes,
                        .in_recovery = false,
                        .tables_locked = true};
  dumper::CopyWorkerOptions options;
  options.on_failure = [](const std::exception_ptr&) {};
  co_await dumper::copy_pieces(worker, pool, std::move(options));
}

// Three sessions: the leader holds the table, somebody waits for it exclusively, a worker would queue behind
// him.
asio::awaitable<void> lock_behind_a_waiter(params::ConnectParams params, Cluster& cluster, double& waited_s) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto leader = co_await protocol::Connection::connect(executor, params, {});
  const auto worker = co_await protocol::Connection::connect(executor, params, {});
  co_await dumper::pin_session(*leader, kUsual);
  const dumper::Snapshot snapshot = co_await dumper::begin_snapshot(*leader, true, kUsual);
  std::vector<dumper::TableToLock> tables;
  tables.push_back(
      {static_cast<dumper::Oid>(std::stoul(cluster.sql("waiter", "SELECT 'public.t1'::regclass::oid"))),
       "public.t1"});
  std::string no_timeout;
  co_await dumper::lock_tables(*leader, std::move(tables), std::move(no_timeout));
  Process waiter(cluster.client("psql", {"-X", "-d", "waiter", "-c", "ALTER TABLE t1 ADD COLUMN x int"}));
  while (cluster.sql("waiter", "SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") ::usleep(20'000);
  co_await dumper::import_snapshot(*worker, snapshot);
  const auto begun = std::chrono::steady_clock::now();
  std::exception_ptr failure;
  try {
    co_await copy_t1(*worker);
  } catch (...) {
    failure = std::current_exception();
  }
  waited_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  co_await leader->execute("ROLLBACK");
  waiter.wait();
  if (failure) std::rethrow_exception(failure);
}

TEST(LockRoomTest, a_session_that_waits_for_a_table_ends_a_parallel_dump_at_once) {
  make_tables("waiter", 1);
  double waited_s = 1e9;
  const params::ConnectParams params = params_of(small_server().conninfo("waiter"));
  const Error error = error_of([&] { return lock_behind_a_waiter(params, small_server(), waited_s); });
  EXPECT_EQ(error.code, ErrorCode::snapshot);
  EXPECT_EQ(error.object, "public.t1");
  EXPECT_THAT(error.message, HasSubstr("waits for an exclusive lock"));
  EXPECT_LT(waited_s, 10);
}

}  // namespace
}  // namespace pgark::test
