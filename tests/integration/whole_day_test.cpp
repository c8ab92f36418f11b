// A day of an operator, from the nightly backup to the report, against real servers: PostgreSQL, S3 and Azure
// over TLS. Each step finds what the steps before it have left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backups_fixture.hpp"
#include "support/azurite.hpp"
#include "support/s3rver.hpp"
#include "support/terminal.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kS3 = "s3://backups/shop";
constexpr const char* kAzure = "az://backups/shop";

// About 12 MB that no codec makes smaller, so that uploads have parts. A payment must be within what the
// database's setting allows: that is how a restore comes to fail.
constexpr std::string_view kShop = R"sql(
CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 2000) n;
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES customers,
                     state state NOT NULL DEFAULT 'new', note bytea);
INSERT INTO orders (customer, note) SELECT n % 2000 + 1, (SELECT string_agg(sha256((n || '/' || i)::text::bytea), '')
  FROM generate_series(1, 32) i) FROM generate_series(1, 12000) n;
CREATE INDEX orders_of_customer ON orders (customer) WHERE state = 'new';
CREATE VIEW open_orders AS SELECT customer, count(*) FROM orders WHERE state = 'new' GROUP BY 1;
CREATE TABLE log (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO log SELECT date '2026-01-01' + n % 59, 'line ' || n FROM generate_series(1, 3000) n;
ALTER DATABASE shop SET shop.credit = '1000';
CREATE TABLE payments (id int PRIMARY KEY, amount int CHECK (amount <= nullif(current_setting('shop.credit', true), '')::int));
INSERT INTO payments SELECT n, n FROM generate_series(1, 1000) n;
SELECT lo_from_bytea(4711, 'a picture');
)sql";

class WholeDay : public BackupsTest {
 protected:
  void SetUp() override {
    BackupsTest::SetUp();
    shop(std::string(kShop));
    cluster_.create_database("morning", "TEMPLATE shop");
    for (const auto& variables : {s3_.environment(s3_.url()), azure_.with_key()})
      environment_.insert(environment_.end(), variables.begin(), variables.end());
    environment_.emplace_back("DATABASE_URL",
                              "postgresql://postgres@127.0.0.1:" + std::to_string(cluster_.port()) + "/shop");
    environment_.emplace_back("TEST_DATABASE_URL", cluster_.conninfo("postgres"));
  }
  void TearDown() override {
    std::istringstream names(cluster_.sql(
        "postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"));
    for (std::string name; std::getline(names, name);) cluster_.drop_database(name);
  }

  Command in_the_office(Words words) const {
    Command command = BackupsTest::command(std::move(words));
    std::erase_if(command.unset, [](const std::string& name) { return name.ends_with("DATABASE_URL"); });
    command.environment.insert(command.environment.end(), environment_.begin(), environment_.end());
    command.working_directory = folder_.path();
    command.timeout_ms = kLongRunMs;
    return command;
  }
  // What it says never holds a key.
  ProcessResult pgark(Words words) const { return without_keys(run(in_the_office(std::move(words)))); }
  ProcessResult pgark_typing(const std::string& typed, Words words) const {
    return without_keys(run(at_terminal(in_the_office(std::move(words)), typed + "\n")));
  }
  static ProcessResult without_keys(ProcessResult result) {
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(Azurite::kKey)));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(S3rver::kKey)));
    return result;
  }
  std::string shop(const std::string& sql) { return cluster_.sql("shop", sql); }
  void expect_as_in_the_morning() {
    EXPECT_TRUE(same_database(cluster_, "morning", cluster_, "shop"));
    EXPECT_EQ(shop("SELECT convert_from(lo_get(4711), 'UTF8')"), "a picture");
  }
  nlohmann::json listed(const std::string& place) const {
    return result_of(pgark({"list", "--json", "--backup-dir", place}))["backups"];
  }
  std::string newest_here() const { return listed(place_.string()).back()["name"]; }

  // The one step that makes a backup and sends it to both stores. Returns its name.
  std::string back_up_and_upload() const {
    const ProcessResult backup = pgark({"backup", "-j", "2", "--upload", kS3, "--upload", kAzure});
    std::string name = newest_here();
    expect(backup, 0,
           {"backup complete", "uploaded", "to s3://backups/shop/" + name, "to az://backups/shop/" + name});
    return name;
  }

  void backs_up_at_night();
  void verifies_and_finds_damage();
  void prunes();
  void brings_one_table_back_from_the_bucket();
  void brings_everything_back();
  void takes_a_failed_restore_back();
  void practises_and_reports();

  const S3rver s3_{true};
  const Azurite azure_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::string first_;  // names of backups
  std::string last_;
};

