#include "restore/proof/sequence_checks.hpp"

#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace {

// "5, true" of "SELECT pg_catalog.setval('s.q', 5, true)"; empty for other statements.
std::string value_set(const std::string& sql) {
  const std::size_t last = sql.rfind(", "), end = sql.rfind(')');
  if (last == std::string::npos || last == 0 || end == std::string::npos || end < last) return {};
  const std::size_t value = sql.rfind(", ", last - 1);
  return value == std::string::npos ? std::string() : sql.substr(value + 2, end - value - 2);
}

}  // namespace

std::vector<SequenceCheck> sequence_checks(const format::Toc& toc, const Selection& selection,
                                           const std::set<format::EntryId>& left_out) {
  std::vector<SequenceCheck> checks;
  for (const format::TocEntry& entry : toc.entries) {
    const bool wanted =
        entry.kind == "SEQUENCE SET" && selection.contains(entry.id) && !left_out.contains(entry.id);
    if (!wanted || entry.create.empty()) continue;
    checks.push_back(
        {&entry,
         "SELECT last_value::pg_catalog.text || ', ' || CASE WHEN is_called THEN 'true' ELSE 'false' END"
         " FROM " +
             quote_identifier(entry.schema) + "." + quote_identifier(entry.name),
         value_set(entry.create.front().sql)});
  }
  return checks;
}

}  // namespace pgark::restore
