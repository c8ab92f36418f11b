#include "restore/adapt/role_map.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"
#include "restore/adapt/role_names.hpp"
#include "restore/archive_facts.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

using format::is_one_of;
using format::SqlStatement;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::string_view kOption = "--map-owner";
// Their name is a role's.
constexpr std::array<std::string_view, 4> kRoleKinds{"ROLE", "ROLE PASSWORD", "ROLE SETTINGS",
                                                     "ROLE MEMBERSHIP"};

class RoleMapper {
 public:
  explicit RoleMapper(const NameMap& roles) : roles_(roles) {}

  void apply(TocEntry& entry) {
    rename(entry.owner);
    for (std::string& role : entry.roles) rename(role);
    if (is_one_of(entry.kind, kRoleKinds)) rename(entry.name);
    if (entry.kind == "USER MAPPING") rename_front(entry.name);
    for (SqlStatement& statement : entry.create) statement.sql = with_roles(statement.sql, roles_);
    for (SqlStatement& statement : entry.drop) statement.sql = with_roles(statement.sql, roles_);
  }
  const std::set<std::string>& used() const { return used_; }

 private:
  void rename(std::string& name) {
    const auto found = roles_.find(name);
    if (found == roles_.end()) return;
    used_.insert(found->first);
    name = found->second;
  }
  // "bob SERVER s".
  void rename_front(std::string& name) {
    for (const auto& [from, to] : roles_) {
      if (!name.starts_with(from + " SERVER ")) continue;
      used_.insert(from);
      name.replace(0, from.size(), to);
      return;
    }
  }

  const NameMap& roles_;
  std::set<std::string> used_;
};

// Two roles of the archive cannot be created as one.
Result<> check_created_roles(const Toc& toc, const NameMap& roles) {
  std::set<std::string> names;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "ROLE") continue;
    const auto found = roles.find(entry.name);
    const std::string& name = found == roles.end() ? entry.name : found->second;
    if (names.insert(name).second) continue;
    return fail(ErrorCode::usage, "with --globals two roles of the archive would be created as one",
                std::string(kOption) + " " + one_line(quote_identifier(name)), "leave --globals out");
  }
  return {};
}

// MD5 digests contain the name of the role.
bool has_md5_password(const TocEntry& entry) {
  return entry.kind == "ROLE PASSWORD" &&
         std::ranges::any_of(entry.create, [](const SqlStatement& statement) {
           return statement.sql.find(" PASSWORD 'md5") != std::string::npos;
         });
}

}  // namespace

Result<> map_roles(Toc& toc, const RestoreOptions& options, std::vector<AdaptationNote>& notes) {
  const auto roles = parse_name_map(kOption, options.map_owners, source_encoding(toc));
  if (!roles) return tl::unexpected<Error>(roles.error());
  if (options.globals) {
    if (auto checked = check_created_roles(toc, *roles); !checked) return checked;
  }
  RoleMapper mapper(*roles);
  for (TocEntry& entry : toc.entries) {
    const std::string before = entry.name;
    mapper.apply(entry);
    if (before != entry.name && has_md5_password(entry))
      notes.push_back({entry.id, Severity::warning,
                       "the password is an MD5 digest made with the old name of the role and will not work",
                       describe(entry)});
  }
  for (const auto& [from, to] : *roles) {
    if (mapper.used().contains(from)) continue;
    const std::string given = std::string(kOption) + " " + one_line(quote_identifier(from));
    if (options.strict_names)
      return fail(ErrorCode::usage, "nothing in the archive belongs to the role or names it", given);
    notes.push_back({0, Severity::warning, "nothing in the archive belongs to the role or names it", given});
  }
  return {};
}

}  // namespace pgark::restore
