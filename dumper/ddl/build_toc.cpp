#include "dumper/ddl/build_toc.hpp"

#include <array>
#include <utility>

#include "base/sql_quote.hpp"
#include "dumper/ddl/build_context.hpp"
#include "dumper/ddl/column_order.hpp"
#include "dumper/ddl/database_entry.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/entry_choice.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/globals_entries.hpp"
#include "dumper/graph/loop_repair.hpp"

namespace pgark::dumper {
namespace {

using format::ReportLevel;

using Write = void (*)(Emitter&, DumpId);
using WriterTable = std::array<Write, static_cast<std::size_t>(ObjectKind::count_)>;

WriterTable writers_by_kind() {
  WriterTable table{};
  for (const Family* family : families()) {
    for (const Family::Writer& writer : family->writers)
      table[static_cast<std::size_t>(writer.kind)] = writer.write;
  }
  return table;
}

std::vector<DumpId> sorted_objects(BuildContext& context) {
  for (const Family* family : families()) {
    if (family->collect != nullptr) family->collect(context);
  }
  for (const Family* family : families()) {
    if (family->link != nullptr) family->link(context);
  }
  context.graph.add_catalog_dependencies(context.catalog.dependencies);
  context.graph.settle();
  std::vector<std::string> warnings;
  std::vector<DumpId> order = sort_and_repair(context.graph, warnings);
  for (std::string& warning : warnings) context.note(ReportLevel::warning, "", "", std::move(warning));
  return order;
}

// E15: only rows of configuration tables are the user's as far as the catalog tells.
void report_extension_tables(BuildContext& context) {
  for (const Relation& relation : context.catalog.relations) {
    const bool may_hold_rows = relation.kind == 'r' && relation.row_estimate > 0;
    if (relation.extension == 0 || relation.is_config_table || !may_hold_rows) continue;
    context.note(ReportLevel::warning, "TABLE", context.lookup.sql_name(relation),
                 "belongs to an extension that does not mark it as configuration: its rows are not saved");
  }
}

// E7: what the policies hide is missing, and nobody would notice.
void report_row_security(BuildContext& context) {
  if (!context.options.session.enable_row_security) return;
  for (const Relation& relation : context.catalog.relations) {
    if (!relation.row_security || (relation.components & kData) == 0) continue;
    context.note(ReportLevel::warning, "TABLE DATA", context.lookup.sql_name(relation),
                 "row-level security is enabled: rows that its policies hide from this role are not saved");
  }
}

// The target has a schema `public` whether the source has one or not (B0.4).
void report_missing_public(BuildContext& context) {
  for (const Namespace& schema : context.catalog.namespaces) {
    if (schema.name == "public") return;
  }
  context.note(ReportLevel::warning, "SCHEMA", "public",
               "does not exist here; a new database will have it again");
}

void report_column_orders(BuildContext& context) {
  for (const Index position : tables_with_other_column_order(context.catalog)) {
    context.note(ReportLevel::warning, "TABLE", context.lookup.sql_name(context.catalog.relations[position]),
                 "got columns of its parents after its own: a restored table has its parents' columns first");
  }
}

void report_catalog(BuildContext& context) {
  report_column_orders(context);
  report_extension_tables(context);
  report_missing_public(context);
  report_row_security(context);
  for (const format::ReportItem& item : context.catalog.report) {
    context.note(item.level, item.kind, one_line(item.name), one_line(item.text));
  }
}

// A name or comment that is no text of the database's encoding could swallow the quote that ends it (A7.3).
Result<void> check_text(const std::vector<format::TocEntry>& entries, const std::string& encoding) {
  for (const format::TocEntry& entry : entries) {
    for (const auto* statements : {&entry.create, &entry.drop}) {
      for (const format::SqlStatement& statement : *statements) {
        if (is_valid_text(statement.sql, encoding)) continue;
        return fail(ErrorCode::server,
                    "the definition holds bytes that are not valid in encoding " + encoding,
                    one_line(entry.kind + " " + quote_qualified(entry.schema, entry.name)),
                    "correct the text in the source database");
      }
    }
  }
  return {};
}

}  // namespace

Result<TocBuild> build_toc(const Catalog& catalog, const DumpOptions& options) {
  const QuoteAllIdentifiers quoting(options.session.quote_all_identifiers);
  BuildContext context(catalog, options);
  const std::vector<DumpId> order = sorted_objects(context);
  Emitter out(context);
  if (auto written = write_globals(out); !written) return tl::unexpected(written.error());
  if (auto written = write_database(out); !written) return tl::unexpected(written.error());
  const WriterTable writers = writers_by_kind();
  for (const DumpId id : order) {
    const DumpObject& object = context.graph[id];
    const Write write = writers[static_cast<std::size_t>(object.kind)];
    if (write != nullptr && !object.inlined) write(out, id);
    out.finish_object(id);
  }
  if (out.failure() != nullptr) return tl::unexpected(*out.failure());
  report_catalog(context);
  TocBuild build;
  build.data = std::move(out.data);
  build.toc.entries = out.take_entries();
  const std::string& encoding =
      options.session.encoding.empty() ? catalog.database.encoding : options.session.encoding;
  if (auto valid = check_text(build.toc.entries, encoding); !valid) return tl::unexpected(valid.error());
  apply_choice(build, options.selection);
  build.toc.report = std::move(context.report);
  build.toc.collations = catalog.collation_versions;
  return build;
}

}  // namespace pgark::dumper
