// Names that a restore changes: --map-owner, --rename-schema, --rename-table. Applied once, to a copy of the
// table of contents, so that everything that follows (plan, statements, checks, proof, script, list) knows
// only the new names. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

// What a person should know of an entry whose names were changed, or could not be.
struct AdaptationNote {
  format::EntryId entry = 0;  // 0: of no entry, always shown
  Severity severity = Severity::warning;
  std::string text, object;
};

// Whether a restore may go beside what is in the target.
bool renames_objects(const RestoreOptions& options);
bool adapts(const RestoreOptions& options);
// Changes `toc`. Errors: usage (a mapping that makes no sense, or that matches nothing with --strict-names).
Result<std::vector<AdaptationNote>> adapt(format::Toc& toc, const RestoreOptions& options);

}  // namespace pgark::restore
