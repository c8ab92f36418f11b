// An environment made by the test, with a home directory of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "protocol/params/connect_params.hpp"

namespace pgark::params::testing {

class ParamsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "pgark_params_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    std::filesystem::create_directories(root_ / "home/.postgresql");
    std::filesystem::create_directories(root_ / "etc");
    std::filesystem::create_directories(root_ / "run");
    std::filesystem::create_directories(root_ / "tmp");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string path(const std::string& name) const { return (root_ / name).string(); }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    std::ofstream(root_ / name, std::ios::binary) << text;
    EXPECT_EQ(::chmod(path(name).c_str(), mode), 0);
    return path(name);
  }

  Environment environment() const {
    return {[this](std::string_view name) -> std::optional<std::string> {
              const auto it = variables.find(std::string(name));
              return it == variables.end() ? std::nullopt : std::optional(it->second);
            },
            path("home"),
            "osuser",
            path("etc"),
            {path("run"), path("tmp")}};
  }

  Result<Resolved> try_resolve(const std::string& dbname, CommandLineParams others = {}) const {
    others.dbname = dbname;
    return resolve(others, environment());
  }
  ConnectParams resolved(const std::string& dbname, CommandLineParams others = {}) {
    auto result = try_resolve(dbname, std::move(others));
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().to_string());
    if (!result) return {{HostAddress{}}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0, 0, true, 0, 0, 0, false};
    warnings = result->warnings;
    return result->params;
  }
  // The error's text and hint; fails when there is none or when it is not a usage error.
  std::string error_of(const std::string& dbname, CommandLineParams others = {}) const {
    const auto result = try_resolve(dbname, std::move(others));
    EXPECT_FALSE(result.has_value()) << "accepted: " << dbname;
    if (result) return {};
    EXPECT_EQ(result.error().code, ErrorCode::usage);
    return result.error().to_string() + " | " + result.error().hint;
  }

  std::map<std::string, std::string> variables;
  std::vector<std::string> warnings;  // of the last resolved()

 private:
  std::filesystem::path root_;
};

}  // namespace pgark::params::testing
