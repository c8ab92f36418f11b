// Restores that replace a database keep each other out: --strategy swap and in-place, pgark rollback.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "cli_fixture.hpp"

namespace pgark::test {
namespace {

class ReplaceExclusionTest : public CliFixture {
 protected:
  void SetUp() override {
    drop_all_databases();
    for (const char* name : {"next", "shop"}) cluster_.create_database(name, "TEMPLATE template0");
    cluster_.sql("shop", "CREATE TABLE state (what text); INSERT INTO state VALUES ('old')");
    // Its index is not built elsewhere while a session of the name "holds" is there.
    cluster_.sql("next",
                 "CREATE TABLE state (what text); INSERT INTO state VALUES ('new');"
                 "CREATE FUNCTION waits(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN"
                 " WHILE current_database() <> 'next' AND EXISTS (SELECT FROM pg_stat_activity WHERE"
                 " application_name = 'holds') LOOP PERFORM pg_sleep(0.02), pg_stat_clear_snapshot();"
                 " END LOOP; RETURN t; END $$; CREATE INDEX ON state (waits(what))");
    back_up("next");
  }
  void TearDown() override {
    holder_.reset();
    drop_all_databases();
  }
  std::string state() { return cluster_.sql("shop", "SELECT what FROM state"); }
  // Begins, and is half-way when this returns.
  std::unique_ptr<Process> begin(const Words& options) {
    Command hold = cluster_.client("psql", {"-XAtq", "-d", "postgres", "-c", "SELECT pg_sleep(600)"});
    hold.environment.emplace_back("PGAPPNAME", "holds");
    holder_.emplace(std::move(hold));
    wait_until([this] { return sessions("application_name = 'holds'") == "1"; });
    auto process = std::make_unique<Process>(pgark(restore_words("shop", options)));
    wait_until([&] { return sessions("query LIKE 'CREATE INDEX%'") != "0" || !process->running(); });
    return process;
  }
  void let_go() {
    cluster_.sql("postgres",
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holds'");
    holder_.reset();
  }
  // One that is not kept out would wait for the holder.
  ProcessResult run_soon(Words words) const {
    Command command = pgark(std::move(words));
    command.timeout_ms = 60'000;
    return run(std::move(command));
  }
  // Everything that replaces a database is told that another is at it.
  void expect_kept_out(const std::string& by) {
    const std::string shop = cluster_.conninfo("shop");
    const Words parts{"another restore is replacing what database shop holds", by, "of role postgres",
                      "server process", "nothing has been changed"};
    for (const char* strategy : {"swap", "in-place"})
      expect(run_soon(restore_words("shop", {"--strategy", strategy, "--force"})), 12, parts);
    for (const Words& more : std::vector<Words>{{}, {"--discard"}, {"--from", archive_}})
      expect(run_soon(joined({"rollback", "-d", shop, "--force"}, more)), 12, parts);
    EXPECT_EQ(run_pgark({"rollback", "-d", shop, "--list"}).exit_status, 0);
  }

  std::optional<Process> holder_;
};

TEST_F(ReplaceExclusionTest, ASwapKeepsOthersOut) {
  const auto swap = begin({"--strategy", "swap", "--force"});
  expect_kept_out("pgark restore --strategy swap");
  EXPECT_EQ(state(), "old");
  let_go();
  expect(swap->wait(), 0, {"took its place"});
  EXPECT_EQ(state(), "new");
  // Nothing of it is left: the next one may.
  expect(run_pgark({"rollback", "-d", cluster_.conninfo("shop"), "--force"}), 0, {});
  EXPECT_EQ(state(), "old");
}

TEST_F(ReplaceExclusionTest, AnInPlaceRestoreKeepsOthersOut) {
  const auto over = begin({"--strategy", "in-place", "--force", "--safety-backup", "safe.pgark"});
  expect_kept_out("pgark restore --strategy in-place");
  let_go();
  expect(over->wait(), 0, {"what was there before is in"});
  EXPECT_EQ(state(), "new");
}

TEST_F(ReplaceExclusionTest, OneThatIsKilledKeepsNobodyOut) {
  const auto over = begin({"--strategy", "in-place", "--force", "--safety-backup", "safe.pgark"});
  over->send(SIGKILL);
  over->wait();
  let_go();
  expect(run_pgark({"rollback", "-d", cluster_.conninfo("shop"), "--from", "safe.pgark", "--force"}), 0, {});
  EXPECT_EQ(state(), "old");
}

// Somebody ends the session that keeps the others out: who is not alone any more does not touch anything.
TEST_F(ReplaceExclusionTest, ALockThatIsLostStopsTheExchange) {
  const auto swap = begin({"--strategy", "swap", "--force"});
  cluster_.sql("postgres",
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgark "
               "restore --strategy swap' AND datname = 'shop'");
  let_go();
  expect(swap->wait(), 6, {"kept other restores out is gone", "the restored database waits as", "--to"});
  EXPECT_EQ(state(), "old");
}

// The names of other backups of this second are taken.
TEST_F(ReplaceExclusionTest, SafetyBackupsOfOneSecondGetNamesOfTheirOwn) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  for (int second = 0; second < 300; ++second) {
    const std::string name =
        fmt::format("shop_before_restore_{:%Y%m%dT%H%M%S}Z.pgark", now + std::chrono::seconds(second));
    std::ofstream(folder_ / name) << "of somebody else";
  }
  expect(restore_into("shop", {"--strategy", "in-place", "--force"}), 0, {"Z_2.pgark"});
  EXPECT_EQ(state(), "new");
}

}  // namespace
}  // namespace pgark::test
