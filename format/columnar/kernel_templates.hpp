// Bodies of the kernels, compiled once per instruction set: each kernels_*.cpp instantiates them with a type
// of its own, so that no instance is shared between files that are compiled with different flags. For the
// same reason nothing here calls a function of the standard library.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/columnar/kernels.hpp"

namespace pgark::format::columnar {

template <class Isa>
struct Loops {
  using Byte = std::uint8_t;
  using Size = std::size_t;

  // Planes of widths that no vector code knows, and the values left over by it.
  static void split_rest(const Byte* values, Size from, Size count, Size width, Byte* const* planes) {
    for (Size k = 0; k < width; ++k) {
      Byte* plane = planes[k];
      const Byte* value = values + k;
      for (Size i = from; i < count; ++i) plane[i] = value[i * width];
    }
  }
  static void join_rest(const Byte* const* planes, Size from, Size count, Size width, Byte* values) {
    for (Size k = 0; k < width; ++k) {
      const Byte* plane = planes[k];
      Byte* value = values + k;
      for (Size i = from; i < count; ++i) value[i * width] = plane[i];
    }
  }

  template <Size Width>
  static void compare_fixed(const Byte* values, Size count, Byte* differs) {
    // A stretch of whole values is compared with the same values repeated, in vectors.
    constexpr Size kLanes = Width <= 8 ? 64 : 64 / Width * Width;
    Byte first[kLanes], found[kLanes] = {};
    for (Size k = 0; k < kLanes; ++k) first[k] = values[k % Width];
    const Size bytes = count * Width;
    Size at = 0;
    for (; at + kLanes <= bytes; at += kLanes) {
      for (Size k = 0; k < kLanes; ++k) found[k] = static_cast<Byte>(found[k] | (values[at + k] ^ first[k]));
    }
    for (; at < bytes; ++at) {
      const Size k = at % Width;
      found[k] = static_cast<Byte>(found[k] | (values[at] ^ first[k]));
    }
    for (Size k = 0; k < Width; ++k) differs[k] = 0;
    for (Size k = 0; k < kLanes; ++k) differs[k % Width] = static_cast<Byte>(differs[k % Width] | found[k]);
  }
  static void compare(const Byte* values, Size count, Size width, Byte* differs) {
    switch (width) {
      case 1: compare_fixed<1>(values, count, differs); return;
      case 2: compare_fixed<2>(values, count, differs); return;
      case 4: compare_fixed<4>(values, count, differs); return;
      case 8: compare_fixed<8>(values, count, differs); return;
      case 16: compare_fixed<16>(values, count, differs); return;
      default: break;
    }
    for (Size k = 0; k < width; ++k) differs[k] = 0;
    for (Size i = 1; i < count; ++i) {
      const Byte* value = values + i * width;
      for (Size k = 0; k < width; ++k) differs[k] = static_cast<Byte>(differs[k] | (value[k] ^ values[k]));
    }
  }

