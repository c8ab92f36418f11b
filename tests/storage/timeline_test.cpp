#include "storage/catalogue/timeline.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pgark::storage {
namespace {

using nlohmann::json;

Timeline example() {
  return {12.5,
          {{0, "public.orders", 0, true, 0.125, 3.5}, {3, "index public.i", 41, false, 3.5, 3.501}},
          0.5,
          {0, 5, std::uint64_t{1} << 63}};
}

TEST(Timeline, RoundTrip) {
  EXPECT_EQ(parse_timeline(timeline_json(example())), example());
  EXPECT_EQ(parse_timeline(json::parse(timeline_json(example()).dump())), example());
  EXPECT_EQ(parse_timeline(timeline_json({})), Timeline());
}

TEST(Timeline, WhatIsNoneIsNotTaken) {
  for (const json& wrong : {json(), json(5), json::array(), json::object()})
    EXPECT_EQ(parse_timeline(wrong), std::nullopt) << wrong;
  const json whole = timeline_json(example());
  for (const auto& [name, value] : whole.items()) {
    json without = whole;
    without.erase(name);
    EXPECT_EQ(parse_timeline(without), std::nullopt) << name;
    json other = whole;
    other[name] = "text";
    EXPECT_EQ(parse_timeline(other), std::nullopt) << name;
  }
  for (const auto& [name, value] : whole["stretches"][0].items()) {
    json other = whole;
    other["stretches"][0][name] = json::array();
    EXPECT_EQ(parse_timeline(other), std::nullopt) << name;
  }
  const std::pair<const char*, json> never[] = {{"begin", -1},      {"begin", 4},
                                                {"end", 1e300},     {"connection", 1u << 30},
                                                {"connection", -1}, {"more", -2}};
  for (const auto& [name, value] : never) {
    json other = whole;
    other["stretches"][0][name] = value;
    EXPECT_EQ(parse_timeline(other), std::nullopt) << name << value;
  }
  json negative = whole;
  negative["bytes"][0] = -1;
  EXPECT_EQ(parse_timeline(negative), std::nullopt);
}

}  // namespace
}  // namespace pgark::storage
