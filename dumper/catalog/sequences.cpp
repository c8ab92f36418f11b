// Sequences: who owns them, their parameters (B28, B29) and their values (B30).
#include <utility>

#include "base/error.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// One statement reads so many values before version 18.
constexpr std::size_t kValuesPerStatement = 200;

// 'a' is OWNED BY, 'i' an identity column.
constexpr std::string_view kOwnedSql =
    "SELECT s.oid, d.refobjid, d.refobjsubid, d.deptype FROM pg_catalog.pg_class s"
    " LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid "
    "= s.oid"
    " AND d.objsubid = 0 AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0"
    " AND d.deptype IN ('a', 'i') WHERE s.relkind = 'S'";

void take_owned(Reading& reading, Row& row) {
  const Index position = reading.relation_index(row.oid());
  if (position == kNone) return;
  Relation& relation = reading.catalog.relations[position];
  SequenceInfo sequence;
  sequence.owned_by = reading.relation_index(row.oid());
  sequence.owned_by_column = row.small_integer();
  sequence.identity = row.character() == 'i';
  relation.sequence = static_cast<Index>(reading.catalog.sequences.size());
  reading.catalog.sequences.push_back(std::move(sequence));
}

SequenceInfo& sequence_of(Reading& reading, Oid oid) {
  return reading.catalog.sequences[reading.catalog.relations[reading.relation_index(oid)].sequence];
}

constexpr std::string_view kParametersSql =
    "SELECT s.seqrelid, pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, "
    "s.seqmax,"
    " s.seqcache, s.seqcycle FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_sequence s ON s.seqrelid = wanted.oid";

void take_parameters(Reading& reading, Row& row) {
  SequenceInfo& sequence = sequence_of(reading, row.oid());
  sequence.type_sql = row.text();
  sequence.start = row.integer();
  sequence.increment = row.integer();
  sequence.minimum = row.integer();
  sequence.maximum = row.integer();
  sequence.cache = row.integer();
  sequence.cycle = row.boolean();
}

void take_value(Reading& reading, Row& row) {
  const Oid oid = row.oid();
  const std::optional<std::int64_t> last = row.optional_integer();
  if (!last) {
    // 18+: pg_get_sequence_data answers NULL without the privilege; "0, false" would be a wrong backup.
    Error error;
    error.code = ErrorCode::server;
    error.message = "cannot read the value of the sequence";
    error.object = reading.describe(reading.catalog.relations[reading.relation_index(oid)]);
    error.hint = "grant SELECT on the sequence to the role that makes the backup";
    throw Exception(std::move(error));
  }
  SequenceInfo& sequence = sequence_of(reading, oid);
  sequence.last_value = *last;
  sequence.is_called = row.boolean();
  sequence.value_known = true;
}

// Reading an unlogged sequence on a standby is an error of the server (A2.6).
bool wants_value(const Reading& reading, const Relation& relation) {
  return relation.sequence != kNone && (relation.components & kData) != 0 &&
         !(reading.catalog.database.in_recovery && relation.persistence == 'u');
}

constexpr std::string_view kValuesSql18 =
    "SELECT wanted.oid, v.last_value, v.is_called FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS "
    "wanted(oid),"
    " LATERAL pg_catalog.pg_get_sequence_data(wanted.oid) AS v";

// Reading a sequence locks it until the end of the transaction, and the server has room for some thousands of
// locks: each batch gives its own back.
void add_value_batches(const Reading& reading, Steps& steps) {
  std::string sql;
  std::size_t count = 0;
  const auto flush = [&] {
    if (count > 0) {
      steps.push_back(command_step("SAVEPOINT pgark_values"));
      steps.push_back(row_step("sequence values", std::move(sql), {}, take_value));
      steps.push_back(command_step("ROLLBACK TO SAVEPOINT pgark_values"));
    }
    sql.clear();
    count = 0;
  };
  for (const Relation& relation : reading.catalog.relations) {
    if (!wants_value(reading, relation)) continue;
    if (count > 0) sql += " UNION ALL ";
    sql += "SELECT " + std::to_string(relation.oid) + "::pg_catalog.oid, last_value, is_called FROM " +
           relation.name_sql;
    if (++count == kValuesPerStatement) flush();
  }
  flush();
}

}  // namespace

void add_owned_sequences(Steps& steps) {
  steps.push_back(row_step("sequence owners", std::string(kOwnedSql), {}, take_owned));
}

void add_sequences(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return relation.sequence != kNone && (relation.components & (kDefinition | kData)) != 0;
  });
  steps.push_back(row_step("sequences", std::string(kParametersSql), {wanted}, take_parameters));
}

void add_sequence_values(const Reading& reading, Steps& steps) {
  if (!reading.at_least(18)) return add_value_batches(reading, steps);
  const std::string wanted =
      relation_oids(reading, [&reading](const Relation& relation) { return wants_value(reading, relation); });
  steps.push_back(row_step("sequence values", std::string(kValuesSql18), {wanted}, take_value));
}

}  // namespace pgark::dumper
