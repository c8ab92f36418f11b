// Indexes, those behind constraints included (B42 to B44).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

std::string indexes_sql(const Reading& reading) {
  return "SELECT i.indexrelid, c.relname, i.indrelid, con.oid, inh.inhparent, i.indisunique, i.indisprimary,"
         " i.indisclustered, i.indisvalid, i.indisready, i.indisreplident, i.indimmediate, " +
         since(reading, 15, "i.indnullsnotdistinct", "false") +
         ", c.relkind = 'I', t.relkind = 'p', pg_catalog.pg_get_indexdef(i.indexrelid), ts.spcname, "
         "c.reloptions,"
         " ARRAY(SELECT a.attnum FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid AND"
         " a.attstattarget >= 0 ORDER BY a.attnum),"
         " ARRAY(SELECT a.attstattarget FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid AND"
         " a.attstattarget >= 0 ORDER BY a.attnum),"
         " pg_catalog.pg_relation_size(i.indexrelid)"
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_index i ON i.indrelid = wanted.oid"
         " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_class t ON t.oid = "
         "i.indrelid"
         " LEFT JOIN pg_catalog.pg_constraint con ON con.conrelid = i.indrelid AND con.conindid = "
         "i.indexrelid"
         " AND con.contype IN ('p', 'u', 'x')"
         " LEFT JOIN pg_catalog.pg_inherits inh ON inh.inhrelid = i.indexrelid"
         " LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace"
         " ORDER BY i.indrelid, c.relname";
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
  const std::string name = reading.catalog.namespaces[index.schema].name + "." + index.name;
  index.definition_sql = row.definition(name);
  index.tablespace = row.text();
  index.options = row.text_list();
  const std::vector<std::int64_t> columns = row.integer_list();
  const std::vector<std::int64_t> targets = row.integer_list();
  for (std::size_t i = 0; i < columns.size() && i < targets.size(); ++i) {
    index.statistics_targets.emplace_back(static_cast<int>(columns[i]), static_cast<int>(targets[i]));
  }
  index.bytes = static_cast<std::uint64_t>(row.integer());
  // What a failed CREATE INDEX CONCURRENTLY leaves behind is not worth rebuilding. An invalid index on a
  // partitioned table is: it only waits for its partitions' indexes.
  if ((!index.valid && !on_partitioned_table) || !index.ready) {
    reading.catalog.warnings.push_back("index " + name + " is invalid and is not saved");
    return;
  }
  reading.catalog.index_by_oid[index.oid] = static_cast<Index>(reading.catalog.indexes.size());
  reading.catalog.indexes.push_back(std::move(index));
}

}  // namespace

void add_indexes(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    const bool indexable = relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'm';
    return indexable && (relation.components & kDefinition) != 0;
  });
  steps.push_back(row_step("indexes", indexes_sql(reading), {wanted}, take_index));
}

}  // namespace pgark::dumper