void WholeDay::backs_up_at_night() {
  SCOPED_TRACE("night");
  EXPECT_TRUE(s3_.url().starts_with("https://"));
  first_ = back_up_and_upload();
  const std::string archive = read_file(place_ / (first_ + ".pgark"));
  EXPECT_GT(archive.size(), 10u << 20);
  EXPECT_EQ(s3_.object("shop/" + first_ + ".pgark"), archive);
  EXPECT_TRUE(s3_.uploads().empty());
  // What came over is read where it is, and compared with the database.
  for (const std::string place : {kS3, kAzure}) {
    expect(pgark({"verify", first_, "--backup-dir", place}), 0, {"is sound"});
    expect(pgark({"verify", "--latest", "--backup-dir", place, "-d", cluster_.conninfo("shop")}), 0,
           {"is sound", "ok"});
    const nlohmann::json there = listed(place);
    ASSERT_EQ(there.size(), 1u);
    EXPECT_EQ(there[0]["name"], first_);
    EXPECT_EQ(there[0]["verified"], true);
    EXPECT_EQ(there[0]["file_bytes"], archive.size());
  }
}

void WholeDay::verifies_and_finds_damage() {
  SCOPED_TRACE("verify");
  expect(pgark({"list"}), 0, {first_, "complete"});
  expect(pgark({"verify", "--all"}), 0, {"1 sound, 0 NOT sound"});
  last_ = back_up_and_upload();
  damage(last_);
  expect(pgark({"verify", "--all"}), 10, {"1 sound, 1 NOT sound", last_});
  expect(pgark({"list"}), 0, {"damaged"});
  EXPECT_EQ(listed(place_.string()).back()["state"], "damaged");
  expect(pgark({"status"}), 16, {"MISSED", last_, "damaged"});
  // The one in the bucket is whole, and takes its place.
  expect(pgark({"upload", std::string(kS3) + "/" + last_ + ".pgark", (place_ / (last_ + ".pgark")).string(),
                "--overwrite"}),
         0, {"uploaded"});
  expect(pgark({"verify", "--all"}), 0, {"2 sound, 0 NOT sound"});
  EXPECT_EQ(listed(place_.string()).back()["state"], "complete");
}

void WholeDay::prunes() {
  SCOPED_TRACE("prune");
  expect(pgark({"backup"}), 0);
  const std::string old = make_old(newest_here(), "2020-01-15T02-00-00-000Z");
  expect(pgark({"prune", "--dry-run"}), 0, {"would remove", old});
  EXPECT_TRUE(fs::exists(place_ / (old + ".pgark")));
  expect(pgark({"prune"}), 0, {"removed: 1 backups", old, "2 kept"});
  Words left;
  for (const auto& backup : listed(place_.string())) left.push_back(backup["name"]);
  EXPECT_EQ(left, (Words{first_, last_}));
  EXPECT_EQ(files().size(), 4u) << "two archives and their side files";
}

void WholeDay::brings_one_table_back_from_the_bucket() {
  SCOPED_TRACE("one table");
  shop("DROP TABLE orders CASCADE");
  shop("UPDATE customers SET name = 'new ' || id WHERE id <= 10");
  const std::string changed = shop("SELECT string_agg(name, ',' ORDER BY id) FROM customers");
  expect(pgark({"restore", first_, "--backup-dir", kS3, "-d", cluster_.conninfo("shop"), "-t", "orders", "-t",
                "open_orders", "--clean", "--if-exists", "--force", "--verify"}),
         0, {"restore complete"});
  EXPECT_EQ(shop("SELECT string_agg(name, ',' ORDER BY id) FROM customers"), changed);
  shop(
      "UPDATE customers c SET name = m.name FROM (SELECT id, 'customer ' || id AS name FROM customers) m "
      "WHERE c.id = m.id");
  expect_as_in_the_morning();
}

