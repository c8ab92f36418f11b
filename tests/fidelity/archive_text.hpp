// An archive as comparable text: SCHEMA_COVERAGE G2. Two archives of equal databases have the same text, but
// for times and snapshots, which are not in it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgark::test {

// One text per entry, in the archive's order: everything it holds, with other entries named instead of
// numbered, and the digest of its rows. Throws pgark::Exception when the archive cannot be read.
std::vector<std::string> archive_entries(const std::filesystem::path& archive);

// What the archive's report names, sorted: "lost COMMENT table pg_catalog.pg_proc".
std::vector<std::string> archive_report(const std::filesystem::path& archive);

}  // namespace pgark::test
