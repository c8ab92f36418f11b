// The data set of bench/end_to_end on its whole way, in binary and as text, and what the columns save.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

// A little more than was seen (0.51, 0.43, 0.57). An event holds 20 bytes that nothing can shorten (16 of
// them are a hash), of 39 as text under zstd.
constexpr double kAllMax = 0.55, kLineitemMax = 0.45, kEventsMax = 0.60;

class SlowDataSetTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.create_database("source", "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    run_or_throw(cluster_.client("psql", {"-X", "-q", "-d", "source", "-v", "ON_ERROR_STOP=1", "-v",
                                          "scale=0.1", "-f", PGARK_SOURCE_DIR "/bench/data_set.sql"}));
  }
  void TearDown() override { cluster_.drop_database("source"); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // Bytes of each table's rows as they are stored; "" for all.
  std::map<std::string, double> stored_bytes(const std::string& archive) const {
    const ProcessResult inspected = run_long({"inspect", "--json", path(archive)});
    EXPECT_TRUE(inspected.ok()) << inspected.describe();
    std::map<std::string, double> bytes;
    const auto document = nlohmann::json::parse(inspected.out);
    for (const auto& table : document.at("tables")) {
      const auto stored = table.at("stored_bytes").get<double>();
      bytes[table.at("name").get<std::string>()] += stored;
      bytes[""] += stored;
    }
    return bytes;
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
};

TEST_F(SlowDataSetTest, comes_back_whole_and_takes_half_the_room) {
  for (const std::string format : {"auto", "text"}) {
    expect_roundtrip(cluster_, "source", "copy_" + format, folder_ / (format + ".pgark"),
                     {"-j", "2", "-q", "--data-format", format});
    cluster_.drop_database("copy_" + format);
  }
  const auto columns = stored_bytes("auto.pgark"), text = stored_bytes("text.pgark");
  for (const auto& [table, bytes] : columns) {
    fmt::print("{:10} {:6.1f} MB in columns, {:6.1f} MB as text: {:.3f}\n", table.empty() ? "all" : table,
               bytes / 1e6, text.at(table) / 1e6, bytes / text.at(table));
  }
  EXPECT_LE(columns.at("") / text.at(""), kAllMax);
  EXPECT_LE(columns.at("lineitem") / text.at("lineitem"), kLineitemMax);
  EXPECT_LE(columns.at("events") / text.at("events"), kEventsMax);
}

}  // namespace
}  // namespace pgark::test
