#include "storage/catalogue/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "storage/catalogue/stream_hash.hpp"
#include "storage/local_store.hpp"
#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace pgark::storage {
namespace {

namespace fs = std::filesystem;

// A place without folders, as an object store is, that can be cut off: after so many changes every further
// one fails, as if the program had died.
class CutStore final : public Store {
 public:
  explicit CutStore(const std::string& root) : inner_(root, /*sync=*/false) {}
  int changes_left = 1'000'000;

  Result<std::vector<ObjectInfo>> list(const std::string& prefix) const override {
    return inner_.list(prefix);
  }
  Result<std::string> read_small(const std::string& key, std::uint64_t limit) const override {
    return inner_.read_small(key, limit);
  }
  Result<> write_small(const std::string& key, const std::string& content) override {
    if (changes_left-- <= 0) return fail(ErrorCode::io, "cut off", key);
    return inner_.write_small(key, content);
  }
  Result<std::unique_ptr<format::Source>> open(const std::string& key) const override {
    return inner_.open(key);
  }
  Result<std::unique_ptr<format::Sink>> create(const std::string& key, bool overwrite) override {
    return inner_.create(key, overwrite);
  }
  Result<> remove(const std::string& key) override {
    if (changes_left-- <= 0) return fail(ErrorCode::io, "cut off", key);
    return inner_.remove(key);
  }
  Result<std::vector<std::string>> list_unfinished(const std::string& prefix) const override {
    return inner_.list_unfinished(prefix);
  }
  Result<bool> remove_unfinished(const std::string& key) override { return inner_.remove_unfinished(key); }
  std::string name(const std::string& key) const override { return inner_.name(key); }

 private:
  LocalStore inner_;
};

class CatalogueTest : public testing::TestWithParam<bool> {
 protected:
  static BackupName name(const std::string& database, int minute) {
    return {database, parse_time("2026-01-15T14:30:00.000Z").value() + std::chrono::minutes(minute)};
  }
  std::unique_ptr<Store> make_store() const {
    if (GetParam()) return std::make_unique<CutStore>(folder_.path().string());
    return std::make_unique<LocalStore>(folder_.path().string(), /*sync=*/false);
  }

  NewBackup archive(const BackupName& name, bool is_folder,
                    const std::vector<format::ReportItem>& report = {}) {
    const NewBackup backup{name, is_folder, std::make_shared<FileRecord>()};
    const auto writer = value_or_throw(catalogue_.create(backup, format::random_pack_choice(1 << 20)));
    format::Toc toc;
    toc.info[format::info_key::kDatabase] = name.database;
    toc.info[format::info_key::kServerVersion] = "15.1";
    toc.report = report;
    format::TocEntry& entry = toc.entries.emplace_back();
    entry.id = 1;
    entry.kind = "TABLE DATA";
    entry.schema = "public";
    entry.name = "t";
    entry.section = format::Section::data;
    entry.copy_target = "public.t (a)";
    format::ChunkCoder coder;
    const std::string rows = "1\n2\n3\n";
    const auto chunk = value_or_throw(coder.encode(1, 0, 0, as_bytes(rows), format::CodecChoice()));
    value_or_throw(writer->append(chunk));
    value_or_throw(writer->finish(toc));
    return backup;
  }
  void backup(const BackupName& name, bool is_folder = false,
              const std::vector<format::ReportItem>& report = {}) {
    const NewBackup made = archive(name, is_folder, report);
    value_or_throw(catalogue_.complete(made, name.started, name.started + std::chrono::seconds(3)));
  }
  void put(const std::string& path, const std::string& content) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << content;
  }
  std::vector<std::string> states(const std::string& database = {}) const {
    std::vector<std::string> lines;
    for (const Backup& one : value_or_throw(catalogue_.list(database)))
      lines.push_back(one.text() + " " + state_name(one.state));
    return lines;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
      names.push_back(fs::relative(entry.path(), folder_.path()).string());
    std::ranges::sort(names);
    return names;
  }
  Verification passed(VerifyLevel level, bool ok = true) const {
    Verification verification;
    verification.at = time_now();
    verification.level = level;
    verification.passed = ok;
    return verification;
  }

  const test::TempDirectory folder_;
  const std::unique_ptr<Store> store_ = make_store();
  Catalogue catalogue_{*store_};
};

