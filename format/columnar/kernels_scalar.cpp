#include "format/columnar/kernel_sets.hpp"
#include "format/columnar/kernel_templates.hpp"

namespace pgark::format::columnar {
namespace {

struct Scalar {};

void split(const std::uint8_t* values, std::size_t count, std::size_t width, std::uint8_t* const* planes) {
  Loops<Scalar>::split_rest(values, 0, count, width, planes);
}
void join(const std::uint8_t* const* planes, std::size_t count, std::size_t width, std::uint8_t* values) {
  Loops<Scalar>::join_rest(planes, 0, count, width, values);
}

void word_ends(const std::uint8_t* text, std::size_t count, std::uint64_t* ends) {
  Loops<Scalar>::word_ends_rest(text, 0, count, ends);
}

}  // namespace

const Kernels* scalar_kernels() {
  using Loop = Loops<Scalar>;
  static constexpr Kernels kSet{&split,      &join,       &Loop::compare, &Loop::differences,
                                &Loop::sums, &Loop::pack, &Loop::unpack,  &word_ends};
  return &kSet;
}

}  // namespace pgark::format::columnar
