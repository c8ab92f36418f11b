#include "storage/catalogue/metadata.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pgark::storage {
namespace {

using nlohmann::json;

TimePoint at(const char* text) {
  return parse_time(text).value();
}

Verification verification(VerifyLevel level, bool passed) {
  Verification one;
  one.at = at("2026-02-01T00:00:00.000Z");
  one.level = level;
  one.passed = passed;
  one.seconds = 1.5;
  one.sample = "2/7";
  one.message = "as \"found\"";
  return one;
}

Metadata example() {
  Metadata metadata;
  metadata.name = "shop_2026-01-15T14-30-00-000Z";
  metadata.format = "custom";
  metadata.archive_format = "1.3";
  metadata.database = "shop";
  metadata.server_version = "15.18 (Debian)";
  metadata.server_version_num = "150018";
  metadata.pgark_version = "0.1.0";
  metadata.content = "full";
  metadata.options = "-T 'log_*'";
  metadata.started = at("2026-01-15T14:30:00.000Z");
  metadata.finished = at("2026-01-15T14:31:02.250Z");
  metadata.duration_seconds = 62.25;
  metadata.snapshot_lsn = "0/1A2B3C4";
  metadata.complete = true;
  metadata.file_bytes = 123;
  metadata.raw_bytes = std::uint64_t{1} << 63;
  metadata.entries = 9;
  metadata.rows = 1000;
  metadata.tables = {{"public", "orders", 1000, 5000, 100, std::string(32, 'a')}, {"", "BLOBS", 0, 0, 0, ""}};
  metadata.files = {{metadata.name + ".pgark", 123, std::string(64, 'f')}};
  metadata.report = {{format::ReportLevel::lost, "FUNCTION", "f()", "cannot be read"}};
  metadata.timeline = {2, {{1, "public.orders", 0, true, 0, 1.5}}, 0.1, {5000}};
  return metadata;
}

std::string changed(const std::function<void(json&)>& change) {
  json document = json::parse(encode_metadata(example()));
  change(document);
  return document.dump();
}

TEST(Metadata, RoundTrip) {
  Metadata metadata = example();
  metadata.verifications = {verification(VerifyLevel::decode, true), verification(VerifyLevel::index, false)};
  EXPECT_EQ(value_or_throw(decode_metadata(encode_metadata(metadata), "x")), metadata);
  EXPECT_EQ(value_or_throw(decode_metadata(encode_metadata(Metadata()), "x")), Metadata());
}

TEST(Metadata, EveryMemberIsNeededAndOfItsKind) {
  const json document = json::parse(encode_metadata(example()));
  for (const auto& [name, value] : document.items()) {
    if (name.starts_with("verified") || name == "table_count") continue;  // for other readers
    const auto without = decode_metadata(changed([&](json& it) { it.erase(name); }), "x.json");
    if (name == "timeline") {  // not every run has one
      EXPECT_TRUE(without);
    } else {
      ASSERT_FALSE(without) << name;
      EXPECT_EQ(without.error().code, ErrorCode::archive_damaged) << name;
      EXPECT_EQ(without.error().object, "x.json");
    }
    const auto other = decode_metadata(changed([&](json& it) { it[name] = json::object(); }), "x.json");
    EXPECT_FALSE(other) << name;
  }
  EXPECT_FALSE(decode_metadata(changed([](json& it) { it["tables"][1].erase("rows"); }), "x"));
  EXPECT_FALSE(decode_metadata(changed([](json& it) { it["tables"][0] = 3; }), "x"));
  EXPECT_FALSE(decode_metadata(changed([](json& it) { it["rows"] = -1; }), "x"));
  EXPECT_FALSE(decode_metadata(changed([](json& it) { it["report"][0]["level"] = "dire"; }), "x"));
}

TEST(Metadata, CutAtEveryLength) {
  const std::string text = encode_metadata(example());
  for (std::size_t size = 0; size + 2 < text.size(); ++size)
    ASSERT_FALSE(decode_metadata(text.substr(0, size), "x")) << size;
}

TEST(Metadata, OtherMembersAreIgnoredAndNewerVersionsRefused) {
  EXPECT_TRUE(decode_metadata(changed([](json& it) { it["colour"] = "green"; }), "x"));
  const auto newer = decode_metadata(changed([](json& it) { it["version"] = 2; }), "x");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::archive_unsupported);
  EXPECT_FALSE(decode_metadata(changed([](json& it) { it["schema"] = "other"; }), "x"));
}

