#include "format/codec.hpp"

#include <fmt/format.h>
#include <lz4.h>
#include <lz4hc.h>
#define ZSTD_STATIC_LINKING_ONLY  // for the parameters of work_in_place()
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <charconv>

namespace pgark::format {
namespace {

// Above this the output buffer of one very wide row is given back instead of kept for the next chunk.
constexpr std::size_t kKeptOutputBytesMax = std::size_t{32} << 20;
constexpr int kLz4HighCompressionFrom = 3;  // as the lz4 program: levels 1 and 2 are the fast compressor

struct LevelRange {
  int lowest;
  int highest;
};
constexpr LevelRange kLz4Levels{1, LZ4HC_CLEVEL_MAX};
constexpr LevelRange kZstdLevels{-7, 22};
constexpr int kZstdSlicesFrom = 12;  // from here on a chunk takes longer than a user would wait
// Statistics of their own cost a block some hundred bytes.
constexpr std::size_t kOwnStatisticsBytesMin = std::size_t{8} << 10;

struct CctxDelete {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct DctxDelete {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Both buffers stay where they are and as they are, so that the library need not copy them into its own. One
// that does not know that refuses, and copies.
void work_in_place(ZSTD_CCtx* context) {
  ZSTD_CCtx_setParameter(context, ZSTD_c_stableInBuffer, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_stableOutBuffer, 1);
}

tl::unexpected<Error> library_error(const char* library, std::string_view cause) {
  return fail(ErrorCode::internal, fmt::format("{} cannot compress: {}", library, cause));
}

Result<CodecChoice> choice_of(std::string_view text, Codec codec, LevelRange range, std::string_view level) {
  int value = 0;
  const auto [end, error] = std::from_chars(level.data(), level.data() + level.size(), value);
  if (error != std::errc{} || end != level.data() + level.size() || value == 0 || value < range.lowest ||
      value > range.highest) {
    return fail(ErrorCode::usage,
                fmt::format("invalid compression \"{}\": the level must be a number from {} to {}{}", text,
                            range.lowest, range.highest, range.lowest < 0 ? ", other than 0" : ""));
  }
  return CodecChoice{codec, value};
}

}  // namespace

Result<CodecChoice> parse_codec(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool has_level = colon != std::string_view::npos;
  const std::string_view level = has_level ? text.substr(colon + 1) : "1";
  if (name == "lz4") return choice_of(text, Codec::lz4, kLz4Levels, level);
  if (name == "zstd") return choice_of(text, Codec::zstd, kZstdLevels, level);
  if (name == "none" && !has_level) return CodecChoice{Codec::none, 0};
  return fail(ErrorCode::usage, fmt::format("unknown compression \"{}\"", text), {},
              "use none, lz4, lz4:LEVEL, zstd or zstd:LEVEL");
}

std::string codec_name(CodecChoice choice) {
  switch (choice.codec) {
    case Codec::none: return "none";
    case Codec::lz4: return fmt::format("lz4:{}", choice.level);
    case Codec::zstd: return fmt::format("zstd:{}", choice.level);
  }
  return "unknown";
}

struct CodecContexts::Impl {
  std::unique_ptr<ZSTD_CCtx, CctxDelete> zstd_compress;
  std::unique_ptr<ZSTD_DCtx, DctxDelete> zstd_decompress;
  std::unique_ptr<std::byte[]> lz4_state, lz4_high_state;
  std::unique_ptr<std::byte[]> output;
  std::size_t output_bytes = 0;

  // Not a vector: it would zero what the compressor is about to overwrite.
  void reserve_output(std::size_t bytes) {
    const bool too_big = output_bytes > kKeptOutputBytesMax && bytes <= kKeptOutputBytesMax;
    if (bytes <= output_bytes && !too_big) return;
    output.reset();
    output = std::make_unique_for_overwrite<std::byte[]>(bytes);
    output_bytes = bytes;
  }

