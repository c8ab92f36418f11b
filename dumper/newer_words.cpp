#include "dumper/newer_words.hpp"

#include "base/server_version.hpp"
#include "base/sql_keywords.hpp"
#include "base/sql_quote.hpp"

namespace pgark::dumper {
namespace {

// What initdb made has smaller OIDs.
constexpr const char* kNames =
    "SELECT attname::text FROM pg_catalog.pg_attribute WHERE attrelid >= 16384 AND attnum > 0 AND NOT "
    "attisdropped"
    " UNION ALL SELECT relname::text FROM pg_catalog.pg_class WHERE oid >= 16384"
    " UNION ALL SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid >= 16384"
    " UNION ALL SELECT typname::text FROM pg_catalog.pg_type WHERE oid >= 16384"
    " UNION ALL SELECT collname::text FROM pg_catalog.pg_collation WHERE oid >= 16384"
    " UNION ALL SELECT conname::text FROM pg_catalog.pg_constraint WHERE oid >= 16384"
    " UNION ALL SELECT proname::text FROM pg_catalog.pg_proc WHERE oid >= 16384"
    " UNION ALL SELECT pg_catalog.unnest(proargnames) FROM pg_catalog.pg_proc WHERE oid >= 16384";

std::string query() {
  std::string words;
  for (const std::string_view word : sql_keywords())
    words += (words.empty() ? "" : ", ") + quote_literal(word);
  return "SELECT name FROM (" + std::string(kNames) +
         ") names(name) WHERE name IN (SELECT pg_catalog.unnest(ARRAY[" + words +
         "]) EXCEPT SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U') ORDER BY name LIMIT "
         "1";
}

}  // namespace

boost::asio::awaitable<std::optional<std::string>> find_newer_word(protocol::Connection& connection) {
  if (connection.server_version_num() >= kNewestMajor * 10000) co_return std::nullopt;
  const wire::ResultSet found = co_await connection.query(query());
  if (found.empty()) co_return std::nullopt;
  co_return std::string(found.text(0, 0));
}

}  // namespace pgark::dumper