TEST(Metadata, NamesThatAreNotUtf8) {
  Metadata metadata = example();
  metadata.tables[0].name = "Zo\xEB";
  const auto decoded = decode_metadata(encode_metadata(metadata), "x");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->tables[0].name, "Zo\uFFFD");
}

TEST(Metadata, AVerificationIsAddedAndTheRestStays) {
  const std::string before = changed([](json& it) { it["colour"] = "green"; });
  const Verification passed = verification(VerifyLevel::decode, true);
  const std::string after = value_or_throw(add_verification(before, passed, "x"));
  const json document = json::parse(after);
  EXPECT_EQ(document["colour"], "green");
  EXPECT_EQ(document["verified"], true);
  EXPECT_EQ(document["verified_at"], "2026-02-01T00:00:00.000Z");
  EXPECT_EQ(document["verified_level"], "decode");
  Metadata expected = example();
  expected.verifications = {passed};
  EXPECT_EQ(value_or_throw(decode_metadata(after, "x")), expected);
  const json failed =
      json::parse(value_or_throw(add_verification(after, verification(VerifyLevel::bytes, false), "x")));
  EXPECT_EQ(failed["verified"], false);
  EXPECT_EQ(failed["verified_at"], nullptr);
}

TEST(Metadata, TheOldestOfManyVerificationsAreDropped) {
  std::string text = encode_metadata(example());
  for (int count = 0; count < 120; ++count) {
    Verification one = verification(VerifyLevel::decode, true);
    one.seconds = count;
    text = value_or_throw(add_verification(text, one, "x"));
  }
  const Metadata metadata = value_or_throw(decode_metadata(text, "x"));
  ASSERT_EQ(metadata.verifications.size(), 100u);
  EXPECT_EQ(metadata.verifications.front().seconds, 20);
  EXPECT_EQ(metadata.verifications.back().seconds, 119);
}

// Whoever looks at less does not take back what was found by looking at more.
TEST(Metadata, WhatCountsAsVerified) {
  const auto with = [](const std::vector<std::pair<VerifyLevel, bool>>& history) {
    Metadata metadata;
    for (const auto& [level, passed] : history) metadata.verifications.push_back(verification(level, passed));
    return metadata;
  };
  using enum VerifyLevel;
  EXPECT_EQ(with({}).verified(), nullptr);
  EXPECT_EQ(with({{index, true}}).verified(), nullptr);
  EXPECT_NE(with({{bytes, true}}).verified(), nullptr);
  EXPECT_EQ(with({{decode, true}, {index, true}}).verified()->level, decode);
  EXPECT_EQ(with({{decode, true}, {bytes, false}}).verified(), nullptr);
  EXPECT_EQ(with({{decode, false}, {bytes, true}}).verified(), nullptr);
  EXPECT_EQ(with({{decode, false}, {bytes, true}}).known_damage()->level, decode);
  EXPECT_EQ(with({{decode, false}, {decode, true}}).known_damage(), nullptr);
  EXPECT_NE(with({{bytes, false}, {restore, true}}).verified(), nullptr);
}

TEST(Metadata, AFailedDrillIsNoDamage) {
  Metadata metadata;
  EXPECT_EQ(metadata.drill(), nullptr);
  metadata.verifications = {verification(VerifyLevel::decode, true),
                            verification(VerifyLevel::restore, false)};
  metadata.verifications[1].drill = true;
  EXPECT_EQ(metadata.known_damage(), nullptr);
  EXPECT_EQ(metadata.verified()->level, VerifyLevel::decode);
  EXPECT_FALSE(metadata.drill()->passed);
  metadata.verifications[1].drill = false;
  EXPECT_NE(metadata.known_damage(), nullptr);
}

}  // namespace
}  // namespace pgark::storage
