// What an entry says beside the object's definition: its owner, tablespace and access method. Either side may
// choose to leave them out: when the archive is made, or when it is restored. Pure.
#pragma once

#include "base/content_choice.hpp"
#include "format/toc.hpp"

namespace pgark::format {

// True when drop_properties would change some entry.
bool drops_properties(const ContentChoice& choice);
void drop_properties(TocEntry& entry, const ContentChoice& choice);

// True for entries about what all databases of the cluster share (SPEC.md, "TOC"): they are there because
// they were asked for by name, and no other choice leaves them out.
bool is_global(const TocEntry& entry);

}  // namespace pgark::format
