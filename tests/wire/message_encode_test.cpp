// Every encoder of frontend messages, against byte literals.
#include <gtest/gtest.h>

#include "protocol/wire/message/auth_response.hpp"
#include "protocol/wire/message/copy_data.hpp"
#include "protocol/wire/message/encode.hpp"
#include "protocol/wire/message/extended_query.hpp"
#include "protocol/wire/message/query.hpp"
#include "protocol/wire/message/startup_message.hpp"
#include "protocol/wire/message/terminate.hpp"
#include "wire/script.hpp"

namespace pgark::wire {
namespace {

using testing::lit;
using testing::to_text;

template <class Append, class... Args>
std::string encoded(const Append& append, Args&&... args) {
  std::vector<std::byte> out{std::byte{'!'}};  // appends, does not overwrite
  append(std::forward<Args>(args)..., out);
  EXPECT_EQ(out[0], std::byte{'!'});
  return to_text(out).substr(1);
}

TEST(StartupMessages, Startup) {
  const std::vector<std::pair<std::string, std::string>> fields{
      {"user", "u"}, {"database", ""}, {"options", "-c x"}};
  EXPECT_EQ(encoded(append_startup_message, 0x30000u, fields),
            lit("\0\0\0\x1d\0\3\0\0user\0u\0options\0-c x\0\0"));
}

TEST(StartupMessages, Requests) {
  EXPECT_EQ(encoded(append_ssl_request), lit("\0\0\0\x08\x04\xd2\x16\x2f"));
  EXPECT_EQ(encoded(append_gssenc_request), lit("\0\0\0\x08\x04\xd2\x16\x30"));
  EXPECT_EQ(encoded(append_cancel_request, 0x3039u, as_bytes("abcd")),
            lit("\0\0\0\x10\x04\xd2\x16\x2e\0\0\x30\x39"
                "abcd"));
  EXPECT_EQ(encoded(append_cancel_request, 1u, as_bytes(std::string(32, 'k'))).substr(0, 4),
            lit("\0\0\0\x2c"));
}

TEST(AuthResponses, PasswordAndSasl) {
  EXPECT_EQ(encoded(append_password_message, "pw"), lit("p\0\0\0\x07pw\0"));
  EXPECT_EQ(encoded(append_sasl_initial_response, "SCRAM-SHA-256", "n,,n=,r=x"),
            lit("p\0\0\0\x1fSCRAM-SHA-256\0\0\0\0\x09n,,n=,r=x"));
  EXPECT_EQ(encoded(append_sasl_response, "c=biws"), lit("p\0\0\0\x0a"
                                                         "c=biws"));
}

TEST(QueryMessages, SimpleAndExtended) {
  EXPECT_EQ(encoded(append_query, "SELECT 1"), lit("Q\0\0\0\x0dSELECT 1\0"));
  EXPECT_EQ(encoded(append_parse, "s", "SELECT $1"), lit("P\0\0\0\x12s\0SELECT $1\0\0\0"));
  const std::vector<std::string> values{"ab", ""};
  EXPECT_EQ(encoded(append_bind, "", "s", values), lit("B\0\0\0\x17\0s\0\0\0\0\2\0\0\0\2ab\0\0\0\0\0\0"));
  EXPECT_EQ(encoded(append_describe, DescribeTarget::portal, ""), lit("D\0\0\0\6P\0"));
  EXPECT_EQ(encoded(append_execute, "", 0u), lit("E\0\0\0\x09\0\0\0\0\0"));
  EXPECT_EQ(encoded(append_close, DescribeTarget::statement, "s"), lit("C\0\0\0\7Ss\0"));
  EXPECT_EQ(encoded(append_flush), lit("H\0\0\0\4"));
  EXPECT_EQ(encoded(append_sync), lit("S\0\0\0\4"));
  EXPECT_EQ(encoded(append_terminate), lit("X\0\0\0\4"));
}

TEST(CopyMessages, HeaderDoneFail) {
  EXPECT_EQ(encoded(append_copy_data_header, std::size_t{256 * 1024}), lit("d\0\4\0\4"));
  EXPECT_EQ(encoded(append_copy_done), lit("c\0\0\0\4"));
  EXPECT_EQ(encoded(append_copy_fail, "no"), lit("f\0\0\0\7no\0"));
}

TEST(CheckSendable, RefusesZeroBytes) {
  EXPECT_TRUE(check_sendable("SELECT 1", "statement"));
  const auto result = check_sendable(lit("a\0b"), "statement");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  EXPECT_EQ(result.error().message, "statement contains a zero byte");
}

}  // namespace
}  // namespace pgark::wire
