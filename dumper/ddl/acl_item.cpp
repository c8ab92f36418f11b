#include "dumper/ddl/acl_item.hpp"

#include <algorithm>
#include <utility>

#include "base/sql_quote.hpp"
#include "dumper/catalog/array_text.hpp"

namespace pgark::dumper {
namespace {

struct Privilege {
  char letter;
  std::string_view keyword;
};

// In the order they are printed. MAINTAIN exists from 17 on; a list of an older server that has all seven
// others is complete and becomes ALL.
constexpr Privilege kTable[] = {{'r', "SELECT"},  {'a', "INSERT"},   {'x', "REFERENCES"}, {'d', "DELETE"},
                                {'t', "TRIGGER"}, {'D', "TRUNCATE"}, {'m', "MAINTAIN"},   {'w', "UPDATE"}};
constexpr Privilege kColumn[] = {{'r', "SELECT"}, {'a', "INSERT"}, {'x', "REFERENCES"}, {'w', "UPDATE"}};
constexpr Privilege kSequence[] = {{'r', "SELECT"}, {'U', "USAGE"}, {'w', "UPDATE"}};
constexpr Privilege kFunction[] = {{'X', "EXECUTE"}};
constexpr Privilege kUsage[] = {{'U', "USAGE"}};
constexpr Privilege kSchema[] = {{'C', "CREATE"}, {'U', "USAGE"}};
constexpr Privilege kDatabase[] = {{'C', "CREATE"}, {'c', "CONNECT"}, {'T', "TEMPORARY"}};
constexpr int kMaintainVersion = 170000;

struct Table {
  const Privilege* first;
  std::size_t count;
};

template <std::size_t N>
constexpr Table table_of(const Privilege (&list)[N]) {
  return {list, N};
}

Table privileges_of(AclKind kind) {
  switch (kind) {
    case AclKind::table: return table_of(kTable);
    case AclKind::column: return table_of(kColumn);
    case AclKind::sequence: return table_of(kSequence);
    case AclKind::function: return table_of(kFunction);
    case AclKind::type:
    case AclKind::language: return table_of(kUsage);
    case AclKind::schema: return table_of(kSchema);
    case AclKind::database: return table_of(kDatabase);
  }
  return table_of(kTable);
}

// A role name, quoted or not, up to the character that ends it. Advances `at`.
Result<std::string> read_name(std::string_view text, std::size_t& at, char end) {
  std::string name;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      if (quoted && at + 1 < text.size() && text[at + 1] == '"') {
        name.push_back('"');
        ++at;
      } else {
        quoted = !quoted;
      }
    } else if (c == end && !quoted) {
      return name;
    } else {
      name.push_back(c);
    }
  }
  if (end == '\0' && !quoted) return name;
  return fail(ErrorCode::protocol, "malformed access privileges", one_line(text));
}

std::string column_suffix(const AclRequest& request) {
  return request.kind == AclKind::column ? "(" + quote_identifier(request.column) + ")" : std::string();
}

// The keywords of `letters`, or ALL when they are every privilege this server knows for the kind.
std::string keywords(const AclRequest& request, std::string_view letters) {
  const Table table = privileges_of(request.kind);
  std::string list;
  bool all = true;
  for (std::size_t i = 0; i < table.count; ++i) {
    const Privilege& privilege = table.first[i];
    if (letters.find(privilege.letter) == std::string_view::npos) {
      const bool known = privilege.letter != 'm' || request.server_version_num >= kMaintainVersion;
      all = all && !known;
      continue;
    }
    if (!list.empty()) list += ",";
    list += privilege.keyword;
    list += column_suffix(request);
  }
  if (all && !list.empty()) return "ALL" + column_suffix(request);
  return list;
}

std::string role(const std::string& name) {
  return name.empty() ? "PUBLIC" : quote_identifier(name);
}

std::string without(std::string_view letters, std::string_view removed) {
  std::string left(letters);
  std::erase_if(left, [removed](char c) { return removed.find(c) != std::string_view::npos; });
  return left;
}

std::vector<std::string> grants(const AclRequest& request, const AclItem& item) {
  std::vector<std::string> out;
  const std::string plain = keywords(request, without(item.letters, item.options));
  const std::string with_option = keywords(request, item.options);
  if (plain.empty() && with_option.empty()) return out;
  const bool by_other = !item.grantor.empty() && item.grantor != request.owner;
  if (by_other) out.push_back("SET SESSION AUTHORIZATION " + quote_identifier(item.grantor));
  const std::string rest = " ON " + request.target + " TO " + role(item.grantee);
  if (!plain.empty()) out.push_back("GRANT " + plain + rest);
  if (!with_option.empty()) out.push_back("GRANT " + with_option + rest + " WITH GRANT OPTION");
  if (by_other) out.push_back("RESET SESSION AUTHORIZATION");
  return out;
}

std::vector<std::string> missing_from(const std::vector<std::string>& items,
                                      const std::vector<std::string>& others) {
  std::vector<std::string> left;
  for (const std::string& item : items) {
    if (std::find(others.begin(), others.end(), item) == others.end()) left.push_back(item);
  }
  return left;
}

}  // namespace

Result<AclItem> parse_acl_item(std::string_view text) {
  AclItem item;
  std::size_t at = 0;
  auto grantee = read_name(text, at, '=');
  if (!grantee) return tl::unexpected(grantee.error());
  item.grantee = std::move(*grantee);
  ++at;
  for (; at < text.size() && text[at] != '/'; ++at) {
    const char c = text[at];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool star = c == '*' && !item.letters.empty() && text[at - 1] == item.letters.back();
    if (!letter && !star) return fail(ErrorCode::protocol, "malformed access privileges", one_line(text));
    (star ? item.options : item.letters).push_back(star ? item.letters.back() : c);
  }
  if (at == text.size()) return item;  // no grantor: the owner
  ++at;
  auto grantor = read_name(text, at, '\0');
  if (!grantor) return tl::unexpected(grantor.error());
  item.grantor = std::move(*grantor);
  return item;
}

Result<std::vector<std::string>> acl_statements(const AclRequest& request) {
  auto base = parse_text_array(request.base);
  if (!base) return tl::unexpected(base.error());
  auto current = parse_text_array(request.current);
  if (!current) return tl::unexpected(current.error());
  std::vector<std::string> out;
  for (const std::string& text : missing_from(*base, *current)) {
    const auto item = parse_acl_item(text);
    if (!item) return tl::unexpected(item.error());
    const std::string list = keywords(request, item->letters);
    if (!list.empty())
      out.push_back("REVOKE " + list + " ON " + request.target + " FROM " + role(item->grantee));
  }
  // The array's order carries the chains of grant options and is kept; the owner's own grants come first
  // because everyone else's may stand on them.
  std::vector<std::string> others;
  for (const std::string& text : missing_from(*current, *base)) {
    const auto item = parse_acl_item(text);
    if (!item) return tl::unexpected(item.error());
    const bool own =
        item->grantee == request.owner && (item->grantor.empty() || item->grantor == request.owner);
    for (std::string& statement : grants(request, *item))
      (own ? out : others).push_back(std::move(statement));
  }
  out.insert(out.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  return out;
}

}  // namespace pgark::dumper
