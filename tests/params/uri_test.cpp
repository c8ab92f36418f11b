#include "protocol/params/uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/params/connection_string.hpp"

namespace pgark::params {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Assignments parse(std::string_view text) {
  auto result = parse_uri(text);
  EXPECT_TRUE(result.has_value()) << text << ": " << (result ? "" : result.error().to_string());
  return result.value_or(Assignments{});
}

std::string error_of(std::string_view text) {
  const auto result = parse_uri(text);
  EXPECT_FALSE(result.has_value()) << text;
  return result ? "" : result.error().to_string();
}

TEST(Uri, shapes) {
  EXPECT_EQ(parse("postgresql://"), Assignments{});
  EXPECT_EQ(parse("postgres://h"), (Assignments{{"host", "h"}}));
  EXPECT_EQ(parse("postgresql://h:5433"), (Assignments{{"host", "h"}, {"port", "5433"}}));
  EXPECT_EQ(parse("postgresql://h/shop"), (Assignments{{"host", "h"}, {"dbname", "shop"}}));
  EXPECT_EQ(parse("postgresql:///shop"), (Assignments{{"dbname", "shop"}}));
  EXPECT_EQ(parse("postgresql://u@h"), (Assignments{{"user", "u"}, {"host", "h"}}));
  EXPECT_EQ(parse("postgresql://u:p@h/"), (Assignments{{"user", "u"}, {"password", "p"}, {"host", "h"}}));
  EXPECT_EQ(parse("postgresql://:p@"), (Assignments{{"password", "p"}}));
  EXPECT_EQ(parse("postgresql://u:@h"), (Assignments{{"user", "u"}, {"host", "h"}}));
  EXPECT_EQ(parse("postgresql://?user=u"), (Assignments{{"user", "u"}}));
  EXPECT_EQ(parse("postgresql://h?user=u&port=1"),
            (Assignments{{"host", "h"}, {"user", "u"}, {"port", "1"}}));
  EXPECT_EQ(parse("postgresql://h/d?"), (Assignments{{"host", "h"}, {"dbname", "d"}}));
}

TEST(Uri, several_hosts) {
  EXPECT_EQ(parse("postgres://a:1,b,c:3/d"),
            (Assignments{{"host", "a,b,c"}, {"port", "1,,3"}, {"dbname", "d"}}));
  EXPECT_EQ(parse("postgres://a,b"), (Assignments{{"host", "a,b"}, {"port", ","}}));
  EXPECT_EQ(parse("postgres://,"), (Assignments{{"host", ","}, {"port", ","}}));
}

TEST(Uri, ipv6) {
  EXPECT_EQ(parse("postgres://[::1]:5433,[fe80::2]/d"),
            (Assignments{{"host", "::1,fe80::2"}, {"port", "5433,"}, {"dbname", "d"}}));
  EXPECT_EQ(parse("postgres://[::1]?user=u"), (Assignments{{"host", "::1"}, {"user", "u"}}));
  EXPECT_THAT(error_of("postgres://[::1"), HasSubstr("not closed"));
  EXPECT_THAT(error_of("postgres://[]/d"), HasSubstr("empty"));
  EXPECT_THAT(error_of("postgres://[::1]x/d"), HasSubstr("may follow"));
}

TEST(Uri, percent_encoding) {
  EXPECT_EQ(parse("postgres://us%20er:p%40%2f%3A@%2Fvar%2frun/d%C3%A9?options=-c%20a%3Db"),
            (Assignments{{"user", "us er"},
                         {"password", "p@/:"},
                         {"host", "/var/run"},
                         {"dbname", "d\xC3\xA9"},
                         {"options", "-c a=b"}}));
  EXPECT_EQ(parse("postgres://h?%75ser=u"), (Assignments{{"host", "h"}, {"user", "u"}}));
  EXPECT_EQ(parse("postgres://a+b@h"), (Assignments{{"user", "a+b"}, {"host", "h"}}));
}

TEST(Uri, bad_percent_encoding_is_named_by_component) {
  EXPECT_THAT(error_of("postgres://u%4@h"), HasSubstr("user name"));
  EXPECT_THAT(error_of("postgres://u:sesame%zz@h"), HasSubstr("password"));
  EXPECT_THAT(error_of("postgres://u:sesame%zz@h"), Not(HasSubstr("sesame")));
  EXPECT_THAT(error_of("postgres://h%00x"), HasSubstr("host name"));
  EXPECT_THAT(error_of("postgres://h/d%"), HasSubstr("database name"));
  EXPECT_THAT(error_of("postgres://h?user=%g0"), HasSubstr("value of \"user\""));
}

TEST(Uri, query_parameters) {
  EXPECT_EQ(parse("postgres://h?ssl=true"), (Assignments{{"host", "h"}, {"sslmode", "require"}}));
  EXPECT_THAT(error_of("postgres://h?ssl=false"), HasSubstr("ssl"));
  EXPECT_THAT(error_of("postgres://h?frobnicate=1"), HasSubstr("\"frobnicate\""));
  EXPECT_THAT(error_of("postgres://h?user"), HasSubstr("missing \"=\""));
  EXPECT_THAT(error_of("postgres://h?user=a=b"), HasSubstr("more than one \"=\""));
  EXPECT_THAT(error_of("postgres://h?user=a&&port=1"), HasSubstr("missing \"=\""));
}

TEST(Uri, unencoded_separators_in_a_password_do_not_leak_it) {
  for (const std::string_view text : {"postgres://u:ses@ame@h/d", "postgres://u:sesame/x@h/d"}) {
    const std::string message = error_of(text);
    EXPECT_THAT(message, Not(HasSubstr("ame@"))) << text;
    EXPECT_THAT(message, Not(HasSubstr("sesame"))) << text;
  }
}

TEST(Uri, percent_decode_cut_at_every_length) {
  const std::string text = "a%20b%C3%A9";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const bool whole =
        length != 2 && length != 3 && length != 6 && length != 7 && length != 9 && length != 10;
    EXPECT_EQ(percent_decode(text.substr(0, length)).has_value(), whole) << length;
  }
}

}  // namespace
}  // namespace pgark::params
