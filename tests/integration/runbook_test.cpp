// The pages for operators, run as they stand: each block of commands in the situation that its heading
// describes, one after the other in one shell, at a terminal. What the page says is seen must be seen, and
// each command ends with the status that the page says. Servers: two of PostgreSQL over TLS, S3 and Azure
// over TLS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli_fixture.hpp"
#include "support/azurite.hpp"
#include "support/certificates.hpp"
#include "support/markdown.hpp"
#include "support/s3rver.hpp"
#include "support/terminal.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kShop = R"sql(
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 500) n;
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES customers,
                     total numeric NOT NULL, note text);
INSERT INTO orders (customer, total, note) SELECT n % 500 + 1, n / 7.0, md5(n::text) FROM generate_series(1, 20000) n;
CREATE INDEX orders_customer ON orders (customer);
CREATE TABLE order_lines (order_id bigint NOT NULL, what text,
                          CONSTRAINT order_lines_order_fkey FOREIGN KEY (order_id) REFERENCES orders);
INSERT INTO order_lines SELECT n, 'line ' || n FROM generate_series(1, 20000) n;
CREATE VIEW open_orders AS SELECT customer, count(*) FROM orders GROUP BY customer;
)sql";

// One block of a page: what has happened before, and what must be true afterwards.
struct Step {
  std::function<void()> prepare;
  std::function<void()> check;
};

class Server {
 public:
  Server() : cluster_(options(*this)) {}
  Cluster& cluster() const { return cluster_; }
  std::string ca_file() const { return (folder_ / "ca.pem").string(); }

 private:
  static ClusterOptions options(const Server& server) {
    const Certificate authority = Certificate::authority("authority of the database");
    CertificateOptions names;
    names.common_name = "db1";
    names.ip_addresses = {"127.0.0.1"};
    const Certificate certificate = authority.issue(names);
    const TempDirectory& folder = server.folder_;
    write_file(folder / "ca.pem", authority.certificate_pem());
    ClusterOptions options = with_settings({"ssl = on", "ssl_cert_file = 's.crt'", "ssl_key_file = 's.key'"});
    options.files = {{"s.crt", write_file(folder / "s.crt", certificate.certificate_pem())},
                     {"s.key", write_file(folder / "s.key", certificate.key_pem())}};
    return options;
  }
  const TempDirectory folder_{"tls"};
  mutable Cluster cluster_;
};

class RunbookTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder_ / "home");
    for (Cluster* cluster : {&db1_.cluster(), &db2_.cluster()}) drop_all_databases(*cluster);
    db1_.cluster().create_database("shop", "TEMPLATE template0");
    shop(std::string(kShop));
    db1_.cluster().create_database("morning", "TEMPLATE shop");
  }

  static void drop_all_databases(Cluster& cluster) {
    std::istringstream names(cluster.sql(
        "postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"));
    for (std::string name; std::getline(names, name);) cluster.drop_database(name);
  }
  std::string shop(const std::string& sql) { return db1_.cluster().sql("shop", sql); }
  void expect_as_in_the_morning(Cluster& cluster, const std::string& database) {
    EXPECT_TRUE(same_database(db1_.cluster(), "morning", cluster, database));
  }
  std::string place() const { return (folder_ / "place").string(); }

  // As one who has read the first lines of the page.
  Command at_office(Words argv) const {
    Command command = pgark_command({});
    command.argv = std::move(argv);
    const Cluster& cluster = db1_.cluster();
    for (const auto& variables : {s3_.environment(s3_.url()), azure_.with_key()})
      command.environment.insert(command.environment.end(), variables.begin(), variables.end());
    std::erase_if(command.environment, [](const auto& pair) { return pair.first == "HOME"; });
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"HOME", (folder_ / "home").string()},
             {"TERM", "dumb"},
             {"PAGER", "cat"},
             {"PATH", pgark_binary().parent_path().string() + ":" + cluster.program("").string() + ":" +
                          std::getenv("PATH")},
             {"PGARK_SERVER_BIN", cluster.program("").string()},
             {"TMPDIR", folder_.path().string()}})
      command.environment.emplace_back(name, value);
    command.working_directory = folder_.path();
    command.timeout_ms = 300'000;  // a program that waits for a person ends
    return command;
  }
  // pgark by somebody else, not by the page.
  Command beforehand(Words words, Cluster& cluster) const {
    words.insert(words.begin(), pgark_binary().string());
    Command command = at_office(std::move(words));
    command.environment.emplace_back("PGHOST", "127.0.0.1");
    command.environment.emplace_back("PGPORT", std::to_string(cluster.port()));
    command.environment.emplace_back("PGUSER", "postgres");
    command.environment.emplace_back("BACKUP_DIR", place());
    return command;
  }
  void back_up_and_upload() {
    run_or_throw(beforehand({"backup", "-q", "-d", "shop", "--globals", "--upload", "s3://backups/shop",
                             "--upload", "az://backups/shop"},
                            db1_.cluster()));
    run_or_throw(beforehand({"verify", "-q", "--latest"}, db1_.cluster()));
  }
  std::string newest_archive() const {
    Words archives;
    for (const auto& entry : fs::directory_iterator(place()))
      if (entry.path().extension() == ".pgark") archives.push_back(entry.path().string());
    return *std::ranges::max_element(archives);
  }
  // Killed as soon as it says `phase`, and a moment later.
  void kill_while(const std::string& phase, Words words, Cluster& cluster) {
    Process process(beforehand(std::move(words), cluster));
    wait_for_phase(process, phase);
    process.send(SIGKILL);
    EXPECT_EQ(process.wait().term_signal, SIGKILL) << process.wait().describe();
  }

  // The page's names become those of the test.
  std::string as_here(std::string line) const {
    const auto address = [](const Server& server) {
      return fmt::format("127.0.0.1 PGPORT={}", server.cluster().port());
    };
    const std::vector<std::pair<std::string, std::string>> names{
        {"PGHOST=db1", "PGHOST=" + address(db1_)},
        {"PGHOST=db2", "PGHOST=" + address(db2_)},
        {"host=db1", "host=127.0.0.1"},
        {"/var/lib/pgark", place()},
        {"/etc/pgark/ca.pem", db1_.ca_file()},
        {"shop_2026-01-15T02-00-00-000Z", "$(newest)"}};
    for (const auto& [of_page, here] : names) {
      for (auto at = line.find(of_page); at != std::string::npos; at = line.find(of_page, at + here.size()))
        line.replace(at, of_page.size(), here);
    }
    return line;
  }
  std::string script_of(const PageBlock& block) const {
    std::string script = fmt::format(
        "if [ -e state ]; then . ./state; fi\n"
        "newest() {{ basename \"$(ls -d '{}'/*.pgark | tail -1)\" .pgark; }}\n"
        "ended() {{ [ $1 = $2 ] || {{ echo \"line $3: exit status $1, and not $2\"; exit 97; }}; }}\n",
        place());
    for (const PageCommand& command : block.commands) {
      script += fmt::format("{}\nended $? {} {}\n", as_here(command.line), command.status, command.number);
    }
    return script + "export -p > state\n";
  }

  // Runs it; what is not as the page says, or nothing.
  std::string fault_of(const PageBlock& block) const {
    std::ofstream(folder_ / "block.sh") << script_of(block);
    const ProcessResult result = run(at_terminal(at_office({"bash", "block.sh"}), typed_in(block)));
    if (result.exit_status != 0) return result.describe();
    // What is typed is not shown by a terminal that knows it beforehand, and no line ends there.
    std::istringstream output(std::regex_replace(result.out, std::regex("to go on: "), "$&\n"));
    std::string line;
    for (const std::string& expected : block.seen) {
      bool found = false;
      while (!found && std::getline(output, line)) found = shows(expected, line);
      if (!found) return "the page shows, and this is not seen: " + expected + "\n" + result.describe();
    }
    return {};
  }

  // Each heading with commands has its steps, one for each block, and there are no others.
  void run_page(const std::string& page, const std::map<std::string, std::vector<Step>>& steps) const {
    std::map<std::string, std::size_t> done;
    for (const PageBlock& block : command_blocks(fs::path(PGARK_SOURCE_DIR) / "docs" / page)) {
      SCOPED_TRACE(page + ": " + block.heading);
      const auto found = steps.find(block.heading);
      const std::size_t number = done[block.heading]++;
      ASSERT_TRUE(found != steps.end() && number < found->second.size())
          << "no situation is prepared for block " << number + 1;
      const Step& step = found->second[number];
      if (step.prepare) step.prepare();
      EXPECT_EQ(fault_of(block), "");
      if (step.check) step.check();
      if (HasFailure()) return;
    }
    for (const auto& [heading, blocks] : steps)
      EXPECT_EQ(done[heading], blocks.size()) << page << ": blocks under " << heading;
  }

  const TempDirectory folder_;
  const Server db1_, db2_;
  const S3rver s3_{true};
  const Azurite azure_;
};

