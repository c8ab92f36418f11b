#include "cli/text.hpp"

#include <gtest/gtest.h>

namespace pgark::cli {
namespace {

TEST(Text, Bytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(123456789), "123 MB");
  EXPECT_EQ(human_bytes(999'950'000), "1.0 GB");
  EXPECT_EQ(human_bytes(5'400'000'000'000), "5.4 TB");
}

TEST(Text, Counts) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1,000");
  EXPECT_EQ(human_count(1234567), "1,234,567");
}

TEST(Text, WhatRowsAreOf) {
  EXPECT_EQ(tables_text(1, false), "1 table");
  EXPECT_EQ(tables_text(0, true), "0 tables and large objects");
  EXPECT_EQ(tables_text(1234, true), "1,234 tables and large objects");
}

TEST(Text, Durations) {
  EXPECT_EQ(human_duration(0.44), "0.4 s");
  EXPECT_EQ(human_duration(65), "1 min 05 s");
  EXPECT_EQ(human_duration(7380), "2 h 03 min");
  EXPECT_EQ(human_duration(-1), "?");
}

TEST(Text, HostileNamesCannotMoveTheCursor) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\x7f"), "a\\x1b[2Jb\\x0ac\\x7f");
  EXPECT_EQ(printable("plain ü"), "plain ü");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "2Jb"),
            "a\\xc2\\x9b"
            "2Jb");  // CSI in UTF-8
  EXPECT_EQ(printable("a\x9b"
                      "2Jb\xe9"),
            "a\\x9b"
            "2Jb\\xe9");  // and of a terminal with one byte
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a\\xe2\\x80\\xae"
            "b");  // right-to-left override
}

TEST(Text, TableAlignsByCodePoints) {
  EXPECT_EQ(table({"name", ">n"}, {{"ü", "1"}, {"abcdef", "22"}}),
            "  name     n\n"
            "  ü        1\n"
            "  abcdef  22\n");
}

TEST(Text, ATableThatIsTooWideIsTurned) {
  const std::vector<std::string> headers{"name", ">rows"};
  const std::vector<std::vector<std::string>> rows{{"orders", "1,000"}, {"x", "7"}};
  EXPECT_EQ(table_within(0, headers, rows), table(headers, rows));
  EXPECT_EQ(table_within(15, headers, rows), table(headers, rows));
  EXPECT_EQ(table_within(14, headers, rows), "  name  orders\n  rows  1,000\n\n  name  x\n  rows  7\n");
  EXPECT_EQ(table_within(3, headers, {}), table(headers, {}));
  EXPECT_EQ(table_within(3, {"", "name"}, {{"ok", "x"}}), "ok\n  name  x\n");
}

}  // namespace
}  // namespace pgark::cli
