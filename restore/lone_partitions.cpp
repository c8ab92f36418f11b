#include "restore/lone_partitions.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "restore/plan.hpp"
#include "restore/row_order.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

// Whether this is what `attachment` attaches to: a table; an index, or the key that has it. The table of an
// index is no part of it, as tables and indexes may be restored one after the other (--section).
bool is_parent(const TocEntry& entry, const TocEntry& attachment) {
  if (attachment.kind == "TABLE ATTACH") return entry.kind == "TABLE";
  return entry.kind == "INDEX" || entry.kind == "CONSTRAINT";
}

constexpr const char* kMissingSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) WHERE "
    "pg_catalog.to_regclass(n.name) IS"
    " NULL";

bool is_renamed(const TocEntry& entry, const Toc& original) {
  const TocEntry& before = *original.find(entry.id);
  return entry.name != before.name || entry.table != before.table;
}

struct Needs {
  std::map<std::string, std::vector<EntryId>> by_parent;  // name -> attachments
  std::set<EntryId> renamed;  // attachments of a partition that has another name now, to a table that has not
};

Needs needs_of_attachments(const Toc& toc, const Toc& original, const Selection& selection) {
  Needs needs;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || !entry.kind.ends_with(" ATTACH")) continue;
    for (const EntryId id : entry.dependencies) {
      const TocEntry* const parent = selection.contains(id) ? nullptr : toc.find(id);
      if (parent == nullptr || !is_parent(*parent, entry)) continue;
      needs.by_parent[quote_qualified(parent->schema, parent->name)].push_back(entry.id);
      if (is_renamed(entry, original) && !is_renamed(*parent, original)) needs.renamed.insert(entry.id);
    }
  }
  return needs;
}

void report(const Toc& toc, const TocEntry& attachment, bool renamed, EventSink& events) {
  const auto partition = partition_of(toc, attachment);
  if (!partition) return;
  events.message(
      Severity::notice,
      "becomes a table of its own, without what a partitioned table hands down (triggers, foreign keys): " +
          one_line(describe(*toc.find(partition->parent))) +
          (renamed ? " has its partition under the old name" : " is neither chosen nor in the target"),
      one_line(describe(*toc.find(partition->child))));
}

}  // namespace

asio::awaitable<LoneAttachments> find_lone_attachments(protocol::Connection& connection, const Toc& toc,
                                                       const Toc& original, const Selection& selection,
                                                       EventSink& events) {
  const Needs needs = needs_of_attachments(toc, original, selection);
  LoneAttachments found;
  if (needs.by_parent.empty()) co_return found;
  std::vector<ArrayItem> names;
  std::set<EntryId> never = needs.renamed, late;
  for (const auto& [name, attachments] : needs.by_parent) {
    names.emplace_back(name);
    late.insert(attachments.begin(), attachments.end());
  }
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = kMissingSql;
  statements[0].parameters = {encode_text_array(names)};
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  for (std::size_t row = 0; row < results[0].row_count(); ++row) {
    const auto& attachments = needs.by_parent.at(std::string(results[0].text(row, 0)));
    never.insert(attachments.begin(), attachments.end());
  }
  for (const EntryId id : never) {
    late.erase(id);
    if (toc.find(id)->kind == "TABLE ATTACH") report(toc, *toc.find(id), needs.renamed.contains(id), events);
  }
  found.never.assign(never.begin(), never.end());
  found.late.assign(late.begin(), late.end());
  co_return found;
}

}  // namespace pgark::restore
