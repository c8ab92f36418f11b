#include "storage/local_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/temp_directory.hpp"

namespace pgark::storage {
namespace {

namespace fs = std::filesystem;

class LocalStoreTest : public testing::Test {
 protected:
  std::vector<std::string> keys(const std::string& prefix = {}) const {
    std::vector<std::string> keys;
    for (const ObjectInfo& object : value_or_throw(store_.list(prefix))) keys.push_back(object.key);
    return keys;
  }
  void write(const std::string& key, const std::string& content) {
    value_or_throw(store_.write_small(key, content));
  }
  // Somebody else's.
  void put(const std::string& path, const std::string& content) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << content;
  }
  static mode_t mode(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }

  const test::TempDirectory folder_;
  const fs::path root_ = folder_ / "place/backups";
  LocalStore store_{(root_ / "").string()};
};

using Keys = std::vector<std::string>;

TEST_F(LocalStoreTest, APlaceThatIsNotThereIsEmpty) {
  EXPECT_EQ(keys(), Keys());
  EXPECT_FALSE(store_.open("a"));
  EXPECT_TRUE(store_.remove("a"));
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(LocalStoreTest, ObjectsAreWrittenListedReadAndRemoved) {
  write("b.txt", "two");
  write("a/deep/c", "three!");
  EXPECT_EQ(keys(), (Keys{"a/deep/c", "b.txt"}));
  EXPECT_EQ(keys("a/d"), Keys{"a/deep/c"});
  EXPECT_EQ(keys("b.txt"), Keys{"b.txt"});
  EXPECT_EQ(keys("c"), Keys());
  const auto objects = value_or_throw(store_.list("a"));
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_EQ(objects[0].size_bytes, 6u);
  EXPECT_LT(std::chrono::system_clock::now() - objects[0].modified, std::chrono::hours(1));
  EXPECT_EQ(value_or_throw(store_.read_small("a/deep/c", 6)), "three!");
  EXPECT_FALSE(store_.read_small("a/deep/c", 5));
  write("b.txt", "new");
  EXPECT_EQ(value_or_throw(store_.read_small("b.txt", 100)), "new");
  EXPECT_TRUE(store_.remove("a/deep/c"));
  EXPECT_FALSE(fs::exists(root_ / "a/deep"));
  EXPECT_EQ(keys(), Keys{"b.txt"});
  EXPECT_EQ(store_.name("b.txt"), (root_ / "b.txt").string());
  EXPECT_EQ(store_.name({}), root_.string());
}

TEST_F(LocalStoreTest, OnlyTheOwnerMayReadAndEnter) {
  write("a/b", "x");
  EXPECT_EQ(mode(root_ / "a/b"), 0600u);
  EXPECT_EQ(mode(root_ / "a"), 0700u);
  EXPECT_EQ(mode(root_), 0700u);
}

TEST_F(LocalStoreTest, AnObjectIsThereAfterItsCommitOnly) {
  auto sink = value_or_throw(store_.create("big", false));
  value_or_throw(sink->write_at(0, as_bytes("half")));
  EXPECT_EQ(keys(), Keys());
  EXPECT_EQ(value_or_throw(store_.list_unfinished({})), Keys{"big"});
  EXPECT_FALSE(value_or_throw(store_.remove_unfinished("big"))) << "it is being written";
  value_or_throw(sink->commit());
  EXPECT_EQ(keys(), Keys{"big"});
  EXPECT_FALSE(store_.create("big", false));
  EXPECT_TRUE(store_.create("big", true));
}

TEST_F(LocalStoreTest, LeftoversOfTheDeadAreFoundAndRemoved) {
  put("x.partial", "half");
  put("d.pgark.partial/pack-000001", "half");
  put("mine.partial/letter.txt", "dear");
  put("other", "x");
  EXPECT_EQ(keys(), Keys{"other"});
  EXPECT_EQ(value_or_throw(store_.list_unfinished({})), (Keys{"d.pgark", "mine", "x"}));
  EXPECT_EQ(value_or_throw(store_.list_unfinished("d")), Keys{"d.pgark"});
  EXPECT_TRUE(value_or_throw(store_.remove_unfinished("x")));
  EXPECT_TRUE(value_or_throw(store_.remove_unfinished("d.pgark")));
  EXPECT_FALSE(value_or_throw(store_.remove_unfinished("mine"))) << "holds something else";
  EXPECT_FALSE(fs::exists(root_ / "x.partial"));
  EXPECT_FALSE(fs::exists(root_ / "d.pgark.partial"));
  EXPECT_TRUE(fs::exists(root_ / "mine.partial/letter.txt"));
}

TEST_F(LocalStoreTest, KeysDoNotLeaveThePlace) {
  for (const char* key : {"", "..", "../x", "a/../../x", "/x", "a//b", "a/", "."}) {
    EXPECT_FALSE(store_.write_small(key, "x")) << key;
    EXPECT_FALSE(store_.open(key)) << key;
    EXPECT_FALSE(store_.remove(key)) << key;
  }
  EXPECT_FALSE(store_.open(std::string("a\0b", 3)));
}

TEST_F(LocalStoreTest, LinksToFoldersAreNotFollowed) {
  put("../elsewhere/x", "x");
  fs::create_directories(root_);
  fs::create_directory_symlink("../elsewhere", root_ / "link");
  fs::create_symlink("nowhere", root_ / "dangling");
  EXPECT_EQ(keys(), Keys());
}

TEST_F(LocalStoreTest, AFileIsNoPlace) {
  put("../file", "x");
  const LocalStore store((folder_ / "place/file").string());
  EXPECT_FALSE(store.list({}));
}

}  // namespace
}  // namespace pgark::storage
