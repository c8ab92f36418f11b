#include "ddl_storm.hpp"

namespace pgark::test {
namespace {

TEST(DdlStormTest, dumps_are_consistent_or_say_what_changed) {
  expect_consistent_dumps_in_a_storm(6);
}

}  // namespace
}  // namespace pgark::test