TEST_F(RunbookTest, WhatIsNotAsThePageSaysIsNoticed) {
  const auto fault = [this](const std::string& line, int status, const Words& seen) {
    return fault_of({"heading", {{line, status, 7}}, seen});
  };
  EXPECT_EQ(fault("pgark list --backup-dir .", 0, {"no backups in ..."}), "");
  EXPECT_EQ(fault("pgark list --no-such-option", 2, {"hint: pgark --help lists ..."}), "");
  EXPECT_NE(fault("pgark list --no-such-option", 0, {}).find("line 7: exit status 2, and not 0"),
            std::string::npos);
  EXPECT_NE(fault("pgark list --backup-dir .", 16, {}).find("line 7: exit status 0, and not 16"),
            std::string::npos);
  EXPECT_NE(fault("pgark list --backup-dir .", 0, {"no backups in ...", "but this"}).find("but this"),
            std::string::npos);
}

TEST(MarkdownTest, LinesOfAPage) {
  EXPECT_TRUE(shows("ok ... 1,000 rows in 7 tables", "ok    3 chunks: 40,500 rows in 12 tables: x"));
  EXPECT_TRUE(shows("shop_2026-01-15T02-00-00-000Z (a+b)", "shop_2031-12-01T01-03-57-399Z  (a+b)"));
  EXPECT_TRUE(shows("Type RESTORE to go on: RESTORE", "Type RESTORE to go on: "));
  EXPECT_FALSE(shows("ok ... rows", "FAIL  3 rows"));
  EXPECT_FALSE(shows("Type RESTORE to go on: RESTORE", "Type ROLLBACK to go on: "));
  EXPECT_FALSE(shows("1 sound, 1 NOT sound", "one sound, 1 NOT sound"));
  EXPECT_EQ(typed_in({"", {}, {"Type A to go on: A", "x", "Type B to go on: C"}}), "A\nC\n");
}

TEST_F(RunbookTest, Operations) {
  const auto migrates_wrongly = [this] {
    shop("ALTER TABLE orders DROP COLUMN note; DELETE FROM customers WHERE false");
  };
  const auto as_before = [this] { expect_as_in_the_morning(db1_.cluster(), "shop"); };
  const auto has_orders = [this](const char* database) {
    return [this, database] {
      EXPECT_EQ(db1_.cluster().sql(database, "SELECT count(*) FROM orders"), "20000");
      EXPECT_EQ(db1_.cluster().sql(database, "SELECT to_regclass('order_lines') IS NULL"), "t");
    };
  };
  const auto has_copies = [this] {
    const std::string name = fs::path(newest_archive()).stem().string();
    EXPECT_THAT(s3_.keys(),
                UnorderedElementsAre("shop/" + name + ".pgark", "shop/" + name + ".pgark.metadata.json"));
  };
  run_page("operations.md",
           {{"Operations", {{}}},
            {"Quick start", {{}}},
            {"Before a migration", {{}, {migrates_wrongly, as_before}, {}}},
            {"Nightly backups", {{{}, has_copies}, {}}},
            {"Restore one table", {{{}, has_orders("look")}, {{}, has_orders("look2")}}},
            {"Restore everything", {{{}, [this] { expect_as_in_the_morning(db1_.cluster(), "shop_copy"); }}}},
            {"Monitoring checklist", {{}, {{}, [this] { EXPECT_TRUE(fs::exists(folder_ / "week.html")); }}}},
            {"Security", {{}, {}, {{}, [this] {
                                     EXPECT_EQ(fs::status(place()).permissions(), fs::perms::owner_all);
                                     EXPECT_EQ(fs::status(folder_ / "home/.pgpass").permissions(),
                                               fs::perms(0600));
                                   }}}}});
}

