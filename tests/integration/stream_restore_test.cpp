// pgark backup -o - | pgark restore -: loaded as it comes.
#include <sys/stat.h>

#include <filesystem>

#include "copy_fixture.hpp"

namespace pgark::test {
namespace {

using testing::HasSubstr;

class StreamRestoreTest : public CopyFixture {
 protected:
  ProcessResult restore_file(const std::string& path, const Words& options) const {
    Command command = pgark_command({});
    std::string words;
    for (const std::string& word : options) words += " '" + word + "'";
    command.argv = {"/bin/sh",
                    "-c",
                    "'" + pgark_binary().string() + "' restore - -d \"$1\"" + words + " < \"$2\"",
                    "sh",
                    cluster_.conninfo("target"),
                    path};
    command.timeout_ms = kLongRunMs;
    return run(std::move(command));
  }
  std::string saved() const {
    const std::string path = (folder_ / "stream.pgark").string();
    Command command = pgark_command({});
    command.argv = {"/bin/sh",
                    "-c",
                    "'" + pgark_binary().string() + "' backup -q -d \"$1\" -o - -j 2 > \"$2\"",
                    "sh",
                    cluster_.conninfo("source"),
                    path};
    const ProcessResult saved = run(std::move(command));
    EXPECT_TRUE(saved.ok()) << saved.describe();
    return path;
  }

  TempDirectory folder_;
};

TEST_F(StreamRestoreTest, the_restored_database_is_the_source) {
  for (const auto& [backup, restore] :
       std::vector<std::pair<std::string, std::string>>{{"-j 4", "-j 4 --verify"}, {"-j 3 -Z lz4", "-j 1"}}) {
    SCOPED_TRACE(restore);
    fresh_target();
    const ProcessResult result = pipe(backup, restore);
    ASSERT_TRUE(result.ok()) << result.describe();
    EXPECT_THAT(result.err, HasSubstr("restore complete"));
    EXPECT_TRUE(target_is_the_source());
    EXPECT_EQ(mark(), "0");
  }
}

TEST_F(StreamRestoreTest, through_a_slow_pipe_of_odd_pieces) {
  const ProcessResult result = pipe("-j 2", "-j 2", "dd bs=1013 iflag=fullblock 2> /dev/null");
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_TRUE(target_is_the_source());
}

TEST_F(StreamRestoreTest, rows_alone_into_tables_that_have_keys) {
  ASSERT_TRUE(pipe("-s", "").ok());
  const ProcessResult rows = pipe("-a -B -j 3", "-j 3");
  ASSERT_TRUE(rows.ok()) << rows.describe();
  EXPECT_EQ(target("SELECT count(*) FROM s.tree"), "20000");
  EXPECT_EQ(target("SELECT count(*) FROM s.child"), "50000");
}

TEST_F(StreamRestoreTest, what_the_stream_cannot_give_in_order_is_said) {
  ASSERT_TRUE(pipe("-s", "").ok());
  // A stream of everything brings rows in the order of their size: keys may refer to what is not there yet.
  const ProcessResult rows = pipe("-j 4", "--data-only -j 1");
  EXPECT_EQ(rows.exit_status, 2) << rows.describe();
  EXPECT_THAT(rows.err, HasSubstr("cannot be loaded as they come"));
}

TEST_F(StreamRestoreTest, a_part_of_what_comes) {
  const ProcessResult result = pipe("-j 2", "-n s -t s.keyless -j 2");
  EXPECT_EQ(result.exit_status, 13) << "the schema is not selected: " << result.describe();
  fresh_target();
  target("CREATE SCHEMA s");
  const ProcessResult again = pipe("-j 2", "-t s.keyless -j 2");
  EXPECT_TRUE(again.ok() || again.exit_status == 12) << again.describe();
}

TEST_F(StreamRestoreTest, once_in_a_file_it_is_an_archive_and_a_stream) {
  const std::string path = saved();
  const ProcessResult verified = run_long({"verify", path});
  EXPECT_TRUE(verified.ok()) << verified.describe();
  const ProcessResult restored =
      run_long({"restore", path, "-d", cluster_.conninfo("target"), "-j", "4", "--verify"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(target_is_the_source());
  fresh_target();
  const ProcessResult streamed = restore_file(path, {"-j", "4", "--verify"});
  ASSERT_TRUE(streamed.ok()) << streamed.describe();
  EXPECT_TRUE(target_is_the_source());
}

TEST_F(StreamRestoreTest, cut_off_it_is_never_complete) {
  const std::string path = saved();
  const auto whole = std::filesystem::file_size(path);
  for (const double part : {0.0, 0.0001, 0.02, 0.3, 0.7, 0.95, 0.9999}) {
    SCOPED_TRACE(part);
    fresh_target();
    const std::string cut = (folder_ / "cut.pgark").string();
    std::filesystem::copy_file(path, cut, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(cut, static_cast<std::uintmax_t>(static_cast<double>(whole) * part));
    const ProcessResult result = restore_file(cut, {"-j", "2"});
    EXPECT_EQ(result.exit_status, 10) << result.describe();
    if (mark() == "0") continue;
    EXPECT_THAT(result.err, HasSubstr("incomplete"));
    EXPECT_EQ(restore_file(path, {"-j", "2"}).exit_status, 12);
  }
  const ProcessResult anew = restore_file(path, {"-j", "2", "--clean"});
  EXPECT_TRUE(anew.ok()) << anew.describe();
  EXPECT_TRUE(target_is_the_source());
}

TEST_F(StreamRestoreTest, a_backup_that_fails_ends_the_restore) {
  const ProcessResult result = pipe("-t no_such_table", "");
  EXPECT_EQ(result.exit_status, 10) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("the stream ends before the archive does"));
}

TEST_F(StreamRestoreTest, a_signal_ends_one_that_waits) {
  Command command = pgark_command({});
  const std::string fifo = (folder_ / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  // Opened for both, so that nobody waits for the other end.
  command.argv = {"/bin/sh",
                  "-c",
                  "exec '" + pgark_binary().string() + "' restore - -d \"$1\" <> \"$2\"",
                  "sh",
                  cluster_.conninfo("target"),
                  fifo};
  command.signal_after_ms = 700;
  command.signal = SIGINT;
  const ProcessResult result = run(std::move(command));
  EXPECT_EQ(result.exit_status, 130) << result.describe();
  EXPECT_LT(result.seconds, 20);
}

TEST_F(StreamRestoreTest, other_input_is_refused) {
  const std::string plain = (folder_ / "plain.pgark").string();
  ASSERT_TRUE(run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", plain, "-s"}).ok());
  const ProcessResult not_a_stream = restore_file(plain, {});
  EXPECT_EQ(not_a_stream.exit_status, 11) << not_a_stream.describe();
  EXPECT_THAT(not_a_stream.err, HasSubstr("store it in a file"));
  EXPECT_EQ(restore_file("/etc/passwd", {}).exit_status, 11);
  EXPECT_EQ(restore_file(plain, {"--resume"}).exit_status, 2);
  EXPECT_EQ(restore_file(plain, {"--use-list", "-"}).exit_status, 2);
  EXPECT_EQ(run_pgark({"restore", "-", "--list"}).exit_status, 2);
  EXPECT_EQ(run_pgark({"verify", "-"}).exit_status, 2);
  EXPECT_EQ(target("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
}

}  // namespace
}  // namespace pgark::test
