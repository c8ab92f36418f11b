// pgark backup --upload: each backup in several places.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "backups_fixture.hpp"
#include "support/fake_s3.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class BackupUploadTest : public BackupsTest {
 protected:
  Command with_bucket(Words words) const {
    Command made = command(std::move(words));
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"AWS_ENDPOINT_URL_S3", server_.url()},
                                                          {"AWS_ACCESS_KEY_ID", "key"},
                                                          {"AWS_SECRET_ACCESS_KEY", "secret"},
                                                          {"AWS_MAX_ATTEMPTS", "2"},
                                                          {"AWS_CONFIG_FILE", "/dev/null"},
                                                          {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"},
                                                          {"PGARK_S3_ADDRESSING", "path"}})
      made.environment.emplace_back(name, value);
    return made;
  }
  ProcessResult backup_to(const Words& places, Words more = {}) const {
    Words words{"backup", "-d", cluster_.conninfo("shop")};
    for (const std::string& place : places) words.insert(words.end(), {"--upload", place});
    words.insert(words.end(), more.begin(), more.end());
    return run(with_bucket(words));
  }
  nlohmann::json list_of(const std::string& place) const {
    return result_of(run(with_bucket({"list", "--json", "--backup-dir", place})))["backups"];
  }
  std::string second() const { return (folder_ / "second").string(); }

  std::atomic<bool> asked_ = false;
  FakeS3 store_;
  HttpServer server_{[this](const HttpRequest& request) { return store_.handle(request); }};
};

TEST_F(BackupUploadTest, EachPlaceHasTheWholeBackup) {
  for (const char* format : {"custom", "directory"}) {
    SCOPED_TRACE(format);
    const ProcessResult made = backup_to({"s3://bucket/night", second()}, {"-F", format});
    expect(made, 0, {"backup complete", "to s3://bucket/night/shop_", "to " + second() + "/shop_"});
    const std::string name = newest();
    for (const std::string& place : {std::string("s3://bucket/night"), second()}) {
      const auto backups = list_of(place);
      ASSERT_FALSE(backups.empty()) << place;
      EXPECT_EQ(backups.back()["name"], name);
      EXPECT_EQ(backups.back()["state"], "complete");
      EXPECT_EQ(backups.back()["rows"], 5000);
      expect(run(with_bucket({"verify", name, "--backup-dir", place, "--level", "decode"})), 0, {"is sound"});
    }
  }
  expect(run(with_bucket({"prune", "--keep-days", "0", "--keep-last", "1", "--backup-dir", second()})), 0);
  EXPECT_THAT(list_of(second()), SizeIs(1));
  EXPECT_THAT(list(), SizeIs(2));
}

TEST_F(BackupUploadTest, OneThatFailsDoesNotStopTheOthers) {
  store_.set_fault([](const HttpRequest& request) -> std::optional<HttpReply> {
    if (request.method == "GET") return std::nullopt;
    return FakeS3::error(403, "AccessDenied");
  });
  const ProcessResult made = backup_to({"s3://bucket/night", second()}, {"--json"});
  EXPECT_EQ(made.exit_status, 4) << made.describe();
  const auto result = result_of(made);
  EXPECT_EQ(result["complete"], true);
  ASSERT_THAT(result["uploads"], SizeIs(2));
  EXPECT_EQ(result["uploads"][0]["complete"], false);
  EXPECT_EQ(result["uploads"][1]["complete"], true);
  EXPECT_EQ(list().back()["state"], "complete");
  EXPECT_EQ(list_of(second()).back()["state"], "complete");
  EXPECT_EQ(store_.uploads_under_way(), 0u);
}

TEST_F(BackupUploadTest, ThePlacesOfEnvironmentAndFile) {
  Command from_environment = with_bucket({"backup", "-d", cluster_.conninfo("shop")});
  from_environment.environment.emplace_back("PGARK_UPLOAD", second() + "  s3://bucket/night");
  expect(run(std::move(from_environment)), 0);
  EXPECT_THAT(list_of(second()), SizeIs(1));
  EXPECT_THAT(list_of("s3://bucket/night"), SizeIs(1));
  std::ofstream(folder_ / "pgark.toml") << "[backup]\nupload = ['" << second() << "', 's3://bucket/night']\n";
  expect(run(with_bucket(
             {"backup", "-d", cluster_.conninfo("shop"), "--config", (folder_ / "pgark.toml").string()})),
         0);
  EXPECT_THAT(list_of(second()), SizeIs(2));
  EXPECT_THAT(list_of("s3://bucket/night"), SizeIs(2));
  std::ofstream(folder_ / "pgark.toml") << "upload = ['" << second() << "', 's3://bucket/night']\n";
  expect(run(with_bucket(
             {"backup", "-d", cluster_.conninfo("shop"), "--config", (folder_ / "pgark.toml").string()})),
         0);
  EXPECT_THAT(list_of(second()), SizeIs(3));
}

TEST_F(BackupUploadTest, AnArchiveOfItsOwnGoesAlone) {
  const std::string archive = (folder_ / "mine.pgark").string();
  expect(backup_to({second(), "s3://bucket/night"}, {"-o", archive}), 0);
  EXPECT_TRUE(fs::exists(second() + "/mine.pgark"));
  EXPECT_TRUE(store_.object("night/mine.pgark"));
  // What is there is not replaced by accident.
  expect(backup_to({second()}, {"-o", archive, "--overwrite"}), 0);
  fs::remove(archive);
  expect(backup_to({second()}, {"-o", archive}), 2, {"mine.pgark"});
  EXPECT_TRUE(fs::exists(archive));
}

