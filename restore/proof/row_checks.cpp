#include "restore/proof/row_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "restore/plan.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::uint64_t kPieceBytesMin = std::uint64_t{8} << 20;
constexpr std::uint64_t kPiecesPerJob = 8;

// "a, b" of `s.t (a, b)`.
std::string column_list(const TocEntry& entry, const CopyTarget& target) {
  std::string_view rest = std::string_view(entry.copy_target).substr(target.relation_sql.size());
  const std::size_t open = rest.find('('), close = rest.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  return std::string(rest.substr(open + 1, close - open - 1));
}

bool needs(const Toc& toc, const TocEntry& data, std::string_view kind) {
  return std::any_of(data.dependencies.begin(), data.dependencies.end(),
                     [&](EntryId id) { return toc.find(id)->kind == kind; });
}

bool is_configuration(const Toc& toc, const TocEntry& data) {
  return needs(toc, data, "EXTENSION") && !needs(toc, data, "TABLE") && !needs(toc, data, "FOREIGN TABLE");
}

}  // namespace

RowChecks row_checks(const Toc& toc, const Selection& selection, const std::set<EntryId>& left_out) {
  RowChecks result;
  std::vector<RowCheck>& checks = result.tables;
  std::map<std::string, std::size_t> of_relation;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "TABLE DATA" || !selection.contains(entry.id) || left_out.contains(entry.id)) continue;
    const auto target = parse_copy_target(entry.copy_target);
    if (!target) continue;
    if (is_configuration(toc, entry)) {
      result.not_compared.push_back(describe(entry));
      continue;
    }
    const auto [found, is_new] = of_relation.try_emplace(target->relation_sql, checks.size());
    if (is_new) {
      RowCheck& check = checks.emplace_back();
      check.relation_sql = target->relation_sql;
      check.columns_sql = column_list(entry, *target);
      check.name = target->schema + "." + target->name;
      check.only = target->schema == entry.schema && target->name == entry.name;
      check.foreign = needs(toc, entry, "FOREIGN TABLE");
      check.binary = !entry.column_types.empty();
    }
    RowCheck& check = checks[found->second];
    check.rows_only |= check.columns_sql != column_list(entry, *target);
    if (const format::DataSummary* archived = toc.find_data(entry.id)) {
      check.rows += archived->rows;
      check.digest += archived->digest;
    }
  }
  return result;
}

std::vector<RowPiece> row_pieces(std::span<const RowCheck> checks, std::span<const HeapSize> sizes, int jobs,
                                 std::uint32_t block_bytes) {
  std::uint64_t total = 0;
  for (const HeapSize& size : sizes) total += size.bytes;
  const std::uint64_t share = total / (kPiecesPerJob * static_cast<std::uint64_t>(std::max(jobs, 1)));
  const std::uint64_t piece_bytes = std::max(share, kPieceBytesMin);
  std::vector<RowPiece> pieces;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const std::uint64_t bytes = sizes[i].bytes;
    if (jobs <= 1 || !sizes[i].in_ranges || bytes < 2 * piece_bytes) {
      pieces.push_back({.check = i, .bytes = bytes});
      continue;
    }
    const std::uint64_t count = bytes / piece_bytes, pages = bytes / block_bytes;
    for (std::uint64_t n = 0; n < count; ++n) {
      const auto first = static_cast<std::uint32_t>(pages * n / count);
      const auto end = static_cast<std::uint32_t>(pages * (n + 1) / count);
      RowPiece piece{
          .check = i, .bytes = std::uint64_t{end - first} * block_bytes, .whole = false, .first_page = first};
      if (n + 1 < count) piece.end_page = end;
      pieces.push_back(piece);
    }
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const RowPiece& a, const RowPiece& b) { return a.bytes > b.bytes; });
  return pieces;
}

std::string copy_out_sql(const RowCheck& check, const RowPiece& piece) {
  std::string query = "SELECT " + check.columns_sql + " FROM " +
                      (check.only && !check.foreign ? "ONLY " : "") + check.relation_sql;
  if (!piece.whole) {
    query += fmt::format(" WHERE ctid >= '({},0)'::pg_catalog.tid", piece.first_page);
    if (piece.end_page) query += fmt::format(" AND ctid < '({},0)'::pg_catalog.tid", *piece.end_page);
  }
  return "COPY (" + query + ") TO STDOUT" + (check.binary ? " (FORMAT binary)" : "");
}

}  // namespace pgark::restore
