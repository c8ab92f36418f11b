// The client's share of the work for a row on its way from the socket to the archive and back, per byte of
// COPY text. bench/guard.py compares the speeds with a yardstick from the same run.
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "format/chunk.hpp"
#include "protocol/wire/frame_reader.hpp"

namespace {

using namespace pgark;

constexpr std::size_t kChunkBytes = std::size_t{4} << 20;

// Rows as of an order table: a key, two numbers, a date, a short text. Always the same.
std::string copy_text() {
  std::mt19937 random(42);
  std::string text;
  text.reserve(kChunkBytes + 200);
  for (unsigned key = 1; text.size() < kChunkBytes; ++key) {
    text += std::to_string(key) + '\t' + std::to_string(random() % 100'000) + '\t' +
            std::to_string(random() % 10'000) + '.' + std::to_string(10 + random() % 90) + "\t2024-0" +
            std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 10) + "\tdeliver to door " +
            std::to_string(random()) + '\n';
  }
  return text;
}

// The same rows as the server sends them, a CopyData message each.
std::vector<std::byte> copy_messages(const std::string& text) {
  std::vector<std::byte> messages;
  messages.reserve(text.size() * 2);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    const auto length = static_cast<std::uint32_t>(end - begin + 4);
    messages.push_back(std::byte{'d'});
    for (int shift = 24; shift >= 0; shift -= 8) messages.push_back(std::byte(length >> shift & 0xff));
    const ByteSpan row = as_bytes(std::string_view(text).substr(begin, end - begin));
    messages.insert(messages.end(), row.begin(), row.end());
    begin = end;
  }
  return messages;
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

// What everything else is measured against: a chain of multiplications over the same bytes, which depends on
// the processor's clock and on nothing else.
void yardstick(benchmark::State& state) {
  const std::string text = copy_text();
  while (state.KeepRunning()) {
    std::uint64_t sum = 1;
    for (std::size_t at = 0; at + 8 <= text.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    }
    benchmark::DoNotOptimize(sum);
  }
  set_bytes(state, text.size());
}
BENCHMARK(yardstick);

// Receiving: from the socket's buffer, through the frame reader, into a chunk of rows.
void take_copy_messages(benchmark::State& state) {
  const std::string text = copy_text();
  const std::vector<std::byte> messages = copy_messages(text);
  std::vector<std::byte> rows;
  rows.reserve(2 * kChunkBytes);
  while (state.KeepRunning()) {
    wire::FrameReader reader;
    reader.set_trusted();
    rows.clear();
    for (std::size_t at = 0; at < messages.size();) {
      const MutableByteSpan space = reader.prepare();
      const std::size_t count = std::min(space.size(), messages.size() - at);
      std::memcpy(space.data(), messages.data() + at, count);
      reader.commit(count);
      at += count;
      reader.append_payloads('d', rows, 2 * kChunkBytes);
    }
    if (rows.size() != text.size()) state.SkipWithError("rows were lost");
  }
  set_bytes(state, text.size());
}
BENCHMARK(take_copy_messages);

// Counting, digesting, compressing and checksumming a chunk.
void encode_chunk(benchmark::State& state, format::CodecChoice codec) {
  const std::string text = copy_text();
  format::ChunkCoder coder;
  ByteBuffer chunk;
  while (state.KeepRunning()) {
    if (!coder.encode(1, 0, 0, as_bytes(text), codec, chunk)) state.SkipWithError("encode failed");
  }
  set_bytes(state, text.size());
}
BENCHMARK_CAPTURE(encode_chunk, none, format::CodecChoice{format::Codec::none, 0});
BENCHMARK_CAPTURE(encode_chunk, lz4, format::CodecChoice{format::Codec::lz4, 1});
BENCHMARK_CAPTURE(encode_chunk, zstd, format::CodecChoice{format::Codec::zstd, 1});

void decode_chunk(benchmark::State& state, format::CodecChoice codec) {
  const std::string text = copy_text();
  format::ChunkCoder coder;
  ByteBuffer chunk, rows;
  if (!coder.encode(1, 0, 0, as_bytes(text), codec, chunk)) state.SkipWithError("encode failed");
  while (state.KeepRunning()) {
    if (!coder.decode(ByteSpan(chunk.data(), chunk.size()), rows, true)) state.SkipWithError("decode failed");
  }
  set_bytes(state, text.size());
}
BENCHMARK_CAPTURE(decode_chunk, none, format::CodecChoice{format::Codec::none, 0});
BENCHMARK_CAPTURE(decode_chunk, lz4, format::CodecChoice{format::Codec::lz4, 1});
BENCHMARK_CAPTURE(decode_chunk, zstd, format::CodecChoice{format::Codec::zstd, 1});

}  // namespace