TEST_F(BackupUploadTest, WhatIsNoSecondPlaceIsRefusedBeforeTheBackup) {
  expect(backup_to({"ftp://x/y"}), 2, {"unknown storage scheme"});
  expect(backup_to({second(), second() + "/"}), 2, {"is named twice"});
  expect(backup_to({place_.string()}), 2, {"is where the backup itself goes"});
  expect(backup_to({second()}, {"-o", "-"}), 2, {"--upload"});
  EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(BackupUploadTest, AnInterruptLeavesNothingThatLooksWhole) {
  store_.set_fault([](const HttpRequest& request) -> std::optional<HttpReply> {
    if (request.method == "PUT" && request.path.ends_with(".pgark")) return HttpReply{.silent = true};
    return std::nullopt;
  });
  Process program(with_bucket({"backup", "-d", cluster_.conninfo("shop"), "--upload", "s3://bucket/night"}));
  for (int i = 0; i < 3000 && program.errors_so_far().find("uploading") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().exit_status, 130) << program.wait().describe();
  store_.set_fault({});
  EXPECT_EQ(list().back()["state"], "complete");
  EXPECT_THAT(list_of("s3://bucket/night"), testing::IsEmpty());
}

TEST_F(BackupUploadTest, OneThatIsThereIsUploadedWithItsSideFile) {
  expect(run(with_bucket({"backup", "-d", cluster_.conninfo("shop")})), 0);
  const std::string name = newest();
  const std::string path = (place_ / (name + ".pgark")).string();
  expect(run(with_bucket({"upload", name, second() + "/", "s3://bucket/night/"})), 0,
         {"to " + second() + "/" + name, "to s3://bucket/night/" + name});
  for (const std::string& place : {std::string("s3://bucket/night"), second()}) {
    ASSERT_THAT(list_of(place), SizeIs(1)) << place;
    EXPECT_EQ(list_of(place)[0]["state"], "complete");
    EXPECT_EQ(list_of(place)[0]["rows"], 5000);
    EXPECT_EQ(list_of(place)[0]["name"], name);
  }
  expect(run(with_bucket({"upload", "--latest", (folder_ / "third").string() + "/"})), 0);
  EXPECT_THAT(list_of((folder_ / "third").string()), SizeIs(1));
  // Under another name it is an archive like others.
  expect(run(with_bucket({"upload", path, "s3://bucket/other.pgark"})), 0);
  EXPECT_TRUE(store_.object("other.pgark"));
  EXPECT_FALSE(store_.object("other.metadata.json"));
  // What is there is not replaced by accident, and does not stop the others.
  const ProcessResult again =
      run(with_bucket({"upload", "--latest", second() + "/", (folder_ / "fourth").string() + "/"}));
  expect(again, 2, {"exists already"});
  EXPECT_THAT(list_of((folder_ / "fourth").string()), SizeIs(1));
  expect(run(with_bucket({"upload", "--latest", second() + "/", "--overwrite"})), 0);
  expect(run(with_bucket({"upload", "--latest"})), 2, {"DESTINATION"});
  expect(run(with_bucket({"upload"})), 2, {"archive"});
  expect(run(with_bucket({"upload", path})), 2, {"DESTINATION"});
  expect(run(with_bucket({"upload", path, second() + "/", "--of", "shop"})), 2, {"--of"});
}

// Before the dump begins, and when it is done.
TEST_F(BackupUploadTest, AnInterruptWhileThePlaceDoesNotAnswer) {
  for (const char* key : {".lock", ".metadata.json"}) {
    SCOPED_TRACE(key);
    asked_ = false;
    store_.set_fault([this, key](const HttpRequest& request) -> std::optional<HttpReply> {
      if (request.method != "PUT" || request.path.find(key) == std::string::npos) return std::nullopt;
      asked_ = true;
      return HttpReply{.silent = true};
    });
    Process program(
        with_bucket({"backup", "-d", cluster_.conninfo("shop"), "--backup-dir", "s3://bucket/night"}));
    for (int i = 0; i < 3000 && !asked_; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(asked_);
    program.send(SIGTERM);
    EXPECT_EQ(program.wait().exit_status, 130) << program.wait().describe();
    store_.set_fault({});
    EXPECT_FALSE(store_.object("night/shop.lock-1")) << "the lock is given back";
    for (const nlohmann::json& backup : list_of("s3://bucket/night")) EXPECT_NE(backup["state"], "complete");
  }
}

// A run that would be killed in the middle of a removal tells nobody.
TEST_F(BackupUploadTest, AnInterruptedPruneSaysSo) {
  expect(backup_to({"s3://bucket/night"}), 0);
  expect(backup_to({"s3://bucket/night"}), 0);
  store_.set_fault([this](const HttpRequest& request) -> std::optional<HttpReply> {
    if (request.method != "DELETE" || !request.path.ends_with(".pgark")) return std::nullopt;
    asked_ = true;
    return HttpReply{.silent = true};
  });
  Process program(
      with_bucket({"prune", "--keep-days", "0", "--keep-last", "1", "--backup-dir", "s3://bucket/night"}));
  for (int i = 0; i < 3000 && !asked_; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().exit_status, 130) << program.wait().describe();
}

}  // namespace
}  // namespace pgark::test
