#include "dumper/ddl/acl_item.hpp"

#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

AclRequest table_request(std::string base, std::string current) {
  AclRequest request;
  request.target = "TABLE s.t";
  request.owner = "boss";
  request.base = std::move(base);
  request.current = std::move(current);
  request.server_version_num = 150018;
  return request;
}

std::vector<std::string> statements(const AclRequest& request) {
  const auto result = acl_script(request);
  EXPECT_TRUE(result.has_value());
  return result ? result->statements : std::vector<std::string>{};
}

using Lines = std::vector<std::string>;
constexpr const char* kOwnerDefault = "{boss=arwdDxt/boss}";

TEST(AclItem, ReadsQuotedNamesAndGrantOptions) {
  const auto item = parse_acl_item(R"("R ""3"" =x"=r*w/"a/b")");
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->grantee, R"(R "3" =x)");
  EXPECT_EQ(item->letters, "rw");
  EXPECT_EQ(item->options, "r");
  EXPECT_EQ(item->grantor, "a/b");
}

TEST(AclItem, AnEmptyGranteeIsPublic) {
  const auto item = parse_acl_item("=X/boss");
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->grantee, "");
  EXPECT_EQ(item->letters, "X");
}

TEST(AclItem, RefusesWhatIsNoItem) {
  for (const char* text :
       {"", "boss", "\"open=r/boss", "a=*r/boss", "a=r**/boss", "a=r!/boss", "a=r/\"open"}) {
    EXPECT_FALSE(parse_acl_item(text).has_value()) << text;
  }
}

TEST(AclStatements, NothingForEqualLists) {
  EXPECT_TRUE(statements(table_request(kOwnerDefault, kOwnerDefault)).empty());
}

TEST(AclStatements, AllWhenEveryPrivilegeOfTheServerIsThere) {
  EXPECT_EQ(statements(table_request(kOwnerDefault, "{boss=arwdDxt/boss,r1=arwdDxt/boss}")),
            (Lines{"GRANT ALL ON TABLE s.t TO r1"}));
  auto newer = table_request(kOwnerDefault, "{boss=arwdDxt/boss,r1=arwdDxt/boss}");
  newer.server_version_num = 170000;
  EXPECT_EQ(statements(newer),
            (Lines{"GRANT SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE ON TABLE s.t TO r1"}));
  newer.current = "{boss=arwdDxt/boss,r1=arwdDxtm/boss}";
  EXPECT_EQ(statements(newer), (Lines{"GRANT ALL ON TABLE s.t TO r1"}));
}

TEST(AclStatements, RevokesEverythingFromTheOwner) {
  EXPECT_EQ(statements(table_request(kOwnerDefault, "{}")), (Lines{"REVOKE ALL ON TABLE s.t FROM boss"}));
}

TEST(AclStatements, ItemsChangeWhereTheyStand) {
  EXPECT_EQ(statements(table_request(kOwnerDefault, "{boss=arwDxt/boss,r1=r/boss}")),
            (Lines{"REVOKE DELETE ON TABLE s.t FROM boss", "GRANT SELECT ON TABLE s.t TO r1"}));
  EXPECT_EQ(statements(table_request("{boss=r/boss,r1=r*w*/boss}", "{boss=ra/boss,r1=rw*x*/boss}")),
            (Lines{"REVOKE GRANT OPTION FOR SELECT ON TABLE s.t FROM r1", "GRANT INSERT ON TABLE s.t TO boss",
                   "GRANT REFERENCES ON TABLE s.t TO r1 WITH GRANT OPTION"}));
}

TEST(AclStatements, ItemsOutOfPlaceAreGrantedAgain) {
  EXPECT_EQ(statements(table_request(kOwnerDefault, "{r1=r/boss,boss=arwdDxt/boss}")),
            (Lines{"REVOKE ALL ON TABLE s.t FROM boss", "GRANT SELECT ON TABLE s.t TO r1",
                   "GRANT ALL ON TABLE s.t TO boss"}));
}

TEST(AclStatements, GrantsWaitForTheirGrantorsOption) {
  EXPECT_EQ(statements(table_request(kOwnerDefault, "{boss=arwdDxt/boss,r3=r/r2,r2=r*/boss}")),
            (Lines{"GRANT SELECT ON TABLE s.t TO r2 WITH GRANT OPTION", "SET SESSION AUTHORIZATION r2",
                   "GRANT SELECT ON TABLE s.t TO r3", "RESET SESSION AUTHORIZATION"}));
}

TEST(AclStatements, ChainsRunAsTheirGrantor) {
  EXPECT_EQ(statements(table_request(kOwnerDefault, R"({boss=arwdDxt/boss,r2=r*w/boss,"\"R 3\"=r/r2"})")),
            (Lines{"GRANT UPDATE ON TABLE s.t TO r2", "GRANT SELECT ON TABLE s.t TO r2 WITH GRANT OPTION",
                   "SET SESSION AUTHORIZATION r2", "GRANT SELECT ON TABLE s.t TO \"R 3\"",
                   "RESET SESSION AUTHORIZATION"}));
}

TEST(AclStatements, ColumnsNameTheColumn) {
  auto request = table_request("{}", "{=w/boss,r1=arwx/boss}");
  request.kind = AclKind::column;
  request.column = "B c";
  EXPECT_EQ(statements(request),
            (Lines{"GRANT UPDATE(\"B c\") ON TABLE s.t TO PUBLIC", "GRANT ALL(\"B c\") ON TABLE s.t TO r1"}));
}

TEST(AclStatements, RevokesFromPublicWhatFunctionsAreBornWith) {
  AclRequest request;
  request.kind = AclKind::function;
  request.target = "FUNCTION s.f(integer)";
  request.owner = "boss";
  request.base = "{=X/boss,boss=X/boss}";
  request.current = "{boss=X/boss}";
  EXPECT_EQ(statements(request), (Lines{"REVOKE ALL ON FUNCTION s.f(integer) FROM PUBLIC"}));
}

TEST(AclStatements, RefusesWhatIsNoArray) {
  EXPECT_FALSE(acl_script(table_request("{", "{}")).has_value());
  EXPECT_FALSE(acl_script(table_request("{}", "{nonsense}")).has_value());
}

// F54: the server prints a role that was dropped as its number.
TEST(AclStatements, LeavesOutRolesThatAreGone) {
  const std::unordered_set<std::string> roles{"boss", "r1", "42"};
  AclRequest request = table_request("{boss=arwdDxt/boss,16390=r/boss}",
                                     "{boss=arwdDxt/boss,16390=w/boss,r1=r/boss,r1=a/16391,42=r/boss}");
  request.role_names = &roles;
  const auto script = acl_script(request);
  ASSERT_TRUE(script.has_value());
  EXPECT_EQ(script->statements,
            (Lines{"GRANT SELECT ON TABLE s.t TO r1", "GRANT SELECT ON TABLE s.t TO \"42\""}));
  EXPECT_EQ(script->left_out, (Lines{"16390=w/boss", "r1=a/16391"}));
  EXPECT_EQ(script->roles, (Lines{"42", "r1"}));
}

}  // namespace
}  // namespace pgark::dumper
