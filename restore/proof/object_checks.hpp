// Whether the objects of an archive are in a database: by kind and name, not by their definitions; and
// whether its indexes and constraints are valid. Pure but for the query's text.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "format/toc.hpp"
#include "protocol/wire/result_set.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// A row for each object of the target: kind as in a TOC, schema, table it hangs on, name, whether it is
// valid.
std::string objects_sql();

struct ObjectCount {
  std::size_t archived = 0, found = 0;
};

struct ObjectDifferences {
  std::map<std::string, ObjectCount> by_kind;
  std::vector<const format::TocEntry*> missing;
  std::vector<const format::TocEntry*> not_valid;   // although the archive wants them valid
  std::map<std::string, std::size_t> not_compared;  // entries of kinds that the query does not know
};

// `objects` is what objects_sql() gave. Looks at selected entries but for `left_out`; what describes another
// entry (a comment, a privilege) is not an object.
ObjectDifferences compare_objects(const format::Toc& toc, const Selection& selection,
                                  const std::set<format::EntryId>& left_out, const wire::ResultSet& objects);

}  // namespace pgark::restore
