// The program against a real server of S3 (tests/object-stores/server.js, which checks every signature), over
// TLS and through a proxy that breaks things.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli_fixture.hpp"
#include "roundtrip.hpp"
#include "support/fake_s3.hpp"
#include "support/s3rver.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

constexpr const char* kArchive = "s3://backups/night/shop 1.pgark";
constexpr const char* kKeyOfArchive = "night/shop 1.pgark";

// About 24 MB that no codec makes smaller, and tables beside it of which one is wanted.
constexpr std::string_view kTables = R"sql(
CREATE TABLE big (id int PRIMARY KEY, noise bytea);
INSERT INTO big SELECT n, (SELECT string_agg(sha256((n || '/' || i)::text::bytea), '') FROM generate_series(1, 64) i)
  FROM generate_series(1, 12000) n;
CREATE TABLE wanted (id int PRIMARY KEY, t text);
INSERT INTO wanted SELECT n, md5(n::text) FROM generate_series(1, 2000) n;
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 500) n;
CREATE VIEW names AS SELECT name FROM customers;
)sql";

class ObjectStorage : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster::shared().create_database("shop", "TEMPLATE template0");
    Cluster::shared().sql("shop", kTables);
  }
  static void TearDownTestSuite() { Cluster::shared().drop_database("shop"); }
  void SetUp() override { cluster_.create_database("target", "TEMPLATE template0"); }
  void TearDown() override { cluster_.drop_database("target"); }

  ProcessResult pgark(Words words, const std::vector<std::pair<std::string, std::string>>& more = {}) {
    Command command = pgark_command(std::move(words));
    command.environment = environment_;
    for (const auto& [name, value] : more) {
      std::erase_if(command.environment, [&name = name](const auto& pair) { return pair.first == name; });
      command.environment.emplace_back(name, value);
    }
    command.timeout_ms = kLongRunMs;
    ProcessResult result = run(std::move(command));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("Signature="))) << "nothing of what is signed with";
    return result;
  }
  std::string ok(Words words) {
    const ProcessResult result = pgark(std::move(words));
    EXPECT_TRUE(result.ok()) << result.describe();
    return result.out;
  }
  Words backup_words(const Words& more = {}) const {
    Words words{"backup", "-d", cluster_.conninfo("shop"), "-o", kArchive};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  ProcessResult restore(const Words& more = {}) {
    Words words{"restore", kArchive, "-d", cluster_.conninfo("target")};
    words.insert(words.end(), more.begin(), more.end());
    return pgark(words);
  }

  Cluster& cluster_ = Cluster::shared();
  std::vector<std::pair<std::string, std::string>> environment_;
};

class OverTls : public ObjectStorage {
 protected:
  const S3rver server_{/*tls=*/true};
  void SetUp() override {
    ObjectStorage::SetUp();
    environment_ = server_.environment(server_.url());
  }
};

TEST_F(OverTls, AnArchiveGoesThereAndBack) {
  ok(backup_words({"-j", "4"}));
  ASSERT_TRUE(server_.object(kKeyOfArchive));
  EXPECT_THAT(server_.uploads(), IsEmpty());
  EXPECT_THAT(ok({"inspect", kArchive}), HasSubstr("customers"));
  EXPECT_THAT(ok({"verify", kArchive}), HasSubstr("is sound"));
  const ProcessResult restored = restore({"-j", "4"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));
  EXPECT_THAT(ok({"export", kArchive, "-t", "customers", "-o", "-"}), HasSubstr("customer 500"));
}

