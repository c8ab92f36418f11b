#include "restore/chosen_toc.hpp"

#include <string_view>
#include <utility>

#include "base/sql_quote.hpp"
#include "format/entry_properties.hpp"
#include "restore/database_name.hpp"

namespace pgark::restore {

Result<ChosenToc> ChosenToc::make(const format::Toc& archived, const RestoreOptions& options) {
  ChosenToc chosen(archived);
  if (!format::drops_properties(options) && options.create_as.empty() && !adapts(options)) return chosen;
  auto copy = std::make_unique<format::Toc>(archived);
  for (format::TocEntry& entry : copy->entries) format::drop_properties(entry, options);
  if (!options.create_as.empty()) rename_database(*copy, options.create_as);
  if (adapts(options)) {
    auto notes = adapt(*copy, options);
    if (!notes) return tl::unexpected<Error>(notes.error());
    chosen.notes_ = std::move(*notes);
  }
  chosen.copy_ = std::move(copy);
  return chosen;
}

namespace {

// The schema that the entry lives in, is, or describes.
std::string schema_of(const format::TocEntry& entry) {
  constexpr std::string_view kWord = "SCHEMA ";
  if (!entry.schema.empty()) return entry.schema;
  if (entry.kind == "SCHEMA") return entry.name;
  return entry.name.starts_with(kWord) ? entry.name.substr(kWord.size()) : std::string();
}

}  // namespace

std::vector<std::string> ChosenToc::schemas_sql(const Selection& selection) const {
  for (const format::TocEntry& archived : archived_.entries) {
    const format::TocEntry& entry = *get().find(archived.id);
    const bool moved = schema_of(archived) == "public" && schema_of(entry) != "public";
    if (!moved || !selection.contains(entry.id)) continue;
    // Privileges and comments have sections of their own.
    if (!archived.schema.empty() && selection.section(entry.id) != format::Section::pre_data) continue;
    // As initdb gives it, which is what the privileges in the archive start from.
    const std::string name = quote_identifier(schema_of(entry));
    return {"CREATE SCHEMA IF NOT EXISTS " + name, "GRANT USAGE ON SCHEMA " + name + " TO PUBLIC"};
  }
  return {};
}

}  // namespace pgark::restore
