// Which rows of a database are read again to prove that they are the archive's, and in which pieces. Pure.
//
// A row is the archive's when its COPY bytes, in the form that the archive keeps, are: so a table is proved
// by its row count and row digest alone (SPEC.md, "Row digest"), in any order and by any number of
// connections.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "format/toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// One table of the target and what it has to hold. Rows that were loaded through a partitioned table are
// compared as a whole: in which partition each of them is now, the archive cannot say.
struct RowCheck {
  std::string relation_sql;  // quoted and qualified
  std::string columns_sql;   // quoted, as COPY lists them; empty: a table without columns
  std::string name;          // for people
  bool only = true;          // rows of children are theirs; false for what rows were loaded through
  bool foreign = false;
  bool binary = false;
  bool rows_only = false;  // partitions that list their columns in different orders: there is no one digest
  std::uint64_t rows = 0;
  format::Digest128 digest;
};

struct RowChecks {
  std::vector<RowCheck> tables;
  // What cannot be compared: configuration tables of extensions, which hold rows that the extension brought
  // itself.
  std::vector<std::string> not_compared;
};

// The tables of the selected TABLE DATA entries but for `left_out`, in the archive's order.
RowChecks row_checks(const format::Toc& toc, const Selection& selection,
                     const std::set<format::EntryId>& left_out);

// A range of the pages of one table, or all of it.
struct RowPiece {
  std::size_t check = 0;
  std::uint64_t bytes = 0;  // of the heap
  bool whole = true;
  std::uint32_t first_page = 0;
  std::optional<std::uint32_t> end_page = std::nullopt;  // none: to the end
};

struct HeapSize {
  std::uint64_t bytes = 0;
  bool in_ranges = false;  // the server finds a range of pages without reading the others
};

// Cuts big tables so that `jobs` connections finish together; the biggest pieces come first. `sizes` has one
// item for each check.
std::vector<RowPiece> row_pieces(std::span<const RowCheck> checks, std::span<const HeapSize> sizes, int jobs,
                                 std::uint32_t block_bytes);

std::string copy_out_sql(const RowCheck& check, const RowPiece& piece);

}  // namespace pgark::restore
