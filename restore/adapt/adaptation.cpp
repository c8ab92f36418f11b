#include "restore/adapt/adaptation.hpp"

#include <utility>

#include "restore/adapt/entry_renamer.hpp"
#include "restore/adapt/renames.hpp"
#include "restore/adapt/role_map.hpp"

namespace pgark::restore {

bool renames_objects(const RestoreOptions& options) {
  return !options.rename_schemas.empty() || !options.rename_tables.empty();
}

bool adapts(const RestoreOptions& options) {
  return !options.map_owners.empty() || renames_objects(options);
}

Result<std::vector<AdaptationNote>> adapt(format::Toc& toc, const RestoreOptions& options) {
  std::vector<AdaptationNote> notes;
  if (!options.map_owners.empty()) {
    if (auto mapped = map_roles(toc, options, notes); !mapped) return tl::unexpected<Error>(mapped.error());
  }
  if (renames_objects(options)) {
    const auto renames = make_renames(toc, options, notes);
    if (!renames) return tl::unexpected<Error>(renames.error());
    if (!renames->empty()) rename_entries(toc, *renames, notes);
  }
  return notes;
}

}  // namespace pgark::restore
