// Random values in the form of the send functions, for types most of whose bit patterns are values: what SQL
// does not reach easily. The same for the same seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/buffer_pool.hpp"

namespace pgark::test {

struct RandomTable {
  std::string name;  // "r_float8"
  std::string type;
  ByteBuffer rows;  // of one column, for COPY ... FROM STDIN (FORMAT binary)
};

// Of servers of this version: what older ones refuse or cannot print is left out.
std::vector<RandomTable> random_tables(int server_version_num, std::uint64_t seed);

}  // namespace pgark::test
