#include "restore/table_children.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sql_lexer.hpp"
#include "restore/entry_filter.hpp"
#include "restore/row_order.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

bool is_table(const TocEntry& entry) {
  return entry.kind == "TABLE" || entry.kind == "FOREIGN TABLE";
}

bool inherits(const TocEntry& entry) {
  if (!is_table(entry) || entry.create.empty()) return false;
  const std::vector<SqlToken> tokens = lex_sql(entry.create.front().sql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is_word("INHERITS") && tokens[i + 1].is_mark('(')) return true;
  }
  return false;
}

std::multimap<EntryId, EntryId> children_by_parent(const Toc& toc) {
  std::multimap<EntryId, EntryId> children;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind == "TABLE ATTACH") {
      if (const auto partition = partition_of(toc, entry))
        children.emplace(partition->parent, partition->child);
    }
    if (!inherits(entry)) continue;
    for (const EntryId id : entry.dependencies) {
      if (is_table(*toc.find(id))) children.emplace(id, entry.id);
    }
  }
  return children;
}

// A pattern that matches this name alone.
std::string exact(const TocEntry& entry) {
  std::string pattern;
  for (const std::string* part : {&entry.schema, &entry.name}) {
    pattern += pattern.empty() ? "\"" : ".\"";
    for (const char c : *part) pattern.append(c == '"' ? 2 : 1, c);
    pattern += '"';
  }
  return pattern;
}

}  // namespace

Result<RestoreOptions> with_children(const Toc& toc, RestoreOptions options) {
  if (options.include_tables_and_children.empty()) return options;
  const auto fact = [&toc](const char* key) {
    const auto found = toc.info.find(key);
    return found == toc.info.end() ? std::string_view() : std::string_view(found->second);
  };
  RestoreOptions parents;
  parents.include_tables = std::exchange(options.include_tables_and_children, {});
  const auto filter =
      EntryFilter::compile(parents, fact(format::info_key::kDatabase), fact(format::info_key::kEncoding));
  if (!filter) return tl::unexpected<Error>(filter.error());
  const std::multimap<EntryId, EntryId> children = children_by_parent(toc);
  std::vector<EntryId> open;
  for (const TocEntry& entry : toc.entries) {
    if (is_table(entry) && filter->matches(entry)) open.push_back(entry.id);
  }
  std::set<EntryId> seen(open.begin(), open.end());
  options.include_tables.insert(options.include_tables.end(), parents.include_tables.begin(),
                                parents.include_tables.end());
  while (!open.empty()) {
    const auto [begin, end] = children.equal_range(open.back());
    open.pop_back();
    for (auto child = begin; child != end; ++child) {
      if (!seen.insert(child->second).second) continue;
      open.push_back(child->second);
      options.include_tables.push_back(exact(*toc.find(child->second)));
    }
  }
  return options;
}

}  // namespace pgark::restore
