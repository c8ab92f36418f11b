// Rows on their way back: many connections into one table, counts, digests, failures in the middle of a COPY.
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <thread>

#include "format/checksum.hpp"
#include "format/layout.hpp"
#include "restore_fixture.hpp"

namespace pgark::test {
namespace {

using format::EntryId;
using format::Section;
using restore::RestoreOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kRowsPerChunk = 1000;

class RestoreRowsTest : public RestoreTest {
 protected:
  EntryId table_with_chunks(const std::string& name, std::uint32_t parts, std::uint32_t chunks_each) {
    const EntryId table = made_.table(name, "n int, t text");
    const EntryId rows = made_.data(table, "n, t");
    int next = 0;
    for (std::uint32_t part = 0; part < parts; ++part) {
      for (std::uint32_t sequence = 0; sequence < chunks_each; ++sequence, next += kRowsPerChunk)
        made_.number_chunk(rows, part, sequence, next, kRowsPerChunk);
    }
    return table;
  }
};

TEST_F(RestoreRowsTest, one_connection) {
  const EntryId table = table_with_chunks("t", 1, 3);
  made_.constraint("t_pkey", table, "PRIMARY KEY (n)");
  const auto outcome = restore_made();
  EXPECT_THAT(texts(outcome), IsEmpty());
  EXPECT_EQ(outcome.rows, 3000u);
  EXPECT_EQ(outcome.entries_done, 3u);
  EXPECT_EQ(sql("SELECT count(*), min(n), max(n), count(DISTINCT t) FROM t"), "3000|0|2999|3000");
  // In heap order.
  EXPECT_EQ(sql("SELECT bool_and(ordered) FROM (SELECT n > lag(n, 1, -1) OVER (ORDER BY ctid) AS ordered "
                "FROM t) x"),
            "t");
  EXPECT_EQ(events_.progress.rows_done.load(), 3000u);
  EXPECT_EQ(events_.progress.bytes_done.load(), events_.progress.bytes_total.load());
  EXPECT_EQ(events_.progress.steps_done.load(), events_.progress.steps_total.load());
}

TEST_F(RestoreRowsTest, four_connections_into_several_tables) {
  const EntryId big = table_with_chunks("big", 8, 20);
  for (int i = 0; i < 6; ++i) {
    const EntryId table = table_with_chunks("t" + std::to_string(i), 2, 2);
    made_.constraint("t" + std::to_string(i) + "_pkey", table, "PRIMARY KEY (n)");
    made_.index("t" + std::to_string(i) + "_t", table, "t");
  }
  made_.constraint("big_pkey", big, "PRIMARY KEY (n)");
  made_.index("big_t", big, "t");
  restore::RestoreOptions options;
  options.jobs = 4;
  const auto outcome = restore_made(options);
  EXPECT_THAT(texts(outcome), IsEmpty());
  EXPECT_EQ(outcome.rows, 160'000u + 6 * 4'000u);
  EXPECT_EQ(sql("SELECT count(*), count(DISTINCT n), sum(n) FROM big"), "160000|160000|12799920000");
  EXPECT_EQ(
      sql("SELECT count(*) FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = "
          "'public'::regnamespace)"),
      "14");
}

TEST_F(RestoreRowsTest, one_big_table_is_loaded_by_several_sessions) {
  // A trigger would not exist in a full restore; a default shows which session stored a row.
  const EntryId table = made_.table("t", "n int, filler text, pid int DEFAULT pg_backend_pid()");
  const EntryId rows = made_.data(table, "n, filler");
  const std::string filler(4000, 'x');
  for (std::uint32_t part = 0; part < 40; ++part) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += std::to_string(i) + "\t" + filler + "\n";
    made_.chunk(rows, part, 0, text);
  }
  restore::RestoreOptions options;
  options.jobs = 4;
  EXPECT_EQ(restore_made(options).rows, 40'000u);
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "40000");
  EXPECT_GE(std::stoi(sql("SELECT count(DISTINCT pid) FROM t")), 2);
}

// The first row waits for a lock that another holds, so its session ends long after the others: what they
// loaded stays invisible until then.
TEST_F(RestoreRowsTest, nobody_sees_a_part_of_a_table) {
  const EntryId table = made_.table(
      "t", "n int CHECK (CASE n WHEN 0 THEN pg_advisory_xact_lock(1)::text IS NOT NULL END), filler text");
  const EntryId rows = made_.data(table, "n, filler");
  // Enough for three runs, and loaded before the session that waits gives up its lock.
  const std::string filler(4000, 'x');
  for (int part = 0; part < 40; ++part) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += std::to_string(part * 300 + i) + "\t" + filler + "\n";
    made_.chunk(rows, static_cast<std::uint32_t>(part), 0, text);
  }
  const auto becomes = [this](const std::string& query) {
    for (int i = 0; i < 1200; ++i) {
      if (sql(query) == "t") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  Process holder(cluster_.client("psql", {"-X", "-q", "-d", database_, "-c", "SELECT pg_advisory_lock(1)",
                                          "-c", "SELECT pg_sleep(600)"}));
  ASSERT_TRUE(becomes("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"));

  restore::RestoreOptions options;
  options.jobs = 2;
  std::thread restoring([&] { EXPECT_EQ(restore_made(options).rows, 12'000u); });
  // One COPY waits, and no other is left.
  EXPECT_TRUE(becomes(
      "SELECT count(*) = 1 AND bool_and(wait_event = 'advisory') AND (SELECT count(*) FROM pg_stat_activity "
      "WHERE datname = current_database() AND state LIKE 'idle in transaction%') >= 1 FROM pg_stat_activity "
      "WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY%'"));
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "0");
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> "
      "pg_backend_pid()");
  restoring.join();
  holder.wait();
  EXPECT_EQ(sql("SELECT count(*), count(DISTINCT n) FROM t"), "12000|12000");
}

TEST_F(RestoreRowsTest, tables_without_rows_and_rows_without_columns) {
  const EntryId empty = made_.table("empty", "n int");
  made_.data(empty, "n");
  const EntryId narrow = made_.table("narrow", "");
  const EntryId rows = made_.data(narrow, "");
  made_.toc.entries.back().copy_target = "public.narrow";
  made_.chunk(rows, 0, 0, "\n\n\n");
  EXPECT_THAT(texts(restore_made()), IsEmpty());
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM empty), (SELECT count(*) FROM narrow)"), "0|3");
}

TEST_F(RestoreRowsTest, a_row_the_table_refuses_fails_its_entry_and_what_needs_it) {
  const EntryId bad = made_.table("bad", "n int CHECK (n < 2500), t text");
  const EntryId rows = made_.data(bad, "n, t");
  for (std::uint32_t i = 0; i < 5; ++i) made_.number_chunk(rows, 0, i, static_cast<int>(i) * 1000, 1000);
  made_.constraint("bad_pkey", bad, "PRIMARY KEY (n)");
  const EntryId good = table_with_chunks("good", 1, 2);
  made_.constraint("good_pkey", good, "PRIMARY KEY (n)");
  const auto outcome = restore_made();
  EXPECT_THAT(texts(outcome),
              ElementsAre("failed TABLE DATA public.bad", "skipped CONSTRAINT public.bad_pkey on bad"));
  const Error& error = outcome.failed[0].error;
  EXPECT_EQ(error.code, ErrorCode::server);
  ASSERT_TRUE(error.server);
  EXPECT_EQ(error.server->sqlstate, "23514");
  EXPECT_EQ(error.statement, "COPY public.bad (n, t) FROM STDIN");
  EXPECT_EQ(error.object, "TABLE DATA public.bad");
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM bad), (SELECT count(*) FROM good)"), "0|2000");
  EXPECT_EQ(outcome.rows, 2000u);
  EXPECT_EQ(events_.progress.rows_done.load(), 2000u);
  EXPECT_TRUE(events_.contains("TABLE DATA public.bad: new row for relation")) << events_.lines.back();
}

TEST_F(RestoreRowsTest, a_table_that_several_connections_failed_to_load_is_left_empty) {
  const EntryId table = made_.table("t", "n int CHECK (n <> 38500), filler text");
  const EntryId rows = made_.data(table, "n, filler");
  const std::string filler(4000, 'x');
  for (std::uint32_t part = 0; part < 40; ++part) {
    std::string text;
    for (std::uint32_t i = 0; i < 1000; ++i) text += std::to_string(part * 1000 + i) + "\t" + filler + "\n";
    made_.chunk(rows, part, 0, text);
  }
  restore::RestoreOptions options;
  options.jobs = 2;
  const auto outcome = restore_made(options);
  EXPECT_THAT(texts(outcome), ElementsAre("failed TABLE DATA public.t"));
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(outcome.rows, 0u);
}

TEST_F(RestoreRowsTest, exit_on_error_stops_at_the_first_failure) {
  const EntryId bad = made_.table("bad", "n int CHECK (n < 0), t text");
  made_.number_chunk(made_.data(bad, "n, t"), 0, 0, 0, 10);
  made_.add("VIEW", "later", Section::post_data, "CREATE VIEW public.later AS SELECT 1", {2});
  restore::RestoreOptions options;
  options.exit_on_error = true;
  const Error error = error_of_restore(options);
  EXPECT_EQ(error.code, ErrorCode::server);
  EXPECT_EQ(error.object, "TABLE DATA public.bad");
  EXPECT_EQ(sql("SELECT to_regclass('later') IS NULL"), "t");
}

TEST_F(RestoreRowsTest, rows_that_were_not_stored_are_a_mismatch) {
  sql("CREATE TABLE t (n int, t text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF "
      "NEW.n = 7 THEN RETURN NULL; END IF; RETURN NEW; END$$; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH "
      "ROW EXECUTE FUNCTION f()");
  table_with_chunks("t", 1, 1);
  restore::RestoreOptions options;
  options.data_only = true;
  const Error error = error_of_restore(options);
  EXPECT_EQ(error.code, ErrorCode::mismatch);
  EXPECT_EQ(error.to_string(), "TABLE DATA public.t: 1000 rows were sent, but the server stored 999");
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "0");
}

