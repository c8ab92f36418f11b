// Numbers of the columnar payload: format/SPEC.md, "Columnar payload". Little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/columnar/scratch.hpp"

namespace pgark::format::columnar {

inline constexpr std::size_t kHeadBytes = 16;
inline constexpr std::size_t kColumnHeadBytes = 20;
// Zeros at the end of the payload, so that readers may load vectors past the last value.
inline constexpr std::size_t kTailBytes = 32;
inline constexpr std::uint32_t kColumnsMax = 32767;  // the field count is an int16
inline constexpr std::uint32_t kNull = 0xFFFFFFFF;   // a field's length of -1
inline constexpr std::uint32_t kPlanesWidthMax = 32;

enum class Nulls : std::uint8_t { none = 0, all = 1, bitmap = 2 };
enum class Lengths : std::uint8_t { constant = 0, planes = 1 };
enum class Values : std::uint8_t { plain = 0, planes = 1, dictionary = 2, decimal = 3, words = 4 };
enum class Transform : std::uint8_t { none = 0, delta = 1, delta_of_delta = 2 };

inline constexpr std::uint8_t kCodeBitsMax = 16;
inline constexpr std::uint32_t kDictionaryEntriesMax = 65535;
inline constexpr std::size_t kWordBytesMax = 16;   // of a word that has a number
inline constexpr std::uint8_t kScaleStored = 255;  // the decimals of each value differ
inline constexpr std::uint8_t kScaleMax = 32;      // decimals of a value
inline constexpr std::uint64_t kDecimalWordsMax = 1'000'000'000'000'000'000;  // magnitude, in its last word

struct Head {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint64_t row_bytes = 0;
};

struct ColumnHead {
  Nulls nulls = Nulls::none;
  Lengths lengths = Lengths::constant;
  Values values = Values::plain;
  Transform transform = Transform::none;
  std::uint8_t detail = 0;         // dictionary: bits per code; decimal: scale
  bool multiples = false;          // base and divisor stand before the integers
  std::uint32_t width = 0;         // length of every value, with Lengths::constant
  std::uint32_t entries = 0;       // of the dictionary, or of the words
  std::uint32_t stored_bytes = 0;  // of all the column's streams
};

// Each writes exactly kHeadBytes or kColumnHeadBytes.
void put_head(const Head& head, std::byte* to);
void put_column_head(const ColumnHead& head, std::byte* to);

// Checks everything that can be seen in the head alone: reserved fields, limits, known numbers, and that
// combinations make sense. REQUIRES: kHeadBytes or kColumnHeadBytes bytes.
Result<Head> get_head(ByteSpan bytes);
Result<ColumnHead> get_column_head(ByteSpan bytes);

}  // namespace pgark::format::columnar
