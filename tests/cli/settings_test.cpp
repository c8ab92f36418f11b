#include "cli/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace pgark::cli {
namespace {

constexpr const char* kFile =
    "backup-dir = '/var/backups'\n"
    "retention-days = 14\n"
    "[backup]\n"
    "jobs = 4\n"
    "exclude-table-data = ['log_*', 'tmp']\n"
    "[profile.production]\n"
    "retention-days = 60\n"
    "database-url = 'postgresql://backup@db1/shop'\n"
    "[profile.production.backup]\n"
    "jobs = 8\n"
    "no-sync = true\n"
    "[profile.test]\n";

std::string value(const std::vector<ConfigValue>& values, const std::string& key) {
  const auto found = std::ranges::find(values, key, &ConfigValue::key);
  if (found == values.end()) return "(none)";
  std::string text;
  for (const std::string& one : found->values) text += (text.empty() ? "" : "|") + one;
  return text;
}

ConfigFile parse(const std::string& text, const std::string& profile = {}) {
  return value_or_throw(parse_config(text, "x.toml", profile));
}

void expect_refused(const std::string& text, const std::string& part, const std::string& profile = {}) {
  const auto file = parse_config(text, "x.toml", profile);
  ASSERT_FALSE(file) << text;
  EXPECT_EQ(file.error().code, ErrorCode::usage);
  EXPECT_NE(file.error().to_string().find(part), std::string::npos) << file.error().to_string();
}

TEST(Settings, WithoutAProfileTheValuesOutsideOfAll) {
  const ConfigFile file = parse(kFile);
  EXPECT_EQ(value(file.settings, "backup-dir"), "/var/backups");
  EXPECT_EQ(value(file.settings, "retention-days"), "14");
  EXPECT_EQ(value(file.settings, "database-url"), "(none)");
  EXPECT_EQ(value(file.commands.at("backup"), "jobs"), "4");
  EXPECT_EQ(value(file.commands.at("backup"), "exclude-table-data"), "log_*|tmp");
}

TEST(Settings, AProfilesValuesWin) {
  const ConfigFile file = parse(kFile, "production");
  EXPECT_EQ(value(file.settings, "backup-dir"), "/var/backups");
  EXPECT_EQ(value(file.settings, "retention-days"), "60");
  EXPECT_EQ(value(file.commands.at("backup"), "jobs"), "8");
  EXPECT_EQ(value(file.commands.at("backup"), "no-sync"), "true");
  EXPECT_EQ(value(file.commands.at("backup"), "exclude-table-data"), "log_*|tmp");
  EXPECT_EQ(file.settings.size(), 3u);
  EXPECT_EQ(std::ranges::find(file.settings, "retention-days", &ConfigValue::key)->where, "x.toml, line 7");
  EXPECT_EQ(value(parse(kFile, "test").settings, "retention-days"), "14");
}

TEST(Settings, WhatIsWrongIsNamedWithItsLine) {
  expect_refused("backup-dir = \n", "x.toml, line 1");
  expect_refused("\nbackup_dir = 'x'\n", "x.toml, line 2: there is no setting \"backup_dir\"");
  expect_refused("backup-dir = 1.5\n", "line 1");
  expect_refused("backup-dir = ['a', 'b']\n", "has one value");
  expect_refused("[backup]\njobs = 2024-01-01\n", "line 2");
  expect_refused("[backup]\n[backup.more]\njobs = 1\n", "more");
  expect_refused("profile = 3\n", "[profile.NAME]");
  expect_refused(kFile, "there is no profile \"prod\"", "prod");
  expect_refused("[profile.a.profile.b]\n", "", "a");
  expect_refused("a = 1\na = 2\n", "x.toml");
}

TEST(Settings, TheEnvironmentWinsOverTheFile) {
  ::setenv("RETENTION_DAYS", "7", 1);
  ::unsetenv("PGARK_RPO");
  LoadedConfig config;
  config.file = parse("retention-days = 14\nrpo = '12h'\n");
  apply_settings(config);
  EXPECT_STREQ(std::getenv("RETENTION_DAYS"), "7");
  EXPECT_STREQ(std::getenv("PGARK_RPO"), "12h");
  EXPECT_FALSE(config.variables.contains("RETENTION_DAYS"));
  EXPECT_EQ(config.variables.at("PGARK_RPO"), "x.toml, line 2");
  ::unsetenv("RETENTION_DAYS");
  ::unsetenv("PGARK_RPO");
}

TEST(Settings, AListHasBlanksBetweenItsValues) {
  ::unsetenv("PGARK_UPLOAD");
  LoadedConfig config;
  config.file = parse("upload = ['/b', 's3://bucket/night']\n");
  apply_settings(config);
  EXPECT_STREQ(std::getenv("PGARK_UPLOAD"), "/b s3://bucket/night");
  ::unsetenv("PGARK_UPLOAD");
  expect_refused("upload = ['/b', '/with blank']\n", "line 1: a value of \"upload\" has a blank in it");
}

TEST(Settings, WhatIsOrMayHoldASecret) {
  const auto option = [](const std::string& key, const std::string& text) {
    return ConfigValue{key, {text}, {}};
  };
  EXPECT_TRUE(may_hold_secret(option("dbname", "host=h")));
  EXPECT_FALSE(holds_secret(option("dbname", "host=h user=u dbname=d")));
  EXPECT_TRUE(holds_secret(option("from", "host=h user=u dbname=d password=x")));
  EXPECT_TRUE(may_hold_secret(option("notify-url", "https://h/x")));
  EXPECT_TRUE(holds_secret(option("notify-url", "https://h/x")));
  EXPECT_FALSE(may_hold_secret(option("jobs", "4")));
  EXPECT_FALSE(holds_secret(option("jobs", "password=4")));
}

}  // namespace
}  // namespace pgark::cli
