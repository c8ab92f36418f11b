// Indexes, those behind constraints included (B42 to B44). Their definitions are put together here where they
// are plain; the server is asked for the others once it is known which these are.
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "dumper/catalog/index_definition.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kBtreeDefaultsSql =
    "SELECT o.oid, o.opcintype FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am am ON am.oid = o.opcmethod"
    " WHERE am.amname = 'btree' AND o.opcdefault";

void take_btree_default(Reading& reading, Row& row) {
  const Oid operator_class = row.oid();
  reading.btree_defaults[operator_class] = row.oid();
}

// relpages is as fresh as the last VACUUM: good enough for the cost of building an index, and it need not
// open each of them as pg_relation_size does.
std::string indexes_sql(const Reading& reading) {
  return "SELECT i.indexrelid, c.relname, i.indrelid, con.oid, inh.inhparent, i.indisunique, i.indisprimary,"
         " i.indisclustered, i.indisvalid, i.indisready, i.indisreplident, i.indimmediate, " +
         since(reading, 15, "i.indnullsnotdistinct", "false") +
         ", c.relkind = 'I', t.relkind = 'p', ts.spcname, c.reloptions,"
         " c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8,"
         " am.amname = 'btree', c.reloptions IS NULL AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT " +
         since(reading, 15, "i.indnullsnotdistinct", "false") +
         ", i.indnkeyatts, i.indkey::pg_catalog.int2[], i.indclass::pg_catalog.oid[],"
         " i.indcollation::pg_catalog.oid[], i.indoption::pg_catalog.int2[]"
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_index i ON i.indrelid = wanted.oid"
         " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_class t ON t.oid = "
         "i.indrelid JOIN pg_catalog.pg_am am ON am.oid = c.relam"
         " LEFT JOIN pg_catalog.pg_constraint con ON con.conrelid = i.indrelid AND con.conindid = "
         "i.indexrelid"
         " AND con.contype IN ('p', 'u', 'x')"
         " LEFT JOIN pg_catalog.pg_inherits inh ON inh.inhrelid = i.indexrelid"
         " LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace"
         " ORDER BY i.indrelid, c.relname";
}

IndexFacts take_facts(const IndexInfo& index, Row& row) {
  IndexFacts facts;
  facts.unique = index.unique;
  facts.partitioned = index.partitioned;
  facts.on_btree = row.boolean();
  facts.plain_storage = row.boolean();
  facts.key_columns = row.integer();
  facts.columns = row.integer_list();
  facts.operator_classes = row.oid_list();
  facts.collations = row.oid_list();
  facts.orders = row.integer_list();
  return facts;
}

void take_index(Reading& reading, Row& row) {
  IndexInfo index;
  index.oid = row.oid();
  index.name = row.text();
  index.relation = reading.relation_index(row.oid());
  const Relation& table = reading.catalog.relations[index.relation];
  index.schema = table.schema;
  index.constraint = row.oid();
  index.parent = row.oid();
  index.unique = row.boolean();
  index.primary = row.boolean();
  index.clustered = row.boolean();
  index.valid = row.boolean();
  index.ready = row.boolean();
  index.replica_identity = row.boolean();
  index.immediate = row.boolean();
  index.nulls_not_distinct = row.boolean();
  index.partitioned = row.boolean();
  const bool on_partitioned_table = row.boolean();
  index.tablespace = row.text();
  index.options = row.text_list();
  index.bytes = static_cast<std::uint64_t>(row.integer());
  // What a failed CREATE INDEX CONCURRENTLY leaves behind is not worth rebuilding. An invalid index on a
  // partitioned table is: it only waits for its partitions' indexes.
  if ((!index.valid && !on_partitioned_table) || !index.ready) {
    reading.note(format::ReportLevel::warning, "INDEX",
                 quote_qualified(reading.catalog.namespaces[index.schema].name, index.name),
                 "is invalid and is not saved");
    return;
  }
  // One behind a constraint is made by the constraint's definition.
  if (index.constraint == 0) {
    auto plain = plain_index_definition(index.name, table, take_facts(index, row), reading.btree_defaults);
    if (plain) {
      index.definition_sql = *std::move(plain);
    } else {
      reading.indexes_to_define.push_back(index.oid);
    }
  }
  reading.catalog.index_by_oid[index.oid] = static_cast<Index>(reading.catalog.indexes.size());
  reading.catalog.indexes.push_back(std::move(index));
}

constexpr std::string_view kTargetsSql =
    "SELECT a.attrelid, a.attnum, a.attstattarget FROM pg_catalog.pg_attribute a"
    " JOIN pg_catalog.pg_index i ON i.indexrelid = a.attrelid"
    " WHERE a.attnum > 0 AND a.attstattarget >= 0 ORDER BY a.attrelid, a.attnum";

void take_statistics_target(Reading& reading, Row& row) {
  const auto found = reading.catalog.index_by_oid.find(row.oid());
  if (found == reading.catalog.index_by_oid.end()) return;
  const auto column = static_cast<int>(row.integer());
  const auto target = static_cast<int>(row.integer());
  reading.catalog.indexes[found->second].statistics_targets.emplace_back(column, target);
}

constexpr std::string_view kDefinitionsSql =
    "SELECT wanted.oid, pg_catalog.pg_get_indexdef(wanted.oid)"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)";

void take_index_definition(Reading& reading, Row& row) {
  IndexInfo& index = reading.catalog.indexes[reading.catalog.index_by_oid.at(row.oid())];
  index.definition_sql = row.definition(reading.catalog.namespaces[index.schema].name + "." + index.name);
}

}  // namespace

void add_indexes(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    const bool indexable = relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'm';
    return indexable && (relation.components & kDefinition) != 0;
  });
  steps.push_back(
      row_step("operator classes of indexes", std::string(kBtreeDefaultsSql), {}, take_btree_default));
  steps.push_back(row_step("indexes", indexes_sql(reading), {wanted}, take_index,
                           room_in(&Catalog::indexes, &Catalog::index_by_oid)));
  steps.push_back(
      row_step("statistics targets of indexes", std::string(kTargetsSql), {}, take_statistics_target));
}

void add_index_definitions(const Reading& reading, Steps& steps) {
  steps.push_back(row_step("index definitions", std::string(kDefinitionsSql),
                           {encode_oid_array(reading.indexes_to_define)}, take_index_definition));
}

}  // namespace pgark::dumper