  static std::uint16_t swapped(std::uint16_t value) { return __builtin_bswap16(value); }
  static std::uint32_t swapped(std::uint32_t value) { return __builtin_bswap32(value); }
  static std::uint64_t swapped(std::uint64_t value) { return __builtin_bswap64(value); }
  template <class T>
  static T get(const Byte* from) {
    T value;
    __builtin_memcpy(&value, from, sizeof value);
    if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) value = swapped(value);
    return value;
  }
  template <class T>
  static void put(Byte* to, T value) {
    if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) value = swapped(value);
    __builtin_memcpy(to, &value, sizeof value);
  }
  template <class T>
  static T zigzag(T difference) {
    const T negative = static_cast<T>(0) - static_cast<T>(difference >> (8 * sizeof(T) - 1));
    return static_cast<T>(static_cast<T>(difference << 1) ^ negative);
  }
  template <class T>
  static T unzigzag(T value) {
    return static_cast<T>(static_cast<T>(value >> 1) ^
                          static_cast<T>(static_cast<T>(0) - static_cast<T>(value & 1)));
  }

  template <class T>
  static void differences_of(const Byte* values, Size count, int order, Byte* out) {
    constexpr Size kWidth = sizeof(T);
    const Size zeros = order == 1 ? 1 : 2;
    for (Size i = 0; i < zeros && i < count; ++i) put<T>(out + i * kWidth, 0);
    if (order == 1) {
      for (Size i = 1; i < count; ++i) {
        const T now = get<T>(values + i * kWidth), before = get<T>(values + (i - 1) * kWidth);
        put<T>(out + i * kWidth, zigzag<T>(static_cast<T>(now - before)));
      }
    } else {
      for (Size i = 2; i < count; ++i) {
        const T now = get<T>(values + i * kWidth), before = get<T>(values + (i - 1) * kWidth);
        const T earlier = get<T>(values + (i - 2) * kWidth);
        const T twice = static_cast<T>(before + before);
        put<T>(out + i * kWidth, zigzag<T>(static_cast<T>(now - twice + earlier)));
      }
    }
  }
  static void differences(const Byte* values, Size count, Size width, int order, Byte* out) {
    if (width == 2) {
      differences_of<std::uint16_t>(values, count, order, out);
    } else if (width == 4) {
      differences_of<std::uint32_t>(values, count, order, out);
    } else {
      differences_of<std::uint64_t>(values, count, order, out);
    }
  }

  template <class T>
  static void sums_of(Byte* values, Size count, int order, T first, T step) {
    constexpr Size kWidth = sizeof(T);
    if (count == 0) return;
    T value = first;
    put<T>(values, value);
    if (order == 1) {
      for (Size i = 1; i < count; ++i) {
        value = static_cast<T>(value + unzigzag<T>(get<T>(values + i * kWidth)));
        put<T>(values + i * kWidth, value);
      }
    } else {
      for (Size i = 1; i < count; ++i) {
        step = static_cast<T>(step + unzigzag<T>(get<T>(values + i * kWidth)));
        value = static_cast<T>(value + step);
        put<T>(values + i * kWidth, value);
      }
    }
  }
  static void sums(Byte* values, Size count, Size width, int order, std::uint64_t first, std::uint64_t step) {
    if (width == 2) {
      sums_of(values, count, order, static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(step));
    } else if (width == 4) {
      sums_of(values, count, order, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(step));
    } else {
      sums_of(values, count, order, first, step);
    }
  }

  template <unsigned Bits>
  static void pack_fixed(const std::uint16_t* codes, Size count, Byte* packed) {
    constexpr Size kPerByte = 8 / Bits;
    const Size whole = count / kPerByte;
    for (Size i = 0; i < whole; ++i) {
      unsigned byte = 0;
      for (Size j = 0; j < kPerByte; ++j)
        byte |= static_cast<unsigned>(codes[i * kPerByte + j]) << (j * Bits);
      packed[i] = static_cast<Byte>(byte);
    }
    if (whole * kPerByte == count) return;
    unsigned byte = 0;
    for (Size j = 0; whole * kPerByte + j < count; ++j) {
      byte |= static_cast<unsigned>(codes[whole * kPerByte + j]) << (j * Bits);
    }
    packed[whole] = static_cast<Byte>(byte);
  }
  static void pack(const std::uint16_t* codes, Size count, unsigned bits, Byte* packed) {
    switch (bits) {
      case 1: pack_fixed<1>(codes, count, packed); return;
      case 2: pack_fixed<2>(codes, count, packed); return;
      case 4: pack_fixed<4>(codes, count, packed); return;
      default: pack_fixed<8>(codes, count, packed); return;
    }
  }

  template <unsigned Bits>
  static void unpack_fixed(const Byte* packed, Size count, std::uint16_t* codes) {
    constexpr Size kPerByte = 8 / Bits;
    constexpr unsigned kMask = (1U << Bits) - 1;
    const Size whole = count / kPerByte;
    for (Size i = 0; i < whole; ++i) {
      for (Size j = 0; j < kPerByte; ++j) {
        codes[i * kPerByte + j] =
            static_cast<std::uint16_t>(static_cast<unsigned>(packed[i] >> (j * Bits)) & kMask);
      }
    }
    for (Size i = whole * kPerByte; i < count; ++i) {
      codes[i] = static_cast<std::uint16_t>(
          static_cast<unsigned>(packed[whole] >> ((i - whole * kPerByte) * Bits)) & kMask);
    }
  }
  static void unpack(const Byte* packed, Size count, unsigned bits, std::uint16_t* codes) {
    switch (bits) {
      case 1: unpack_fixed<1>(packed, count, codes); return;
      case 2: unpack_fixed<2>(packed, count, codes); return;
      case 4: unpack_fixed<4>(packed, count, codes); return;
      default: unpack_fixed<8>(packed, count, codes); return;
    }
  }

  static bool ends_word(Byte byte) {
    const auto letter = static_cast<Byte>((byte | 0x20) - 'a');
    const auto digit = static_cast<Byte>(byte - '0');
    return letter >= 26 && digit >= 10 && byte < 0x80;
  }
  // From byte `from`, a multiple of 64, on.
  static void word_ends_rest(const Byte* text, Size from, Size count, std::uint64_t* ends) {
    for (Size block = from / 64; block <= count / 64; ++block) {
      std::uint64_t bits = 0;
      const Size first = block * 64, many = count - first < 64 ? count - first : 64;
      for (Size i = 0; i < many; ++i) bits |= static_cast<std::uint64_t>(ends_word(text[first + i])) << i;
      ends[block] = bits;
    }
  }
};

