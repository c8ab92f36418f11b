// The columnar row encoding: speed per byte of binary rows, with memcpy of the same bytes in the same run,
// and what zstd makes of it (bytes_ratio: columnar under zstd:1 to the same rows as COPY text under zstd:1).
#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "bench/columnar_rows.hpp"
#include "bench/repeat.hpp"
#include "format/codec.hpp"
#include "format/columnar/columnar.hpp"

namespace {

using namespace pgark;
namespace columnar = format::columnar;

constexpr std::size_t kChunkBytes = std::size_t{4} << 20;
constexpr format::CodecChoice kZstd{format::Codec::zstd, 1};

const bench::RowSet& row_set(const std::string& name) {
  static std::map<std::string, bench::RowSet> sets;
  auto [found, added] = sets.try_emplace(name);
  if (added) {
    if (name == "lineitem") found->second = bench::lineitem_rows(kChunkBytes);
    if (name == "events") found->second = bench::events_rows(kChunkBytes);
    if (name == "metrics") found->second = bench::metrics_rows(kChunkBytes);
    if (name == "docs") found->second = bench::docs_rows(kChunkBytes);
  }
  return found->second;
}

std::size_t compressed_bytes(ByteSpan raw) {
  format::CodecContexts codecs;
  const auto stored = codecs.compress(raw, kZstd);
  return stored && !stored->empty() ? stored->size() : raw.size();
}

void copy_rows(benchmark::State& state, const std::string& name) {
  const ByteBuffer& rows = row_set(name).binary;
  ByteBuffer copy(rows.size());
  bench::repeat(state, rows.size(), [&] {
    std::memcpy(copy.data(), rows.data(), rows.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
    return true;
  });
}

void columnar_encode(benchmark::State& state, const std::string& name, bool digest) {
  const bench::RowSet& set = row_set(name);
  columnar::Encoder encoder;
  std::size_t payload = 0;
  bench::repeat(state, set.binary.size(), [&] {
    const auto encoded = encoder.encode(set.binary, digest);
    if (encoded) payload = encoded->pieces.front().size();
    return encoded.has_value();
  });
  state.counters["payload"] = static_cast<double>(payload) / static_cast<double>(set.binary.size());
}

void columnar_decode(benchmark::State& state, const std::string& name, bool digest) {
  const bench::RowSet& set = row_set(name);
  columnar::Encoder encoder;
  const auto encoded = encoder.encode(set.binary, false);
  columnar::Decoder decoder;
  ByteBuffer out;
  bench::repeat(state, set.binary.size(), [&] {
    return decoder.decode(encoded->pieces.front(), columnar::kRowBytesMax, digest, out).has_value();
  });
  if (out != set.binary) state.SkipWithError("decoded other rows");
}

// What follows the encoder: bytes are those of the rows, so that speeds add up.
void columnar_zstd(benchmark::State& state, const std::string& name) {
  const bench::RowSet& set = row_set(name);
  columnar::Encoder encoder;
  const auto encoded = encoder.encode(set.binary, false);
  format::CodecContexts codecs;
  std::size_t stored = 0;
  bench::repeat(state, set.binary.size(), [&] {
    const auto compressed = codecs.compress(encoded->pieces.front(), kZstd, {}, encoded->cuts);
    if (compressed) stored = compressed->size();
    return compressed.has_value();
  });
  const std::size_t text = compressed_bytes(as_bytes(set.text));
  state.counters["bytes_per_row"] = static_cast<double>(stored) / static_cast<double>(set.rows);
  state.counters["text_per_row"] = static_cast<double>(text) / static_cast<double>(set.rows);
  state.counters["bytes_ratio"] = static_cast<double>(stored) / static_cast<double>(text);
}

void text_zstd(benchmark::State& state, const std::string& name) {
  const bench::RowSet& set = row_set(name);
  format::CodecContexts codecs;
  bench::repeat(state, set.text.size(),
                [&] { return codecs.compress(as_bytes(set.text), kZstd).has_value(); });
}

const int registered = [] {
  for (const std::string name : {"lineitem", "events", "metrics", "docs"}) {
    const auto add = [&name](const std::string& what, auto function, auto... arguments) {
      benchmark::RegisterBenchmark((what + '/' + name).c_str(), function, name, arguments...);
    };
    add("copy_rows", copy_rows);
    add("columnar_encode", columnar_encode, false);
    add("columnar_decode", columnar_decode, false);
    add("columnar_zstd", columnar_zstd);
    add("text_zstd", text_zstd);
    if (std::string_view(name) != "lineitem") continue;
    add("columnar_encode_digest", columnar_encode, true);
    add("columnar_decode_digest", columnar_decode, true);
  }
  return 0;
}();

}  // namespace
