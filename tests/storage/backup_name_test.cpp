#include "storage/catalogue/backup_name.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace pgark::storage {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

TimePoint at(const char* text) {
  return parse_time(text).value();
}

TEST(TimeText, RoundTrip) {
  std::mt19937_64 random(1);
  const auto span = at("9999-12-31T23:59:59.999Z") - at("0001-01-01T00:00:00.000Z");
  for (int round = 0; round < 2000; ++round) {
    const auto offset =
        milliseconds(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span.count())));
    const TimePoint time = at("0001-01-01T00:00:00.000Z") + offset;
    EXPECT_EQ(parse_time(time_text(time)), time) << time_text(time);
    EXPECT_EQ(parse_time_in_name(time_in_name(time)), time) << time_in_name(time);
  }
}

TEST(TimeText, KnownTimes) {
  EXPECT_EQ(time_text(TimePoint()), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(TimePoint(milliseconds(1'768'487'400'123))), "2026-01-15T14:30:00.123Z");
  EXPECT_EQ(time_in_name(TimePoint(milliseconds(1'768'487'400'123))), "2026-01-15T14-30-00-123Z");
  EXPECT_EQ(parse_time("2026-01-15T14:30:00Z"), TimePoint(milliseconds(1'768'487'400'000)));
  EXPECT_EQ(at("2024-02-29T00:00:00.000Z") + days(1), at("2024-03-01T00:00:00.000Z"));
}

TEST(TimeText, WhatIsNoTime) {
  for (const char* text : {"", "2026-01-15", "2026-02-30T00:00:00.000Z", "2026-13-01T00:00:00.000Z",
                           "2026-01-15T24:00:00.000Z", "2026-01-15T23:60:00.000Z", "2026-01-15T23:59:60.000Z",
                           "2026-01-15T14:30:00.000", "2026-01-15 14:30:00.000Z", "2026-01-15T14-30-00-000Z",
                           "2026-01-15T14:30:00.00Z", "2026-1-015T14:30:00.000Z", "x026-01-15T14:30:00.000Z"})
    EXPECT_FALSE(parse_time(text)) << text;
  EXPECT_FALSE(parse_time_in_name("2026-01-15T14:30:00.000Z"));
}

TEST(BackupName, AsDocumented) {
  const BackupName name{"shop", at("2026-01-15T14:30:00.000Z")};
  EXPECT_EQ(backup_name(name), "shop_2026-01-15T14-30-00-000Z");
  EXPECT_EQ(archive_key(name), "shop_2026-01-15T14-30-00-000Z.pgark");
  EXPECT_EQ(metadata_key(name), "shop_2026-01-15T14-30-00-000Z.pgark.metadata.json");
  EXPECT_EQ(parse_backup_name("shop_2026-01-15T14-30-00-000Z"), name);
}

TEST(BackupName, HostileDatabases) {
  EXPECT_EQ(escape_database("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
  EXPECT_EQ(escape_database("-rf"), "%2Drf");
  EXPECT_EQ(escape_database("a-b.c_d"), "a-b.c_d");
  EXPECT_EQ(escape_database("100%"), "100%25");
  EXPECT_EQ(escape_database("Zoë"), "Zo%C3%AB");
  EXPECT_EQ(escape_database("a b\n"), "a%20b%0A");
}

// Every name has an escaped form of its own, that is safe and leads back to it.
TEST(BackupName, EveryDatabaseLeadsBack) {
  std::mt19937 random(2);
  std::set<std::string> databases;
  std::set<std::string> names;
  for (int round = 0; round < 5000; ++round) {
    std::string database(1 + random() % 63, '\0');
    for (char& c : database)
      c = static_cast<char>(random() % 4 == 0 ? 1 + random() % 255 : "a_.-%2F"[random() % 7]);
    const BackupName name{database, TimePoint(milliseconds(round % 7))};
    const std::string text = backup_name(name);
    EXPECT_EQ(parse_backup_name(text), name) << text;
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%"),
              std::string::npos);
    EXPECT_TRUE(text[0] != '.' && text[0] != '-') << text;
    // With what stands behind it while it is written: within NAME_MAX.
    EXPECT_LE(metadata_key(name).size() + std::string_view(".partial").size(), 255u);
    databases.insert(database);
    names.insert(escape_database(database));
  }
  EXPECT_EQ(databases.size(), names.size());
}

TEST(BackupName, WhatIsNoBackup) {
  for (const char* text :
       {"", "shop", "shop.pgark", "_2026-01-15T14-30-00-000Z", "shop2026-01-15T14-30-00-000Z",
        "shop-2026-01-15T14-30-00-000Z", "shop_2026-01-15T14-30-00Z", "shop_2026-02-30T14-30-00-000Z",
        "sh/op_2026-01-15T14-30-00-000Z", "sh op_2026-01-15T14-30-00-000Z", "%73hop_2026-01-15T14-30-00-000Z",
        "shop%2_2026-01-15T14-30-00-000Z", "a%2f_2026-01-15T14-30-00-000Z", ".shop_2026-01-15T14-30-00-000Z",
        "shop%_2026-01-15T14-30-00-000Z", "shop%G0_2026-01-15T14-30-00-000Z",
        "shop_2026-01-15T14-30-00-000Z.pgark"})
    EXPECT_FALSE(parse_backup_name(text)) << text;
}

}  // namespace
}  // namespace pgark::storage
