#include "dumper/ddl/column_types.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "base/server_version.hpp"
#include "base/sql_quote.hpp"
#include "format/values/whitelist.hpp"

namespace pgark::dumper {
namespace {

using values::TypeKind;
using values::TypeLevel;

const Type* find_type(const Catalog& catalog, Oid oid) {
  const auto found = catalog.type_by_oid.find(oid);
  return found == catalog.type_by_oid.end() ? nullptr : &catalog.types[found->second];
}

// Arrays of what the user made are sent with the OID of their element type, which differs in the target.
// Domains of an extension hang on its version there.
std::optional<values::TypeDescriptor> describe_type(const Catalog& catalog, Oid oid) {
  values::TypeDescriptor levels;
  while (levels.size() < values::kTypeLevelsMax) {
    if (values::find_builtin(oid) != nullptr || values::find_builtin_of_array(oid) != nullptr) {
      levels.push_back({TypeKind::builtin, oid});
      return levels;
    }
    const Type* type = find_type(catalog, oid);
    if (type == nullptr) return std::nullopt;
    if (type->kind == 'e') {
      levels.push_back({TypeKind::enumeration, oid});
      return levels;
    }
    if (type->kind != 'd' || type->extension != 0) return std::nullopt;
    levels.push_back({TypeKind::domain, oid});
    oid = type->base_type;
  }
  return std::nullopt;
}

// Encodings that only clients have: a byte of a character may look like ASCII there, and values would not
// be printed rightly.
bool is_client_only(std::string encoding) {
  constexpr std::array<std::string_view, 16> kNames{
      "sjis",       "shiftjis",   "mskanji",    "win932", "win936", "win949", "win950",  "windows932",
      "windows936", "windows949", "windows950", "big5",   "gbk",    "uhc",    "gb18030", "johab"};
  // As the server reads names of encodings: letters and digits count, in either case.
  std::erase_if(encoding, [](unsigned char c) { return std::isalnum(c) == 0; });
  for (char& c : encoding) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return encoding == "shiftjis2004" || std::ranges::find(kNames, encoding) != kNames.end();
}

// Then the extension's version in the target decides what the columns are.
bool hangs_on_extension(const Catalog& catalog, const Relation& table) {
  const Type* row_type = table.of_type == 0 ? nullptr : find_type(catalog, table.of_type);
  return (row_type != nullptr && row_type->extension != 0) ||
         std::ranges::any_of(table.parents, [&](Index parent) {
           return catalog.relations[parent].extension != 0 ||
                  hangs_on_extension(catalog, catalog.relations[parent]);
         });
}

}  // namespace

ColumnTypes column_types(const Catalog& catalog, const Relation& table) {
  ColumnTypes result;
  if (hangs_on_extension(catalog, table)) {
    result.obstacle = "its columns are those of an extension";
    return result;
  }
  for (const Column& column : table.columns) {
    if (column.dropped || column.generated != 0) continue;
    auto type = describe_type(catalog, column.type_oid);
    if (!type) {
      const std::string_view why = values::why_left_out(column.type_oid);
      result.types.clear();
      result.obstacle = "column " + quote_identifier(column.name) + " has the type " + column.type_sql;
      if (!why.empty()) result.obstacle.append(": ").append(why);
      return result;
    }
    result.types.push_back(std::move(*type));
  }
  if (result.types.empty()) result.obstacle = "it has no columns";
  return result;
}

bool binary_is_possible(const DumpOptions& options, int server_version_num) {
  // Fewer digits than all are a matter of text alone.
  return options.data_format != DataFormat::text && !options.session.extra_float_digits &&
         !is_client_only(options.session.encoding) && !is_newer_than_known(server_version_num);
}

}  // namespace pgark::dumper