using Lines = std::vector<std::string>;
constexpr const char* kShop0 = "shop_2026-01-15T14-30-00-000Z";

TEST_P(CatalogueTest, BackupsAreListedWithWhatIsKnownOfThem) {
  EXPECT_EQ(states(), Lines());
  backup(name("shop", 1), true);
  backup(name("shop", 0));
  backup(name("a b/c", 0));
  backup(name("shop", 2), false, {{format::ReportLevel::lost, "FUNCTION", "f()", "cannot be read"}});
  EXPECT_EQ(states(),
            (Lines{"a%20b%2Fc_2026-01-15T14-30-00-000Z complete", std::string(kShop0) + " complete",
                   "shop_2026-01-15T14-31-00-000Z complete", "shop_2026-01-15T14-32-00-000Z incomplete"}));
  EXPECT_EQ(states("a b/c"), Lines{"a%20b%2Fc_2026-01-15T14-30-00-000Z complete"});
  EXPECT_EQ(value_or_throw(catalogue_.databases()), (Lines{"a b/c", "shop"}));
  const Backup found = value_or_throw(catalogue_.find(std::string(kShop0) + ".pgark"));
  EXPECT_EQ(found.metadata->rows, 3u);
  EXPECT_EQ(found.metadata->duration_seconds, 3);
  EXPECT_EQ(found.metadata->server_version, "15.1");
  ASSERT_EQ(found.metadata->tables.size(), 1u);
  EXPECT_EQ(found.metadata->tables[0].name, "t");
  for (const Backup& one : value_or_throw(catalogue_.list()))
    EXPECT_EQ(value_or_throw(catalogue_.open(one))->file_bytes(), one.bytes);
}

// coreutils agree with what stands in the side file.
TEST_P(CatalogueTest, Sha256sumAgrees) {
  backup(name("shop", 0), false);
  backup(name("shop", 1), true);
  std::string lines;
  for (const Backup& one : value_or_throw(catalogue_.list())) {
    EXPECT_EQ(one.metadata->files.size(), one.keys.size());
    for (const FileFacts& file : one.metadata->files) {
      EXPECT_EQ(file.bytes, fs::file_size(folder_ / file.name));
      lines += file.sha256 + "  " + file.name + "\n";
    }
  }
  test::Command command;
  command.argv = {"sha256sum", "--strict", "-c"};
  command.input = lines;
  command.working_directory = folder_.path();
  const auto result = test::run(std::move(command));
  EXPECT_TRUE(result.ok()) << result.describe();
}

TEST_P(CatalogueTest, TheLatestIsTheNewestCompleteOne) {
  EXPECT_FALSE(catalogue_.latest());
  backup(name("shop", 0));
  backup(name("shop", 1));
  backup(name("shop", 2), false, {{format::ReportLevel::lost, "FUNCTION", "f()", "cannot be read"}});
  archive(name("shop", 3), false);
  std::vector<Backup> passed_over;
  EXPECT_EQ(value_or_throw(catalogue_.latest({}, &passed_over)).name, name("shop", 1));
  EXPECT_EQ(passed_over.size(), 2u);
  value_or_throw(catalogue_.record(value_or_throw(catalogue_.latest()), passed(VerifyLevel::decode, false)));
  EXPECT_EQ(value_or_throw(catalogue_.latest()).name, name("shop", 0)) << "the other one is damaged";
  backup(name("crm", 0));
  const auto which = catalogue_.latest();
  ASSERT_FALSE(which);
  EXPECT_NE(which.error().hint.find("--of crm"), std::string::npos);
  EXPECT_EQ(value_or_throw(catalogue_.latest("crm")).name, name("crm", 0));
  EXPECT_FALSE(catalogue_.latest("nobody's"));
}

TEST_P(CatalogueTest, FilesOfOthersAreNeitherListedNorTouched) {
  const Lines foreign{"shop.pgark",
                      "shop_yesterday.pgark",
                      "shop_2026-01-15T14-30-00-000Z.pgark.bak",
                      "shop_2026-01-15T14-30-00-000Z.sql",
                      "shop_2026-01-15T14-30-00-000Z",
                      "shop_mine.pgark.partial",
                      "sub/shop_2026-01-15T14-30-00-000Z.pgark",
                      "shop_2026-01-15T15-30-00-000Z.pgark.metadata.json"};
  for (const std::string& path : foreign) put(path, "foreign");
  // The last is named like a side file, and is none of ours.
  EXPECT_EQ(states(), Lines{"shop_2026-01-15T15-30-00-000Z orphaned"});
  const Lines before = files();
  EXPECT_EQ(value_or_throw(catalogue_.clean("shop")), Lines());
  EXPECT_EQ(files(), before);
}

