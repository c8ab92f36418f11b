#include "ddl_storm.hpp"

namespace pgark::test {
namespace {

TEST(DdlStormTest, dumps_are_consistent_or_say_what_changed) {
  // A slow build does not come through without a calm moment.
  expect_consistent_dumps_in_a_storm(6, /*calms_down=*/true);
}

}  // namespace
}  // namespace pgark::test
