#include "dumper/data/chunk_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "dumper/archive_output.hpp"
#include "dumper/data/size_forecast.hpp"
#include "support/memory_file.hpp"

namespace pgark::dumper {
namespace {

using ::testing::HasSubstr;

class ChunkSinkTest : public ::testing::Test {
 protected:
  // Stores each text as one chunk, in jobs of the pool; rethrows what they threw.
  void store(const std::vector<std::string>& texts) {
    boost::asio::io_context context;
    async::JobGroup jobs(cpu_, context.get_executor());
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      jobs.submit([this, i, text = texts[i]] {
        BufferLease rows = buffers_.try_acquire().value();
        const ByteSpan bytes = as_bytes(text);
        rows->assign(bytes.begin(), bytes.end());
        sink_.store({0, i, 0}, rows);
      });
    }
    std::exception_ptr failure;
    boost::asio::co_spawn(context, jobs.wait(),
                          [&](std::exception_ptr error) { failure = std::move(error); });
    context.run();
    if (failure) std::rethrow_exception(failure);
  }

  std::shared_ptr<test::MemoryFile> file_ = std::make_shared<test::MemoryFile>();
  async::CpuPool cpu_{2};
  std::vector<DataObject> objects_ = {{1, 0, "a", "s.t", ""}};
  BufferPool buffers_{2, 64};
  ArchiveOutput output_{cpu_,
                        {format::Codec::none, 0},
                        format::ArchiveWriter::create(std::make_unique<test::MemorySink>(file_)).value()};
  NullEventSink events_;
  ChunkSink sink_{objects_, output_, events_.progress};
};

TEST_F(ChunkSinkTest, counts_rows_and_bytes) {
  store({"1\n2\n", "3\n", "44\n"});
  EXPECT_EQ(events_.progress.rows_done, 4u);
  EXPECT_EQ(events_.progress.bytes_done, 9u);
  EXPECT_GT(events_.progress.stored_bytes, 9u);
  sink_.expect(0, 3);
  sink_.expect(0, 1);
  EXPECT_TRUE(sink_.check_counts().has_value());
}

TEST_F(ChunkSinkTest, a_missing_row_is_found) {
  store({"1\n2\n"});
  sink_.expect(0, 3);
  const auto checked = sink_.check_counts();
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, ErrorCode::mismatch);
  EXPECT_THAT(checked.error().to_string(), HasSubstr("s.t"));
  EXPECT_THAT(checked.error().to_string(), HasSubstr("3 rows, but 2"));
}

TEST_F(ChunkSinkTest, a_full_disk_is_reported) {
  file_->fail_after_bytes = file_->bytes.size() + 10;
  try {
    store({"1\n2\n"});
    FAIL() << "stored";
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().code, ErrorCode::no_space);
  }
}

TEST(SizeForecast, follows_the_ratio_seen) {
  SizeForecast forecast(1000);
  EXPECT_EQ(forecast.add(0, 0), 1000u);
  EXPECT_EQ(forecast.add(100, 50), 500u);
  EXPECT_EQ(forecast.add(100, 350), 2000u);
  EXPECT_EQ(forecast.add(900, 100), 500u);  // nothing is left: the sum is what was seen
}

}  // namespace
}  // namespace pgark::dumper
