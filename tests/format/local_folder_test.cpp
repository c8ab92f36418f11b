// Folders of archives in the file system.
#include "storage/local_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "format/archive_fixture.hpp"
#include "format/verifier.hpp"
#include "storage/storage.hpp"

namespace pgark::storage {
namespace {

namespace fs = std::filesystem;

class LocalFolder : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pgark-folder-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    top_ = name;
    path_ = top_ + "/shop.d";
  }
  void TearDown() override { fs::remove_all(top_); }

  std::unique_ptr<format::ArchiveWriter> begin(FileChoice choice = {}) const {
    return value_or_throw(format::ArchiveWriter::create(value_or_throw(create_archive_folder(path_, choice)),
                                                        format::random_pack_choice(1000)));
  }
  void write(std::uint32_t chunks, FileChoice choice = {}) const {
    auto writer = begin(choice);
    format::ChunkCoder coder;
    for (std::uint32_t i = 0; i < chunks; ++i) {
      const std::string rows = test::random_rows(i, 8, 60);
      value_or_throw(writer->append(coder.encode(2, i, 0, as_bytes(rows), {format::Codec::none, 0}).value()));
    }
    value_or_throw(writer->finish(test::small_toc(1)));
  }
  Error refused(FileChoice choice = {}) const {
    const auto made = create_archive_folder(path_, choice);
    return made ? Error{} : made.error();
  }
  std::size_t chunks() const { return value_or_throw(open_archive(path_))->chunks().size(); }
  static mode_t mode(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
  }

  std::string top_, path_;
};

TEST_F(LocalFolder, is_the_owner_s_alone_and_whole) {
  write(20);
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
  EXPECT_EQ(mode(path_), 0700U);
  for (const auto& entry : fs::directory_iterator(path_))
    EXPECT_EQ(mode(entry.path()), 0600U) << entry.path();
  const auto archive = value_or_throw(open_archive(path_ + "/"));
  EXPECT_EQ(archive->name(), path_);
  EXPECT_GT(archive->packs(), 2U);
  EXPECT_TRUE(format::verify_archive(*archive, {})->sound());
}

TEST_F(LocalFolder, unfinished_leaves_nothing) {
  {
    const auto writer = begin();
    EXPECT_TRUE(fs::exists(path_ + ".partial/pack-000001.partial"));
    EXPECT_FALSE(fs::exists(path_));
  }
  EXPECT_TRUE(fs::is_empty(top_));
}

TEST_F(LocalFolder, an_existing_one_is_kept_unless_told) {
  write(3);
  EXPECT_EQ(refused().message, "exists already");
  write(5, {.overwrite = true});
  EXPECT_EQ(chunks(), 5U);
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
  { const auto unfinished = begin({.overwrite = true}); }
  EXPECT_EQ(chunks(), 5U);
}

TEST_F(LocalFolder, only_an_archive_is_replaced) {
  fs::create_directory(path_);
  std::ofstream(path_ + "/letters.txt") << "mine";
  EXPECT_EQ(refused({.overwrite = true}).code, ErrorCode::usage);
  fs::remove(path_ + "/letters.txt");
  write(1, {.overwrite = true});  // an empty folder is nobody's loss
  std::ofstream(path_ + "/letters.txt") << "mine";
  EXPECT_EQ(refused({.overwrite = true}).code, ErrorCode::usage);
  fs::remove_all(path_);
  std::ofstream(path_) << "a file";
  EXPECT_EQ(refused({.overwrite = true}).message, "exists and is not a folder");
}

// Somebody puts a file into the old folder while the new one is written.
TEST_F(LocalFolder, what_comes_later_is_not_removed_either) {
  write(2);
  auto writer = begin({.overwrite = true});
  std::ofstream(path_ + "/letters.txt") << "mine";
  EXPECT_FALSE(writer->finish(test::small_toc(1)));
  writer.reset();
  EXPECT_TRUE(fs::exists(path_ + "/letters.txt"));
  EXPECT_EQ(chunks(), 2U);
}

