#include "dumper/data/copy_statement.hpp"

#include "dumper/data/large_object_copy.hpp"

namespace pgark::dumper {
namespace {

std::string tid_of_page(std::uint32_t page) {
  return "'(" + std::to_string(page) + ",0)'::pg_catalog.tid";
}

std::string page_condition(const Piece& piece) {
  // The last piece has no end: the heap may have grown since its pages were counted.
  const std::string from = "WHERE ctid >= " + tid_of_page(piece.pages.begin);
  return piece.open_ended ? from : from + " AND ctid < " + tid_of_page(piece.pages.end);
}

}  // namespace

std::string copy_statement(const DataObject& object, const Piece& piece) {
  const std::string to_client = object.binary ? " TO STDOUT (FORMAT binary)" : " TO STDOUT";
  const auto copy_query = [&](const std::string& condition) {
    // ONLY: the rows of children are theirs.
    return "COPY (SELECT " + object.columns_sql + " FROM ONLY " + object.qualified_sql + ' ' + condition +
           ')' + to_client;
  };
  const bool by_oid =
      object.source == RowSource::large_object_table || object.source == RowSource::large_object_functions;
  if (by_oid) return copy_large_objects(object, piece);
  if (!piece.whole) return copy_query(page_condition(piece));
  if (object.foreign) {
    return "COPY (SELECT " + object.columns_sql + " FROM " + object.qualified_sql + ')' + to_client;
  }
  if (object.source == RowSource::large_object_heap) return copy_query("WHERE true");
  if (!object.condition_sql.empty()) return copy_query(object.condition_sql);
  const std::string columns = object.columns_sql.empty() ? "" : " (" + object.columns_sql + ')';
  return "COPY " + object.qualified_sql + columns + to_client;
}

}  // namespace pgark::dumper