// The place for backups is a bucket: everything that goes by names works there.
TEST_F(OverTls, ABucketIsAPlaceForBackups) {
  environment_.emplace_back("BACKUP_DIR", "s3://backups/nightly");
  const Words backup{"backup", "-q", "-d", cluster_.conninfo("shop"), "-j", "2"};
  for (int night = 0; night < 3; ++night) ok(backup);
  EXPECT_THAT(server_.uploads(), IsEmpty());
  const std::vector<std::string> keys = server_.keys();
  EXPECT_EQ(keys.size(), 6u) << "three archives with a side file each, and no lock";
  for (const std::string& key : keys) EXPECT_THAT(key, HasSubstr("nightly/shop_20"));

  EXPECT_THAT(ok({"verify", "--latest", "--level", "bytes"}), HasSubstr("sound"));
  EXPECT_THAT(ok({"show", "--latest"}), HasSubstr("shop_20"));
  ok({"verify", "--all", "--level", "index"});
  const ProcessResult restored =
      pgark({"restore", "--latest", "-d", cluster_.conninfo("target"), "--verify"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));

  ok({"prune", "--keep-days", "0", "--keep-last", "1", "--dry-run"});
  EXPECT_EQ(server_.keys().size(), 6u);
  ok({"prune", "--keep-days", "0", "--keep-last", "1"});
  EXPECT_LT(server_.keys().size(), 6u);
  EXPECT_EQ(server_.keys().size() % 2, 0u) << "an archive and its side file go together";
  const std::string listed = ok({"list", "--json"});
  EXPECT_THAT(listed, HasSubstr("\"complete\""));
  EXPECT_THAT(listed, Not(HasSubstr("orphaned")));
}

TEST_F(OverTls, ABackupOfSeveralObjectsIsOneInTheBucketToo) {
  environment_.emplace_back("BACKUP_DIR", "s3://backups/nightly");
  ok({"backup", "-q", "-d", cluster_.conninfo("shop"), "-F", "directory", "--pack-size", "6MiB", "-j", "4"});
  EXPECT_GE(server_.keys().size(), 5u) << "packs, contents, a side file";
  EXPECT_THAT(ok({"list", "--json"}), HasSubstr("\"complete\""));
  ok({"verify", "--latest", "--level", "bytes"});
  const ProcessResult restored = pgark({"restore", "--latest", "-d", cluster_.conninfo("target"), "-j", "4"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));
}

// The interrupt ends the restore, not the network that the safety backup comes back through.
TEST_F(OverTls, AnInterruptedReplacementIsTakenBackFromTheBucket) {
  cluster_.create_database("slow", "TEMPLATE template0");
  cluster_.sql(
      "slow",
      "CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN IF"
      " pg_catalog.current_database() = ''target'' THEN PERFORM pg_catalog.pg_sleep(60); END IF; RETURN"
      " $1; END'; CREATE TABLE t AS SELECT 1 AS n; CREATE INDEX ON t (slow(n))");
  ok({"backup", "-q", "-d", cluster_.conninfo("slow"), "-o", kArchive});
  cluster_.drop_database("slow");
  // More than what was read before and is still at hand.
  cluster_.sql("target",
               "CREATE TABLE old AS SELECT n, (SELECT string_agg(sha256((n || '/' || i)::text::bytea), '')"
               " FROM generate_series(1, 320) i) AS noise FROM generate_series(1, 1000) n");

  Command command = pgark_command({"restore", kArchive, "-d", cluster_.conninfo("target"), "--strategy",
                                   "in-place", "--force", "--safety-backup", "s3://backups/safe.pgark"});
  command.environment = environment_;
  Process restore(command);
  wait_until([&] {
    return cluster_.sql("postgres",
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'target' AND state = 'active'"
                        " AND query LIKE 'CREATE INDEX%'") != "0";
  });
  restore.send(SIGINT);
  const ProcessResult result = restore.wait();
  EXPECT_EQ(result.exit_status, 130) << result.describe();
  EXPECT_EQ(cluster_.sql("target", "SELECT count(*) FROM old"), "1000") << result.describe();
}

TEST_F(OverTls, AnArchiveOfSeveralObjectsGoesThereAndBack) {
  ok(backup_words({"-F", "directory", "--pack-size", "6MiB", "-j", "4"}));
  EXPECT_GE(server_.keys().size(), 4u);
  ASSERT_TRUE(server_.object(std::string(kKeyOfArchive) + "/archive.toc"));
  EXPECT_THAT(ok({"verify", kArchive}), HasSubstr("is sound"));
  const ProcessResult restored = restore({"-j", "4"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));
}