// Transposition in registers. `Vector` has a type Register of kValues bytes (16 values in SSE2; two blocks of
// 16 in AVX2, the second in the upper half) and:
//   load(values, stride)   16 bytes at `values`, and per further block 16 bytes `stride` further on
//   store(register, values, stride)
//   load_plane, store_plane   kValues consecutive bytes
//   evens(a, b), odds(a, b)   every other byte of a, then of b, in each block
//   low(a, b), high(a, b)     bytes of the lower (upper) halves of a and b by turns, in each block
//   same(byte)                a byte in all places
//   plus, either, equal, smaller   sum, bitwise or, 0xFF where equal, minimum of two, byte by byte
//   signs(register)           the highest bits of its bytes as a number
template <class Vector>
struct Transposition {
  using Byte = std::uint8_t;
  using Size = std::size_t;
  using Register = typename Vector::Register;
  static constexpr Size kValues = Vector::kValues;

  // 16 * Width bytes in Width registers, value by value, to one register per plane: plane k at planes[k *
  // Step].
  template <Size Width, Size Step>
  static void to_planes(const Register* values, Register* planes) {
    if constexpr (Width == 1) {
      planes[0] = values[0];
    } else {
      Register even[Width / 2], odd[Width / 2];
      for (Size i = 0; i < Width / 2; ++i) {
        even[i] = Vector::evens(values[2 * i], values[2 * i + 1]);
        odd[i] = Vector::odds(values[2 * i], values[2 * i + 1]);
      }
      to_planes<Width / 2, Step * 2>(even, planes);
      to_planes<Width / 2, Step * 2>(odd, planes + Step);
    }
  }
  template <Size Width, Size Step>
  static void from_planes(const Register* planes, Register* values) {
    if constexpr (Width == 1) {
      values[0] = planes[0];
    } else {
      Register even[Width / 2], odd[Width / 2];
      from_planes<Width / 2, Step * 2>(planes, even);
      from_planes<Width / 2, Step * 2>(planes + Step, odd);
      for (Size i = 0; i < Width / 2; ++i) {
        values[2 * i] = Vector::low(even[i], odd[i]);
        values[2 * i + 1] = Vector::high(even[i], odd[i]);
      }
    }
  }

