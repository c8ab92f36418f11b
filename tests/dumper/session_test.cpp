#include "dumper/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Session, search_path_comes_first) {
  EXPECT_THAT(session_settings_sql(150000),
              StartsWith("SELECT pg_catalog.set_config('search_path', '', false);"));
}

TEST(Session, every_setting_of_the_list_is_pinned) {
  const std::string sql = session_settings_sql(180000);
  for (const char* name : {"client_encoding",
                           "standard_conforming_strings",
                           "datestyle",
                           "intervalstyle",
                           "extra_float_digits",
                           "bytea_output",
                           "timezone",
                           "lc_monetary",
                           "xmlbinary",
                           "array_nulls",
                           "synchronize_seqscans",
                           "statement_timeout",
                           "lock_timeout",
                           "idle_in_transaction_session_timeout",
                           "idle_session_timeout",
                           "transaction_timeout",
                           "row_security",
                           "quote_all_identifiers",
                           "restrict_nonsystem_relation_kind",
                           "jit",
                           "max_parallel_workers_per_gather"}) {
    EXPECT_THAT(sql, HasSubstr(name));
  }
}

TEST(Session, settings_that_a_server_does_not_know_are_left_out) {
  EXPECT_THAT(session_settings_sql(130000), Not(HasSubstr("idle_session_timeout =")));
  EXPECT_THAT(session_settings_sql(140000), HasSubstr("SET idle_session_timeout = 0"));
  EXPECT_THAT(session_settings_sql(160000), Not(HasSubstr("transaction_timeout =")));
  EXPECT_THAT(session_settings_sql(170000), HasSubstr("SET transaction_timeout = 0"));
}

TEST(Session, versions) {
  EXPECT_FALSE(check_server_version(120018).has_value());
  EXPECT_THAT(check_server_version(120018).error().message, HasSubstr("12.18"));
  EXPECT_TRUE(check_server_version(130000).has_value());
  EXPECT_TRUE(check_server_version(190000).has_value());
  EXPECT_FALSE(is_newer_than_known(180004));
  EXPECT_TRUE(is_newer_than_known(190000));
}

TEST(Session, standby_conflicts_are_explained) {
  Error error{ErrorCode::server, "canceling statement due to conflict with recovery", {}, {}, {}, {},
              ServerMessage{}};
  error.server->sqlstate = "40001";
  EXPECT_THAT(explain_standby_conflict(error, true).hint, HasSubstr("hot_standby_feedback"));
  EXPECT_EQ(explain_standby_conflict(error, true).code, ErrorCode::snapshot);
  EXPECT_EQ(explain_standby_conflict(error, false).hint, "");
  error.server->sqlstate = "42501";
  EXPECT_EQ(explain_standby_conflict(error, true).hint, "");
}

}  // namespace
}  // namespace pgark::dumper
