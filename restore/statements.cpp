#include "restore/statements.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "format/entry_kind.hpp"
#include "format/entry_properties.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

using format::is_global;
using format::SqlStatement;
using format::TocEntry;

namespace {

constexpr std::size_t kStatementTextMax = 160;
constexpr std::string_view kLargeObjects = "LARGE OBJECT ";
constexpr std::array<std::string_view, 2> kOwnedBySuperusers{"EVENT TRIGGER", "FOREIGN DATA WRAPPER"};
// Their options may hold passwords.
constexpr std::array<std::string_view, 6> kKindsWithSecrets{
    "USER MAPPING", "SUBSCRIPTION", "SERVER", "FOREIGN DATA WRAPPER", "FOREIGN TABLE", "ROLE PASSWORD"};

std::string set_sql(const char* setting, const std::string& value) {
  return std::string("SET ") + setting + " = " + quote_literal(value);
}

// A name of one or more parts at the front of `text`; stops behind it.
std::optional<std::string> read_identifier(std::string_view text, std::size_t& at) {
  std::string name;
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size(); ++at) {
      if (text[at] != '"') {
        name += text[at];
        continue;
      }
      ++at;
      if (at >= text.size() || text[at] != '"') return name;
      name += '"';
    }
    return std::nullopt;  // never closed
  }
  constexpr std::string_view kEnds = ". (),";
  while (at < text.size() && kEnds.find(text[at]) == std::string_view::npos) name += text[at++];
  if (name.empty()) return std::nullopt;
  return name;
}

std::string first_line(std::string_view sql) {
  std::string line;
  for (const char c : sql) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
    if (line.size() > kStatementTextMax) break;
  }
  if (line.size() > kStatementTextMax) {
    line.resize(kStatementTextMax - 3);
    // Not in the middle of a UTF-8 sequence.
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0u) == 0x80u) line.pop_back();
    if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0x80u) line.pop_back();
    line += "...";
  }
  return line;
}

}  // namespace

bool applies_to(const SqlStatement& statement, int target_version_num) {
  const auto target = static_cast<std::uint32_t>(target_version_num);
  return target >= statement.min_target && (statement.max_target == 0 || target < statement.max_target);
}

std::vector<DdlUnit> create_units(const TocEntry& entry, const RestoreOptions& options,
                                  int target_version_num) {
  std::vector<DdlUnit> units;
  // D9: a setting that the target does not know must not cost the others.
  const bool one_by_one = entry.kind == "DATABASE PROPERTIES" || is_global(entry);
  // Dropped by group: the drops of other objects are one transaction, and each large object takes a lock.
  if (options.clean && !options.create && is_large_objects(entry))
    units = drop_units(entry, target_version_num);
  for (const SqlStatement& statement : entry.create) {
    if (!applies_to(statement, target_version_num)) continue;
    if (units.empty() || one_by_one) units.push_back({&entry, {}, !one_by_one, true});
    units.back().statements.push_back(statement.sql);
  }
  const bool has_owner = !options.no_owner && !entry.owner.empty() && !entry.owner_object.empty();
  const bool left_out =
      std::ranges::find(options.owners_left_out, entry.owner) != options.owners_left_out.end();
  if (has_owner && !left_out) {
    units.push_back({&entry, owner_statements(entry), false, false});
    units.back().sets_owner = true;
  }
  for (std::size_t i = 0; i < units.size(); ++i) units[i].number = static_cast<std::uint32_t>(i);
  return units;
}

std::optional<DdlUnit> weaker_form(const DdlUnit& unit, const Error& error) {
  std::optional<DdlUnit> weaker;
  if (sqlstate::is(error, sqlstate::kCheckViolation)) weaker = not_valid_form(unit);
  if (sqlstate::is(error, sqlstate::kInsufficientPrivilege)) weaker = own_grants_form(unit);
  if (weaker) weaker->recorded = false;
  return weaker;
}

std::string told_with(const DdlUnit& unit, std::string message) {
  if (unit.sets_owner && format::is_one_of(unit.entry->kind, kOwnedBySuperusers)) {
    message += "; only a superuser may own it: --no-owner leaves it with the role that restores";
  } else if (unit.sets_owner) {
    message += "; --map-owner OLD=NEW gives it to another role, --no-owner leaves owners out";
  }
  return message;
}

bool is_dispensable(const DdlUnit& unit, const Error& error) {
  return unit.entry->kind == "COMMENT" && unit.entry->name.starts_with("EXTENSION ") &&
         sqlstate::is(error, sqlstate::kInsufficientPrivilege);
}

