// The versions of the kernels, for kernels.cpp alone; null where the program was built for a processor
// without these instructions.
#pragma once

#include "format/columnar/kernels.hpp"

namespace pgark::format::columnar {

const Kernels* scalar_kernels();
const Kernels* sse2_kernels();
const Kernels* avx2_kernels();

}  // namespace pgark::format::columnar
