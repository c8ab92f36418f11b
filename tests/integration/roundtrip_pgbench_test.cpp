// pgbench's database, partitioned and with foreign keys, small enough for every run and every sanitizer.
#include <gtest/gtest.h>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

TEST(RoundtripPgbenchTest, scale_2_with_foreign_keys_and_8_partitions) {
  expect_pgbench_roundtrip(2);
}

}  // namespace
}  // namespace pgark::test