std::optional<DdlUnit> not_valid_form(const DdlUnit& unit) {
  constexpr std::string_view kNotValid = " NOT VALID";
  if (unit.entry->kind != "CHECK CONSTRAINT" || unit.statements.size() != 1) return std::nullopt;
  const std::string& sql = unit.statements.front();
  if (sql.find("ADD CONSTRAINT") == std::string::npos || sql.ends_with(kNotValid)) return std::nullopt;
  DdlUnit weaker = unit;
  weaker.statements.front() += kNotValid;
  weaker.recorded = false;
  weaker.instead = "it was added as NOT VALID, so that it holds for new rows";
  return weaker;
}

std::optional<DdlUnit> own_grants_form(const DdlUnit& unit) {
  constexpr std::string_view kBecome = "SET SESSION AUTHORIZATION ", kBack = "RESET SESSION AUTHORIZATION";
  if (unit.entry->kind != "ACL" && unit.entry->kind != "DEFAULT ACL") return std::nullopt;
  DdlUnit weaker = unit;
  const auto removed = std::erase_if(
      weaker.statements, [&](const std::string& sql) { return sql.starts_with(kBecome) || sql == kBack; });
  if (removed == 0 || weaker.statements.empty()) return std::nullopt;
  weaker.recorded = false;
  weaker.instead = "its privileges were granted by this role, in place of those who had granted them";
  return weaker;
}

std::vector<std::string> owner_statements(const TocEntry& entry) {
  const std::string tail = " OWNER TO " + quote_identifier(entry.owner);
  if (!entry.owner_object.starts_with(kLargeObjects)) return {"ALTER " + entry.owner_object + tail};
  std::vector<std::string> statements;
  std::string_view oids = std::string_view(entry.owner_object).substr(kLargeObjects.size());
  while (!oids.empty()) {
    const std::size_t comma = std::min(oids.find(','), oids.size());
    statements.push_back("ALTER LARGE OBJECT " + std::string(oids.substr(0, comma)) + tail);
    oids.remove_prefix(std::min(comma + 1, oids.size()));
  }
  return statements;
}

void append_statements(const DdlUnit& unit, SessionState& state, std::vector<std::string>& out) {
  const TocEntry& entry = *unit.entry;
  if (unit.creates && entry.takes_tablespace && state.tablespace != entry.tablespace) {
    out.push_back(set_sql("default_tablespace", entry.tablespace));
    state.tablespace = entry.tablespace;
  }
  if (unit.creates && !entry.access_method.empty() && state.access_method != entry.access_method) {
    out.push_back(set_sql("default_table_access_method", entry.access_method));
    state.access_method = entry.access_method;
  }
  out.insert(out.end(), unit.statements.begin(), unit.statements.end());
}

std::vector<DdlUnit> drop_units(const TocEntry& entry, int target_version_num) {
  std::vector<DdlUnit> units;
  for (const SqlStatement& statement : entry.drop) {
    if (!applies_to(statement, target_version_num)) continue;
    units.push_back({&entry, {statement.sql}, true, false});
  }
  return units;
}

std::optional<CopyTarget> parse_copy_target(std::string_view copy_target) {
  CopyTarget target;
  std::size_t at = 0;
  auto schema = read_identifier(copy_target, at);
  if (!schema || at >= copy_target.size() || copy_target[at] != '.') return std::nullopt;
  ++at;
  auto name = read_identifier(copy_target, at);
  if (!name || (at < copy_target.size() && copy_target[at] != ' ' && copy_target[at] != '('))
    return std::nullopt;
  target.relation_sql = copy_target.substr(0, at);
  target.schema = std::move(*schema);
  target.name = std::move(*name);
  for (at = copy_target.find('(', at); at < copy_target.size() && copy_target[at] != ')';) {
    at = copy_target.find_first_not_of(", ", at + 1);
    if (at >= copy_target.size()) return std::nullopt;  // a list that never ends
    auto column = read_identifier(copy_target, at);
    if (!column) break;
    target.columns.push_back(std::move(*column));
  }
  return target;
}

std::string copy_sql(const TocEntry& entry, RowForm form, bool frozen) {
  std::string options = form == RowForm::binary ? "FORMAT binary" : "";
  if (frozen) options += options.empty() ? "FREEZE" : ", FREEZE";
  return "COPY " + entry.copy_target + " FROM STDIN" + (options.empty() ? "" : " (" + options + ")");
}

Error with_entry(Error error, const TocEntry& entry, std::string_view sql) {
  error.object = describe(entry);
  const bool secret =
      std::find(kKindsWithSecrets.begin(), kKindsWithSecrets.end(), entry.kind) != kKindsWithSecrets.end();
  error.statement = secret ? std::string() : first_line(sql);
  return error;
}

}  // namespace pgark::restore
