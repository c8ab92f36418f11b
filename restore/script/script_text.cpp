#include "restore/script/script_text.hpp"

#include "base/sql_quote.hpp"
#include "restore/plan.hpp"
#include "restore/session.hpp"

namespace pgark::restore {

using format::TocEntry;

namespace {

std::string info(const format::Toc& toc, const char* key) {
  const auto found = toc.info.find(key);
  return found == toc.info.end() ? std::string("unknown") : one_line(found->second);
}

// The value of a keyword in a connection string (PostgreSQL documentation, libpq, "Connection Strings").
std::string conninfo_value(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

// An argument of a meta-command: between double quotes nothing is replaced, and "" is one quote.
std::string meta_argument(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

// A script cannot ask first. There is no such form for tablespaces: CREATE TABLESPACE must stand alone.
std::string unless_role_exists(const std::string& role, const std::string& sql) {
  return "DO " + quote_dollar("BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = " +
                              quote_literal(role) + ") THEN " + sql + "; END IF; END");
}

}  // namespace

std::string script_title(const format::Toc& toc) {
  using namespace format::info_key;
  return "--\n-- PostgreSQL database " + info(toc, kDatabase) + " as SQL for psql\n-- Source: server " +
         info(toc, kServerVersion) + ", backed up by pgark " + info(toc, kPgarkVersion) + "\n-- Rows as of " +
         info(toc, kStarted) + "\n--\n\n";
}

std::string restrict_line(std::string_view key) {
  return "\\restrict " + std::string(key) + "\n\n";
}

std::string unrestrict_line(std::string_view key) {
  return "\\unrestrict " + std::string(key) + "\n\n";
}

std::string session_text(const SessionChoice& choice) {
  return statements_text(session_sql(choice));
}

std::string statements_text(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& sql : statements) text += sql + ";\n\n";
  return text;
}

std::string heading(const TocEntry& entry, std::string_view what) {
  std::string text = "--\n-- " + std::string(what) + one_line(describe(entry));
  if (!entry.owner.empty()) text += "; owner " + one_line(entry.owner);
  return text + "\n--\n\n";
}

std::string entry_text(const TocEntry& entry, const RestoreOptions& options, int target_version_num,
                       SessionState& state) {
  std::vector<std::string> statements;
  for (const DdlUnit& unit : create_units(entry, options, target_version_num))
    append_statements(unit, state, statements);
  if (statements.empty()) return {};
  if (entry.kind == "ROLE") statements.front() = unless_role_exists(entry.name, statements.front());
  return heading(entry) + statements_text(statements);
}

std::string copy_begin(const TocEntry& entry) {
  return heading(entry) + copy_sql(entry) + ";\n";
}

std::string large_objects_begin(const TocEntry& entry) {
  return heading(entry) + "BEGIN;\n\n";
}

std::string copy_end() {
  return "\\.\n\n";
}

Result<std::string> connect_text(std::string_view database, std::string_view restrict_key) {
  if (one_line(database) != database) {
    return fail(ErrorCode::usage, "psql cannot connect to a database whose name holds a control character",
                one_line(database), "create the database yourself and leave --create out");
  }
  const std::string conninfo = "dbname=" + conninfo_value(database);
  return unrestrict_line(restrict_key) + "\\connect -reuse-previous=on " + meta_argument(conninfo) + "\n\n" +
         restrict_line(restrict_key);
}

}  // namespace pgark::restore