TEST_F(OverTls, ArchivesAreTheSameThereAndHere) {
  const TempDirectory folder;
  const std::string local = (folder / "local.pgark").string();
  ok(backup_words());
  ok({"convert", kArchive, "-F", "custom", "-o", local});
  EXPECT_THAT(ok({"verify", local}), HasSubstr("is sound"));
  ok({"convert", local, "-F", "directory", "-o", "s3://backups/copy"});
  EXPECT_THAT(ok({"verify", "s3://backups/copy"}), HasSubstr("is sound"));
}

TEST_F(OverTls, AnArchiveIsUploadedToSeveralPlacesAtOnce) {
  const TempDirectory folder;
  const std::string file = (folder / "shop.pgark").string();
  ok({"backup", "-d", cluster_.conninfo("shop"), "-o", file});
  ok({"upload", file, "s3://backups/one/", "s3://backups/two", (folder / "three.pgark").string()});
  const std::string bytes = read_file(file);
  EXPECT_TRUE(server_.object("one/shop.pgark") == bytes);
  EXPECT_TRUE(server_.object("two") == bytes);
  EXPECT_TRUE(read_file(folder / "three.pgark") == bytes);
  // One that fails does not stop the others.
  const ProcessResult partly = pgark({"upload", file, "s3://no-such-bucket/x", "s3://backups/four"});
  EXPECT_EQ(partly.exit_status, 8) << partly.describe();
  EXPECT_THAT(partly.err, HasSubstr("NoSuchBucket"));
  EXPECT_TRUE(server_.object("four") == bytes);
  // One that is there already: nothing is begun.
  EXPECT_EQ(pgark({"upload", file, "s3://backups/five", "s3://backups/two"}).exit_status, 2);
  EXPECT_FALSE(server_.object("five"));
  EXPECT_EQ(pgark({"upload", file, "s3://backups/six", "s3://backups/six"}).exit_status, 2);
}

TEST_F(OverTls, AnArchiveOfSeveralObjectsIsUploadedAndFetched) {
  const TempDirectory folder;
  const std::string path = (folder / "shop").string();
  ok({"backup", "-d", cluster_.conninfo("shop"), "-o", path, "-F", "directory", "--pack-size", "6MiB"});
  ok({"upload", path + "/", "s3://backups/night/"});
  EXPECT_THAT(ok({"verify", "s3://backups/night/shop"}), HasSubstr("is sound"));
  ok({"upload", "s3://backups/night/shop", (folder / "back").string()});
  EXPECT_THAT(ok({"verify", (folder / "back").string()}), HasSubstr("is sound"));
}

TEST_F(OverTls, AScriptAndRowsGoThereToo) {
  ok({"backup", "-d", cluster_.conninfo("shop"), "-F", "plain", "-T", "big", "-o", "s3://backups/shop.sql"});
  EXPECT_THAT(server_.object("shop.sql").value_or(""), HasSubstr("COPY public.customers"));
  ok(backup_words());
  ok({"export", kArchive, "-t", "customers", "-t", "wanted", "-o", "s3://backups/rows/"});
  EXPECT_THAT(server_.keys(), testing::IsSupersetOf({"rows/public.customers.csv", "rows/public.wanted.csv"}));
}

TEST_F(OverTls, WhatIsThereIsNotReplacedUnlessAsked) {
  ok(backup_words({"-t", "customers"}));
  const auto before = server_.object(kKeyOfArchive);
  const ProcessResult refused = pgark(backup_words({"-t", "wanted"}));
  EXPECT_EQ(refused.exit_status, 2) << refused.describe();
  EXPECT_THAT(refused.err, HasSubstr("exists already"));
  EXPECT_TRUE(server_.object(kKeyOfArchive) == before);
  ok(backup_words({"-t", "wanted", "--overwrite"}));
  EXPECT_FALSE(server_.object(kKeyOfArchive) == before);
}

