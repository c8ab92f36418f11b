// What a program inherits and shows: closed standard descriptors, passwords among its arguments.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProcessSetupTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster::shared().create_database("source");
    Cluster::shared().sql("source",
                          "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 50000) i");
  }

  // Under a shell that closes descriptors first: "2>&-".
  static ProcessResult run_with(const std::string& redirection, const std::vector<std::string>& arguments) {
    Command command = pgark_command(arguments);
    const std::vector<std::string> shell{"sh", "-c", "exec \"$@\" " + redirection, "sh"};
    command.argv.insert(command.argv.begin(), shell.begin(), shell.end());
    return run(std::move(command));
  }

  const TempDirectory folder_;
};

// A file must not get the number of a closed descriptor: messages would be written into it.
TEST_F(ProcessSetupTest, closed_descriptors_do_not_end_up_in_the_archive) {
  for (const char* closed : {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"--no-sync"}, {"--no-sync", "--json"}, {"-Z", "none"}}) {
      SCOPED_TRACE(closed + options.front());
      const std::string archive = folder_ / "x.pgark";
      std::vector<std::string> arguments{"backup", "-d",    Cluster::shared().conninfo("source"),
                                         "-o",     archive, "--overwrite"};
      arguments.insert(arguments.end(), options.begin(), options.end());
      const ProcessResult result = run_with(closed, arguments);
      EXPECT_TRUE(result.ok()) << result.describe();
      const ProcessResult verified = run_pgark({"verify", archive});
      EXPECT_TRUE(verified.ok()) << verified.describe();
    }
  }
}

TEST_F(ProcessSetupTest, an_archive_to_a_closed_descriptor_is_an_error) {
  const ProcessResult result =
      run_with(">&-", {"backup", "-d", Cluster::shared().conninfo("source"), "-o", "-"});
  EXPECT_FALSE(result.ok()) << result.describe();
}

// A server that accepts and says nothing, so that the arguments can be looked at.
TEST_F(ProcessSetupTest, passwords_leave_the_arguments) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
  const std::string at = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  for (const std::string& source : {"host=127.0.0.1 port=" + std::to_string(ntohs(address.sin_port)) +
                                        " user=u password = 'top secret' dbname=x",
                                    "postgresql://u:top%20secret@" + at + "/x?connect_timeout=9",
                                    "postgresql://u@" + at + "/x?password=top%20secret"}) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"backup", "--dbname=" + source, "-o", folder_ / "y.pgark"},
          std::vector<std::string>{"copy", "--from", source, "--to=" + source}}) {
      Process program(pgark_command(words));
      while (program.running() && program.errors_so_far().find("connecting") == std::string::npos)
        ::usleep(2000);
      std::ifstream file("/proc/" + std::to_string(program.pid()) + "/cmdline");
      const std::string arguments{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      EXPECT_THAT(arguments, HasSubstr(words.front()));
      EXPECT_THAT(arguments, HasSubstr("***"));
      EXPECT_THAT(arguments, Not(HasSubstr("secret"))) << source;
      program.send(SIGKILL);
      program.wait();
    }
  }
  ::close(listener);
}

TEST_F(ProcessSetupTest, a_restore_names_its_target) {
  const std::string archive = folder_ / "z.pgark";
  ASSERT_TRUE(run_pgark({"backup", "-d", Cluster::shared().conninfo("source"), "-o", archive}).ok());
  const ProcessResult result = run_pgark({"restore", archive});
  EXPECT_EQ(result.exit_status, 2) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("no database to restore into is named"));
}

TEST_F(ProcessSetupTest, output_that_cannot_be_written_is_an_error) {
  const std::string archive = folder_ / "v.pgark";
  ASSERT_TRUE(run_pgark({"backup", "-d", Cluster::shared().conninfo("source"), "-o", archive}).ok());
  const ProcessResult result = run_with(">/dev/full", {"verify", archive});
  EXPECT_EQ(result.exit_status, 9) << result.describe();
}

}  // namespace
}  // namespace pgark::test
