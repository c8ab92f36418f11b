// The values that an archive gives to sequences, and those that they have. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "format/toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct SequenceCheck {
  const format::TocEntry* entry = nullptr;
  std::string sql;    // gives its value and whether it was called
  std::string value;  // "5, true", as setval has it
};

// The selected SEQUENCE SET entries but for `left_out`.
std::vector<SequenceCheck> sequence_checks(const format::Toc& toc, const Selection& selection,
                                           const std::set<format::EntryId>& left_out);

}  // namespace pgark::restore