TEST_F(OverTls, EachWrongSettingIsOneClearError) {
  ok(backup_words({"-t", "customers"}));
  struct Case {
    const char *name, *value, *says;
    int status;
  };
  for (const Case& wrong : {Case{"AWS_SECRET_ACCESS_KEY", "not-the-secret", "SignatureDoesNotMatch", 4},
                            Case{"AWS_ACCESS_KEY_ID", "NOBODY", "InvalidAccessKeyId", 4},
                            Case{"AWS_CA_BUNDLE", "", "not trusted", 3},
                            Case{"AWS_CA_BUNDLE", "/no/such/file", "/no/such/file", 2},
                            Case{"AWS_ENDPOINT_URL", "127.0.0.1:9000", "begins with https://", 2},
                            Case{"PGARK_S3_UPLOADS", "none", "PGARK_S3_UPLOADS", 2}}) {
    const ProcessResult result = pgark({"inspect", kArchive}, {{wrong.name, wrong.value}});
    EXPECT_EQ(result.exit_status, wrong.status) << wrong.name << result.describe();
    EXPECT_THAT(result.err, HasSubstr(wrong.says)) << wrong.name;
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("not-the-secret")));
  }
  const ProcessResult gone = pgark({"inspect", "s3://backups/nothing"});
  EXPECT_EQ(gone.exit_status, 8) << gone.describe();
  EXPECT_THAT(gone.err, HasSubstr("s3://backups/nothing"));
  EXPECT_EQ(pgark({"inspect", "s3://no-such-bucket/x"}).exit_status, 8);
  EXPECT_EQ(pgark({"inspect", "s3://backups"}).exit_status, 2) << "names a bucket, not an archive";
  EXPECT_EQ(pgark({"inspect", "s4://backups/x"}).exit_status, 2);
}

class ThroughProxy : public ObjectStorage {
 protected:
  const S3rver server_;
  // What faults count. Here and not in a test's body: the proxy's threads may outlive that.
  std::atomic<int> seen_ = 0;
  std::atomic<int> faults_ = 0;
  S3Proxy proxy_{server_};
  void SetUp() override {
    ObjectStorage::SetUp();
    environment_ = server_.environment(proxy_.url());
  }
  void expect_nothing_there() {
    EXPECT_THAT(server_.keys(), IsEmpty());
    EXPECT_THAT(server_.uploads(), IsEmpty());
  }
  static bool is_part(const HttpRequest& request) { return request.has_query("partNumber"); }
};

