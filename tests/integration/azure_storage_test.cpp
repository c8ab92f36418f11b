// The program against Azurite, Microsoft's own server of Azure's blobs, over TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "support/azurite.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

constexpr const char* kArchive = "az://backups/night/shop 1.pgark";
constexpr const char* kKeyOfArchive = "night/shop 1.pgark";

// About 12 MB that no codec makes smaller.
constexpr std::string_view kTables = R"sql(
CREATE TABLE big (id int PRIMARY KEY, noise bytea);
INSERT INTO big SELECT n, (SELECT string_agg(sha256((n || '/' || i)::text::bytea), '') FROM generate_series(1, 64) i)
  FROM generate_series(1, 6000) n;
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 500) n;
)sql";

class AzureStorage : public testing::Test {
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
    for (const std::string& secret : {std::string(Azurite::kKey), server_.token(), std::string("sig=")})
      EXPECT_THAT(result.out + result.err, Not(HasSubstr(secret)));
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
  void expect_there_and_back() {
    EXPECT_THAT(ok({"verify", kArchive}), HasSubstr("is sound"));
    ok({"restore", kArchive, "-d", cluster_.conninfo("target"), "-j", "2"});
    EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));
  }

  Cluster& cluster_ = Cluster::shared();
  const Azurite server_;
  std::vector<std::pair<std::string, std::string>> environment_ = server_.with_key();
};

TEST_F(AzureStorage, AnArchiveGoesThereAndBackWithTheKey) {
  ok(backup_words({"-j", "2"}));
  expect_there_and_back();
  EXPECT_THAT(ok({"export", kArchive, "-t", "customers", "-o", "-"}), HasSubstr("customer 500"));
}

TEST_F(AzureStorage, AnArchiveOfSeveralBlobsGoesThereAndBackWithAToken) {
  environment_ = server_.with_token();
  ok(backup_words({"-F", "directory", "--pack-size", "6MiB", "-j", "2"}));
  const auto objects = server_.store()->list("night/");
  ASSERT_TRUE(objects) << objects.error().to_string();
  EXPECT_GE(objects->size(), 3u);
  expect_there_and_back();
}

TEST_F(AzureStorage, WhatIsThereIsNotReplacedUnlessAsked) {
  ok(backup_words({"-t", "customers"}));
  const ProcessResult refused = pgark(backup_words());
  EXPECT_EQ(refused.exit_status, 2) << refused.describe();
  EXPECT_THAT(refused.err, HasSubstr("exists already"));
  ok(backup_words({"--overwrite"}));
  expect_there_and_back();
}

TEST_F(AzureStorage, WhatHasComeMeanwhileIsNotReplaced) {
  for (const std::size_t bytes : {std::size_t{10}, std::size_t{6} << 20}) {
    const auto store = server_.store();
    ASSERT_TRUE(store->remove("k"));
    auto sink = store->create("k", false);
    ASSERT_TRUE(sink) << sink.error().to_string();
    ASSERT_TRUE((*sink)->write_at(0, as_bytes(std::string(bytes, 'x'))));
    ASSERT_TRUE(store->write_small("k", "of another"));
    const auto committed = (*sink)->commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::usage) << committed.error().to_string();
    (*sink)->discard();
    EXPECT_EQ(store->read_small("k", 100), "of another");
  }
}

TEST_F(AzureStorage, WhatIsNotCommittedIsGone) {
  const auto store = server_.store();
  {
    auto sink = store->create("k", false);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write_at(0, as_bytes(std::string(std::size_t{17} << 20, 'x'))));
  }
  EXPECT_THAT(store->list("").value(), IsEmpty());
}

TEST_F(AzureStorage, EachWrongSettingIsOneClearError) {
  ok(backup_words({"-t", "customers"}));
  struct Case {
    const char *name, *value, *says;
    int status;
  };
  for (const Case& wrong :
       {Case{"AZURE_STORAGE_KEY", "bm90IHRoZSBrZXk=", "Authorization", 4},
        Case{"AZURE_STORAGE_KEY", "", "no key", 4}, Case{"AZURE_STORAGE_KEY", "!", "AZURE_STORAGE_KEY", 2},
        Case{"PGARK_AZ_CA_BUNDLE", "", "not trusted", 3}}) {
    const ProcessResult result = pgark({"inspect", kArchive}, {{wrong.name, wrong.value}});
    EXPECT_EQ(result.exit_status, wrong.status) << wrong.name << result.describe();
    EXPECT_THAT(result.err, HasSubstr(wrong.says)) << wrong.name;
  }
  const ProcessResult gone = pgark({"inspect", "az://backups/nothing"});
  EXPECT_EQ(gone.exit_status, 8) << gone.describe();
  EXPECT_THAT(gone.err, HasSubstr("az://backups/nothing"));
  EXPECT_EQ(pgark({"inspect", "az://elsewhere/x"}).exit_status, 8);
}

}  // namespace
}  // namespace pgark::test