  std::size_t lz4(ByteSpan raw, int level);
  Result<std::size_t> zstd(ByteSpan raw, int level, const std::stop_token& stop,
                           std::span<const std::size_t> cuts);
  std::size_t zstd_in_slices(ByteSpan raw, std::size_t slice_bytes, const std::stop_token& stop,
                             std::span<const std::size_t> cuts);
};

// The output may be one byte shorter than the input, so "does not shrink" is "does not fit": 0.
std::size_t CodecContexts::Impl::lz4(ByteSpan raw, int level) {
  const auto* from = reinterpret_cast<const char*>(raw.data());
  auto* to = reinterpret_cast<char*>(output.get());
  const int raw_size = static_cast<int>(raw.size());
  if (level < kLz4HighCompressionFrom) {
    if (!lz4_state) lz4_state = std::make_unique<std::byte[]>(static_cast<std::size_t>(LZ4_sizeofState()));
    return static_cast<std::size_t>(
        LZ4_compress_fast_extState(lz4_state.get(), from, to, raw_size, raw_size - 1, 1));
  }
  if (!lz4_high_state) {
    lz4_high_state = std::make_unique<std::byte[]>(static_cast<std::size_t>(LZ4_sizeofStateHC()));
  }
  return static_cast<std::size_t>(
      LZ4_compress_HC_extStateHC(lz4_high_state.get(), from, to, raw_size, raw_size - 1, level));
}

// What ZSTD_compress2() does, at most `slice_bytes` at a time, with a block ended at each cut. Returns a size
// or an error code, as the library's functions do; when stopped, the size of a part.
std::size_t CodecContexts::Impl::zstd_in_slices(ByteSpan raw, std::size_t slice_bytes,
                                                const std::stop_token& stop,
                                                std::span<const std::size_t> cuts) {
  ZSTD_CCtx* context = zstd_compress.get();
  ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
  const std::size_t pledged = ZSTD_CCtx_setPledgedSrcSize(context, raw.size());
  if (ZSTD_isError(pledged) != 0) return pledged;
  ZSTD_outBuffer to{output.get(), raw.size() - 1, 0};
  ZSTD_inBuffer from{raw.data(), 0, 0};
  for (std::size_t block_begin = 0; from.size < raw.size() && !stop.stop_requested();) {
    while (!cuts.empty() && cuts.front() < block_begin + kOwnStatisticsBytesMin) cuts = cuts.subspan(1);
    const std::size_t cut = cuts.empty() ? raw.size() : cuts.front();
    from.size += std::min(slice_bytes, cut - from.size);
    const bool at_cut = from.size == cut;
    if (at_cut) block_begin = cut;
    const ZSTD_EndDirective directive =
        from.size == raw.size() ? ZSTD_e_end : (at_cut ? ZSTD_e_flush : ZSTD_e_continue);
    for (bool unfinished = true; unfinished;) {
      const std::size_t held_back = ZSTD_compressStream2(context, &to, &from, directive);
      if (ZSTD_isError(held_back) != 0) return held_back;
      unfinished = from.pos < from.size || (directive != ZSTD_e_continue && held_back > 0);
      if (unfinished && to.pos == to.size) return static_cast<std::size_t>(-ZSTD_error_dstSize_tooSmall);
    }
  }
  return to.pos;
}

Result<std::size_t> CodecContexts::Impl::zstd(ByteSpan raw, int level, const std::stop_token& stop,
                                              std::span<const std::size_t> cuts) {
  if (!zstd_compress) {
    zstd_compress.reset(ZSTD_createCCtx());
    if (!zstd_compress) return library_error("zstd", "no memory for a context");
    work_in_place(zstd_compress.get());
  }
  const std::size_t set = ZSTD_CCtx_setParameter(zstd_compress.get(), ZSTD_c_compressionLevel, level);
  if (ZSTD_isError(set) != 0) return library_error("zstd", ZSTD_getErrorName(set));
  const bool slow = level >= kZstdSlicesFrom;
  const std::size_t written =
      slow || !cuts.empty()
          ? zstd_in_slices(raw, slow ? ZSTD_BLOCKSIZE_MAX : raw.size(), stop, cuts)
          : ZSTD_compress2(zstd_compress.get(), output.get(), raw.size() - 1, raw.data(), raw.size());
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted while compressing");
  if (ZSTD_isError(written) == 0) return written;
  if (ZSTD_getErrorCode(written) == ZSTD_error_dstSize_tooSmall) return std::size_t{0};
  return library_error("zstd", ZSTD_getErrorName(written));
}

CodecContexts::CodecContexts() : impl_(std::make_unique<Impl>()) {}
CodecContexts::~CodecContexts() = default;

Result<ByteSpan> CodecContexts::compress(ByteSpan raw, CodecChoice choice, const std::stop_token& stop,
                                         std::span<const std::size_t> cuts) {
  if (choice.codec == Codec::none || raw.size() < 2) return ByteSpan{};
  if (raw.size() > kChunkRawBytesMax && choice.codec == Codec::lz4) {
    return library_error("lz4", "the input is too large");
  }
  impl_->reserve_output(raw.size());
  std::size_t written = 0;
  if (choice.codec == Codec::lz4) {
    written = impl_->lz4(raw, choice.level);
  } else {
    const auto result = impl_->zstd(raw, choice.level, stop, cuts);
    if (!result) return tl::unexpected<Error>(result.error());
    written = *result;
  }
  return ByteSpan(impl_->output.get(), written);
}

namespace {

tl::unexpected<Error> undecodable(const char* codec) {
  return fail(ErrorCode::archive_damaged,
              fmt::format("the payload is not the {} data it claims to be", codec));
}

Result<> decompress_lz4(ByteSpan stored, MutableByteSpan raw) {
  const int written =
      LZ4_decompress_safe(reinterpret_cast<const char*>(stored.data()), reinterpret_cast<char*>(raw.data()),
                          static_cast<int>(stored.size()), static_cast<int>(raw.size()));
  if (written < 0 || static_cast<std::size_t>(written) != raw.size()) return undecodable("lz4");
  return {};
}

// One frame that names its content size, and nothing after it: the library alone would also take several
// frames and skip foreign ones.
Result<> decompress_zstd(ZSTD_DCtx* context, ByteSpan stored, MutableByteSpan raw) {
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != raw.size() ||
      ZSTD_findFrameCompressedSize(stored.data(), stored.size()) != stored.size()) {
    return undecodable("zstd");
  }
  const std::size_t written =
      ZSTD_decompressDCtx(context, raw.data(), raw.size(), stored.data(), stored.size());
  if (ZSTD_isError(written) != 0 || written != raw.size()) return undecodable("zstd");
  return {};
}

}  // namespace

Result<> CodecContexts::decompress(ByteSpan stored, Codec codec, MutableByteSpan raw) {
  switch (codec) {
    case Codec::none:
      if (stored.size() != raw.size()) return undecodable("plain");
      std::copy_n(stored.data(), stored.size(), raw.data());  // a move of memory, unlike ranges::copy here
      return {};
    case Codec::lz4:
      if (raw.size() > kChunkRawBytesMax || stored.size() > kChunkRawBytesMax) return undecodable("lz4");
      return decompress_lz4(stored, raw);
    case Codec::zstd:
      if (!impl_->zstd_decompress) impl_->zstd_decompress.reset(ZSTD_createDCtx());
      if (!impl_->zstd_decompress) return fail(ErrorCode::internal, "no memory for a zstd context");
      return decompress_zstd(impl_->zstd_decompress.get(), stored, raw);
  }
  return undecodable("known");
}

}  // namespace pgark::format
