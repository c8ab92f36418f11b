#include "restore/lone_partitions.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
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

// What an attachment needs, apart from what is attached: a table, and an index or the key that has it.
constexpr std::array<std::string_view, 3> kParents{"TABLE", "INDEX", "CONSTRAINT"};

constexpr const char* kMissingSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) WHERE "
    "pg_catalog.to_regclass(n.name) IS"
    " NULL";

// Name -> attachments that need it.
std::map<std::string, std::vector<EntryId>> needed_by_attachments(const Toc& toc,
                                                                  const Selection& selection) {
  std::map<std::string, std::vector<EntryId>> needed;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || !entry.kind.ends_with(" ATTACH")) continue;
    for (const EntryId id : entry.dependencies) {
      const TocEntry* const parent = selection.contains(id) ? nullptr : toc.find(id);
      if (parent != nullptr && std::ranges::find(kParents, parent->kind) != kParents.end())
        needed[quote_qualified(parent->schema, parent->name)].push_back(entry.id);
    }
  }
  return needed;
}

void report(const Toc& toc, const TocEntry& attachment, EventSink& events) {
  const auto partition = partition_of(toc, attachment);
  if (!partition) return;
  events.message(
      Severity::notice,
      "becomes a table of its own, without what a partitioned table hands down (triggers, foreign keys): " +
          one_line(describe(*toc.find(partition->parent))) + " is neither chosen nor in the target",
      one_line(describe(*toc.find(partition->child))));
}

}  // namespace

asio::awaitable<LoneAttachments> find_lone_attachments(protocol::Connection& connection, const Toc& toc,
                                                       const Selection& selection, EventSink& events) {
  const auto needed = needed_by_attachments(toc, selection);
  LoneAttachments found;
  if (needed.empty()) co_return found;
  std::vector<ArrayItem> names;
  std::set<EntryId> never, late;
  for (const auto& [name, attachments] : needed) {
    names.emplace_back(name);
    late.insert(attachments.begin(), attachments.end());
  }
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = kMissingSql;
  statements[0].parameters = {encode_text_array(names)};
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  for (std::size_t row = 0; row < results[0].row_count(); ++row) {
    const auto& attachments = needed.at(std::string(results[0].text(row, 0)));
    never.insert(attachments.begin(), attachments.end());
  }
  for (const EntryId id : never) {
    late.erase(id);
    if (toc.find(id)->kind == "TABLE ATTACH") report(toc, *toc.find(id), events);
  }
  found.never.assign(never.begin(), never.end());
  found.late.assign(late.begin(), late.end());
  co_return found;
}

}  // namespace pgark::restore
