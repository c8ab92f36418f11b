// Sequences, identity columns, OWNED BY and the sequences' values (SCHEMA_COVERAGE B28 to B30).
#include <fmt/format.h>

#include <limits>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const Relation& relation = context.catalog.relations[i];
    if (relation.kind != 'S' || relation.sequence == kNone) continue;
    context.graph.add(relation_object(context, ObjectKind::sequence, i));
    if ((relation.components & kData) != 0) {
      context.graph.add(relation_side_object(context, ObjectKind::sequence_set, i));
    }
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const DumpId set = context.graph.find(ObjectKind::sequence_set, i);
    context.graph.depend(set, context.relation_id(i));
    // A sequence hangs on the table that owns it by pg_depend; an identity sequence the same way.
  }
}

struct Limits {
  std::int64_t minimum, maximum;
};

// What NO MINVALUE and NO MAXVALUE mean for this type and direction.
Limits default_limits(const SequenceInfo& sequence) {
  Limits type{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  if (sequence.type_sql == "integer") {
    type = {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  } else if (sequence.type_sql == "smallint") {
    type = {std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()};
  }
  return sequence.increment > 0 ? Limits{1, type.maximum} : Limits{type.minimum, -1};
}

std::string parameters_sql(const SequenceInfo& sequence) {
  const Limits limits = default_limits(sequence);
  std::string sql =
      fmt::format("\n    START WITH {}\n    INCREMENT BY {}\n", sequence.start, sequence.increment);
  sql += sequence.minimum == limits.minimum ? "    NO MINVALUE\n"
                                            : fmt::format("    MINVALUE {}\n", sequence.minimum);
  sql += sequence.maximum == limits.maximum ? "    NO MAXVALUE\n"
                                            : fmt::format("    MAXVALUE {}\n", sequence.maximum);
  sql += fmt::format("    CACHE {}", sequence.cache);
  if (sequence.cycle) sql += "\n    CYCLE";
  return sql;
}

void define_identity(Emitter& out, DumpId id, const Relation& relation, const SequenceInfo& sequence) {
  const Relation& table = out.catalog().relations[sequence.owned_by];
  const Column* column = column_at(table, sequence.owned_by_column);
  if (column == nullptr || (table.components & kDefinition) == 0) return;
  format::TocEntry entry = out.entry_for(id, "SEQUENCE");
  entry.table = table.name;
  entry.owner = table.owner;
  entry.create.push_back(
      {fmt::format("ALTER TABLE {} ALTER COLUMN {} ADD GENERATED {} AS IDENTITY (\n    SEQUENCE NAME {}{}\n)",
                   out.lookup().sql_name(table), quote_identifier(column->name),
                   column->identity == 'a' ? "ALWAYS" : "BY DEFAULT", out.lookup().sql_name(relation),
                   parameters_sql(sequence))});
  // 15+: an identity sequence is born with its table's persistence.
  if (relation.persistence != table.persistence && relation.persistence != 't') {
    entry.create.push_back({fmt::format("ALTER SEQUENCE {} SET {}", out.lookup().sql_name(relation),
                                        relation.persistence == 'u' ? "UNLOGGED" : "LOGGED"),
                            150000});
  }
  // The column is added to every partition as well.
  out.define(id, std::move(entry), {out.lookup().tree_of(sequence.owned_by), {}});
}

void define_owned_by(Emitter& out, DumpId id, const SequenceInfo& sequence) {
  const Relation& table = out.catalog().relations[sequence.owned_by];
  const Column* column = column_at(table, sequence.owned_by_column);
  if (column == nullptr || (table.components & kDefinition) == 0) return;
  format::TocEntry entry = out.entry_for(id, "SEQUENCE OWNED BY");
  entry.table = table.name;
  entry.owner = table.owner;
  entry.create.push_back({fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}",
                                      quote_qualified(out.object(id).schema, out.object(id).name),
                                      out.lookup().sql_name(table), quote_identifier(column->name))});
  out.attach(id, std::move(entry), {{sequence.owned_by}, {}});
}

void define_plain(Emitter& out, DumpId id, const Relation& relation, const SequenceInfo& sequence,
                  const Target& target) {
  format::TocEntry entry = out.entry_for(id, "SEQUENCE");
  entry.owner = relation.owner;
  entry.owner_object = target.to_sql();
  std::string sql = relation.persistence == 'u' ? "CREATE UNLOGGED SEQUENCE " : "CREATE SEQUENCE ";
  sql += target.sql;
  if (sequence.type_sql != "bigint") sql += "\n    AS " + sequence.type_sql;
  entry.create.push_back({sql + parameters_sql(sequence)});
  entry.drop.push_back({"DROP SEQUENCE IF EXISTS " + target.sql});
  out.define(id, std::move(entry));
  if (sequence.owned_by != kNone) define_owned_by(out, id, sequence);
}

void write(Emitter& out, DumpId id) {
  const Relation& relation = out.catalog().relations[out.object(id).payload];
  const SequenceInfo& sequence = out.catalog().sequences[relation.sequence];
  const Target target{"SEQUENCE", out.lookup().sql_name(relation)};
  if (out.wants(id, kDefinition)) {
    if (sequence.identity && sequence.owned_by != kNone) {
      define_identity(out, id, relation, sequence);
    } else {
      define_plain(out, id, relation, sequence, target);
    }
  }
  out.comment(id, target);
  out.acl(id, target, relation);
}

void write_set(Emitter& out, DumpId id) {
  const Relation& relation = out.catalog().relations[out.object(id).payload];
  const SequenceInfo& sequence = out.catalog().sequences[relation.sequence];
  const std::string name = out.lookup().sql_name(relation);
  if (!sequence.value_known) {
    out.context().note(format::ReportLevel::lost, "SEQUENCE SET", name,
                       "the value of this unlogged sequence cannot be read on a standby");
    return;
  }
  format::TocEntry entry = out.entry_for(id, "SEQUENCE SET");
  entry.owner = relation.owner;
  entry.create.push_back({fmt::format("SELECT pg_catalog.setval({}, {}, {})", quote_literal(name),
                                      sequence.last_value, sequence.is_called)});
  out.define(id, std::move(entry));
}

}  // namespace

const Family& sequence_family() {
  static const Family kFamily{
      collect, link, {{ObjectKind::sequence, write}, {ObjectKind::sequence_set, write_set}}};
  return kFamily;
}

}  // namespace pgark::dumper
