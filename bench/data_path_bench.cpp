// The client's share of the work for a row on its way from the socket to the archive and back, per byte of
// COPY text; and beside each piece its rival, the least that the libraries need for the same. bench/guard.py
// compares the two.
#include <benchmark/benchmark.h>
#include <lz4.h>
#include <xxhash.h>
#include <zstd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "bench/repeat.hpp"
#include "bench/text_rows.hpp"
#include "format/chunk.hpp"
#include "protocol/wire/frame_reader.hpp"

namespace {

using namespace pgark;

constexpr std::size_t kChunkBytes = bench::kTextBytes;
using bench::copy_messages;
using bench::copy_text;

// Receiving: from the socket's buffer, through the frame reader, into a chunk of rows.
void take_copy_messages(benchmark::State& state) {
  const std::string text = copy_text();
  const std::vector<std::byte> messages = copy_messages(text);
  std::vector<std::byte> rows;
  rows.reserve(2 * kChunkBytes);
  bench::repeat(state, text.size(), [&] {
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
    return rows.size() == text.size();
  });
}
BENCHMARK(take_copy_messages);

// Counting, digesting, compressing and checksumming a chunk.
void encode_chunk(benchmark::State& state, format::CodecChoice codec) {
  const std::string text = copy_text();
  format::ChunkCoder coder;
  ByteBuffer chunk;
  bench::repeat(state, text.size(),
                [&] { return coder.encode(1, 0, 0, as_bytes(text), codec, chunk).has_value(); });
}
BENCHMARK_CAPTURE(encode_chunk, none, format::CodecChoice{format::Codec::none, 0});
BENCHMARK_CAPTURE(encode_chunk, lz4, format::CodecChoice{format::Codec::lz4, 1});
BENCHMARK_CAPTURE(encode_chunk, zstd, format::CodecChoice{format::Codec::zstd, 1});

void decode_chunk(benchmark::State& state, format::CodecChoice codec) {
  const std::string text = copy_text();
  format::ChunkCoder coder;
  ByteBuffer chunk, rows;
  if (!coder.encode(1, 0, 0, as_bytes(text), codec, chunk)) state.SkipWithError("encode failed");
  bench::repeat(state, text.size(),
                [&] { return coder.decode(ByteSpan(chunk.data(), chunk.size()), rows, true).has_value(); });
}
BENCHMARK_CAPTURE(decode_chunk, none, format::CodecChoice{format::Codec::none, 0});
BENCHMARK_CAPTURE(decode_chunk, lz4, format::CodecChoice{format::Codec::lz4, 1});
BENCHMARK_CAPTURE(decode_chunk, zstd, format::CodecChoice{format::Codec::zstd, 1});

// Rivals. Rows are copied one by one, and each digested by itself, as anybody has to.
void rival_copy_rows(benchmark::State& state) {
  const std::string text = copy_text();
  const std::vector<std::byte> messages = copy_messages(text);
  std::vector<char> received(messages.size()), rows(text.size());
  bench::repeat(state, text.size(), [&] {
    std::memcpy(received.data(), messages.data(), messages.size());
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin) + 1;
      std::memcpy(rows.data() + begin, text.data() + begin, end - begin);
      begin = end;
    }
    benchmark::DoNotOptimize(rows.data());
    return true;
  });
}
BENCHMARK(rival_copy_rows);

std::uint64_t digest_rows(std::string_view text) {
  std::uint64_t sum = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    sum += XXH3_128bits(text.data() + begin, end - begin).low64;
    begin = end;
  }
  return sum;
}

struct Rival {
  virtual ~Rival() = default;
  virtual std::size_t compress(std::string_view text, std::vector<char>& out) = 0;
  virtual void expand(const std::vector<char>& in, std::size_t size, std::vector<char>& out) = 0;
};
struct CopyRival final : Rival {
  std::size_t compress(std::string_view text, std::vector<char>& out) override {
    std::memcpy(out.data(), text.data(), text.size());
    return text.size();
  }
  void expand(const std::vector<char>& in, std::size_t size, std::vector<char>& out) override {
    std::memcpy(out.data(), in.data(), size);
  }
};
struct Lz4Rival final : Rival {
  std::size_t compress(std::string_view text, std::vector<char>& out) override {
    return static_cast<std::size_t>(LZ4_compress_default(
        text.data(), out.data(), static_cast<int>(text.size()), static_cast<int>(out.size())));
  }
  void expand(const std::vector<char>& in, std::size_t size, std::vector<char>& out) override {
    LZ4_decompress_safe(in.data(), out.data(), static_cast<int>(size), static_cast<int>(out.size()));
  }
};
struct ZstdRival final : Rival {
  std::size_t compress(std::string_view text, std::vector<char>& out) override {
    return ZSTD_compressCCtx(packer.get(), out.data(), out.size(), text.data(), text.size(), 1);
  }
  void expand(const std::vector<char>& in, std::size_t size, std::vector<char>& out) override {
    ZSTD_decompressDCtx(unpacker.get(), out.data(), out.size(), in.data(), size);
  }
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> packer{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> unpacker{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

template <class Library>
void rival_encode(benchmark::State& state) {
  const std::string text = copy_text();
  std::vector<char> packed(ZSTD_compressBound(text.size()));
  Library library;
  bench::repeat(state, text.size(), [&] {
    std::uint64_t sum = digest_rows(text);
    const std::size_t size = library.compress(text, packed);
    sum += XXH3_64bits(packed.data(), size);
    benchmark::DoNotOptimize(sum);
    return size > 0;
  });
}
template <class Library>
void rival_decode(benchmark::State& state) {
  const std::string text = copy_text();
  std::vector<char> packed(ZSTD_compressBound(text.size())), rows(text.size());
  Library library;
  const std::size_t size = library.compress(text, packed);
  bench::repeat(state, text.size(), [&] {
    std::uint64_t sum = XXH3_64bits(packed.data(), size);
    library.expand(packed, size, rows);
    sum += digest_rows({rows.data(), rows.size()});
    benchmark::DoNotOptimize(sum);
    return true;
  });
}
BENCHMARK(rival_encode<CopyRival>)->Name("rival_encode/none");
BENCHMARK(rival_encode<Lz4Rival>)->Name("rival_encode/lz4");
BENCHMARK(rival_encode<ZstdRival>)->Name("rival_encode/zstd");
BENCHMARK(rival_decode<CopyRival>)->Name("rival_decode/none");
BENCHMARK(rival_decode<Lz4Rival>)->Name("rival_decode/lz4");
BENCHMARK(rival_decode<ZstdRival>)->Name("rival_decode/zstd");

}  // namespace
