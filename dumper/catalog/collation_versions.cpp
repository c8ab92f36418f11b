// The versions of the collations that the data was sorted by: a restore warns where the target's differ.
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Of none, "default", "C" and "POSIX" there is no version (pg_collation.dat): nearly every column, and so
// they go before duplicates are looked for.
constexpr std::string_view kNeverVersioned = " NOT IN (0, 100, 950, 951)";

// Whatever a user's table, index, type or partition key collates by. The default collation's version is a
// property of the database, from 15 on.
std::string versions_sql(const Reading& reading) {
  const std::string versioned(kNeverVersioned);
  return "WITH used (oid) AS ("
         " SELECT a.attcollation FROM pg_catalog.pg_attribute a WHERE a.attrelid >= 16384"
         " AND NOT a.attisdropped AND a.attcollation" +
         versioned +
         " UNION SELECT c.oid FROM pg_catalog.pg_index i"
         " CROSS JOIN LATERAL pg_catalog.unnest(i.indcollation::pg_catalog.oid[]) c (oid)"
         " WHERE i.indexrelid >= 16384 AND c.oid" +
         versioned +
         " UNION SELECT t.typcollation FROM pg_catalog.pg_type t WHERE t.oid >= 16384 AND t.typcollation" +
         versioned +
         " UNION SELECT r.rngcollation FROM pg_catalog.pg_range r WHERE r.rngtypid >= 16384"
         " UNION SELECT c.oid FROM pg_catalog.pg_partitioned_table p"
         " CROSS JOIN LATERAL pg_catalog.unnest(p.partcollation::pg_catalog.oid[]) c (oid))"
         " SELECT n.nspname::pg_catalog.text, c.collname::pg_catalog.text, c.collprovider::pg_catalog.text,"
         " c.collversion FROM used u JOIN pg_catalog.pg_collation c ON c.oid = u.oid"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE c.collversion IS NOT NULL" +
         since(reading, 15,
               " UNION ALL SELECT '', '', d.datlocprovider::pg_catalog.text, d.datcollversion"
               " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()"
               " AND d.datcollversion IS NOT NULL",
               "") +
         " ORDER BY 1, 2";
}

void take_version(Reading& reading, Row& row) {
  format::CollationVersion collation;
  collation.schema = row.text();
  collation.name = row.text();
  collation.provider = row.text();
  collation.version = row.text();
  reading.catalog.collation_versions.push_back(std::move(collation));
}

}  // namespace

void add_collation_versions(const Reading& reading, Steps& steps) {
  steps.push_back(row_step("collation versions", versions_sql(reading), {}, take_version));
}

}  // namespace pgark::dumper
