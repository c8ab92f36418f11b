// Takes out of a finished table of contents what the choice of content leaves out: sections, kinds of
// entries, and properties of entries. Here rather than in the families, so that every kind obeys, the next
// one too. Pure.
#pragma once

#include "base/content_choice.hpp"
#include "dumper/ddl/build_toc.hpp"

namespace pgark::dumper {

// Numbers the entries that stay anew; dependencies on others disappear. A description (comment, privileges,
// label) goes with the entry that it describes.
void apply_choice(TocBuild& build, const ContentChoice& choice);

}  // namespace pgark::dumper
