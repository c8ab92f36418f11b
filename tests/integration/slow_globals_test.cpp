// Globals of the other majors where they differ, and from the oldest to the newest.
#include "globals_cases.hpp"

namespace pgark::test {
namespace {

INSTANTIATE_TEST_SUITE_P(majors, GlobalsTest, testing::Values(13, 16, 18),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

TEST(GlobalsAcrossMajorsTest, grants_of_an_old_server_reach_a_new_one) {
  const std::unique_ptr<Cluster> source = start_server(13);
  make_globals(*source, source->make_server_folder("ts"));
  const TempDirectory folder;
  const std::filesystem::path archive = folder / "app.pgark";
  ASSERT_TRUE(run_long({"backup", "-d", source->conninfo("app"), "-o", archive, "--globals"}).ok());
  const std::unique_ptr<Cluster> target = start_server(18);
  const ProcessResult restored =
      run_long({"restore", archive, "-d", target->conninfo("postgres"), "--globals", "--create"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(
      target->sql("postgres",
                  "SELECT r.rolname, m.rolname, admin_option FROM pg_auth_members a JOIN pg_roles r ON "
                  "r.oid = roleid JOIN pg_roles m ON m.oid = member WHERE r.rolname = 'grp' ORDER BY 2"),
      "grp|Mem \"ber|f\ngrp|chief|t");
}

}  // namespace
}  // namespace pgark::test