TEST_F(RestoreRowsTest, a_damaged_chunk_stops_the_restore_and_is_not_kept) {
  table_with_chunks("t", 1, 4);
  std::vector<std::byte> bytes = made_.finish();
  std::uint64_t at = 0;
  {
    const auto intact = value_or_throw(format::ArchiveReader::open(std::make_unique<MemorySource>(bytes)));
    const auto& last = intact->chunks().back();
    at = last.offset + last.total_bytes - 10;
  }
  bytes[at] ^= std::byte{1};
  const auto archive = value_or_throw(format::ArchiveReader::open(std::make_unique<MemorySource>(bytes)));
  const Error error = error_of_restore(*archive);
  EXPECT_EQ(error.code, ErrorCode::archive_damaged);
  EXPECT_EQ(error.object, "memory");
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "0");
}

TEST_F(RestoreRowsTest, a_wrong_digest_is_found_before_the_commit) {
  const EntryId table = made_.table("t", "n int, t text");
  const EntryId rows = made_.data(table, "n, t");
  // Sound checksums around a digest that belongs to other rows.
  format::ChunkCoder coder;
  const std::string text = "1\tone\n";
  format::layout::BlockHeader header;
  header.kind = format::layout::BlockKind::chunk;
  header.payload_checksum = format::checksum64(as_bytes(text));
  header.info = value_or_throw(coder.encode(rows, 0, 0, as_bytes(text), {format::Codec::none, 0})).info;
  header.info.digest.low ^= 1;
  ByteBuffer forged;
  format::layout::encode_block_header(header, forged);
  const std::array<ByteSpan, 2> pieces{forged, as_bytes(text)};
  made_.append({header.info, pieces, forged.size() + text.size()});
  const Error error = error_of_restore();
  EXPECT_EQ(error.code, ErrorCode::archive_damaged);
  EXPECT_THAT(error.message, HasSubstr("digest"));
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "0");
}