  template <Size Width>
  static Size split_fixed(const Byte* values, Size count, Byte* const* planes) {
    Size i = 0;
    for (; i + kValues <= count; i += kValues) {
      Register in[Width], out[Width];
      for (Size k = 0; k < Width; ++k) in[k] = Vector::load(values + i * Width + k * 16, 16 * Width);
      to_planes<Width, 1>(in, out);
      for (Size k = 0; k < Width; ++k) Vector::store_plane(out[k], planes[k] + i);
    }
    return i;
  }
  template <Size Width>
  static Size join_fixed(const Byte* const* planes, Size count, Byte* values) {
    Size i = 0;
    for (; i + kValues <= count; i += kValues) {
      Register in[Width], out[Width];
      for (Size k = 0; k < Width; ++k) in[k] = Vector::load_plane(planes[k] + i);
      from_planes<Width, 1>(in, out);
      for (Size k = 0; k < Width; ++k) Vector::store(out[k], values + i * Width + k * 16, 16 * Width);
    }
    return i;
  }

  static void split(const Byte* values, Size count, Size width, Byte* const* planes) {
    Size done = 0;
    switch (width) {
      case 2: done = split_fixed<2>(values, count, planes); break;
      case 4: done = split_fixed<4>(values, count, planes); break;
      case 8: done = split_fixed<8>(values, count, planes); break;
      case 16: done = split_fixed<16>(values, count, planes); break;
      default: break;
    }
    Loops<Vector>::split_rest(values, done, count, width, planes);
  }
  static void join(const Byte* const* planes, Size count, Size width, Byte* values) {
    Size done = 0;
    switch (width) {
      case 2: done = join_fixed<2>(planes, count, values); break;
      case 4: done = join_fixed<4>(planes, count, values); break;
      case 8: done = join_fixed<8>(planes, count, values); break;
      case 16: done = join_fixed<16>(planes, count, values); break;
      default: break;
    }
    Loops<Vector>::join_rest(planes, done, count, width, values);
  }
};

template <class Vector>
struct Text {
  using Byte = std::uint8_t;
  using Size = std::size_t;
  using Register = typename Vector::Register;

  // 0xFF where a byte lies from `first` on among `many` in a row.
  static Register among(Register bytes, Byte first, Byte many) {
    const Register place = Vector::plus(bytes, Vector::same(static_cast<Byte>(0 - first)));
    return Vector::equal(Vector::smaller(place, Vector::same(static_cast<Byte>(many - 1))), place);
  }
  static void word_ends(const Byte* text, Size count, std::uint64_t* ends) {
    constexpr Size kPieces = 64 / Vector::kValues;
    Size at = 0;
    for (; at + 64 <= count; at += 64) {
      std::uint64_t in_word = 0;
      for (Size k = 0; k < kPieces; ++k) {
        const Register bytes = Vector::load_plane(text + at + k * Vector::kValues);
        const Register letters = among(Vector::either(bytes, Vector::same(0x20)), 'a', 26);
        const Register all = Vector::either(Vector::either(letters, among(bytes, '0', 10)), bytes);
        in_word |= static_cast<std::uint64_t>(Vector::signs(all)) << (k * Vector::kValues);
      }
      ends[at / 64] = ~in_word;
    }
    Loops<Vector>::word_ends_rest(text, at, count, ends);
  }
};

template <class Vector>
constexpr Kernels vector_kernels() {
  using Loop = Loops<Vector>;
  return {&Transposition<Vector>::split,
          &Transposition<Vector>::join,
          &Loop::compare,
          &Loop::differences,
          &Loop::sums,
          &Loop::pack,
          &Loop::unpack,
          &Text<Vector>::word_ends};
}

}  // namespace pgark::format::columnar