TEST_P(CatalogueTest, WhatHasNoUsableSideFileIsSaid) {
  archive(name("shop", 0), false);
  archive(name("shop", 1), true);
  backup(name("shop", 2));
  put(metadata_key(name("shop", 2)), "{}");
  for (const Backup& one : value_or_throw(catalogue_.list())) {
    EXPECT_EQ(one.state, BackupState::unlisted);
    EXPECT_FALSE(one.problem.empty());
  }
  EXPECT_FALSE(catalogue_.latest());
  EXPECT_EQ(value_or_throw(catalogue_.clean("shop")), Lines()) << "archives are not leftovers";
}

TEST_P(CatalogueTest, ASideFileOfAnotherBackupIsNotUsed) {
  backup(name("shop", 0));
  archive(name("shop", 1), false);
  fs::copy_file(folder_ / metadata_key(name("shop", 0)), folder_ / metadata_key(name("shop", 1)));
  const Backup copied = value_or_throw(catalogue_.list()).back();
  EXPECT_EQ(copied.state, BackupState::unlisted);
  EXPECT_NE(copied.problem.find(kShop0), std::string::npos) << copied.problem;
}

TEST_P(CatalogueTest, AVerificationGivesABackupWithoutASideFileOne) {
  archive(name("shop", 0), false);
  archive(name("shop", 1), true);
  for (const Backup& one : value_or_throw(catalogue_.list()))
    value_or_throw(catalogue_.record(one, passed(VerifyLevel::decode)));
  for (const Backup& one : value_or_throw(catalogue_.list())) {
    ASSERT_EQ(one.state, BackupState::complete) << one.problem;
    EXPECT_NE(one.metadata->verified(), nullptr);
    EXPECT_EQ(one.metadata->files.size(), one.keys.size());
    for (const FileFacts& file : one.metadata->files)
      EXPECT_EQ(file.sha256, value_or_throw(sha256_of(*value_or_throw(store_->open(file.name)))));
  }
}