void WholeDay::brings_everything_back() {
  SCOPED_TRACE("everything");
  shop("DROP SCHEMA public CASCADE; CREATE SCHEMA public; SELECT lo_unlink(4711)");
  EXPECT_EQ(user_object_count(cluster_, "shop"), 0);
  const Words words{"restore", "--latest", "-d", cluster_.conninfo("shop"), "--strategy", "swap", "--verify"};
  expect(pgark_typing("yes", words), 130, {"Type RESTORE", "nothing has been changed"});
  EXPECT_EQ(user_object_count(cluster_, "shop"), 0);
  expect(pgark_typing("RESTORE", words), 0,
         {"This replaces what database \"shop\"", last_, "took its place", "restore complete"});
  expect_as_in_the_morning();
  expect(pgark_typing("ROLLBACK", {"rollback", "-d", cluster_.conninfo("shop"), "--discard"}), 0,
         {"Type ROLLBACK", "dropped: shop_pgark_old_"});
  EXPECT_EQ(cluster_.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'shop_pgark%'"),
            "0");
}

void WholeDay::takes_a_failed_restore_back() {
  SCOPED_TRACE("a restore that fails");
  shop("DELETE FROM payments WHERE amount > 500; ALTER DATABASE shop SET shop.credit = '500'");
  shop("INSERT INTO log VALUES ('2026-01-31', 'written since')");
  cluster_.create_database("evening", "TEMPLATE shop");
  expect(pgark_typing("RESTORE", {"restore", "--latest", "-d", cluster_.conninfo("shop"), "--strategy",
                                  "in-place", "--safety-backup", "before.pgark", "-j", "2"}),
         14,
         {"payments_amount_check", "putting back what was there before",
          "the database holds again what it held before, which was proved"});
  EXPECT_TRUE(same_database(cluster_, "evening", cluster_, "shop"));
  EXPECT_EQ(shop("SELECT what FROM log WHERE what LIKE 'written%'"), "written since");
  expect(pgark({"verify", (folder_ / "before.pgark").string(), "-d", cluster_.conninfo("evening")}), 0,
         {"is sound"});
  // The cause is mended: it goes through.
  shop("ALTER DATABASE shop SET shop.credit = '1000'");
  expect(pgark_typing("RESTORE", {"restore", "--latest", "-d", cluster_.conninfo("shop"), "--strategy",
                                  "in-place", "--safety-backup", "again.pgark"}),
         0, {"restore complete"});
  expect_as_in_the_morning();
}

void WholeDay::practises_and_reports() {
  SCOPED_TRACE("drill, status and report");
  expect(pgark({"status"}), 16, {"restore drill"});
  expect(pgark({"drill", "-j", "2"}), 0, {"drill passed", last_});
  EXPECT_EQ(cluster_.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'pgark%'"), "0");
  expect(pgark({"status"}), 0, {last_, "restore drill"});
  expect(pgark({"status", "--rpo", "0s"}), 16, {"MISSED  shop      verified backup"});
  for (const Words& what : {Words{"--latest"}, Words{"--drill"}, Words{"--all"}}) {
    expect(pgark({"report", what.front(), "-o", "page.html", "--overwrite"}), 0, {"report written"});
    const std::string page = read_file(folder_ / "page.html");
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
    EXPECT_THAT(page, HasSubstr(last_));
    // Nothing is loaded, from nowhere.
    for (const char* foreign : {"http:", "https:", "src=", "<script", "<link", "@import", "url("})
      EXPECT_THAT(page, Not(HasSubstr(foreign))) << what.front();
  }
}

TEST_F(WholeDay, FromTheNightlyBackupToTheReport) {
  backs_up_at_night();
  if (HasFailure()) return;
  verifies_and_finds_damage();
  prunes();
  if (HasFailure()) return;
  brings_one_table_back_from_the_bucket();
  brings_everything_back();
  takes_a_failed_restore_back();
  practises_and_reports();
}

}  // namespace
}  // namespace pgark::test
