#include "protocol/wire/base64.hpp"

#include <gtest/gtest.h>

namespace pgark::wire {
namespace {

// RFC 4648 section 10.
TEST(Base64, Rfc4648Vectors) {
  for (const auto& [raw, text] : {std::pair{"", ""},
                                  {"f", "Zg=="},
                                  {"fo", "Zm8="},
                                  {"foo", "Zm9v"},
                                  {"foob", "Zm9vYg=="},
                                  {"fooba", "Zm9vYmE="},
                                  {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64_encode(as_bytes(raw)), text);
    const auto decoded = base64_decode(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(as_text(*decoded), raw);
  }
}

TEST(Base64, RoundTripsEveryByte) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<std::byte>(255 - i));
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
  }
}

TEST(Base64, IsStrict) {
  for (const char* const text :
       {"Z", "Zg", "Zg=", "Zg==\n", " Zg==", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm9-", "=AAA"}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

}  // namespace
}  // namespace pgark::wire