TEST_P(CatalogueTest, ADamagedSideFileIsWrittenAnew) {
  backup(name("shop", 0));
  const std::string key = metadata_key(name("shop", 0));
  const std::string whole = value_or_throw(store_->read_small(key, 100'000));
  std::string elsewhere = whole;
  elsewhere.replace(elsewhere.find(std::string(kShop0) + ".pgark"), 4, "../x");
  for (const std::string& text :
       {std::string(), whole.substr(0, whole.size() / 2), std::string("[]"), elsewhere}) {
    put(key, text);
    EXPECT_EQ(value_or_throw(catalogue_.find(kShop0)).state, BackupState::unlisted) << text;
    value_or_throw(catalogue_.record(value_or_throw(catalogue_.find(kShop0)), passed(VerifyLevel::decode)));
    const Backup mended = value_or_throw(catalogue_.find(kShop0));
    EXPECT_EQ(mended.state, BackupState::complete) << mended.problem;
    EXPECT_NE(mended.metadata->verified(), nullptr);
  }
}

TEST_P(CatalogueTest, OneFromTheFutureIsTheLatestOnlyWhenThereIsNoOther) {
  const BackupName future{"shop", time_now() + std::chrono::hours(24 * 365)};
  backup(future);
  EXPECT_EQ(value_or_throw(catalogue_.latest()).name, future);
  backup(name("shop", 0));
  std::vector<Backup> passed_over;
  EXPECT_EQ(value_or_throw(catalogue_.latest({}, &passed_over)).name, name("shop", 0));
  ASSERT_EQ(passed_over.size(), 1u);
  EXPECT_EQ(passed_over[0].name, future);
}

TEST_P(CatalogueTest, ASideFileThatCannotBeUsedIsNotReplaced) {
  backup(name("shop", 0));
  put(metadata_key(name("shop", 0)), "{\"mine\": 1}");
  const auto recorded =
      catalogue_.record(value_or_throw(catalogue_.find(kShop0)), passed(VerifyLevel::decode));
  EXPECT_FALSE(recorded);
  EXPECT_EQ(value_or_throw(store_->read_small(metadata_key(name("shop", 0)), 100)), "{\"mine\": 1}");
  put(metadata_key(name("shop", 0)), R"({"schema": "pgark-backup", "version": 99})");
  EXPECT_FALSE(catalogue_.record(value_or_throw(catalogue_.find(kShop0)), passed(VerifyLevel::decode)));
}

TEST_P(CatalogueTest, AVerificationOfWhatIsGoneLeavesNothing) {
  backup(name("shop", 0));
  const Backup gone = value_or_throw(catalogue_.find(kShop0));
  value_or_throw(catalogue_.remove(gone));
  value_or_throw(catalogue_.record(gone, passed(VerifyLevel::decode)));
  EXPECT_EQ(files(), Lines());
}

TEST_P(CatalogueTest, LeftoversOfDeadRunsAreRemovedAndThoseOfOthersStay) {
  backup(name("shop", 0));
  put("shop_2026-01-15T15-30-00-000Z.pgark.partial", "half");
  put("shop_2026-01-15T15-30-00-000Z.pgark.metadata.json.partial", "half");
  put("shop_2026-01-15T16-30-00-000Z.pgark/pack-000001", "half");
  put("shop_eu_2026-01-15T15-30-00-000Z.pgark.partial", "of another database");
  const Lines removed = value_or_throw(catalogue_.clean("shop"));
  EXPECT_EQ(removed.size(), 3u);
  EXPECT_EQ(files(), (Lines{std::string(kShop0) + ".pgark", std::string(kShop0) + ".pgark.metadata.json",
                            "shop_eu_2026-01-15T15-30-00-000Z.pgark.partial"}));
}

TEST_P(CatalogueTest, WhatIsBeingWrittenStays) {
  const NewBackup backup{name("shop", 0), false, std::make_shared<FileRecord>()};
  const auto writer = value_or_throw(catalogue_.create(backup, {}));
  EXPECT_EQ(value_or_throw(catalogue_.clean("shop")), Lines());
  EXPECT_EQ(files(), Lines{std::string(kShop0) + ".pgark.partial"});
  EXPECT_FALSE(catalogue_.create(backup, {})) << "a name is used once";
}

INSTANTIATE_TEST_SUITE_P(Places, CatalogueTest, testing::Values(false, true),
                         [](const auto& place) { return place.param ? "objects" : "folder"; });

// Wherever a removal is cut off, nothing is left that looks whole and is not; the next run removes the rest.
TEST(CatalogueRemoval, CutOffAnywhere) {
  for (const bool is_folder : {false, true}) {
    int steps = 0;
    for (bool finished = false; !finished; ++steps) {
      const test::TempDirectory folder;
      CutStore store(folder.path().string());
      Catalogue catalogue(store);
      const BackupName name{"shop", TimePoint()};
      const NewBackup made{name, is_folder, std::make_shared<FileRecord>()};
      const auto writer = value_or_throw(catalogue.create(made, format::random_pack_choice(1 << 20)));
      format::Toc toc;
      toc.entries.emplace_back().id = 1;
      toc.entries[0].kind = "TABLE DATA";
      toc.entries[0].name = "t";
      toc.entries[0].copy_target = "t (a)";
      format::ChunkCoder coder;
      value_or_throw(writer->append(value_or_throw(coder.encode(1, 0, 0, as_bytes("1\n"), {}))));
      value_or_throw(writer->finish(toc));
      value_or_throw(catalogue.complete(made, TimePoint(), TimePoint()));
      store.changes_left = steps;
      Backup backup = value_or_throw(catalogue.latest());
      std::ranges::reverse(backup.keys);  // the order is not the store's, by chance
      finished = catalogue.remove(backup).has_value();
      store.changes_left = 1'000'000;
      for (const Backup& left : value_or_throw(catalogue.list())) {
        const bool whole = catalogue.open(left).has_value();
        EXPECT_EQ(left.state == BackupState::complete, whole) << steps;
        EXPECT_TRUE(whole || left.state == BackupState::unfinished || left.state == BackupState::orphaned);
      }
      if (steps > 0) {
        value_or_throw(catalogue.clean("shop"));
        EXPECT_TRUE(value_or_throw(store.list({})).empty()) << steps;
      }
    }
    EXPECT_EQ(steps, is_folder ? 4 : 3);
  }
}

}  // namespace
}  // namespace pgark::storage
