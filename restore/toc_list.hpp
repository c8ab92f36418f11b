// The list of an archive's entries that a person edits to choose among them (restore --list, --use-list).
//
//   ; a comment, to the end of the line
//   12; TABLE public orders alice
//
// Only the number at the front counts when the list is read back; lines may be removed, commented out and
// moved. Names take one line each, whatever they hold. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "format/toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// "TABLE public orders alice", one line; "-" stands for a schema or an owner that there is none of.
std::string list_text(const format::TocEntry& entry);

// The selected entries, with a heading of comments.
std::string toc_list(const format::Toc& toc, const Selection& selection, std::string_view archive_name);

// The numbers in their order. Errors: usage, with `file_name:line` as the object, for a line that is neither
// empty nor a comment nor begins with a number, and for a number that comes twice.
Result<std::vector<format::EntryId>> parse_toc_list(std::string_view text, std::string_view file_name);

}  // namespace pgark::restore
