// What of an archive can take the place of live schemas (restore --strategy swap where no database may be
// made), and what cannot: everything that belongs to no schema is the database's and cannot be there twice.
// Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "format/toc.hpp"
#include "restore/adapt/adaptation.hpp"
#include "restore/options.hpp"
#include "restore/preflight.hpp"

namespace pgark::restore {

// Longer names leave no room for what is put behind them (aside_names.hpp).
inline constexpr std::size_t kSwappedSchemaBytesMax = 33;

// What stays in the database as it is.
struct KeptInDatabase {
  std::set<std::string> schemas;     // that hold extensions
  std::set<std::string> extensions;  // that are there
};

struct SchemaPlan {
  std::vector<std::string> schemas;      // of the archive; raw
  std::vector<format::EntryId> entries;  // that are restored, in order
  std::vector<Obstacle> obstacles;
  bool leaves_properties = false;  // the archive has settings, privileges or a comment of its database
};

// `options`: of the restore, without other names yet.
SchemaPlan plan_schema_swap(const format::Toc& toc, const RestoreOptions& options,
                            const KeptInDatabase& kept);

// `options` so that the entries go into schemas whose names end with `suffix`.
RestoreOptions options_beside(const SchemaPlan& plan, RestoreOptions options, const std::string& suffix);

// What would be computed from, or would go into, the schemas in use while the entries are restored under
// other names: functions whose bodies are text, in indexes and checks and what else is evaluated; rows that
// are names of objects. `notes`: of the table of contents under the other names.
std::vector<Obstacle> text_obstacles(const format::Toc& toc, const SchemaPlan& plan,
                                     const std::vector<AdaptationNote>& notes);

}  // namespace pgark::restore
