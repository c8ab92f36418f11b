#include "restore/adapt/role_names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pgark::restore {
namespace {

const NameMap kRoles{{"alice", "dora"}, {"B o\"b", "C=l"}, {"grant", "to"}};

TEST(RoleNames, grants) {
  EXPECT_EQ(with_roles("GRANT SELECT ON TABLE s.alice TO alice, \"B o\"\"b\" WITH GRANT OPTION", kRoles),
            "GRANT SELECT ON TABLE s.alice TO dora, \"C=l\" WITH GRANT OPTION");
  EXPECT_EQ(with_roles("GRANT UPDATE(alice) ON TABLE alice.alice TO PUBLIC", kRoles),
            "GRANT UPDATE(alice) ON TABLE alice.alice TO PUBLIC");
  EXPECT_EQ(with_roles("REVOKE GRANT OPTION FOR ALL ON SCHEMA alice FROM alice", kRoles),
            "REVOKE GRANT OPTION FOR ALL ON SCHEMA alice FROM dora");
  EXPECT_EQ(with_roles("GRANT ALL ON FUNCTION s.f(alice integer, b alice) TO \"grant\"", kRoles),
            "GRANT ALL ON FUNCTION s.f(alice integer, b alice) TO \"to\"");
  EXPECT_EQ(with_roles("SET SESSION AUTHORIZATION \"B o\"\"b\"", kRoles),
            "SET SESSION AUTHORIZATION \"C=l\"");
  EXPECT_EQ(with_roles("GRANT SET ON PARAMETER alice TO alice", kRoles),
            "GRANT SET ON PARAMETER alice TO dora");
}

TEST(RoleNames, default_privileges) {
  EXPECT_EQ(with_roles("ALTER DEFAULT PRIVILEGES FOR ROLE alice IN SCHEMA alice GRANT ALL ON TABLES TO alice",
                       kRoles),
            "ALTER DEFAULT PRIVILEGES FOR ROLE dora IN SCHEMA alice GRANT ALL ON TABLES TO dora");
}

TEST(RoleNames, policies_and_user_mappings) {
  EXPECT_EQ(with_roles("CREATE POLICY alice ON alice.alice FOR SELECT TO alice, x USING ((alice = 'alice'))",
                       kRoles),
            "CREATE POLICY alice ON alice.alice FOR SELECT TO dora, x USING ((alice = 'alice'))");
  EXPECT_EQ(with_roles("CREATE USER MAPPING FOR alice SERVER alice OPTIONS (alice 'alice')", kRoles),
            "CREATE USER MAPPING FOR dora SERVER alice OPTIONS (alice 'alice')");
  EXPECT_EQ(with_roles("DROP USER MAPPING IF EXISTS FOR alice SERVER alice", kRoles),
            "DROP USER MAPPING IF EXISTS FOR dora SERVER alice");
}

TEST(RoleNames, the_cluster) {
  EXPECT_EQ(with_roles("CREATE ROLE alice", kRoles), "CREATE ROLE dora");
  EXPECT_EQ(with_roles("ALTER ROLE alice WITH LOGIN VALID UNTIL 'alice'", kRoles),
            "ALTER ROLE dora WITH LOGIN VALID UNTIL 'alice'");
  EXPECT_EQ(with_roles("ALTER ROLE alice IN DATABASE alice SET role TO 'alice'", kRoles),
            "ALTER ROLE dora IN DATABASE alice SET role TO 'dora'");
  EXPECT_EQ(with_roles("GRANT alice TO \"B o\"\"b\" WITH ADMIN OPTION GRANTED BY \"grant\"", kRoles),
            "GRANT dora TO \"C=l\" WITH ADMIN OPTION GRANTED BY \"to\"");
  EXPECT_EQ(with_roles("COMMENT ON ROLE alice IS 'alice'", kRoles), "COMMENT ON ROLE dora IS 'alice'");
  EXPECT_EQ(with_roles("CREATE TABLESPACE alice OWNER alice LOCATION '/alice'", kRoles),
            "CREATE TABLESPACE alice OWNER dora LOCATION '/alice'");
  EXPECT_EQ(with_roles("ALTER ROLE ALL SET x TO 'alice'", NameMap{{"all", "b"}}),
            "ALTER ROLE ALL SET x TO 'alice'");
}

TEST(RoleNames, definitions_keep_what_is_no_role) {
  for (const std::string sql :
       {"CREATE TABLE alice.alice (alice integer DEFAULT 'alice'::text)", "COPY alice.alice FROM STDIN",
        "CREATE VIEW v AS SELECT alice FROM alice.alice alice", "COMMENT ON TABLE alice.alice IS 'TO alice'",
        "CREATE RULE r AS ON DELETE TO alice.alice DO ALSO DELETE FROM alice.b",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$GRANT x TO alice$$"})
    EXPECT_EQ(with_roles(sql, kRoles), sql);
  EXPECT_EQ(with_roles("CREATE FUNCTION f() LANGUAGE sql SET role TO 'alice' AS 'x'", kRoles),
            "CREATE FUNCTION f() LANGUAGE sql SET role TO 'dora' AS 'x'");
  EXPECT_EQ(with_roles("CREATE VIEW v AS SELECT '\"B o\"\"b\"'::regrole, 'alice'::text", kRoles),
            "CREATE VIEW v AS SELECT '\"C=l\"'::regrole, 'alice'::text");
}

TEST(RoleNames, a_swap_is_one_step_and_quotes_stay) {
  EXPECT_EQ(with_roles("CREATE POLICY p ON t TO a, b", NameMap{{"a", "b"}, {"b", "a"}}),
            "CREATE POLICY p ON t TO b, a");
  EXPECT_EQ(with_roles("GRANT ALL ON TABLE t TO \"alice\"", kRoles), "GRANT ALL ON TABLE t TO \"dora\"");
}

}  // namespace
}  // namespace pgark::restore
