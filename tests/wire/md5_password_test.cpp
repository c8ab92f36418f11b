#include "protocol/wire/md5_password.hpp"

#include <gtest/gtest.h>

namespace pgark::wire {
namespace {

// Computed with: md5sum of "secretalice", then of its hex digits followed by the salt "salt".
TEST(Md5Password, MatchesMd5sum) {
  EXPECT_EQ(*md5_password("alice", "secret", as_bytes("salt")), "md5986e2194384c07f4fd1df4b1351b3e68");
}

}  // namespace
}  // namespace pgark::wire
