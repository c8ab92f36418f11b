// The Debian package and the program that needs only glibc, on a Debian 12 that has nothing else: both back
// up and restore a database. Needs root (chroot) and the network (debootstrap).
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr int kMinutes = 60'000;

ProcessResult run_for(std::vector<std::string> argv, int minutes) {
  Command command;
  command.argv = std::move(argv);
  command.timeout_ms = minutes * kMinutes;
  Process process(std::move(command));
  return process.wait();
}

class SlowPackageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const ProcessResult built = run_for({std::string(PGARK_SOURCE_DIR) + "/scripts/package"}, 30);
    ASSERT_TRUE(built.ok()) << built.describe();
  }

  static fs::path packages() { return fs::path(PGARK_SOURCE_DIR) / "build" / "packages"; }
  static fs::path portable() { return fs::path(PGARK_SOURCE_DIR) / "build" / "portable" / "cli" / "pgark"; }
  static fs::path the_package() {
    for (const auto& file : fs::directory_iterator(packages()))
      if (file.path().extension() == ".deb") return file.path();
    throw std::runtime_error("there is no .deb in " + packages().string());
  }

  // A program inside the root file system.
  ProcessResult inside(std::vector<std::string> argv, int minutes = 5) const {
    argv.insert(argv.begin(), {"chroot", root_.string()});
    return run_for(std::move(argv), minutes);
  }

  // A backup and a restore by the program inside, with a server outside.
  void expect_round_trip(const std::string& program) {
    Cluster& cluster = Cluster::shared();
    cluster.create_database("source");
    cluster.sql("source",
                "CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now());"
                "INSERT INTO item SELECT n, 'item ' || n FROM generate_series(1, 50000) n;"
                "CREATE INDEX ON item (name)");
    cluster.create_database("copy");
    const ProcessResult saved = inside({program, "backup", "-d", cluster.conninfo("source"), "-o",
                                        "/tmp/x.pgark", "-j", "2", "--overwrite"});
    EXPECT_TRUE(saved.ok()) << saved.describe();
    const ProcessResult restored =
        inside({program, "restore", "/tmp/x.pgark", "-d", cluster.conninfo("copy"), "-j", "2", "--verify"});
    EXPECT_TRUE(restored.ok()) << restored.describe();
    EXPECT_EQ(cluster.schema_text("copy"), cluster.schema_text("source"));
    EXPECT_EQ(cluster.sql("copy", "SELECT count(*), sum(id) FROM item"), "50000|1250025000");
    cluster.drop_database("source");
    cluster.drop_database("copy");
  }

  const TempDirectory folder_;
  const fs::path root_ = folder_ / "root";
};

TEST_F(SlowPackageTest, the_portable_program_needs_only_glibc) {
  const ProcessResult needed = run_for({"ldd", portable().string()}, 1);
  ASSERT_TRUE(needed.ok()) << needed.describe();
  std::istringstream lines(needed.out);
  int libraries = 0;
  for (std::string library; lines >> library; std::getline(lines, library)) {
    const bool known = library.starts_with("linux-vdso.so") || library == "libc.so.6" ||
                       library == "libm.so.6" || library == "/lib64/ld-linux-x86-64.so.2";
    EXPECT_TRUE(known) << library;
    ++libraries;
  }
  EXPECT_GE(libraries, 2) << needed.out;
}

TEST_F(SlowPackageTest, both_work_on_a_debian_that_has_nothing_else) {
  ASSERT_EQ(::geteuid(), 0u) << "this test needs chroot";
  const ProcessResult made = run_for({"debootstrap", "--variant=minbase", "bookworm", root_.string()}, 15);
  ASSERT_TRUE(made.ok()) << made.describe();

  fs::copy_file(portable(), root_ / "pgark");
  expect_round_trip("/pgark");

  fs::copy_file(the_package(), root_ / "pgark.deb");
  const ProcessResult installed = inside({"dpkg", "-i", "/pgark.deb"});
  ASSERT_TRUE(installed.ok()) << installed.describe();
  for (const std::string file :
       {"usr/share/man/man1/pgark-restore.1.gz", "usr/share/man/man1/pgark.1.gz",
        "usr/share/bash-completion/completions/pgark", "usr/share/zsh/vendor-completions/_pgark",
        "usr/share/fish/vendor_completions.d/pgark.fish"})
    EXPECT_TRUE(fs::exists(root_ / file)) << file;
  expect_round_trip("/usr/bin/pgark");

  const ProcessResult removed = inside({"dpkg", "-r", "pgark"});
  EXPECT_TRUE(removed.ok()) << removed.describe();
  EXPECT_FALSE(fs::exists(root_ / "usr/bin/pgark"));
}

// What `cmake --install` puts elsewhere is enough for a program of somebody else's.
TEST_F(SlowPackageTest, another_program_backs_up_with_the_installed_libraries) {
  const fs::path prefix = folder_ / "prefix", build = folder_ / "embed";
  const fs::path example = fs::path(PGARK_SOURCE_DIR) / "examples" / "embed";
  const ProcessResult installed =
      run_for({"cmake", "--install", PGARK_BINARY_DIR, "--prefix", prefix.string()}, 5);
  ASSERT_TRUE(installed.ok()) << installed.describe();
  const ProcessResult configured = run_for({"cmake", "-G", "Ninja", "-S", example.string(), "-B",
                                            build.string(), "-DCMAKE_PREFIX_PATH=" + prefix.string()},
                                           5);
  ASSERT_TRUE(configured.ok()) << configured.describe();
  const ProcessResult built = run_for({"cmake", "--build", build.string()}, 10);
  ASSERT_TRUE(built.ok()) << built.describe();

  Cluster& cluster = Cluster::shared();
  cluster.create_database("source");
  cluster.sql("source", "CREATE TABLE item AS SELECT n FROM generate_series(1, 50000) n");
  const std::string archive = (folder_ / "x.pgark").string();
  const ProcessResult saved = run_for({(build / "embed").string(), cluster.conninfo("source"), archive}, 2);
  EXPECT_TRUE(saved.ok()) << saved.describe();
  EXPECT_NE(saved.out.find("saved 50000 rows of 1 tables"), std::string::npos) << saved.out;
  EXPECT_NE(saved.out.find(" bytes\n"), std::string::npos) << saved.out;
  const ProcessResult verified = run_for({(prefix / "bin" / "pgark").string(), "verify", "-q", archive}, 2);
  EXPECT_TRUE(verified.ok()) << verified.describe();
  cluster.drop_database("source");
}

}  // namespace
}  // namespace pgark::test
