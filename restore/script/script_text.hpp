// The pieces of an SQL script for psql, as text. Pure.
//
// Names from the database stand in comments on one line only, and everything between restrict() and
// unrestrict() is closed to psql's meta-commands, so that nothing in a hostile database can end a comment or
// a COPY and become a command of the person who runs the script (CVE-2025-8714, CVE-2025-8715).
// Source: PostgreSQL documentation, psql, "Meta-Commands"; SCHEMA_COVERAGE A6, A7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "format/toc.hpp"
#include "restore/session.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

// Where the rows come from and who wrote this.
std::string script_title(const format::Toc& toc);
std::string restrict_line(std::string_view key);
std::string unrestrict_line(std::string_view key);
// The statements of every session, after each connect.
std::string session_text(const SessionChoice& choice);

// Each statement with its semicolon and an empty line behind it.
std::string statements_text(const std::vector<std::string>& statements);
// A comment that says what comes next.
std::string heading(const format::TocEntry& entry, std::string_view what = {});
// An entry's statements, with the settings they need. Empty when there are none.
std::string entry_text(const format::TocEntry& entry, const RestoreOptions& options, int target_version_num,
                       SessionState& state);

std::string copy_begin(const format::TocEntry& entry);
std::string copy_end();
// The transaction that writes the bytes of large objects.
std::string large_objects_begin(const format::TocEntry& entry);

// Leaves the restricted part, connects to another database of the same server and enters it again. Fails for
// names that psql cannot be given in a script.
Result<std::string> connect_text(std::string_view database, std::string_view restrict_key);

}  // namespace pgark::restore