TEST_F(RestoreRowsTest, bytes_of_another_encoding_are_converted) {
  made_.toc.info[format::info_key::kEncoding] = "LATIN1";
  const EntryId table = made_.table("t", "a text");
  made_.chunk(made_.data(table, "a"), 0, 0, "caf\xe9\n");
  EXPECT_THAT(texts(restore_made()), IsEmpty());
  EXPECT_EQ(sql("SELECT a = U&'caf\\00e9' FROM t"), "t");
}

TEST_F(RestoreRowsTest, data_only_goes_into_tables_that_are_there) {
  table_with_chunks("t", 1, 2);
  table_with_chunks("u", 1, 1);
  const auto archive = made_.open();
  restore::RestoreOptions options;
  options.data_only = true;
  sql("CREATE TABLE u (n int, t text); INSERT INTO u VALUES (-1, 'kept')");
  const Error error = error_of_restore(*archive, options);
  EXPECT_EQ(error.code, ErrorCode::mismatch);
  EXPECT_THAT(error.message, HasSubstr("public.t"));
  sql("CREATE TABLE t (n int, t text)");
  EXPECT_EQ(error_of_restore(*archive, options).code, ErrorCode::target_not_empty);
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"), "0|1");
  options.append = true;
  EXPECT_THAT(texts(restore(*archive, options)), IsEmpty());
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"), "2000|1001");
}

