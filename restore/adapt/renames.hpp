// Schemas and relations by other names (--rename-schema, --rename-table), and what an archive says about
// names. Pure; constant once made.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "restore/adapt/adaptation.hpp"
#include "restore/adapt/name_pairs.hpp"

namespace pgark::restore {

using ObjectName = std::pair<std::string, std::string>;  // schema, name; raw, as the archive has them

struct Renames {
  NameMap schemas;
  // Tables, views, sequences, and with a table its indexes, whose names are the schema's, to their new names.
  std::map<ObjectName, std::string> relations;
  std::map<ObjectName, std::string> statistics;  // extended ones, which have names of their own
  std::set<ObjectName> constraints;              // of `relations`: the indexes of these constraints
  std::set<ObjectName> tables;                   // of `relations`: those that were asked for

  // Schemas whose names, or the names in which, change.
  std::set<std::string> affected_schemas;
  // Objects of the archive: relations and types; routines, by name only.
  std::set<ObjectName> objects, routines;

  bool empty() const { return affected_schemas.empty(); }
  const std::string& schema(const std::string& name) const {
    const auto found = schemas.find(name);
    return found == schemas.end() ? name : found->second;
  }
};

// Errors: usage. Adds a note for what is renamed besides what was asked for.
Result<Renames> make_renames(const format::Toc& toc, const RestoreOptions& options,
                             std::vector<AdaptationNote>& notes);

}  // namespace pgark::restore
