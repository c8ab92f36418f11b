// Roles, tablespaces and parameters as entries (SCHEMA_COVERAGE B02).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalog_builder.hpp"
#include "support/toc_view.hpp"

namespace pgark::dumper::testing {
namespace {

using ::testing::ElementsAre;

GlobalRole role(const std::string& name) {
  GlobalRole made;
  made.name = name;
  return made;
}

GlobalMembership grant(const std::string& of, const std::string& to, const std::string& by) {
  GlobalMembership made;
  made.role = of;
  made.member = to;
  made.grantor = by;
  made.by_bootstrap_superuser = by == "boss";
  return made;
}

TEST(GlobalsTest, none_unless_read) {
  const CatalogBuilder builder;
  for (const auto& entry : TocView(builder.catalog).build.toc.entries) EXPECT_NE(entry.kind, "ROLE");
}

TEST(GlobalsTest, a_role_is_created_then_altered_and_its_password_stands_apart) {
  CatalogBuilder builder;
  GlobalRole made = role("we\"ird");
  made.superuser = true;
  made.inherit = false;
  made.can_login = true;
  made.connection_limit = 3;
  made.valid_until = "2031-05-06 05:08:09+00";
  made.password = "SCRAM-SHA-256$x'y";
  made.comment = "it's";
  made.labels = {{"dummy", "secret"}};
  made.settings = {"search_path=\"a b\", c", "work_mem=8MB"};
  builder.catalog.globals = Globals{{made, role("plain")}, {}, {"jit=off"}, {}, {}};
  const TocView toc(builder.catalog);
  EXPECT_EQ(toc.sql("ROLE", "we\"ird"),
            "CREATE ROLE \"we\"\"ird\"\n"
            "ALTER ROLE \"we\"\"ird\" WITH SUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION "
            "NOBYPASSRLS CONNECTION LIMIT 3 VALID UNTIL '2031-05-06 05:08:09+00'\n"
            "COMMENT ON ROLE \"we\"\"ird\" IS 'it''s'\n"
            "SECURITY LABEL FOR dummy ON ROLE \"we\"\"ird\" IS 'secret'\n");
  EXPECT_EQ(toc.sql("ROLE PASSWORD", "we\"ird"), "ALTER ROLE \"we\"\"ird\" PASSWORD 'SCRAM-SHA-256$x''y'\n");
  EXPECT_FALSE(toc.has("ROLE PASSWORD", "plain"));
  EXPECT_EQ(toc.sql("ROLE SETTINGS", "we\"ird"),
            "ALTER ROLE \"we\"\"ird\" SET search_path TO 'a b', 'c'\n"
            "ALTER ROLE \"we\"\"ird\" SET work_mem TO '8MB'\n");
  EXPECT_EQ(toc.sql("ROLE SETTINGS", "ALL"), "ALTER ROLE ALL SET jit TO 'off'\n");
}

TEST(GlobalsTest, globals_come_first_and_the_database_keeps_its_properties) {
  CatalogBuilder builder;
  builder.catalog.database.connection_limit = 7;
  builder.catalog.database.role_settings = {{"amy", "jit=off"}, {"amy", "work_mem=8MB"}};
  builder.catalog.globals = Globals{{role("a")}, {}, {}, {}, {}};
  const TocView toc(builder.catalog);
  EXPECT_THAT(toc.listing()[0], "ROLE a");
  EXPECT_TRUE(toc.depends(toc.entry("DATABASE PROPERTIES", "db"), toc.entry("DATABASE", "db")));
  EXPECT_THAT(toc.entry("DATABASE PROPERTIES", "db").roles, ElementsAre("amy"));
}

TEST(GlobalsTest, a_grant_follows_the_one_that_its_grantor_stands_on) {
  CatalogBuilder builder;
  builder.catalog.database.server_version_num = 160000;
  GlobalMembership first = grant("g", "zoe", "boss");
  first.admin = true;
  GlobalMembership second = grant("g", "amy", "zoe");
  second.set = false;
  builder.catalog.globals = Globals{{}, {second, first}, {}, {}, {}};
  const TocView toc(builder.catalog);
  const format::TocEntry& entry = toc.entry("ROLE MEMBERSHIP", "g");
  std::vector<std::string> since_16;
  for (const auto& statement : entry.create) {
    if (statement.max_target == 0) since_16.push_back(statement.sql);
  }
  EXPECT_THAT(since_16,
              ElementsAre("GRANT g TO zoe WITH ADMIN TRUE, INHERIT TRUE, SET TRUE",
                          "GRANT g TO amy WITH ADMIN FALSE, INHERIT TRUE, SET FALSE GRANTED BY zoe"));
  EXPECT_THAT(entry.roles, ElementsAre("amy", "g", "zoe"));
}

// Before 16 a grantor needed nothing, so a newer server would refuse some: it decides itself there.
TEST(GlobalsTest, grants_of_older_servers_name_no_grantor_to_newer_ones) {
  CatalogBuilder builder;
  GlobalMembership made = grant("g", "amy", "zoe");
  made.admin = true;
  builder.catalog.globals = Globals{{}, {made}, {}, {}, {}};
  const TocView view(builder.catalog);
  const format::TocEntry& entry = view.entry("ROLE MEMBERSHIP", "g");
  ASSERT_EQ(entry.create.size(), 2U);
  EXPECT_EQ(entry.create[0],
            (format::SqlStatement{"GRANT g TO amy WITH ADMIN OPTION GRANTED BY zoe", 0, 160000}));
  EXPECT_EQ(entry.create[1], (format::SqlStatement{"GRANT g TO amy WITH ADMIN OPTION", 160000, 0}));
}

TEST(GlobalsTest, tablespaces_and_parameters_with_privileges) {
  CatalogBuilder builder;
  GlobalTablespace tablespace;
  tablespace.name = "fast";
  tablespace.owner = "amy";
  tablespace.location = "/srv/it's";
  tablespace.options = {"random_page_cost=1.5"};
  tablespace.default_acl = "{amy=C/amy}";
  tablespace.acl = "{amy=C/amy,bob=C/amy}";
  GlobalTablespace in_place;
  in_place.name = "inside";
  in_place.owner = "amy";
  in_place.location = "pg_tblspc/16384";
  GlobalParameter parameter{"my.parameter", "boss", "{boss=sA/boss,bob=s/boss}", "{boss=sA/boss}"};
  builder.catalog.globals = Globals{{}, {}, {}, {tablespace, in_place}, {parameter}};
  const TocView toc(builder.catalog);
  EXPECT_EQ(toc.sql("TABLESPACE", "fast"),
            "CREATE TABLESPACE fast LOCATION '/srv/it''s'\n"
            "ALTER TABLESPACE fast SET (random_page_cost='1.5')\n");
  EXPECT_EQ(toc.entry("TABLESPACE", "fast").owner_object, "TABLESPACE fast");
  EXPECT_EQ(toc.sql("TABLESPACE", "inside"), "CREATE TABLESPACE inside LOCATION ''\n");
  EXPECT_EQ(toc.sql("ACL", "TABLESPACE fast"), "GRANT ALL ON TABLESPACE fast TO bob\n");
  EXPECT_THAT(toc.entry("ACL", "TABLESPACE fast").roles, ElementsAre("bob"));
  EXPECT_EQ(toc.sql("PARAMETER ACL", "my.parameter"), "GRANT SET ON PARAMETER \"my.parameter\" TO bob\n");
}

TEST(RequiredRolesTest, privileges_name_roles_besides_the_owner) {
  CatalogBuilder builder;
  Relation& table = builder.catalog.relations[builder.table("t")];
  table.default_acl = "{boss=arwdDxt/boss}";
  table.acl = R"({boss=arwdDxt/boss,=r/boss,"\"we ird\"=r*/boss","amy=r/\"we ird\""})";
  table.owner = "boss";
  const TocView view(builder.catalog);
  EXPECT_THAT(view.entry("ACL", "TABLE t").roles, ElementsAre("amy", "we ird"));
}

}  // namespace
}  // namespace pgark::dumper::testing
