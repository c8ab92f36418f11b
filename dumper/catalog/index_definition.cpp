#include "dumper/catalog/index_definition.hpp"

#include <algorithm>
#include <string_view>

#include "base/sql_quote.hpp"

namespace pgark::dumper {
namespace {

// indoption: bit 0 is DESC, bit 1 NULLS FIRST.
std::optional<std::string_view> order_sql(std::int64_t order) {
  switch (order) {
    case 0: return "";
    case 1: return " DESC NULLS LAST";
    case 2: return " NULLS FIRST";
    case 3: return " DESC";
    default: return std::nullopt;
  }
}

const Column* column_of(const Relation& table, std::int64_t number) {
  if (number < 1 || static_cast<std::uint64_t>(number) > table.columns.size()) return nullptr;
  const Column& column = table.columns[static_cast<std::size_t>(number) - 1];
  return column.number == number && !column.dropped ? &column : nullptr;
}

constexpr Oid kText = 25, kVarchar = 1043;

bool is_default_for(Oid operator_class, Oid type, const BtreeDefaults& defaults) {
  const auto found = defaults.find(operator_class);
  if (found == defaults.end()) return false;
  if (type != kVarchar || found->second != kText) return found->second == type;
  // varchar uses the class of text, unless somebody made one for it.
  return std::none_of(defaults.begin(), defaults.end(),
                      [](const auto& each) { return each.second == kVarchar; });
}

bool is_plain_column(const Column& column, Oid operator_class, Oid collation, const BtreeDefaults& defaults) {
  if (collation != 0 && collation != column.collation) return false;
  return is_default_for(operator_class, column.type_oid, defaults);
}

bool is_plain(const IndexFacts& facts) {
  const std::size_t count = facts.columns.size();
  return facts.on_btree && facts.plain_storage && count > 0 &&
         facts.key_columns == static_cast<std::int64_t>(count) && facts.operator_classes.size() == count &&
         facts.collations.size() == count && facts.orders.size() == count;
}

}  // namespace

std::optional<std::string> plain_index_definition(const std::string& name, const Relation& table,
                                                  const IndexFacts& facts, const BtreeDefaults& defaults) {
  if (!is_plain(facts)) return std::nullopt;
  std::string sql = facts.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  sql +=
      quote_identifier(name) + (facts.partitioned ? " ON ONLY " : " ON ") + table.name_sql + " USING btree (";
  for (std::size_t i = 0; i < facts.columns.size(); ++i) {
    const Column* column = column_of(table, facts.columns[i]);
    const auto order = order_sql(facts.orders[i]);
    if (column == nullptr || !order) return std::nullopt;
    if (!is_plain_column(*column, facts.operator_classes[i], facts.collations[i], defaults))
      return std::nullopt;
    if (i > 0) sql += ", ";
    sql += quote_identifier(column->name);
    sql += *order;
  }
  return sql + ")";
}

}  // namespace pgark::dumper
