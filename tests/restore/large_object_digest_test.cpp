#include "restore/proof/large_object_digest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pgark::restore {
namespace {

std::string row(int oid, std::size_t at, const std::string& hex) {
  return std::to_string(oid) + "\t" + std::to_string(at) + "\t\\\\x" + hex + "\n";
}

LargeObjectDigest digest(const std::string& rows) {
  LargeObjectDigest result;
  value_or_throw(result.add(as_bytes(rows)));
  return result;
}

const std::string kPage = std::string(2 * 2048, 'a');

TEST(LargeObjectDigest, PagesAndWindowsAreTheSameContents) {
  const auto pages = digest(row(7, 0, kPage) + row(7, 2048, kPage) + row(7, 4096, "bc"));
  EXPECT_EQ(pages, digest(row(7, 0, kPage + kPage + "bc")));
  EXPECT_EQ(pages, digest(row(7, 4096, "bc") + row(7, 2048, kPage) + row(7, 0, kPage)));
}

TEST(LargeObjectDigest, ZerosNeedNotBeStored) {
  const std::string zeros(2 * 2048, '0');
  const auto stored = digest(row(7, 0, zeros) + row(7, 2048, "ab00"));
  EXPECT_EQ(stored, digest(row(7, 2048, "ab00")));
  EXPECT_EQ(digest(row(7, 0, zeros)), digest(row(7, 2048, "")));
  EXPECT_EQ(digest(row(7, 0, "")), LargeObjectDigest());
}

TEST(LargeObjectDigest, EverythingElseMakesADifference) {
  const auto one = digest(row(7, 0, "ab00"));
  EXPECT_NE(one, digest(row(7, 0, "ac00")));
  EXPECT_NE(one, digest(row(8, 0, "ab00")));
  EXPECT_NE(one, digest(row(7, 256, "ab00")));
  EXPECT_NE(one, digest(row(7, 0, "ab")));      // shorter
  EXPECT_NE(one, digest(row(7, 0, "ab0000")));  // longer
  EXPECT_NE(one, digest(row(7, 0, "ab00") + row(8, 0, "00")));
  EXPECT_NE(one, LargeObjectDigest());
}

TEST(LargeObjectDigest, WhatIsNoPieceIsRefused) {
  LargeObjectDigest result;
  EXPECT_FALSE(result.add(as_bytes(std::string_view("7\t0\tab\n"))));
}

}  // namespace
}  // namespace pgark::restore
