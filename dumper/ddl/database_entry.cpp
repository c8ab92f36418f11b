#include "dumper/ddl/database_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/sql_quote.hpp"
#include "dumper/ddl/acl_item.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

constexpr std::uint32_t kProviderVersion = 150000;  // LOCALE_PROVIDER in CREATE DATABASE
constexpr std::uint32_t kBuiltinVersion = 170000;

std::string encoding_sql(const DatabaseInfo& database) {
  return fmt::format("CREATE DATABASE {} WITH TEMPLATE = template0 ENCODING = {}",
                     quote_identifier(database.name), quote_literal(database.encoding));
}

std::string libc_sql(const DatabaseInfo& database) {
  if (database.collate == database.ctype) return " LOCALE = " + quote_literal(database.collate);
  return " LC_COLLATE = " + quote_literal(database.collate) + " LC_CTYPE = " + quote_literal(database.ctype);
}

// Servers before 15 know libc only and do not know the word; for the other providers there is no older form.
std::vector<format::SqlStatement> create_statements(const DatabaseInfo& database) {
  const std::string head = encoding_sql(database), libc = libc_sql(database);
  if (database.locale_provider == "i") {
    std::string sql =
        head + " LOCALE_PROVIDER = icu" + libc + " ICU_LOCALE = " + quote_literal(database.locale);
    if (!database.icu_rules.empty()) sql += " ICU_RULES = " + quote_literal(database.icu_rules);
    return {{sql, kProviderVersion, 0}};
  }
  if (database.locale_provider == "b") {
    return {
        {head + " LOCALE_PROVIDER = builtin" + libc + " BUILTIN_LOCALE = " + quote_literal(database.locale),
         kBuiltinVersion, 0}};
  }
  return {{head + " LOCALE_PROVIDER = libc" + libc, kProviderVersion, 0}, {head + libc, 0, kProviderVersion}};
}

format::EntryId write_create(Emitter& out, const DatabaseInfo& database) {
  const std::string name = quote_identifier(database.name);
  format::TocEntry entry;
  entry.kind = "DATABASE";
  entry.name = database.name;
  entry.owner = database.owner;
  entry.owner_object = "DATABASE " + name;
  // The clause stands at the end, where a restore without tablespaces finds it.
  if (database.tablespace != "pg_default") entry.tablespace = database.tablespace;
  entry.create = create_statements(database);
  if (!entry.tablespace.empty()) {
    for (format::SqlStatement& statement : entry.create) {
      statement.sql += " TABLESPACE = " + quote_identifier(entry.tablespace);
    }
  }
  // A template database cannot be dropped; the flag has no IF EXISTS form of ALTER DATABASE.
  if (database.is_template) {
    entry.drop.push_back({"UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = " +
                          quote_literal(database.name)});
  }
  entry.drop.push_back({"DROP DATABASE IF EXISTS " + name});
  return out.add_raw(std::move(entry));
}

std::optional<AclRequest> acl_of(const DatabaseInfo& database, const std::string& name) {
  if (!database.acl) return std::nullopt;
  AclRequest request;
  request.kind = AclKind::database;
  request.target = "DATABASE " + name;
  request.owner = database.owner;
  request.base = database.default_acl;
  request.current = *database.acl;
  request.server_version_num = database.server_version_num;
  return request;
}

// Adds entries about the database.
struct About {
  Emitter* out;
  format::EntryId database;
  std::vector<std::string> roles;  // that the next entry names

  void add(std::string kind, std::string name, std::vector<std::string> statements,
           format::Pass pass = format::Pass::main) const {
    if (statements.empty()) return;
    format::TocEntry entry;
    entry.kind = std::move(kind);
    entry.name = std::move(name);
    entry.owner = out->catalog().database.owner;
    entry.pass = pass;
    entry.dependencies = {database};
    entry.roles = roles;
    for (std::string& sql : statements) entry.create.push_back({std::move(sql)});
    out->add_raw(std::move(entry));
  }
};

// What could keep the restore's own connections out comes last of all.
std::vector<std::string> late_statements(const DatabaseInfo& database, const std::string& name) {
  std::vector<std::string> statements;
  if (database.connection_limit != -1) {
    statements.push_back(
        fmt::format("ALTER DATABASE {} CONNECTION LIMIT = {}", name, database.connection_limit));
  }
  if (database.is_template) statements.push_back("ALTER DATABASE " + name + " IS_TEMPLATE = true");
  return statements;
}

std::vector<std::string> property_statements(const DatabaseInfo& database, const std::string& name) {
  std::vector<std::string> statements;
  for (const std::string& setting : database.settings)
    statements.push_back("ALTER DATABASE " + name + " SET " + setting_sql(setting));
  for (const auto& [role, setting] : database.role_settings) {
    statements.push_back("ALTER ROLE " + quote_identifier(role) + " IN DATABASE " + name + " SET " +
                         setting_sql(setting));
  }
  return statements;
}

}  // namespace

Result<void> write_database(Emitter& out) {
  const DatabaseInfo& database = out.catalog().database;
  const std::string name = quote_identifier(database.name);
  About about{&out, write_create(out, database), {}};
  for (const auto& [role, setting] : database.role_settings) {
    if (std::ranges::find(about.roles, role) == about.roles.end()) about.roles.push_back(role);
  }
  about.add("DATABASE PROPERTIES", database.name, property_statements(database, name));
  about.roles.clear();
  about.add("DATABASE PROPERTIES", database.name, late_statements(database, name), format::Pass::post_acl);
  if (database.comment) {
    about.add("COMMENT", "DATABASE " + database.name,
              {"COMMENT ON DATABASE " + name + " IS " + quote_literal(*database.comment)});
  }
  for (const SecurityLabel* label : out.lookup().labels_of({catalog_oid::kDatabase, database.oid})) {
    about.add("SECURITY LABEL", "DATABASE " + database.name,
              {security_label_sql(label->provider, "DATABASE " + name, label->label)});
  }
  std::optional<AclRequest> request = acl_of(database, name);
  if (!request) return {};
  request->role_names = &out.catalog().role_names;
  auto grants = acl_script(*request);
  if (!grants) return tl::unexpected(grants.error());
  out.context().note_left_out(request->target, grants->left_out);
  about.roles = std::move(grants->roles);
  about.add("ACL", "DATABASE " + database.name, std::move(grants->statements), format::Pass::acl);
  return {};
}

}  // namespace pgark::dumper
