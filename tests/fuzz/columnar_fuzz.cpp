// The columnar row encoding. An even first byte: the rest is a payload to decode. An odd one: the rest
// describes rows, which are encoded and must come back.
#include <algorithm>
#include <cstdlib>

#include "format/columnar/columnar.hpp"

namespace {

using namespace pgark;
namespace columnar = format::columnar;

constexpr std::uint64_t kRowBytesMax = std::uint64_t{1} << 22;

void decode(ByteSpan payload) {
  static columnar::Decoder decoder;
  ByteBuffer rows;
  const auto totals = decoder.decode(payload, kRowBytesMax, true, rows);
  if (!totals) return;
  const auto walked = columnar::digest_binary_rows(rows);
  if (!walked || walked->rows != totals->rows || walked->digest != totals->digest) std::abort();
}

void round_trip(ByteSpan rows) {
  static columnar::Encoder encoder;
  static columnar::Decoder decoder;
  const auto encoded = encoder.encode(rows, true);
  const auto walked = columnar::digest_binary_rows(rows);
  if (encoded.has_value() != (walked.has_value() && !rows.empty())) std::abort();
  if (!encoded) return;
  ByteBuffer back;
  const auto decoded = decoder.decode(encoded->pieces.front(), rows.size(), true, back);
  if (!decoded || !std::ranges::equal(back, rows)) std::abort();
  if (encoded->totals.digest != walked->digest || decoded->digest != walked->digest) std::abort();
}

// Rows of up to seven columns. Each takes a byte for its kind; a field then takes a byte, which is a length,
// a small number or null.
void described_rows(ByteReader input) {
  const std::size_t columns = input.u8() % 8;
  const std::size_t repeats = 1 + input.u8() % 8;
  const ByteSpan kinds = input.bytes(columns);
  const ByteSpan fields = input.rest();
  ByteBuffer rows;
  ByteWriter out(rows);
  std::uint64_t counter = 0;
  for (std::size_t round = 0; round < repeats; ++round) {
    ByteReader left(fields);
    do {
      out.u16_be(static_cast<std::uint16_t>(columns));
      for (const std::byte kind : kinds) {
        const std::uint8_t value = left.u8();
        const auto choice = static_cast<unsigned>(kind);
        if (value >= 0xF0 && choice % 2 != 0) {
          out.i32_be(-1);
        } else if (choice % 32 == 30) {
          // Texts of the words that the input begins with, so that a column of them can be one of words.
          ByteBuffer text;
          for (unsigned word = 0; word < value % 16U; ++word) {
            const ByteSpan part =
                fields.subspan(std::min<std::size_t>(fields.size(), (value * 7U + word * 5U) % 97U));
            text.insert(text.end(), part.begin(),
                        part.begin() + std::min<std::ptrdiff_t>(std::ssize(part), 6));
            text.push_back(std::byte{' '});
          }
          out.u32_be(static_cast<std::uint32_t>(text.size()));
          out.bytes(text);
        } else if (choice / 2 % 4 == 0) {
          out.u32_be(8);
          out.u64_be(choice % 64 < 32 ? counter += value : value * std::uint64_t{1000});
        } else if (choice / 2 % 4 == 1) {
          out.u32_be(4);
          out.u32_be(value * (choice >> 3));
        } else if (choice / 2 % 4 == 2) {
          out.u32_be(10);
          out.u64_be(0x0001'0000'0000'0002);
          out.u16_be(static_cast<std::uint16_t>(1 + value * (choice >> 3)));
        } else {
          const ByteSpan text = left.bytes(std::min<std::size_t>(value % 64, left.remaining()));
          out.u32_be(static_cast<std::uint32_t>(text.size()));
          out.bytes(text);
        }
      }
    } while (left.remaining() != 0 && rows.size() < kRowBytesMax && columns != 0);
  }
  round_trip(rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteSpan input = std::as_bytes(std::span(data + 1, size - 1));
  switch (data[0] % 4) {
    case 0:
    case 2: decode(input); break;
    case 1: described_rows(ByteReader(input)); break;
    default: round_trip(input); break;
  }
  return 0;
}
