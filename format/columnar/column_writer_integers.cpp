// Integers: what they are multiples of, their differences (SPEC 16.2).
#include <array>
#include <cstring>

#include "format/columnar/column_writer.hpp"

namespace pgark::format::columnar {
namespace {

// Below, what dividing might save is less than base and divisor take, or than it costs.
constexpr std::size_t kDividedMin = 64;
constexpr double kDividedBitsMin = 2;

}  // namespace

ColumnWriter::Integers ColumnWriter::plan_integers(const std::byte* values, std::size_t count,
                                                   std::uint32_t width) {
  const Integers plain{values, count, width, choose_planes(*kernels_, values, count, width)};
  const bool of_numbers = width == 4 || width == 8;
  if (!of_numbers || count < kDividedMin || plain.choice.bits < kDividedBitsMin) return plain;
  const std::uint64_t divisor = sample_divisor(values, count, width);
  if (divisor == 1) return plain;
  std::byte* const quotients = quotients_.reserve(count * width);
  Multiples multiples;
  if (!divide(values, count, width, divisor, multiples, quotients)) return plain;
  const PlanesChoice choice = choose_planes(*kernels_, quotients, count, width);
  if (!clearly_better(choice.bits, plain.choice.bits)) return plain;
  return {quotients, count, width, choice, multiples};
}

void ColumnWriter::write_number(std::uint64_t number, std::uint32_t width) {
  std::array<std::byte, 8> bytes;
  pgark::detail::store<std::uint64_t, std::endian::big>(bytes.data(), number);
  std::memcpy(room(width), bytes.data() + bytes.size() - width, width);
  used_ += width;
}

void ColumnWriter::write_integers(const Integers& integers, ColumnHead& head) {
  const auto [values, count, width, choice, multiples] = integers;
  head.transform = choice.transform;
  head.multiples = multiples.has_value();
  if (multiples) {
    write_number(multiples->base, width);
    write_number(multiples->divisor, width);
  }
  if (choice.transform == Transform::none) {
    write_planes(values, count, width, ByteOrder::big);
    return;
  }
  const int order = choice.transform == Transform::delta ? 1 : 2;
  std::byte* const differences = integers_.reserve(count * width);
  kernels_->differences(octets(values), count, width, order, octets(differences));
  // The first value, and the first step, which goes through the same loop as a difference of two values.
  std::memcpy(room(2 * std::size_t{width}), values, width);
  used_ += width;
  if (order == 2) {
    std::array<std::uint8_t, 16> step{};
    if (count > 1) kernels_->differences(octets(values), 2, width, 1, step.data());
    std::memcpy(room(width), step.data() + width, width);
    used_ += width;
  }
  write_planes(differences, count, width, ByteOrder::big);
}

}  // namespace pgark::format::columnar
