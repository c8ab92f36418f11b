#include "dumper/ddl/acl_item.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"

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
constexpr Privilege kTablespace[] = {{'C', "CREATE"}};
constexpr Privilege kParameter[] = {{'s', "SET"}, {'A', "ALTER SYSTEM"}};
constexpr Privilege kDatabase[] = {{'C', "CREATE"}, {'c', "CONNECT"}, {'T', "TEMPORARY"}};
constexpr Privilege kLargeObject[] = {{'r', "SELECT"}, {'w', "UPDATE"}};
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
    case AclKind::language:
    case AclKind::foreign_data: return table_of(kUsage);
    case AclKind::schema: return table_of(kSchema);
    case AclKind::database: return table_of(kDatabase);
    case AclKind::large_object: return table_of(kLargeObject);
    case AclKind::tablespace: return table_of(kTablespace);
    case AclKind::parameter: return table_of(kParameter);
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

bool contains(std::string_view letters, char letter) {
  return letters.find(letter) != std::string_view::npos;
}

bool same_parties(const AclItem& a, const AclItem& b) {
  return a.grantee == b.grantee && a.grantor == b.grantor;
}

const AclItem* find_same(const std::vector<AclItem>& items, const AclItem& wanted) {
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const AclItem& item) { return same_parties(item, wanted); });
  return found == items.end() ? nullptr : &*found;
}

// Collects statements, those of one grantor after the other between SET SESSION AUTHORIZATION and RESET.
class Script {
 public:
  explicit Script(const AclRequest& request) : request_(request) {}

  void revoke(const AclItem& item, std::string_view letters) { add(item, "REVOKE ", letters, " FROM ", ""); }
  void revoke_option(const AclItem& item, std::string_view letters) {
    add(item, "REVOKE GRANT OPTION FOR ", letters, " FROM ", "");
  }
  void grant(const AclItem& item, std::string_view letters) { add(item, "GRANT ", letters, " TO ", ""); }
  void grant_option(const AclItem& item, std::string_view letters) {
    add(item, "GRANT ", letters, " TO ", " WITH GRANT OPTION");
  }

  std::vector<std::string> take() {
    become(request_.owner);
    return std::move(out_);
  }
  std::vector<std::string> take_grantors() { return {grantors_.begin(), grantors_.end()}; }

 private:
  void add(const AclItem& item, std::string_view verb, std::string_view letters, std::string_view direction,
           std::string_view tail) {
    const std::string list = keywords(request_, letters);
    if (list.empty()) return;
    become(item.grantor);
    std::string sql = request_.prefix;
    sql += verb;
    sql += list + " ON " + request_.target;
    sql += direction;
    sql += role(item.grantee);
    sql += tail;
    out_.push_back(std::move(sql));
  }

  void become(const std::string& grantor) {
    if (grantor == current_ || (current_.empty() && grantor == request_.owner)) return;
    if (!current_.empty()) out_.push_back("RESET SESSION AUTHORIZATION");
    current_.clear();
    if (grantor == request_.owner) return;
    out_.push_back("SET SESSION AUTHORIZATION " + quote_identifier(grantor));
    current_ = grantor;
    grantors_.insert(grantor);
  }

  const AclRequest& request_;
  std::vector<std::string> out_;
  std::set<std::string> grantors_;
  std::string current_;  // empty: the session's own user, whose grants count as the owner's
};

// How many leading items of `current` can keep their places: GRANT changes an item where it stands and
// appends a new one at the end, REVOKE removes an emptied one. What comes after must be taken away and
// granted again.
std::size_t kept_items(const std::vector<AclItem>& base, const std::vector<AclItem>& current) {
  std::size_t count = 0;
  auto from = base.begin();
  while (count < current.size()) {
    const auto found = std::find_if(from, base.end(),
                                    [&](const AclItem& item) { return same_parties(item, current[count]); });
    if (found == base.end()) break;
    from = found + 1;
    ++count;
  }
  return count;
}

