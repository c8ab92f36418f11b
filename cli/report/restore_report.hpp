// The report of one restore: what was restored, how long it took, what failed and what was proved. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/report/document.hpp"
#include "format/toc.hpp"
#include "storage/catalogue/time_text.hpp"
#include "storage/catalogue/timeline.hpp"

namespace pgark::cli::report {

struct NotRestored {
  std::string kind, name, why;
  bool skipped = false;  // not tried: something it needs failed
};

// `toc` outlives the call.
struct RestoreFacts {
  std::string archive;   // as it was named
  std::string database;  // that it went into
  const format::Toc& toc;
  storage::TimePoint now;
  std::string failure;  // empty: all of it was restored, and nothing that was read again differs
  double seconds = 0;
  std::uint64_t entries = 0, rows = 0, row_bytes = 0;
  std::uint64_t rows_before = 0;  // of `rows`, those that an earlier attempt had loaded
  std::vector<NotRestored> not_restored;
  std::optional<std::vector<std::vector<Cell>>>
      proof;  // result and what was compared; nullopt: not read again
  storage::Timeline timeline;
};
Document restore_report(const RestoreFacts& facts, std::size_t tables_max);

}  // namespace pgark::cli::report
