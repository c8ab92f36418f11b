#include "cli/time_span.hpp"

#include <gtest/gtest.h>

namespace pgark::cli {
namespace {

TEST(TimeSpan, NumbersWithUnits) {
  using std::chrono::seconds;
  EXPECT_EQ(parse_time_span("0s"), seconds(0));
  EXPECT_EQ(parse_time_span("90s"), seconds(90));
  EXPECT_EQ(parse_time_span("30 min"), seconds(1800));
  EXPECT_EQ(parse_time_span("24h"), seconds(86400));
  EXPECT_EQ(parse_time_span("7d"), seconds(604800));
  EXPECT_EQ(parse_time_span("2w"), seconds(1209600));
  for (const char* text : {"", "h", "24", "-1h", "1.5h", "24hours", "h24", "99999999999999d", "1 0s", "24h "})
    EXPECT_FALSE(parse_time_span(text)) << text;
}

}  // namespace
}  // namespace pgark::cli
