// A small archive, truncated at every length and with a flipped byte at every position: verify and restore
// always notice, and restore does so before it touches the target where the fault is not in the rows.
//
// Every position is tried with the library, inside this process; the program itself is run on a sample.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "format/reader.hpp"
#include "format/verifier.hpp"
#include "roundtrip.hpp"
#include "support/memory_file.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kProgramRuns = 60;  // per kind of damage

// The verdict of the library: opens, reads, decodes and checks everything.
bool is_sound(const Bytes& bytes) {
  const auto archive = format::ArchiveReader::open(std::make_unique<MemorySource>(bytes));
  if (!archive) return false;
  format::VerifyOptions options;
  options.threads = 1;
  const auto report = format::verify_archive(**archive, options);
  return report && report->sound();
}

class DamagedArchiveTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.create_database("small");
    cluster.sql("small",
                "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'one'), (2, 'two'); "
                "CREATE TABLE u (c text); INSERT INTO u VALUES ('x')");
    cluster.create_database("target");
  }

  void SetUp() override {
    const std::string path = (folder_ / "good.pgark").string();
    const ProcessResult result = run_pgark({"backup", "-d", Cluster::shared().conninfo("small"), "-o", path});
    ASSERT_TRUE(result.ok()) << result.describe();
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::ranges::transform(text, std::back_inserter(good_), [](char c) { return static_cast<std::byte>(c); });
    ASSERT_TRUE(is_sound(good_));
    find_rows();
  }

  void find_rows() {
    const auto archive = format::ArchiveReader::open(std::make_unique<MemorySource>(good_));
    ASSERT_TRUE(archive);
    ASSERT_FALSE((*archive)->chunks().empty());
    rows_begin_ = good_.size();
    for (const auto& chunk : (*archive)->chunks()) {
      rows_begin_ = std::min<std::size_t>(rows_begin_, chunk.offset);
      rows_end_ = std::max<std::size_t>(rows_end_, chunk.offset + chunk.total_bytes);
    }
  }

  std::string write(const Bytes& bytes) const {
    const fs::path path = folder_ / "bad.pgark";
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path.string();
  }

  // Runs verify and restore; both must refuse, with "damaged" or "unsupported".
  void expect_program_refuses(const Bytes& bytes, bool fault_in_rows) const {
    const std::string path = write(bytes);
    Cluster& cluster = Cluster::shared();
    for (const auto& arguments :
         {std::vector<std::string>{"verify", path},
          std::vector<std::string>{"restore", path, "-d", cluster.conninfo("target")}}) {
      const ProcessResult result = run_pgark(arguments);
      EXPECT_TRUE(result.exit_status == 10 || result.exit_status == 11)
          << arguments[0] << ": " << result.describe();
      EXPECT_NE(result.err.find(path), std::string::npos) << result.describe();
    }
    if (!fault_in_rows) {
      EXPECT_EQ(user_object_count(cluster, "target"), 0) << "the target was touched";
    } else {
      cluster.drop_database("target");
      cluster.create_database("target");
    }
  }

  // A sample that always has both ends.
  static bool in_sample(std::size_t position, std::size_t size) {
    const std::size_t stride = size / kProgramRuns + 1;
    return position % stride == 0 || position + 1 == size;
  }

  const TempDirectory folder_;
  Bytes good_;
  std::size_t rows_begin_ = 0, rows_end_ = 0;
};

TEST_F(DamagedArchiveTest, truncated_at_every_length) {
  for (std::size_t length = 0; length < good_.size(); ++length) {
    const Bytes cut(good_.begin(), good_.begin() + static_cast<std::ptrdiff_t>(length));
    ASSERT_FALSE(is_sound(cut)) << "cut to " << length << " of " << good_.size() << " bytes";
    if (in_sample(length, good_.size())) {
      SCOPED_TRACE(length);
      expect_program_refuses(cut, false);  // the trailer is gone: nothing may be touched
    }
  }
}

TEST_F(DamagedArchiveTest, a_flipped_byte_at_every_position) {
  for (std::size_t position = 0; position < good_.size(); ++position) {
    Bytes flipped = good_;
    flipped[position] ^= std::byte{0xff};
    ASSERT_FALSE(is_sound(flipped)) << "byte " << position << " of " << good_.size();
    if (in_sample(position, good_.size())) {
      SCOPED_TRACE(position);
      expect_program_refuses(flipped, position >= rows_begin_ && position < rows_end_);
    }
  }
}

TEST_F(DamagedArchiveTest, a_single_flipped_bit_at_every_position) {
  for (std::size_t position = 0; position < good_.size(); ++position) {
    Bytes flipped = good_;
    flipped[position] ^= std::byte{1} << (position % 8);
    ASSERT_FALSE(is_sound(flipped)) << "byte " << position << " of " << good_.size();
  }
}

TEST_F(DamagedArchiveTest, bytes_after_the_end) {
  Bytes longer = good_;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(is_sound(longer));
  expect_program_refuses(longer, false);
}

}  // namespace
}  // namespace pgark::test