TEST_F(LocalFolder, a_leftover_is_replaced_and_a_running_one_is_not) {
  fs::create_directories(path_ + ".partial");
  std::ofstream(path_ + ".partial/pack-000001.partial") << "half";
  std::ofstream(path_ + ".partial/archive.toc.partial") << "half";
  {
    const auto writer = begin();
    EXPECT_EQ(refused().message, "is in use: another pgark writes it, or reads what it is to replace");
  }
  fs::create_directories(path_ + ".partial");
  std::ofstream(path_ + ".partial/letters.txt") << "mine";
  EXPECT_EQ(refused().code, ErrorCode::usage);
  EXPECT_TRUE(fs::exists(path_ + ".partial/letters.txt"));
}

// The reader has the old folder until he is done; the next run removes it.
TEST_F(LocalFolder, what_is_being_read_is_replaced_but_not_removed) {
  write(20);
  auto reader = value_or_throw(open_archive(path_));
  write(5, {.overwrite = true});
  EXPECT_EQ(chunks(), 5U);
  EXPECT_TRUE(format::verify_archive(*reader, {})->sound());
  EXPECT_EQ(reader->chunks().size(), 20U);
  EXPECT_TRUE(fs::exists(path_ + ".partial"));
  EXPECT_EQ(refused({.overwrite = true}).code, ErrorCode::usage);
  reader.reset();
  write(7, {.overwrite = true});
  EXPECT_EQ(chunks(), 7U);
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
}

TEST_F(LocalFolder, a_file_under_construction_is_in_use_too) {
  const auto file = value_or_throw(create_archive_file(path_, {}));
  EXPECT_THAT(refused().message, testing::StartsWith("is in use"));
  file->discard();
  const auto folder = begin();
  const auto other = create_archive_file(path_, {});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, testing::StartsWith("is in use"));
}

TEST_F(LocalFolder, what_cannot_be_opened) {
  const auto unopened = [](const std::string& path) {
    const auto archive = open_archive(path);
    return archive ? Error{} : archive.error();
  };
  EXPECT_EQ(unopened(top_).message, "is a folder, but not an archive's");
  fs::create_directory(path_ + ".partial");
  EXPECT_EQ(unopened(path_ + ".partial").message, "is an unfinished archive");
  EXPECT_EQ(unopened(path_ + ".partial/").message, "is an unfinished archive");
  write(20);
  fs::remove(path_ + "/pack-000002");
  const Error missing = unopened(path_);
  EXPECT_EQ(missing.code, ErrorCode::archive_damaged);
  EXPECT_EQ(missing.message, "a file of the archive is missing: pack-000002");
  EXPECT_EQ(unopened(path_ + "/pack-000001").hint, "give the name of the folder");
  fs::create_directory(path_ + "/pack-000002");
  EXPECT_EQ(unopened(path_).code, ErrorCode::archive_damaged);
  fs::remove(path_ + "/archive.toc");
  EXPECT_EQ(unopened(path_).code, ErrorCode::archive_damaged);
  EXPECT_EQ(refused({.overwrite = true}).code, ErrorCode::usage);
}

TEST_F(LocalFolder, impossible_targets) {
  EXPECT_EQ(create_archive_folder("", {}).error().code, ErrorCode::usage);
  EXPECT_EQ(create_archive_folder("-", {}).error().code, ErrorCode::usage);
  EXPECT_EQ(create_archive_folder("ftp://host/shop", {}).error().code, ErrorCode::usage);
  EXPECT_EQ(create_archive_folder(path_ + ".partial", {}).error().code, ErrorCode::usage);
  EXPECT_EQ(create_archive_folder(top_ + "/.", {}).error().code, ErrorCode::usage);
  EXPECT_EQ(create_archive_folder(top_ + "/no/where", {}).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace pgark::storage
