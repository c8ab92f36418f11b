// Backups in a place, through the program: made, listed, shown, verified, restored and pruned by name.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "backups_fixture.hpp"
#include "storage/file_descriptor.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

TEST_F(BackupsTest, FromTheBackupToTheRestore) {
  expect(pgark({"list"}), 0, {"no backups in"});
  expect(backup(), 0, {"backup complete", ".pgark"});
  const std::string name = newest();
  EXPECT_TRUE(name.starts_with("shop_20")) << name;
  EXPECT_EQ(files(), (Words{name + ".pgark", name + ".pgark.metadata.json"}));
  for (const std::string& file : files()) {
    struct stat status {};
    ASSERT_EQ(::stat((place_ / file).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << file;
  }
  const nlohmann::json listed = list()[0];
  EXPECT_EQ(listed["state"], "complete");
  EXPECT_EQ(listed["database"], "shop");
  EXPECT_EQ(listed["tables"], 2);
  EXPECT_EQ(listed["rows"], 5000);
  EXPECT_EQ(listed["verified"], false);
  expect(pgark({"list"}), 0, {name, "complete", "5,000"});
  expect(pgark({"show", name}), 0, {"public.t", "5,000", "never"});
  expect(pgark({"verify", "--latest"}), 0, {"is sound", "SHA-256 of the file"});
  EXPECT_EQ(list()[0]["verified"], true);
  EXPECT_EQ(side_file(name)["verified_level"], "decode");
  expect(pgark({"inspect", name}), 0, {"public.t"});
  expect(pgark({"inspect", name + ".pgark"}), 0, {"public.t"});
  EXPECT_EQ(nlohmann::json::parse(pgark({"inspect", "--latest", "--json"}).out)["rows"], 5000);
  expect(pgark({"restore", "--latest", "-d", cluster_.conninfo("target"), "--verify"}), 0,
         {"the latest backup is", "restore complete"});
  EXPECT_TRUE(same_database(cluster_, "shop", cluster_, "target"));
}

TEST_F(BackupsTest, TheSideFileSaysWhatWasMade) {
  expect(backup({"-T", "empty", "-Z", "lz4"}), 0);
  const std::string name = newest();
  const nlohmann::json facts = side_file(name);
  EXPECT_EQ(facts["schema"], "pgark-backup");
  EXPECT_EQ(facts["version"], 1);
  EXPECT_EQ(facts["name"], name);
  EXPECT_EQ(facts["database"], "shop");
  EXPECT_EQ(facts["complete"], true);
  EXPECT_EQ(facts["content"], "selection");
  EXPECT_NE(facts["options"].get<std::string>().find("-T empty"), std::string::npos);
  EXPECT_EQ(facts["table_count"], 1);
  EXPECT_EQ(facts["tables"][0]["rows"], 5000);
  EXPECT_EQ(facts["server_version_num"].get<std::string>().substr(0, 2),
            std::to_string(cluster_.server_version_num() / 10000));
  EXPECT_NE(facts["snapshot_lsn"], "");
  EXPECT_EQ(facts["file_bytes"], fs::file_size(place_ / (name + ".pgark")));
  EXPECT_LE(facts["started"], facts["finished"]);
  const ProcessResult shown = pgark({"show", name, "--json"});
  EXPECT_EQ(result_of(shown)["metadata"], facts) << shown.describe();
}

TEST_F(BackupsTest, Sha256sumChecksFilesAndFolders) {
  expect(backup(), 0);
  expect(backup({"-F", "directory"}), 0);
  std::string lines;
  for (const auto& one : list()) lines += pgark({"show", one["name"], "--sha256"}).out;
  EXPECT_EQ(std::ranges::count(lines, '\n'), 3);
  Command check;
  check.argv = {"sha256sum", "--strict", "-c"};
  check.input = lines;
  check.working_directory = place_;
  const ProcessResult checked = run(std::move(check));
  EXPECT_TRUE(checked.ok()) << checked.describe();
}

TEST_F(BackupsTest, AFolderIsABackupLikeAFile) {
  expect(backup({"-F", "d", "--pack-size", "1MiB"}), 0);
  const std::string name = newest();
  EXPECT_TRUE(fs::exists(place_ / (name + ".pgark") / "archive.toc"));
  expect(pgark({"verify", name}), 0, {"is sound"});
  expect(pgark({"verify", (place_ / (name + ".pgark")).string()}), 0, {"is sound"});
  EXPECT_EQ(side_file(name)["verifications"].size(), 2u);
  expect(pgark({"restore", name, "-d", cluster_.conninfo("target")}), 0, {"restore complete"});
  EXPECT_EQ(cluster_.sql("target", "SELECT count(*) FROM t"), "5000");
  const std::string old = make_old(name, "2020-01-15T14-30-00-000Z");
  expect(backup(), 0);
  expect(pgark({"prune"}), 0, {"the newest verified backup"});
  EXPECT_TRUE(fs::exists(place_ / (old + ".pgark")));
  expect(pgark({"verify", "--latest"}), 0);
  expect(pgark({"prune"}), 0, {"removed", old});
  EXPECT_FALSE(fs::exists(place_ / (old + ".pgark")));
}

TEST_F(BackupsTest, DatabasesWithNamesThatAreNoFileNames) {
  const std::string hostile = "../a b'\"%\xC3\xAB";
  cluster_.sql("postgres", "CREATE DATABASE \"../a b'\"\"%\xC3\xAB\"");
  const std::string conninfo = "host=127.0.0.1 port=" + std::to_string(cluster_.port()) +
                               " user=postgres dbname='../a b\\'\"%\xC3\xAB'";
  expect(pgark({"backup", "-d", conninfo}), 0);
  EXPECT_EQ(list()[0]["database"], hostile);
  EXPECT_TRUE(newest().starts_with("%2E.%2Fa%20b%27%22%25%C3%AB_")) << newest();
  expect(pgark({"verify", "--latest", "--of", hostile}), 0, {"is sound"});
  cluster_.sql("postgres", "DROP DATABASE \"../a b'\"\"%\xC3\xAB\"");
}

TEST_F(BackupsTest, LatestOfWhichDatabase) {
  expect(backup(), 0);
  expect(pgark({"backup", "-d", cluster_.conninfo("target")}), 0);
  expect(pgark({"verify", "--latest"}), 2, {"several databases", "--of shop"});
  expect(pgark({"verify", "--latest", "--of", "shop"}), 0, {"5,000 rows"});
  expect(pgark({"verify", "--latest", "--of", "nobody"}), 2, {"there is no complete backup"});
  expect(pgark({"list", "--of", "shop", "--json"}), 0, {"shop_"});
}

// A file of that name wins over a backup of that name; a path never means the place.
TEST_F(BackupsTest, PathsAndNames) {
  expect(backup(), 0);
  const std::string name = newest();
  expect(pgark({"verify", name, "--backup-dir", (folder_ / "elsewhere").string()}), 2,
         {"there is no backup"});
  expect(pgark({"verify", "./" + name}), 8);
  expect(pgark({"verify"}), 2, {"is required"});
  expect(pgark({"verify", name, "--latest"}), 2, {"excludes"});
  expect(pgark({"verify", name, "--of", "shop"}), 2, {"--of"});
  Command inside = command({"verify", name + ".pgark"});
  inside.environment.emplace_back("BACKUP_DIR", "/nowhere");
  inside.working_directory = place_;
  expect(run(std::move(inside)), 0, {"is sound"});
}

TEST_F(BackupsTest, OptionsThatContradict) {
  expect(backup({"-F", "plain"}), 2, {"needs -o"});
  expect(backup({"--overwrite"}), 2, {"needs -o"});
  expect(backup({"-o", (folder_ / "x").string(), "--backup-dir", "y"}), 2, {"excludes"});
  expect(backup({"--backup-dir", "ftp://host/x"}), 2, {"ftp://"});
  EXPECT_EQ(files(), Words());
}

// A second run waits for nobody and harms nothing; what a dead one leaves does not stay.
TEST_F(BackupsTest, OneRunAtATimeAndTheRestOfADeadOneGoes) {
  Process holder(
      cluster_.client("psql", {"-X", "-q", "-d", "shop", "-c",
                               "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)"}));
  const auto waits = [this] {
    return cluster_.sql("postgres",
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessShareLock'") !=
           "0";
  };
  while (cluster_.sql("postgres",
                      "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted "
                      "AND relation IS NOT NULL AND database <> 0") == "0" &&
         holder.running()) {
  }
  {
    Process first(command({"backup", "-d", cluster_.conninfo("shop")}));
    while (!waits() && first.running()) {
    }
    ASSERT_TRUE(first.running()) << first.errors_so_far();
    expect(backup(), 2, {"in use by pgark backup, process " + std::to_string(first.pid())});
    expect(pgark({"prune", "--of", "shop"}), 2, {"in use by pgark backup"});
    first.send(SIGKILL);
    first.wait();
  }
  holder.send(SIGKILL);
  holder.wait();
  cluster_.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'");
  const Words left = files();
  EXPECT_EQ(left.size(), 2u) << "an unfinished archive and a lock";
  EXPECT_TRUE(list().empty());
  expect(backup(), 0, {"removed what a run that died had left", "backup complete"});
  EXPECT_EQ(files().size(), 2u);
  EXPECT_EQ(list()[0]["state"], "complete");
}

TEST_F(BackupsTest, AFailedBackupLeavesNothing) {
  expect(backup({"-t", "no_such_table"}), 2);
  EXPECT_EQ(files(), Words());
}

TEST_F(BackupsTest, PruneExplainsItselfAndRemovesWhatNoRuleKeeps) {
  const auto make = [this](const std::string& time) {
    expect(backup(), 0);
    return make_old(newest(), time);
  };
  const std::string monday = make("2020-01-06T02-00-00-000Z");
  const std::string tuesday = make("2020-01-07T02-00-00-000Z");
  const std::string evening = make("2020-01-07T20-00-00-000Z");
  const std::string letter = (place_ / "letter.txt").string();
  std::ofstream(letter) << "dear";
  fs::copy(place_ / (monday + ".pgark"),
           place_ / "shop_2019-01-01T00-00-00-000Z.pgark");  // without a side file
  expect(pgark({"verify", tuesday}), 0);
  const Words before = files();
  expect(pgark({"prune", "--dry-run", "--keep-daily", "2"}), 0,
         {"would be removed: 0 backups", "daily 2020-01-07", "daily 2020-01-06"});
  expect(pgark({"prune", "--dry-run", "--keep-daily", "1"}), 0,
         {"would be removed: 1 backups", "would remove", "older than 30 days"});
  EXPECT_EQ(files(), before);
  // The verified one stands for its day, the newest is always kept.
  const auto planned = result_of(pgark({"prune", "--json", "--dry-run", "--keep-daily", "1"}));
  EXPECT_EQ(planned["kept"], 3);
  EXPECT_EQ(planned["removed"], 1);
  expect(pgark({"prune", "--keep-daily", "1"}), 0, {"removed: 1 backups"});
  EXPECT_FALSE(fs::exists(place_ / (monday + ".pgark")));
  EXPECT_FALSE(fs::exists(place_ / (monday + ".pgark.metadata.json")));
  for (const std::string& kept : {tuesday + ".pgark", evening + ".pgark", std::string("letter.txt"),
                                  std::string("shop_2019-01-01T00-00-00-000Z.pgark")})
    EXPECT_TRUE(fs::exists(place_ / kept)) << kept;
  // However old, the last good one stays.
  expect(pgark({"prune", "--keep-days", "1"}), 0,
         {"the newest verified backup", "the newest complete backup"});
  EXPECT_TRUE(fs::exists(place_ / (tuesday + ".pgark")));
  EXPECT_TRUE(fs::exists(place_ / (evening + ".pgark")));
  expect(pgark({"prune", "--keep-days", "0"}), 2, {"no rule keeps any backup"});
  Command wrong = command({"prune"});
  wrong.environment.emplace_back("RETENTION_DAYS", "a month");
  expect(run(std::move(wrong)), 2, {"RETENTION_DAYS", "a month"});
  Command days = command({"prune", "--dry-run"});
  days.environment.emplace_back("RETENTION_DAYS", "100000");
  expect(run(std::move(days)), 0, {"not older than 100000 days"});
}

TEST_F(BackupsTest, DamageIsFoundRememberedAndPassedOver) {
  expect(backup(), 0);
  const std::string good = newest();
  expect(backup(), 0);
  const std::string bad = newest();
  damage(bad);
  expect(pgark({"verify", "--all"}), 10, {"1 sound, 1 NOT sound", "SHA-256", "chunks are damaged"});
  EXPECT_EQ(list().back()["state"], "damaged");
  EXPECT_EQ(side_file(good)["verified"], true);
  expect(pgark({"inspect", "--latest"}), 0, {good});
  expect(pgark({"restore", "--latest", "-d", cluster_.conninfo("target")}), 0,
         {bad + ": is newer, but damaged"});
  // Neither counted nor removed.
  expect(pgark({"prune", "--keep-days", "0", "--keep-last", "1"}), 0, {"not a sound, complete backup"});
  EXPECT_EQ(list().size(), 2u);
}

TEST_F(BackupsTest, SamplesCoverEverythingOnce) {
  for (int count = 0; count < 4; ++count) expect(backup(), 0);
  // Which part a backup is in hangs on its name: one part may have all.
  for (const char* sample : {"1/3", "2/3", "3/3"}) {
    const ProcessResult verified =
        pgark({"verify", "--all", "--level", "bytes", "--sample", sample, "--json"});
    expect(verified, 0);
    const nlohmann::json sums = result_of(verified);
    EXPECT_EQ(sums["sound"].get<int>() + sums["passed_over"].get<int>(), 4) << verified.describe();
  }
  for (const auto& one : list()) {
    const nlohmann::json facts = side_file(one["name"]);
    ASSERT_EQ(facts["verifications"].size(), 1u) << one;
    EXPECT_EQ(facts["verifications"][0]["level"], "bytes");
    EXPECT_TRUE(facts["verifications"][0]["sample"].get<std::string>().ends_with("/3"));
  }
  for (const char* wrong : {"0/3", "4/3", "x", "1/", "1/2/3"})
    expect(pgark({"verify", "--all", "--sample", wrong}), 2, {"--sample"});
  expect(pgark({"verify", "--latest", "--sample", "1/3"}), 2, {"--all"});
}

// What the level bytes does not see, decode does not either; but a file that is another whole archive is seen
// by its SHA-256 alone.
TEST_F(BackupsTest, AnotherWholeArchiveInItsPlaceIsSeen) {
  expect(backup(), 0);
  const std::string name = newest();
  expect(pgark({"backup", "-d", cluster_.conninfo("shop"), "-T", "t", "-o",
                (place_ / (name + ".pgark")).string(), "--overwrite"}),
         0);
  expect(pgark({"verify", name, "--level", "index"}), 0);
  expect(pgark({"verify", name, "--level", "bytes"}), 10,
         {"SHA-256 is not the one", "chunks are sound all the same"});
}

TEST_F(BackupsTest, AWrongUsageIsAnEventToo) {
  for (const Words& words :
       {Words{"nosuchcmd", "--json"}, Words{"verify", "--level", "x", "--log-format", "json"}}) {
    const ProcessResult refused = pgark(words);
    EXPECT_EQ(refused.exit_status, 2);
    const nlohmann::json event = nlohmann::json::parse(refused.out, nullptr, false);
    ASSERT_TRUE(event.is_object()) << refused.describe();
    EXPECT_EQ(event["event"], "error");
    EXPECT_EQ(event["code"], "usage");
  }
  const ProcessResult misplaced = pgark({"backup", "postgresql://app:hunter2@db1/shop"});
  expect(misplaced, 2, {"there is no option or argument"});
  EXPECT_THAT(misplaced.out + misplaced.err, testing::Not(testing::HasSubstr("hunter2")));
}

TEST_F(BackupsTest, NothingToVerifyIsNoSuccess) {
  expect(pgark({"verify", "--all"}), 2, {"there is no backup to verify"});
  expect(backup(), 0);
  expect(pgark({"verify", "--all", "--of", "shpo"}), 2, {"no backup to verify of database \"shpo\""});
  expect(pgark({"verify", "nosuch"}), 8, {"no name of a backup"});
  Command own = command({"verify", "mine"});
  own.working_directory = folder_.path();
  fs::create_symlink("nowhere", folder_ / "mine");
  const ProcessResult broken = run(std::move(own));
  EXPECT_EQ(broken.exit_status, 8) << broken.describe();
  EXPECT_THAT(broken.err, testing::Not(testing::HasSubstr("no name of a backup"))) << "it is there";
}

TEST_F(BackupsTest, WhatWasFoundIsShownWhereItCannotBeRemembered) {
  expect(backup(), 0);
  const std::string key = newest() + ".pgark.metadata.json";
  fs::create_directory(place_ / (key + ".partial"));  // nobody can write one
  expect(pgark({"verify", "--latest"}), 2, {"is sound", "what was found is shown above"});
  expect(pgark({"verify", "--all"}), 2, {"1 sound, 0 NOT sound", "what was found is shown above"});
  // What differs says more than that it could not be remembered.
  cluster_.sql("shop", "ALTER TABLE empty RENAME TO renamed");
  expect(pgark({"verify", "--latest", "-d", cluster_.conninfo("shop")}), 13,
         {"what was found is not in the side file"});
  cluster_.sql("shop", "ALTER TABLE renamed RENAME TO empty");
  fs::remove(place_ / (key + ".partial"));
  std::ofstream(place_ / key) << "{broken";
  expect(pgark({"verify", newest()}), 0, {"is sound"});
  EXPECT_EQ(list().back()["state"], "complete");
}

TEST_F(BackupsTest, LevelRestoreInAScratchDatabase) {
  cluster_.sql("shop",
               "CREATE ROLE backups_keeper; CREATE POLICY p ON t TO backups_keeper; ALTER TABLE t ENABLE ROW "
               "LEVEL SECURITY;"
               "SELECT lo_from_bytea(11, 'bytes'); ALTER TABLE empty OWNER TO backups_keeper");
  expect(backup(), 0);
  Command verify = command({"verify", "--latest", "--level", "restore"});
  verify.environment.emplace_back("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:" +
                                                           std::to_string(cluster_.port()) + "/postgres");
  expect(run(std::move(verify)), 0,
         {"restored into a scratch database on 127.0.0.1", "found equal: 5,000 rows"});
  EXPECT_EQ(cluster_.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'pgark%'"), "0");
  EXPECT_EQ(side_file(newest())["verified_level"], "restore");
  EXPECT_EQ(list()[0]["tables"], 2) << "large objects are no table";
  cluster_.sql("shop", "ALTER TABLE empty OWNER TO postgres; DROP POLICY p ON t; DROP ROLE backups_keeper");
}

TEST_F(BackupsTest, LevelRestoreOnAServerOfItsOwn) {
  cluster_.sql("shop", "CREATE ROLE backups_keeper; CREATE POLICY p ON t TO backups_keeper");
  expect(backup(), 0);
  cluster_.sql("shop", "DROP POLICY p ON t; DROP ROLE backups_keeper");
  Command verify = command({"verify", "--latest", "--level", "restore"});
  verify.environment.emplace_back("PGARK_SERVER_BIN", cluster_.program("").string());
  verify.environment.emplace_back("TMPDIR", folder_.path().string());
  expect(run(std::move(verify)), 0, {"restored into a scratch server", "found equal: 5,000 rows"});
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    EXPECT_EQ(entry.path().filename(), "place") << "the scratch server's folder is gone";
  // Of two runs, one of which was killed a while ago.
  for (const char* name : {"pgark-scratch-dead", "pgark-scratch-used"}) {
    fs::create_directories(folder_ / name / "data");
    std::ofstream(folder_ / name / "lock").put('x');
    ::timespec times[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (folder_ / name).c_str(), times, 0), 0);
  }
  const storage::FileDescriptor used(
      ::open((folder_ / "pgark-scratch-used/lock").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(used.get(), LOCK_EX), 0);
  Command again = command({"verify", "--latest", "--level", "restore"});
  again.environment.emplace_back("PGARK_SERVER_BIN", cluster_.program("").string());
  again.environment.emplace_back("TMPDIR", folder_.path().string());
  expect(run(std::move(again)), 0, {"removed what a run that died had left"});
  EXPECT_FALSE(fs::exists(folder_ / "pgark-scratch-dead"));
  EXPECT_TRUE(fs::exists(folder_ / "pgark-scratch-used/data"));
  Command none = command({"verify", "--latest", "--level", "restore"});
  none.environment.emplace_back("PGARK_SERVER_BIN", "/nowhere");
  expect(run(std::move(none)), 2, {"PGARK_SERVER_BIN"});
}

TEST_F(BackupsTest, DrillAndStatus) {
  expect(pgark({"status"}), 16, {"there are no backups"});
  expect(backup(), 0);
  expect(pgark({"status"}), 16, {"none is verified", "there was none", "MISSED"});
  Command drill = command({"drill", "-j", "2"});
  drill.environment.emplace_back("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:" +
                                                          std::to_string(cluster_.port()) + "/postgres");
  expect(run(std::move(drill)), 0, {"drill passed", "found equal: 5,000 rows"});
  const nlohmann::json drilled = side_file(newest())["verifications"][0];
  EXPECT_EQ(drilled["drill"], true);
  EXPECT_EQ(drilled["level"], "restore");
  EXPECT_GT(drilled["seconds"], 0);
  expect(pgark({"status"}), 0, {"verified backup", "restore drill"});
  EXPECT_EQ(result_of(pgark({"status", "--json"}))["holds"], true);
  expect(pgark({"status", "--rto", "0s"}), 16, {"MISSED  shop      restore drill"});
  make_old(newest(), "2020-01-15T14-30-00-000Z");
  expect(pgark({"status", "--rpo", "7d"}), 16, {"MISSED  shop      verified backup"});
  expect(pgark({"status", "--rpo", "soon"}), 2, {"--rpo"});
  Command wrong = command({"status"});
  wrong.environment.emplace_back("PGARK_RPO", "soon");
  expect(run(std::move(wrong)), 2, {"PGARK_RPO"});
}

TEST_F(BackupsTest, ADrillWithoutAServerSaysNothingOfTheBackup) {
  expect(backup(), 0);
  Command drill = command({"drill"});
  drill.environment.emplace_back("TEST_DATABASE_URL", "host=127.0.0.1 port=1 dbname=postgres user=postgres");
  expect(run(std::move(drill)), 3);
  EXPECT_EQ(list()[0]["state"], "complete");
}

class ConfigTest : public BackupsTest {
 protected:
  void write(const std::string& text,
             std::filesystem::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    std::ofstream(file_) << text;
    fs::permissions(file_, mode);
  }
  ProcessResult with_file(Words words,
                          const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    Command command = pgark_command(std::move(words));
    command.unset.insert(command.unset.end(),
                         {"BACKUP_DIR", "RETENTION_DAYS", "PGARK_PROFILE", "TEST_DATABASE_URL"});
    command.environment = environment;
    command.environment.emplace_back("PGARK_CONFIG", file_.string());
    command.working_directory = folder_.path();
    return run(std::move(command));
  }
  const fs::path file_ = folder_ / "pgark.toml";
};

TEST_F(ConfigTest, OneRuleOfPrecedence) {
  write("backup-dir = 'of_file'\n[profile.production]\nbackup-dir = 'of_profile'\n");
  const auto place = [this](Words words,
                            const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    words.insert(words.begin(), {"list", "--json"});
    return result_of(with_file(words, environment))["place"].get<std::string>();
  };
  EXPECT_EQ(place({}), "of_file");
  EXPECT_EQ(place({"--profile", "production"}), "of_profile");
  EXPECT_EQ(place({}, {{"PGARK_PROFILE", "production"}}), "of_profile");
  EXPECT_EQ(place({"--profile", "production"}, {{"BACKUP_DIR", "of_environment"}}), "of_environment");
  EXPECT_EQ(place({"--backup-dir", "of_flag"}, {{"BACKUP_DIR", "of_environment"}}), "of_flag");
  EXPECT_EQ(place({"--config", "/dev/null"}), "./backups");
}

TEST_F(ConfigTest, OptionsOfCommands) {
  write("database-url = \"" + cluster_.conninfo("shop") +
        "\"\nbackup-dir = 'place'\n"
        "[backup]\nexclude-table-data = ['t', 'nothing']\ncompress = 'lz4'\nschema-only = false\n");
  expect(with_file({"backup"}), 0, {"backup complete: 0 rows"});
  expect(with_file({"backup", "--exclude-table-data", "empty"}), 0, {"backup complete: 5,000 rows"});
  // What is in the file names no database to restore into.
  expect(with_file({"restore", "--latest"}), 2, {"no database to restore into is named"});
  write("[backup]\njobs = 0\n");
  expect(with_file({"backup"}), 2, {"jobs"});
  write("[backup]\njobbs = 1\n");
  expect(with_file({"list"}), 2, {"pgark.toml, line 2", "--jobbs"});
  write("[bakcup]\njobs = 1\n");
  expect(with_file({"list"}), 2, {"there is no command \"bakcup\""});
  write("[backup]\nschema-only = 3\n");
  expect(with_file({"backup"}), 2, {"true or false"});
}

TEST_F(ConfigTest, WhatIsWrongWithTheFile) {
  expect(with_file({"list"}), 2, {"pgark.toml"});
  write("x = geheim\n");
  const ProcessResult no_toml = with_file({"list"});
  expect(no_toml, 2, {"pgark.toml, line 1"});
  EXPECT_EQ((no_toml.out + no_toml.err).find("gehe"), std::string::npos) << no_toml.describe();
  write("backup-dir = 'x'\n");
  expect(with_file({"list", "--profile", "none"}), 2, {"there is no profile \"none\""});
  expect(with_file({"list", "--profile", "none", "--config", "missing.toml"}), 2, {"missing.toml"});
  write("database-url = 'postgresql://u:geheim@h/d'\n", fs::perms(0644));
  const ProcessResult open = with_file({"list"});
  expect(open, 2, {"others may read", "chmod 600"});
  EXPECT_EQ((open.out + open.err).find("geheim"), std::string::npos);
  for (const std::string connection : {"postgresql://u:geheim@h/d", "host=h password=geheim"}) {
    write("[backup]\ndbname = '" + connection + "'\n", fs::perms(0644));
    const ProcessResult option = with_file({"list"});
    expect(option, 2, {"\"dbname\" may hold a secret", "line 2"});
    EXPECT_EQ((option.out + option.err).find("geheim"), std::string::npos);
  }
  write("[backup]\ndbname = 'host=h user=u dbname=shop'\n", fs::perms(0644));
  expect(with_file({"list"}), 0, {});
}

TEST_F(ConfigTest, ShowMasksSecrets) {
  write(
      "database-url = 'postgresql://keeper:geheim@db1:6432/shop'\naws-secret-access-key = 'geheim'\n"
      "retention-days = 14\n[copy]\nfrom = 'password=geheim dbname=x'\n");
  for (const Words& words : {Words{"config", "show"}, Words{"config", "show", "--json"}}) {
    const ProcessResult shown = with_file(words, {{"AWS_ACCESS_KEY_ID", "geheim"}});
    expect(shown, 0, {"db1:6432", "keeper", "14", "pgark.toml, line 3", "environment: AWS_ACCESS_KEY_ID"});
    EXPECT_EQ((shown.out + shown.err).find("geheim"), std::string::npos) << shown.describe();
  }
}

}  // namespace
}  // namespace pgark::test
