#include "ddl_storm.hpp"

namespace pgark::test {
namespace {

TEST(SlowDdlStormTest, fifty_dumps_in_a_row_are_consistent_or_say_what_changed) {
  expect_consistent_dumps_in_a_storm(50, /*calms_down=*/false);
}

}  // namespace
}  // namespace pgark::test