TEST_F(RestoreRowsTest, data_only_respects_the_foreign_keys_that_are_there) {
  const EntryId child = made_.table("child", "id int, p int"),
                parent = made_.table("parent", "id int, up int");
  std::string parents, children;
  for (int i = 0; i < 20'000; ++i) {
    parents += std::to_string(i) + "\t" + std::to_string(19'999 - i) + "\n";
    children += std::to_string(i) + "\t" + std::to_string(i) + "\n";
  }
  made_.chunk(made_.data(child, "id, p"), 0, 0, children);
  const EntryId rows = made_.data(parent, "id, up");
  // Each half of the rows refers to the other half.
  made_.chunk(rows, 0, 0, std::string_view(parents).substr(0, parents.find("10000\t")));
  made_.chunk(rows, 1, 0, std::string_view(parents).substr(parents.find("10000\t")));
  const EntryId key = made_.constraint("parent_pkey", parent, "PRIMARY KEY (id)");
  made_.constraint("child_fk", child, "FOREIGN KEY (p) REFERENCES public.parent (id)", {parent, key});
  made_.toc.entries.back().kind = "FK CONSTRAINT";
  made_.constraint("parent_fk", parent, "FOREIGN KEY (up) REFERENCES public.parent (id)", {key});
  made_.toc.entries.back().kind = "FK CONSTRAINT";
  const auto archive = made_.open();
  RestoreOptions options;
  options.schema_only = true;
  EXPECT_THAT(texts(restore(*archive, options)), IsEmpty());
  options = {};
  options.data_only = true;
  options.jobs = 3;
  EXPECT_THAT(texts(restore(*archive, options)), IsEmpty());
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child)"), "20000|20000");
}

TEST_F(RestoreRowsTest, hostile_database_settings_do_not_matter) {
  for (const char* setting :
       {"default_transaction_read_only = on", "array_nulls = off", "statement_timeout = 1",
        "client_encoding = 'LATIN1'", "search_path = 'nowhere'"}) {
    cluster_.sql("postgres", std::string("ALTER DATABASE restore_target SET ") + setting);
  }
  const EntryId table = made_.table("t", "a int[], b text");
  made_.chunk(made_.data(table, "a, b"), 0, 0, "{1,NULL}\tcaf\xc3\xa9\n");
  restore::RestoreOptions options;
  EXPECT_THAT(texts(restore_made(options)), IsEmpty());
  cluster_.sql("postgres", "ALTER DATABASE restore_target RESET ALL");
  EXPECT_EQ(sql("SELECT a[2] IS NULL AND b = U&'caf\\00e9' FROM t"), "t");
}

// The rest needs a server of its own, to be killed.
class RestoreInterruptedTest : public testing::Test {
 protected:
  // More rows than can be loaded before somebody acts.
  static std::unique_ptr<format::ArchiveReader> big_archive() {
    ArchiveMaker made;
    const EntryId table = made.table("big", "n int, t text");
    const EntryId rows = made.data(table, "n, t");
    std::string text;
    for (int i = 0; i < 200'000; ++i)
      text += std::to_string(i) + "\tsome text to make the row a little longer\n";
    for (std::uint32_t part = 0; part < 60; ++part) made.chunk(rows, part, 0, text);
    return made.open();
  }
  static boost::asio::awaitable<void> restore_into(Cluster& cluster, const format::ArchiveReader& archive,
                                                   async::CpuPool& cpu, EventSink& events) {
    const auto executor = co_await boost::asio::this_coro::executor;
    restore::RestoreOptions options;
    options.jobs = 3;
    params::ConnectParams target = params_of(cluster.conninfo());
    co_await restore::restore(executor, cpu, std::move(target), options, archive, events);
  }
};

TEST_F(RestoreInterruptedTest, a_killed_server_is_a_lost_connection_at_once) {
  Cluster cluster;
  const auto archive = big_archive();
  async::CpuPool cpu(2);
  RecordingEvents events;
  std::thread killer([&] {
    while (events.progress.rows_done < 1'000'000) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    cluster.stop(Cluster::StopMode::immediate);
  });
  const Error error = error_of([&] { return restore_into(cluster, *archive, cpu, events); });
  killer.join();
  EXPECT_EQ(error.code, ErrorCode::connection_lost) << error.to_string();
}

TEST_F(RestoreInterruptedTest, cancellation_leaves_no_statement_behind) {
  Cluster cluster;
  const auto archive = big_archive();
  async::CpuPool cpu(2);
  RecordingEvents events;
  EXPECT_THROW(run_and_cancel([&] { return restore_into(cluster, *archive, cpu, events); },
                              [&events] { return events.progress.rows_done > 0; }),
               boost::system::system_error);
  for (int i = 0; i < 100; ++i) {
    if (cluster.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgark'") ==
        "0")
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(cluster.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgark'"),
            "0");
}

}  // namespace
}  // namespace pgark::test
