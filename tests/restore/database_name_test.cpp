#include "restore/database_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgark::restore {
namespace {

format::TocEntry entry(const std::string& kind, const std::string& name, std::vector<std::string> sql) {
  format::TocEntry result;
  result.kind = kind;
  result.name = name;
  for (std::string& text : sql) result.create.push_back({std::move(text)});
  return result;
}

format::Toc archive_of(const std::string& raw, const std::string& quoted) {
  format::Toc toc;
  format::TocEntry database =
      entry("DATABASE", raw, {"CREATE DATABASE " + quoted + " WITH TEMPLATE = template0"});
  database.owner_object = "DATABASE " + quoted;
  database.drop.push_back({"DROP DATABASE IF EXISTS " + quoted});
  toc.entries.push_back(database);
  toc.entries.push_back(entry("DATABASE PROPERTIES", raw,
                              {"ALTER DATABASE " + quoted + " SET work_mem TO 'DATABASE " + raw + "'",
                               "ALTER ROLE \"IN DATABASE x\" IN DATABASE " + quoted + " SET a TO 'b'"}));
  toc.entries.push_back(
      entry("COMMENT", "DATABASE " + raw, {"COMMENT ON DATABASE " + quoted + " IS 'ON DATABASE x'"}));
  toc.entries.push_back(
      entry("ACL", "DATABASE " + raw, {"GRANT ALL ON DATABASE " + quoted + " TO \"DATABASE x\""}));
  toc.entries.push_back(entry("TABLE", "DATABASE " + raw, {"CREATE TABLE s.\"DATABASE x\" ()"}));
  toc.entries.push_back(entry("COMMENT", "TABLE t", {"COMMENT ON TABLE t IS 'DATABASE " + raw + "'"}));
  return toc;
}

TEST(DatabaseName, StandsInEverythingAboutTheDatabase) {
  for (const auto& [raw, quoted] : std::vector<std::pair<std::string, std::string>>{
           {"x", "x"}, {"x", "\"x\""}, {"a \"b\" DATABASE x", "\"a \"\"b\"\" DATABASE x\""}, {"if", "if"}}) {
    format::Toc toc = archive_of(raw, quoted);
    const format::Toc before = toc;
    rename_database(toc, "New One");
    const format::Toc wanted = archive_of("New One", "\"New One\"");
    for (std::size_t i = 0; i < 4; ++i) {
      SCOPED_TRACE(raw + " " + std::to_string(i));
      EXPECT_EQ(toc.entries[i].name, wanted.entries[i].name);
      EXPECT_EQ(toc.entries[i].owner_object, wanted.entries[i].owner_object);
      EXPECT_EQ(toc.entries[i].drop, wanted.entries[i].drop);
    }
    EXPECT_EQ(toc.entries[0].create, wanted.entries[0].create);
    EXPECT_EQ(toc.entries[1].create[0].sql,
              "ALTER DATABASE \"New One\" SET work_mem TO 'DATABASE " + raw + "'");
    EXPECT_EQ(toc.entries[1].create[1].sql, wanted.entries[1].create[1].sql);
    EXPECT_EQ(toc.entries[2].create, wanted.entries[2].create);
    EXPECT_EQ(toc.entries[3].create, wanted.entries[3].create);
    EXPECT_EQ(toc.entries[4], before.entries[4]);
    EXPECT_EQ(toc.entries[5], before.entries[5]);
  }
}

TEST(DatabaseName, NothingWithoutADatabase) {
  format::Toc toc;
  toc.entries.push_back(entry("TABLE", "t", {"CREATE TABLE t ()"}));
  const format::Toc before = toc;
  rename_database(toc, "other");
  EXPECT_EQ(toc, before);
}

}  // namespace
}  // namespace pgark::restore
