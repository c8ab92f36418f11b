// Statistics of what a restore has loaded: see restore_job.hpp.
#include <algorithm>
#include <utility>

#include "base/array_text.hpp"
#include "base/async/task_group.hpp"
#include "base/sql_quote.hpp"
#include "restore/restore_job.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;

namespace {

// Largest first. Statistics of a partitioned table itself are gathered by nobody else; before 18 that
// includes its partitions, which therefore are not named, from 18 on it is done for it alone.
constexpr const char* kTablesSql =
    "SELECT t.place - 1, c.relkind = 'p' AND $2::pg_catalog.bool FROM"
    " pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY t (name, place) JOIN pg_catalog.pg_class c ON"
    " c.oid = pg_catalog.to_regclass(t.name) WHERE c.relkind IN ('r', 'm', 'p') AND ($2::pg_catalog.bool OR "
    "NOT"
    " c.relispartition) ORDER BY pg_catalog.pg_relation_size(c.oid) DESC, t.place";
constexpr int kOnlyVersionNum = 180000;

bool holds_rows(const TocEntry& entry) {
  return entry.kind == "TABLE" || entry.kind == "MATERIALIZED VIEW";
}

}  // namespace

asio::awaitable<void> RestoreJob::run_analyze() {
  events_.phase("gathering statistics");
  std::vector<const TocEntry*> tables;
  std::vector<ArrayItem> names;
  for (const TocEntry& entry : toc_.entries) {
    if (!selection_->contains(entry.id) || !holds_rows(entry)) continue;
    tables.push_back(&entry);
    names.emplace_back(quote_qualified(entry.schema, entry.name));
  }
  const bool only = leader().connection().server_version_num() >= kOnlyVersionNum;
  std::vector<protocol::Statement> statements;
  statements.push_back({kTablesSql, {encode_text_array(names), only ? "t" : "f"}});
  const auto results = co_await leader().connection().pipeline(std::move(statements));
  const wire::ResultSet& found = results.front();
  const std::size_t lists_max = std::max<std::size_t>(found.row_count(), 1);
  std::vector<std::vector<DdlUnit>> lists(std::min(workers_.size(), lists_max));
  for (std::size_t row = 0; row < found.row_count(); ++row) {
    const TocEntry* entry = tables[static_cast<std::size_t>(found.integer(row, 0))];
    std::string sql = found.boolean(row, 1) ? "ANALYZE ONLY " : "ANALYZE ";
    sql += quote_qualified(entry->schema, entry->name);
    DdlUnit& unit = lists[row % lists.size()].emplace_back(DdlUnit{entry, {std::move(sql)}, false, false});
    unit.recorded = false;
  }
  async::TaskGroup group(strand_);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    async::Task task = [this, &worker = *workers_[i], &list = lists[i]]() -> asio::awaitable<void> {
      DdlRunner::Callbacks callbacks;
      callbacks.settled = [this](const DdlUnit& unit, const std::optional<Error>& error) {
        if (error) events_.message(Severity::warning, error->to_string(), describe(*unit.entry));
      };
      co_await worker.run_units(std::move(list), std::move(callbacks), "statistics");
    };
    group.spawn(workers_[i]->executor(), std::move(task));
  }
  co_await group.join();
}

}  // namespace pgark::restore
