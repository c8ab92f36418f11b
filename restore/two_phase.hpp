// Constraints that are added in two statements, of which the long one lets others work on the same tables:
//
//   a key            CREATE UNIQUE INDEX, beside the other indexes of its table; then ADD ... USING INDEX
//   a foreign key    ADD ... NOT VALID; then VALIDATE CONSTRAINT, which locks its own table only, and that
//                    not against readers and writers
//
// Both end in the same catalogs as the one statement of the archive. Source: PostgreSQL documentation, ALTER
// TABLE. Pure.
#pragma once

#include <optional>
#include <string>

#include "format/toc.hpp"

namespace pgark::restore {

struct TwoPhases {
  std::string first, second;
  bool first_is_long = false;  // a key; of a foreign key the second is
};

// nullopt: the entry must be restored as it stands: another kind, of a partitioned table or referring to one,
// or in words that are not understood.
std::optional<TwoPhases> two_phases(const format::Toc& toc, const format::TocEntry& entry);

}  // namespace pgark::restore
