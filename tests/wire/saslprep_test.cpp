#include "protocol/wire/saslprep.hpp"

#include <gtest/gtest.h>

namespace pgark::wire {
namespace {

// RFC 4013 section 3.
TEST(Saslprep, Rfc4013Examples) {
  EXPECT_EQ(saslprep("I\xc2\xadX"), "IX");              // soft hyphen mapped to nothing
  EXPECT_EQ(saslprep("user"), "user");                  // no transformation
  EXPECT_EQ(saslprep("USER"), "USER");                  // case preserved
  EXPECT_EQ(saslprep("\xc2\xaa"), "a");                 // NFKC
  EXPECT_EQ(saslprep("\xe2\x85\xa8"), "IX");            // NFKC
  EXPECT_EQ(saslprep("\x07"), "\x07");                  // prohibited; PostgreSQL keeps ASCII as it is
  EXPECT_EQ(saslprep("\xd8\xa7\x31"), "\xd8\xa7\x31");  // bidi check fails: raw
}

TEST(Saslprep, MapsForeignSpacesToSpace) {
  EXPECT_EQ(saslprep("a\xc2\xa0"
                     "b"),
            "a b");
  EXPECT_EQ(saslprep("a\xe3\x80\x80"
                     "b"),
            "a b");
}

TEST(Saslprep, ComposesCharacters) {
  EXPECT_EQ(saslprep("e\xcc\x81"), "\xc3\xa9");
}

TEST(Saslprep, KeepsInvalidUtf8Raw) {
  for (const char* const raw : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "x\xf4\x90\x80\x80"}) {
    EXPECT_EQ(saslprep(raw), raw);
  }
}

TEST(Saslprep, KeepsProhibitedUnassignedAndVanishingRaw) {
  EXPECT_EQ(saslprep("\xc2\xaa\xc2\x85"), "\xc2\xaa\xc2\x85");          // U+0085, a control character
  EXPECT_EQ(saslprep("\xc2\xaa\xee\x80\x80"), "\xc2\xaa\xee\x80\x80");  // U+E000, private use
  EXPECT_EQ(saslprep("\xc2\xaa\xc8\xa1"), "\xc2\xaa\xc8\xa1");          // U+0221, unassigned in Unicode 3.2
  EXPECT_EQ(saslprep("\xc2\xad"), "\xc2\xad");                          // nothing would be left
}

TEST(Saslprep, KeepsEmptyAndZeroBytes) {
  EXPECT_EQ(saslprep(""), "");
  const std::string text("\xc2\xaa\0x", 4);
  EXPECT_EQ(saslprep(text), text);
}

}  // namespace
}  // namespace pgark::wire