TEST_F(RunbookTest, DisasterRecovery) {
  back_up_and_upload();
  back_up_and_upload();
  const auto as_before = [this] { expect_as_in_the_morning(db1_.cluster(), "shop"); };
  const std::string rows = "SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o";
  const std::string orders = shop(rows);
  const auto updates_badly = [this] {
    shop(
        "UPDATE orders SET total = 0 WHERE id > 10; DELETE FROM order_lines WHERE order_id <= 5; DELETE FROM "
        "orders WHERE id <= 5;"
        "INSERT INTO orders (customer, total) VALUES (1, 77)");
  };
  const auto is_mended = [&] {
    EXPECT_EQ(shop("SELECT total FROM orders WHERE id > 20000"), "77") << "what was written since stays";
    shop(
        "DELETE FROM orders WHERE id > 20000; INSERT INTO order_lines SELECT n, 'line ' || n FROM "
        "generate_series(1, 5) n");
    EXPECT_EQ(shop(rows), orders);
    EXPECT_EQ(shop("SELECT to_regclass('orders_before') IS NULL"), "t");
  };
  const auto new_bucket = [this] {
    s3_.make_bucket();
    run_or_throw(beforehand({"upload", "-q", newest_archive(), "s3://backups/shop/"}, db1_.cluster()));
  };
  const auto damages = [this] {
    std::fstream file(newest_archive(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(300);
    file.write("damage", 6);
  };
  const auto cuts_a_restore = [this] {
    db2_.cluster().create_database("shop2", "TEMPLATE template0");
    kill_while("loading rows", {"restore", "--latest", "-d", "shop2", "-j", "2"}, db2_.cluster());
  };
  const auto kills_in_place = [this] {
    kill_while("emptying the database",
               {"restore", "--latest", "-d", "shop", "--strategy", "in-place", "--force", "--safety-backup",
                "before.pgark"},
               db2_.cluster());
  };
  const auto in_db2 = [this](const char* database) {
    return [this, database] { expect_as_in_the_morning(db2_.cluster(), database); };
  };
  run_page(
      "disaster-recovery.md",
      {{"First", {{}}},
       {"Somebody dropped a table",
        {{[this] { shop("DROP TABLE orders CASCADE"); }, [&] { EXPECT_EQ(shop(rows), orders); }},
         {},
         {{}, as_before}}},
       {"Somebody ran a bad UPDATE",
        {{updates_badly, [this] { EXPECT_EQ(shop("SELECT count(*) FROM orders WHERE total = 0"), "19990"); }},
         {{}, is_mended}}},
       {"The content is wrong",
        {{[this] { shop("DROP TABLE order_lines; UPDATE customers SET name = 'nobody ' || id"); }, as_before},
         {{}, [this] { EXPECT_EQ(shop("SELECT min(name) FROM customers"), "nobody 1"); }}}},
       {"The server is gone", {{{}, in_db2("shop")}, {{}, in_db2("shop_from_bucket")}}},
       {"The bucket is gone", {{[this] { s3_.remove_bucket(); }, {}}, {}}},
       {"The key is lost", {{new_bucket, {}}, {}}},
       {"A backup is damaged", {{damages, {}}, {}}},
       {"A restore failed half way", {{cuts_a_restore, in_db2("shop2")}, {kills_in_place, in_db2("shop")}}}});
}

}  // namespace
}  // namespace pgark::test
