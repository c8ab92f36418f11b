// The second chunk of a table needs no memory that the first one did not.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "format/columnar_rows.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}

// For the whole program, which does not mind.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace pgark::format::columnar {
namespace {

TEST(ColumnarMemory, chunks_of_one_shape_need_no_allocation) {
  std::mt19937_64 random(5);
  std::vector<test::Row> table;
  for (unsigned i = 0; i < 2000; ++i) {
    table.push_back({test::integer(i, 8), test::integer(random(), 4), std::string(random() % 50, 'x'),
                     i % 4 == 0 ? std::nullopt : test::Field(test::integer(random() % 5, 2)),
                     test::numeric({i % 9999 + 1, 100}, 0, false, 2), std::to_string(random() % 40),
                     i % 3 == 0 ? std::nullopt : test::Field(test::numeric({1 + i}, 0, true, i % 4)),
                     std::nullopt, test::sentence(random, 300)});
  }
  const ByteBuffer rows = test::binary_rows(table);
  Encoder encoder;
  Decoder decoder;
  ByteBuffer out;
  std::size_t before = 0;
  for (int round = 0; round < 3; ++round) {
    before = allocations;
    const auto encoded = encoder.encode(rows, true);
    ASSERT_TRUE(encoded);
    ASSERT_TRUE(decoder.decode(encoded->pieces.front(), rows.size(), true, out));
  }
  EXPECT_EQ(allocations, before);
  EXPECT_TRUE(out == rows);
}

}  // namespace
}  // namespace pgark::format::columnar
