// Publications, their tables and their schemas (B52 to B54).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// $1: whether the whole database is wanted (B0.5).
std::string publications_sql(const Reading& reading) {
  return "SELECT p.oid, p.pubname, p.pubowner, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,"
         " p.pubtruncate, p.pubviaroot, " +
         since(reading, 18, "p.pubgencols", "'n'::pg_catalog.\"char\"") +
         " FROM pg_catalog.pg_publication p WHERE $1::pg_catalog.bool ORDER BY p.pubname";
}

void take_publication(Reading& reading, Row& row) {
  Publication publication;
  publication.oid = row.oid();
  publication.name = row.text();
  publication.owner = reading.role(row.oid(), publication.name);
  publication.all_tables = row.boolean();
  publication.inserts = row.boolean();
  publication.updates = row.boolean();
  publication.deletes = row.boolean();
  publication.truncates = row.boolean();
  publication.via_root = row.boolean();
  publication.generated_columns = row.character();
  publication.extension = reading.extension_of(catalog_oid::kPublication, publication.oid);
  if (publication.extension == 0) {
    publication.components = static_cast<std::uint8_t>(reading.selector.mask() & ~kData);
  }
  reading.catalog.publications.push_back(std::move(publication));
}

Index publication_index(const Reading& reading, Oid oid) {
  const auto& all = reading.catalog.publications;
  for (Index i = 0; i < all.size(); ++i) {
    if (all[i].oid == oid) return i;
  }
  return kNone;
}

// $1: relations whose definition is wanted: pg_get_expr may be called only on locked ones (A2.5).
std::string tables_sql(const Reading& reading) {
  const std::string columns =
      since(reading, 15,
            "(SELECT pg_catalog.array_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a"
            " WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))",
            "NULL::pg_catalog.name[]");
  return "SELECT r.oid, r.prpubid, r.prrelid, " + columns + ", " +
         since(reading, 15, "pg_catalog.pg_get_expr(r.prqual, r.prrelid)", "NULL") +
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid) JOIN pg_catalog.pg_publication_rel r"
         " ON r.prrelid = wanted.oid ORDER BY r.prpubid, r.prrelid";
}

void take_table(Reading& reading, Row& row) {
  PublicationTable member;
  member.oid = row.oid();
  member.publication = publication_index(reading, row.oid());
  member.relation = reading.relation_index(row.oid());
  member.columns = row.text_list();
  member.condition_sql = row.optional_text();
  if (member.publication != kNone && member.relation != kNone) {
    reading.catalog.publication_tables.push_back(std::move(member));
  }
}

constexpr std::string_view kSchemasSql =
    "SELECT s.oid, s.pnpubid, s.pnnspid FROM pg_catalog.pg_publication_namespace s ORDER BY s.pnpubid,"
    " s.pnnspid";

void take_schema(Reading& reading, Row& row) {
  PublicationSchema member;
  member.oid = row.oid();
  member.publication = publication_index(reading, row.oid());
  member.schema = reading.namespace_index(row.oid());
  if (member.publication != kNone && member.schema != kNone) {
    reading.catalog.publication_schemas.push_back(member);
  }
}

}  // namespace

void add_publications(const Reading& reading, Steps& steps) {
  if ((reading.selector.mask() & kDefinition) == 0 || reading.options.selection.no_publications) return;
  const std::string everything = reading.selector.takes_everything() ? "t" : "f";
  const std::string relations = relation_oids(
      reading, [](const Relation& relation) { return (relation.components & kDefinition) != 0; });
  steps.push_back(row_step("publications", publications_sql(reading), {everything}, take_publication));
  steps.push_back(row_step("tables of publications", tables_sql(reading), {relations}, take_table));
  if (reading.at_least(15)) {
    steps.push_back(row_step("schemas of publications", std::string(kSchemasSql), {}, take_schema));
  }
}

}  // namespace pgark::dumper