TEST_F(ThroughProxy, OneTableIsRestoredReadingOnlyWhatItNeeds) {
  ok(backup_words());
  const auto whole = server_.object(kKeyOfArchive)->size();
  ASSERT_GT(whole, std::size_t{20} << 20);
  proxy_.forget();
  const ProcessResult restored = restore({"-t", "wanted"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(cluster_.sql("target", "SELECT count(*) FROM wanted"), "2000");
  EXPECT_LT(proxy_.bytes_read(), whole / 33)
      << "of " << whole << " bytes in " << proxy_.requests() << " requests";
  EXPECT_LT(proxy_.requests(), 12);
}

TEST_F(ThroughProxy, EveryFaultThatPassesIsOvercome) {
  // Of every second request something else goes wrong.
  proxy_.set_fault([this](const HttpRequest&) -> std::optional<HttpReply> {
    const int now = ++seen_;
    if (now % 2 == 0) return std::nullopt;
    ++faults_;
    switch (now / 2 % 4) {
      case 0: return FakeS3::error(500, "InternalError");
      case 1: return FakeS3::error(503, "SlowDown");
      case 2: return HttpReply{.reset = true};
      default: return HttpReply{.status = 502, .body = "<html>bad gateway</html>"};
    }
  });
  ok(backup_words({"-j", "2"}));
  const int at_backup = faults_;
  EXPECT_GT(at_backup, 6);
  EXPECT_THAT(server_.uploads(), IsEmpty());
  const ProcessResult restored = restore({"-j", "2"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_GT(faults_, at_backup);
  EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));
}

TEST_F(ThroughProxy, AnswersThatAreCutAreContinued) {
  ok(backup_words());
  proxy_.set_answer_fault([this](const HttpRequest&, HttpReply& reply) {
    if (reply.body.size() < 100'000 || ++seen_ % 3 == 0) return;
    reply.cut_after = reply.body.size() / 2;
    ++faults_;
  });
  EXPECT_THAT(ok({"verify", kArchive}), HasSubstr("is sound"));
  EXPECT_GT(faults_, 3);
}

TEST_F(ThroughProxy, AClockThatIsWrongIsCorrected) {
  proxy_.set_fault([this](const HttpRequest&) -> std::optional<HttpReply> {
    if (faults_.fetch_add(1) > 0) return std::nullopt;
    return FakeS3::error(403, "RequestTimeTooSkewed", "The difference is too large.");
  });
  ok(backup_words({"-t", "customers"}));
}

struct LastingFault {
  const char* name;
  int status;
  const char* code;
  int exit_status;
};

class WhenAFaultLasts : public ThroughProxy, public testing::WithParamInterface<LastingFault> {};

TEST_P(WhenAFaultLasts, ABackupEndsWithOneErrorAndLeavesNothing) {
  const LastingFault fault = GetParam();
  // The first part arrives, then never one again.
  proxy_.set_fault([this, fault](const HttpRequest& request) -> std::optional<HttpReply> {
    if (!is_part(request) || ++seen_ == 1) return std::nullopt;
    if (fault.status == 0) return HttpReply{.reset = true};
    return FakeS3::error(fault.status, fault.code);
  });
  environment_.emplace_back("AWS_MAX_ATTEMPTS", "3");
  const ProcessResult result = pgark(backup_words());
  EXPECT_EQ(result.exit_status, fault.exit_status) << result.describe();
  EXPECT_THAT(result.err, HasSubstr(fault.code));
  EXPECT_THAT(result.err, HasSubstr(kArchive));
  std::size_t errors = 0;
  for (std::size_t at = result.err.find("error:"); at != std::string::npos;
       at = result.err.find("error:", at + 1))
    ++errors;
  EXPECT_EQ(errors, 1u) << result.err;
  expect_nothing_there();
}

INSTANTIATE_TEST_SUITE_P(Faults, WhenAFaultLasts,
                         testing::Values(LastingFault{"SlowDown", 503, "SlowDown", 8},
                                         LastingFault{"Internal", 500, "InternalError", 8},
                                         LastingFault{"Resets", 0, "connection", 6},
                                         LastingFault{"Expired", 400, "ExpiredToken", 4},
                                         LastingFault{"Forbidden", 403, "AccessDenied", 4},
                                         LastingFault{"Skewed", 403, "RequestTimeTooSkewed", 4},
                                         LastingFault{"Vanished", 404, "NoSuchBucket", 8}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(ThroughProxy, AFolderThatIsNotFinishedLeavesNothing) {
  proxy_.set_fault([this](const HttpRequest& request) -> std::optional<HttpReply> {
    if (request.method != "PUT" || ++seen_ <= 3) return std::nullopt;
    return FakeS3::error(403, "AccessDenied");
  });
  const ProcessResult result = pgark(backup_words({"-F", "directory", "--pack-size", "6MiB"}));
  EXPECT_EQ(result.exit_status, 4) << result.describe();
  expect_nothing_there();
}

TEST_F(ThroughProxy, ASignalEndsABackupAndLeavesNothing) {
  // The server falls silent in the middle: the command waits, and must still see the signal.
  proxy_.set_fault([this](const HttpRequest& request) -> std::optional<HttpReply> {
    if (!is_part(request) || ++seen_ <= 2) return std::nullopt;
    return HttpReply{.silent = true};
  });
  Command command = pgark_command(backup_words());
  command.environment = environment_;
  command.timeout_ms = kLongRunMs;
  Process backup(std::move(command));
  while (seen_ < 4 && backup.running()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  backup.send(SIGINT);
  const ProcessResult& result = backup.wait();
  EXPECT_EQ(result.exit_status, 130) << result.describe();
  expect_nothing_there();
}

}  // namespace
}  // namespace pgark::test
