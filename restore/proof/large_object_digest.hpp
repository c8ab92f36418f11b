// A digest of the contents of large objects that does not hang on how they are cut into pieces: the same for
// the pages of pg_largeobject, for windows read through functions, and whether or not zeros are stored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/toc.hpp"

namespace pgark::restore {

struct LargeObjectPiece;

// Memory: some bytes for each object that is not empty. Not thread safe.
class LargeObjectDigest {
 public:
  // Rows as LARGE OBJECT DATA has them (format/SPEC.md, "Large objects"), whole ones; pieces of an object
  // come in any order, cut where the server cuts them, at multiples of 256 bytes. Errors: archive_damaged.
  Result<> add(ByteSpan rows);

  bool operator==(const LargeObjectDigest& other) const {
    return contents_ == other.contents_ && lengths_ == other.lengths_;
  }

 private:
  void add_block(std::uint32_t oid, std::uint64_t at, std::string_view hex);

  format::Digest128 contents_;  // of all blocks that hold something but zeros
  std::unordered_map<std::uint32_t, std::uint64_t> lengths_;
  std::string scratch_;
};

}  // namespace pgark::restore
