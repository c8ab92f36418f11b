#include "storage/http/retry.hpp"

#include <gtest/gtest.h>

namespace pgark::storage::http {
namespace {

using namespace std::chrono_literals;

std::function<double()> always(double value) {
  return [value] { return value; };
}

RetryChoice choice_of(int attempts) {
  return {attempts, 100ms, 1000ms, 60'000ms};
}

TEST(Backoff, DoublesUpToTheLongestWait) {
  Backoff backoff(choice_of(7), always(0.999999));
  for (const auto expected : {99ms, 199ms, 399ms, 799ms, 999ms, 999ms}) EXPECT_EQ(backoff.next(), expected);
}

TEST(Backoff, EndsAfterTheAttemptsThatWereChosen) {
  Backoff backoff(choice_of(3), always(0));
  EXPECT_TRUE(backoff.next());
  EXPECT_TRUE(backoff.next());
  EXPECT_FALSE(backoff.next());
  EXPECT_EQ(backoff.attempts(), 3);
}

TEST(Backoff, TakesAnyPartOfTheWait) {
  EXPECT_EQ(Backoff(choice_of(2), always(0)).next(), 0ms);
  EXPECT_EQ(Backoff(choice_of(2), always(0.5)).next(), 50ms);
}

TEST(Backoff, WaitsAsLongAsTheServerAsks) {
  Backoff backoff(choice_of(9), always(0.5));
  EXPECT_EQ(backoff.next(7s), 7s);
  EXPECT_EQ(backoff.next(1ms), 100ms) << "not less than by itself";
  EXPECT_EQ(backoff.next(999'999s), 60s) << "but not for hours";
}

TEST(Backoff, ManyAttemptsDoNotOverflow) {
  Backoff backoff({1000, 100ms, 20'000ms, 1s}, always(0.5));
  for (int i = 1; i < 1000; ++i) ASSERT_LE(backoff.next().value(), 10'000ms);
}

TEST(IsTransient, KnowsWhatMayPass) {
  for (const int status : {408, 429, 500, 502, 503, 504}) EXPECT_TRUE(is_transient(status)) << status;
  for (const int status : {200, 301, 400, 403, 404, 409, 412, 501})
    EXPECT_FALSE(is_transient(status)) << status;
  for (const auto kind :
       {FailureKind::lookup, FailureKind::connect, FailureKind::timed_out, FailureKind::broken})
    EXPECT_TRUE(is_transient(kind));
  for (const auto kind : {FailureKind::tls, FailureKind::interrupted, FailureKind::too_large})
    EXPECT_FALSE(is_transient(kind));
}

TEST(HttpDate, IsRead) {
  const auto time = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(time);
  EXPECT_EQ(std::chrono::system_clock::to_time_t(*time), 784111777);
  EXPECT_EQ(http_date(*time), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpDate, RefusesOtherForms) {
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 0x:49:37 GMT", "Sun, 06 Nov 9994 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_date(text)) << text;
}

TEST(RetryAfter, IsSecondsOrADate) {
  const auto now = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value();
  EXPECT_EQ(parse_retry_after("120", now), 120s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), 60s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0s) << "passed already";
  for (const char* text : {"", "-1", "soon", "1.5", "99999999999999999999"})
    EXPECT_FALSE(parse_retry_after(text, now)) << text;
}

// Attempts that stall take long by themselves.
TEST(Backoff, EndsAfterTheWholeTimeToo) {
  RetryChoice choice;
  choice.whole_max = Milliseconds(0);
  EXPECT_FALSE(Backoff(choice, [] { return 0.5; }).next());
  choice.whole_max = Milliseconds(60'000);
  EXPECT_TRUE(Backoff(choice, [] { return 0.5; }).next());
}

}  // namespace
}  // namespace pgark::storage::http
