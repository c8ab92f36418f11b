#include "restore/statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::restore {
namespace {

using format::SqlStatement;
using format::TocEntry;
using testing::ElementsAre;

TocEntry table() {
  TocEntry entry;
  entry.id = 1;
  entry.kind = "TABLE";
  entry.schema = "public";
  entry.name = "t";
  entry.create = {{"CREATE TABLE public.t (a int)", 0, 0}};
  entry.owner = "an \"owner\"";
  entry.owner_object = "TABLE public.t";
  entry.takes_tablespace = true;
  entry.access_method = "heap";
  return entry;
}

std::vector<std::string> flat(const std::vector<DdlUnit>& units, SessionState& state) {
  std::vector<std::string> statements;
  for (const DdlUnit& unit : units) append_statements(unit, state, statements);
  return statements;
}

TEST(StatementsTest, settings_creation_owner) {
  const TocEntry entry = table();
  SessionState state;
  EXPECT_THAT(
      flat(create_units(entry, {}, 150000), state),
      ElementsAre("SET default_tablespace = ''", "SET default_table_access_method = 'heap'",
                  "CREATE TABLE public.t (a int)", "ALTER TABLE public.t OWNER TO \"an \"\"owner\"\"\""));
  RestoreOptions no_owner;
  no_owner.no_owner = true;
  EXPECT_THAT(flat(create_units(entry, no_owner, 150000), state),
              ElementsAre("CREATE TABLE public.t (a int)"));
}

TEST(StatementsTest, settings_are_sent_when_they_change) {
  TocEntry entry = table();
  entry.owner.clear();
  entry.access_method.clear();
  entry.tablespace = "fast";
  SessionState state{"", std::nullopt};
  EXPECT_THAT(flat(create_units(entry, {}, 150000), state),
              ElementsAre("SET default_tablespace = 'fast'", "CREATE TABLE public.t (a int)"));
  EXPECT_EQ(state.tablespace, "fast");
  EXPECT_EQ(state.access_method, std::nullopt);
}

TEST(StatementsTest, the_owner_is_not_essential_the_body_is) {
  const TocEntry entry = table();
  const auto units = create_units(entry, {}, 150000);
  ASSERT_EQ(units.size(), 2u);
  EXPECT_TRUE(units[0].essential);
  EXPECT_FALSE(units[1].essential);
}

TEST(StatementsTest, database_properties_fail_one_by_one) {
  TocEntry entry;
  entry.kind = "DATABASE PROPERTIES";
  entry.create = {{"ALTER DATABASE d SET a = 1", 0, 0}, {"ALTER DATABASE d SET b = 2", 0, 0}};
  const auto units = create_units(entry, {}, 150000);
  ASSERT_EQ(units.size(), 2u);
  EXPECT_THAT(units[1].statements, ElementsAre("ALTER DATABASE d SET b = 2"));
  EXPECT_FALSE(units[0].essential || units[1].essential);
}

TEST(StatementsTest, versions_choose_statements) {
  const SqlStatement old{"old", 0, 140000}, recent{"new", 140000, 0};
  EXPECT_TRUE(applies_to(old, 139999) && !applies_to(old, 140000));
  EXPECT_TRUE(applies_to(recent, 140000) && !applies_to(recent, 139999));
  TocEntry entry = table();
  entry.create = {recent};
  entry.drop = {old, recent};
  entry.owner.clear();
  EXPECT_TRUE(create_units(entry, {}, 130000).empty());
  ASSERT_EQ(drop_units(entry, 130000).size(), 1u);
  EXPECT_THAT(drop_units(entry, 130000)[0].statements, ElementsAre("old"));
}

TEST(StatementsTest, copy_targets) {
  const auto plain = parse_copy_target("public.t (a, b)");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->relation_sql, "public.t");
  const auto quoted = parse_copy_target("\"A \"\"b\"\" (x.\".\"t (1)\" (\"c\")");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->relation_sql, "\"A \"\"b\"\" (x.\".\"t (1)\"");
  EXPECT_EQ(quoted->schema, "A \"b\" (x.");
  EXPECT_EQ(quoted->name, "t (1)");
  EXPECT_EQ(parse_copy_target("s.t")->relation_sql, "s.t");
  for (const char* bad : {"", "t (a)", "s.", ".t", "\"s.t", "s.\"t", "s.t.u (a)"})
    EXPECT_FALSE(parse_copy_target(bad)) << bad;
}

TEST(StatementsTest, errors_show_one_line_and_no_secrets) {
  Error error;
  error.code = ErrorCode::server;
  TocEntry entry = table();
  EXPECT_EQ(with_entry(error, entry, "CREATE  TABLE\n\t t ()").statement, "CREATE TABLE t ()");
  EXPECT_EQ(with_entry(error, entry, "x").object, "TABLE public.t");
  const std::string longest =
      with_entry(error, entry, std::string(100, 'a') + std::string(400, '\xc3')).statement;
  EXPECT_LE(longest.size(), 160u);
  EXPECT_TRUE(longest.ends_with("..."));
  entry.kind = "USER MAPPING";
  EXPECT_EQ(with_entry(error, entry, "CREATE USER MAPPING ... password 'x'").statement, "");
}

TEST(Statements, grants_of_others_are_made_by_the_restoring_role_when_it_may_not_become_them) {
  format::TocEntry entry;
  entry.kind = "ACL";
  for (const char* sql :
       {"GRANT a", "SET SESSION AUTHORIZATION bob", "GRANT b", "RESET SESSION AUTHORIZATION"})
    entry.create.push_back({sql, 0, 0});
  const std::vector<DdlUnit> units = create_units(entry, {}, 150000);
  ASSERT_EQ(units.size(), 1U);
  Error refused;
  refused.code = ErrorCode::server;
  refused.server.emplace();
  refused.server->sqlstate = "42501";
  const auto weaker = weaker_form(units.front(), refused);
  ASSERT_TRUE(weaker);
  EXPECT_EQ(weaker->statements, (std::vector<std::string>{"GRANT a", "GRANT b"}));
  EXPECT_FALSE(weaker->recorded);
  EXPECT_FALSE(weaker_form(*weaker, refused));
  refused.server->sqlstate = "42P01";
  EXPECT_FALSE(weaker_form(units.front(), refused));
}

TEST(Statements, owners_that_may_not_be_set_are_left_out) {
  format::TocEntry entry;
  entry.kind = "TABLE";
  entry.owner = "alice";
  entry.owner_object = "TABLE t";
  entry.create.push_back({"CREATE TABLE t ()", 0, 0});
  RestoreOptions options;
  ASSERT_EQ(create_units(entry, options, 150000).size(), 2U);
  EXPECT_TRUE(create_units(entry, options, 150000).back().sets_owner);
  options.owners_left_out = {"alice"};
  EXPECT_EQ(create_units(entry, options, 150000).size(), 1U);
}

// Another role would not be allowed either.
TEST(StatementsTest, AnOwnerWhoMustBeASuperuserIsToldApart) {
  format::TocEntry entry;
  entry.kind = "EVENT TRIGGER";
  DdlUnit unit;
  unit.entry = &entry;
  unit.sets_owner = true;
  EXPECT_EQ(told_with(unit, "x").find("--map-owner"), std::string::npos);
  EXPECT_NE(told_with(unit, "x").find("only a superuser may own it"), std::string::npos);
  entry.kind = "TABLE";
  EXPECT_NE(told_with(unit, "x").find("--map-owner"), std::string::npos);
}

}  // namespace
}  // namespace pgark::restore