// An item by another grantor than the owner stands on the grant option that this role got before. The array's
// order says so as a rule; where it does not, items wait for their grantor.
std::vector<AclItem> in_grantable_order(std::vector<AclItem> items, std::vector<AclItem> granted,
                                        const std::string& owner) {
  std::vector<AclItem> ordered;
  const auto can_grant = [&](const AclItem& item) {
    if (item.grantor == owner) return true;
    return std::any_of(granted.begin(), granted.end(), [&](const AclItem& other) {
      return other.grantee == item.grantor && std::all_of(item.letters.begin(), item.letters.end(),
                                                          [&](char c) { return contains(other.options, c); });
    });
  };
  while (!items.empty()) {
    auto next = std::find_if(items.begin(), items.end(), can_grant);
    if (next == items.end()) next = items.begin();
    granted.push_back(*next);
    ordered.push_back(std::move(*next));
    items.erase(next);
  }
  return ordered;
}

void change_in_place(Script& script, const AclItem& was, const AclItem& is) {
  script.revoke(is, without(was.letters, is.letters));
  const std::string lost_options = without(was.options, is.options);
  script.revoke_option(is, without(lost_options, without(was.letters, is.letters)));
}

void add_in_place(Script& script, const AclItem& was, const AclItem& is) {
  const std::string new_options = without(is.options, was.options);
  script.grant(is, without(without(is.letters, was.letters), new_options));
  script.grant_option(is, new_options);
}

bool is_dropped(const AclRequest& request, const std::string& role) {
  if (request.role_names == nullptr || role.empty() || request.role_names->contains(role)) return false;
  return std::ranges::all_of(role, [](char c) { return c >= '0' && c <= '9'; });
}

struct AclList {
  std::vector<AclItem> items;
  std::vector<std::string> left_out;
};

Result<AclList> parse_items(const AclRequest& request, const std::string& array) {
  auto texts = parse_text_array(array);
  if (!texts) return tl::unexpected(texts.error());
  AclList list;
  for (std::string& text : *texts) {
    auto item = parse_acl_item(text);
    if (!item) return tl::unexpected(item.error());
    if (item->grantor.empty()) item->grantor = request.owner;
    if (is_dropped(request, item->grantee) || is_dropped(request, item->grantor)) {
      list.left_out.push_back(std::move(text));
    } else {
      list.items.push_back(std::move(*item));
    }
  }
  return list;
}

std::vector<std::string> roles_in(const std::vector<AclItem>& base, const std::vector<AclItem>& current,
                                  const std::string& owner) {
  std::set<std::string> names;
  for (const std::vector<AclItem>* items : {&base, &current}) {
    for (const AclItem& item : *items) names.insert({item.grantee, item.grantor});
  }
  names.erase("");  // PUBLIC
  names.erase(owner);
  return {names.begin(), names.end()};
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

Result<AclScript> acl_script(const AclRequest& request) {
  auto base_list = parse_items(request, request.base);
  if (!base_list) return tl::unexpected(base_list.error());
  auto current_list = parse_items(request, request.current);
  if (!current_list) return tl::unexpected(current_list.error());
  const std::vector<AclItem>&base = base_list->items, &current = current_list->items;
  const auto tail = current.begin() + static_cast<std::ptrdiff_t>(kept_items(base, current));
  const std::vector<AclItem> kept(current.begin(), tail);
  Script script(request);
  // Backwards, so that a grant goes before the grant option it stands on.
  for (auto was = base.rbegin(); was != base.rend(); ++was) {
    const AclItem* is = find_same(kept, *was);
    if (is == nullptr) {
      script.revoke(*was, was->letters);
    } else {
      change_in_place(script, *was, *is);
    }
  }
  for (const AclItem& is : kept) add_in_place(script, *find_same(base, is), is);
  for (const AclItem& item : in_grantable_order({tail, current.end()}, kept, request.owner)) {
    script.grant(item, without(item.letters, item.options));
    script.grant_option(item, item.options);
  }
  return AclScript{script.take(), roles_in(base, current, request.owner), script.take_grantors(),
                   std::move(current_list->left_out)};
}

bool is_granted(const std::string& acl, std::string_view role, char letter) {
  const auto texts = parse_text_array(acl);
  if (!texts) return false;
  return std::ranges::any_of(*texts, [&](const std::string& text) {
    const auto item = parse_acl_item(text);
    return item && (item->grantee.empty() || item->grantee == role) && contains(item->letters, letter);
  });
}

}  // namespace pgark::dumper
