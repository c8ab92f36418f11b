// pgbench's database at the size of the acceptance list: five million accounts.
#include <gtest/gtest.h>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

TEST(SlowRoundtripPgbenchTest, scale_50_with_foreign_keys_and_8_partitions) {
  expect_pgbench_roundtrip(50);
}

}  // namespace
}  // namespace pgark::test
