// Which of the databases beside the one in use count as whole: pgark rollback --list says so, and --to takes
// no other.
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "base/sql_quote.hpp"
#include "cli_fixture.hpp"

namespace pgark::test {
namespace {

constexpr const char* kFreshName = "shop_pgark_new_20260115T143000Z";

class ReplaceWholeTest : public CliFixture {
 protected:
  ReplaceWholeTest() : CliFixture(server()) {}
  static Cluster& server() {
    static Cluster cluster(with_settings({"max_prepared_transactions = 2"}));
    return cluster;
  }
  void SetUp() override {
    drop_all_databases();
    cluster_.create_database("shop", "TEMPLATE template0");
    // The comment is not in the encoding of the database from which the names are changed.
    cluster_.create_database("next", "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
    cluster_.sql("shop", "CREATE TABLE state (what text); INSERT INTO state VALUES ('old')");
    cluster_.sql("next",
                 "CREATE TABLE state (what text); INSERT INTO state VALUES ('new'); CREATE TABLE big AS "
                 "SELECT n, repeat('x', 300) t FROM generate_series(1, 300000) n");
    cluster_.sql(
        "next", R"(SELECT set_config('client_encoding', 'UTF8', false); COMMENT ON DATABASE next IS 'café')");
    back_up("next");
  }
  void TearDown() override { drop_all_databases(); }

  Words swap_words() const {
    return {"restore", archive_, "-d", cluster_.conninfo("shop"), "--strategy", "swap", "--force"};
  }
  ProcessResult rollback(const Words& options) {
    return run_pgark(joined({"rollback", "-d", cluster_.conninfo("shop")}, options));
  }
  std::string state() { return cluster_.sql("shop", "SELECT what FROM state"); }
  std::string comment() {
    return cluster_.sql("shop",
                        "SELECT encode(convert_to(shobj_description(oid, 'pg_database'), 'UTF8'), 'hex') "
                        "FROM pg_database WHERE datname = current_database()");
  }
  std::string fresh() {
    return cluster_.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'shop_pgark_new%'");
  }
  void kill(Process& process) {
    process.send(SIGKILL);
    EXPECT_EQ(process.wait().term_signal, SIGKILL);
    wait_until([this] { return sessions("application_name LIKE 'pgark%'") == "0"; });
  }
  // What --list says of it, for programs.
  bool is_listed_as_whole(const std::string& name) {
    const ProcessResult result = rollback({"--list", "--json"});
    expect(result, 0, {name});
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) {
      const nlohmann::json said = nlohmann::json::parse(line);
      if (!said.contains("aside")) continue;
      for (const nlohmann::json& one : said.at("aside")) {
        if (one.value("name", "") == name) return one.at("whole").get<bool>();
      }
    }
    ADD_FAILURE() << result.describe();
    return false;
  }
  void expect_refused(const std::string& name) {
    expect(rollback({"--list"}), 0, {" unfinished "});
    EXPECT_FALSE(is_listed_as_whole(name));
    expect(rollback({"--to", name, "--force"}), 13,
           {"not known to have ended well", "is not whole", "nothing has been changed"});
    EXPECT_EQ(state(), "old");
  }
};

// Everything is there and the record of the restore is gone, but nobody has compared it.
TEST_F(ReplaceWholeTest, WhatIsKilledInItsProofIsUnfinished) {
  Process process(pgark(swap_words()));
  wait_for_phase(process, "proving what was restored");
  kill(process);
  const std::string name = fresh();
  EXPECT_EQ(cluster_.sql(name, "SELECT what, to_regnamespace('pgark_restore') IS NULL FROM state"), "new|t");
  expect_refused(name);
}

TEST_F(ReplaceWholeTest, WhatNobodyProvedIsUnfinished) {
  cluster_.create_database(kFreshName, "TEMPLATE template0");
  expect_refused(kFreshName);
  cluster_.drop_database(kFreshName);
  cluster_.create_database(kFreshName, "TEMPLATE next");
  expect_refused(kFreshName);
  // The mark of another, as a backup of that one would bring it.
  cluster_.sql("postgres", std::string("COMMENT ON DATABASE ") + quote_identifier(kFreshName) +
                               " IS 'restored and proved by pgark (20260115T143000Z, database 16000) '");
  expect_refused(kFreshName);
}

TEST_F(ReplaceWholeTest, WhatIsKilledBeforeTheNamesChangeIsWhole) {
  Process process(pgark(swap_words()));
  wait_for_phase(process, "loading rows");
  cluster_.sql("shop", "BEGIN; INSERT INTO state VALUES ('x'); PREPARE TRANSACTION 'held'");
  wait_for_phase(process, "exchanging the names");
  kill(process);
  cluster_.sql("shop", "ROLLBACK PREPARED 'held'");
  const std::string name = fresh();
  EXPECT_EQ(state(), "old");
  expect(rollback({"--list"}), 0, {"never took the place", " whole "});
  EXPECT_TRUE(is_listed_as_whole(name));
  expect(rollback({"--to", name, "--force"}), 0, {"rollback complete"});
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(comment(), "636166c3a9");
  // What was in use before is whole, whatever its comment says.
  expect(rollback({"--force"}), 0, {"rollback complete"});
  EXPECT_EQ(state(), "old");
  EXPECT_EQ(comment(), "");
  EXPECT_EQ(fresh(), "");
}

// Bytes that are no text anywhere else.
TEST_F(ReplaceWholeTest, ACommentInNoEncoding) {
  cluster_.drop_database("next");
  cluster_.create_database("next", "TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
  cluster_.sql("next", "CREATE TABLE state (what text); INSERT INTO state VALUES ('new')");
  back_up("next");
  Process process(pgark(swap_words()));
  wait_for_phase(process, "loading rows");
  const std::string name = fresh();
  cluster_.sql(name, "COMMENT ON DATABASE " + quote_identifier(name) + R"( IS E'caf\xe9')");
  cluster_.sql("shop", "BEGIN; INSERT INTO state VALUES ('x'); PREPARE TRANSACTION 'held'");
  wait_for_phase(process, "exchanging the names");
  EXPECT_TRUE(is_listed_as_whole(name));
  kill(process);
  cluster_.sql("shop", "ROLLBACK PREPARED 'held'");
  expect(rollback({"--to", name, "--force"}), 0, {"rollback complete"});
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(
      cluster_.sql("shop",
                   "SELECT encode(convert_to(shobj_description(oid, 'pg_database'), 'SQL_ASCII'), 'hex') "
                   "FROM pg_database WHERE datname = current_database()"),
      "636166e9");
}

TEST_F(ReplaceWholeTest, TheMarkGoesWithTheExchange) {
  expect(run_pgark(swap_words()), 0, {"took its place"});
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(comment(), "636166c3a9");
}

}  // namespace
}  // namespace pgark::test
