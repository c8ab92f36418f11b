#include "cli/notify/shell_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/temp_directory.hpp"

namespace pgark::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ShellTest : public testing::Test {
 protected:
  std::string content(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  // With the folder in $folder.
  ShellCommand command(const std::string& text) const {
    ShellCommand command;
    command.command = text;
    command.variables = {{"folder", folder_.path().string()}};
    return command;
  }
  static void expect_failure(const Result<>& result, const std::string& part) {
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().to_string(), HasSubstr(part));
  }
  const test::TempDirectory folder_;
};

TEST_F(ShellTest, FactsComeAsVariablesAndInput) {
  const std::string hostile = "\"; touch x; $(touch y)`touch z` '\n-e %s";
  ShellCommand shell = command("cd \"$folder\" && printf %s \"$fact\" >fact && cat >input");
  shell.variables.emplace_back("fact", hostile);
  shell.input = std::string(200'000, 'i');
  const auto ran = run_shell(shell);
  EXPECT_TRUE(ran) << ran.error().to_string();
  EXPECT_EQ(content("fact"), hostile);
  EXPECT_EQ(content("input"), shell.input);
  for (const char* name : {"x", "y", "z"}) EXPECT_FALSE(std::filesystem::exists(folder_ / name)) << name;
}

TEST_F(ShellTest, OurEnvironmentIsItsToo) {
  ::setenv("PGARK_TEST_KEPT", "kept", 1);
  ::setenv("PGARK_TEST_HIDDEN_1", "hidden", 1);
  ::setenv("fact", "old", 1);
  ShellCommand shell = command("env >\"$folder\"/env");
  shell.variables.emplace_back("fact", "new");
  shell.without = {"PGARK_TEST_HIDDEN_"};
  EXPECT_TRUE(run_shell(shell));
  EXPECT_THAT(content("env"), HasSubstr("PGARK_TEST_KEPT=kept\n"));
  EXPECT_THAT(content("env"), HasSubstr("fact=new\n"));
  EXPECT_THAT(content("env"), ::testing::Not(::testing::AnyOf(HasSubstr("HIDDEN"), HasSubstr("fact=old"))));
  for (const char* name : {"PGARK_TEST_KEPT", "PGARK_TEST_HIDDEN_1", "fact"}) ::unsetenv(name);
}

TEST_F(ShellTest, ItNeedNotReadItsInput) {
  ShellCommand shell = command("true");
  shell.input = std::string(1'000'000, 'i');
  EXPECT_TRUE(run_shell(shell));
}

TEST_F(ShellTest, AFailureIsNamed) {
  expect_failure(run_shell(command("exit 3")), "ended with status 3");
  expect_failure(run_shell(command("kill -SEGV $$")), "ended by signal 11");
  expect_failure(run_shell(command("/no/such/program 2>&-")), "was it found");
}

TEST_F(ShellTest, WhatTakesTooLongIsEndedWithItsChildren) {
  ShellCommand shell =
      command("(trap '' TERM; sleep 5; touch \"$folder\"/survived) & trap '' TERM; wait; wait");
  shell.time = 300ms;
  const auto start = std::chrono::steady_clock::now();
  expect_failure(run_shell(shell), "was ended");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 4500ms);
  std::this_thread::sleep_for(start + 6s - std::chrono::steady_clock::now());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "survived"));
}

}  // namespace
}  // namespace pgark::cli
