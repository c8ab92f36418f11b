#include "fidelity/archive_text.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "format/reader.hpp"
#include "storage/storage.hpp"

namespace pgark::test {
namespace {

std::string name_of(const format::TocEntry& entry) {
  return entry.kind + " " + entry.schema + "." + entry.name +
         (entry.table.empty() ? "" : " on " + entry.table);
}

// Up to 17 the server hangs a function on every transform for its types that exists when it is made, whether
// it uses them or not: which do depends on the order of making, so that these links are left out.
bool is_chance_link(const format::TocEntry& from, const format::TocEntry& to) {
  return to.kind == "TRANSFORM" &&
         (from.kind == "FUNCTION" || from.kind == "PROCEDURE" || from.kind == "AGGREGATE");
}

std::string names(const format::Toc& toc, const format::TocEntry& from,
                  const std::vector<format::EntryId>& ids) {
  std::vector<std::string> all;
  for (const format::EntryId id : ids) {
    const format::TocEntry* entry = toc.find(id);
    if (entry != nullptr && is_chance_link(from, *entry)) continue;
    all.push_back(entry == nullptr ? "?" : name_of(*entry));
  }
  std::ranges::sort(all);
  std::string text;
  for (const std::string& name : all) text += "; " + name;
  return text;
}

void add_statements(std::string& text, const char* what,
                    const std::vector<format::SqlStatement>& statements) {
  for (const format::SqlStatement& statement : statements) {
    text += std::string("\n") + what + " [" + std::to_string(statement.min_target) + ", " +
            std::to_string(statement.max_target) + "] " + statement.sql;
  }
}

std::string text_of(const format::Toc& toc, const format::TocEntry& entry) {
  std::string text = name_of(entry) + "\nowner " + entry.owner + " / " + entry.owner_object;
  text += "\nplace " + entry.tablespace + (entry.takes_tablespace ? " / takes one" : "") + " / " +
          entry.access_method;
  text += "\nsection " + std::to_string(static_cast<int>(entry.section)) + ", pass " +
          std::to_string(static_cast<int>(entry.pass));
  text += "\nneeds" + names(toc, entry, entry.dependencies) + "\nlocks" + names(toc, entry, entry.locks);
  add_statements(text, "create", entry.create);
  add_statements(text, "drop", entry.drop);
  if (!entry.copy_target.empty()) text += "\nrows of " + entry.copy_target;
  if (const format::DataSummary* data = toc.find_data(entry.id)) {
    text += "\n" + std::to_string(data->rows) + " rows, digest " + data->digest.hex();
  }
  return text;
}

std::unique_ptr<format::ArchiveReader> open_archive(const std::filesystem::path& archive) {
  return value_or_throw(
      format::ArchiveReader::open(value_or_throw(storage::open_archive_file(archive.string()))));
}

std::string level_name(format::ReportLevel level) {
  switch (level) {
    case format::ReportLevel::info: return "info";
    case format::ReportLevel::warning: return "warning";
    case format::ReportLevel::lost: return "lost";
  }
  return {};
}

}  // namespace

std::vector<std::string> archive_report(const std::filesystem::path& archive) {
  const auto reader = open_archive(archive);
  std::vector<std::string> texts;
  for (const format::ReportItem& item : reader->toc().report) {
    texts.push_back(level_name(item.level) + " " + item.kind + " " + item.name);
  }
  std::ranges::sort(texts);
  return texts;
}

std::vector<std::string> archive_entries(const std::filesystem::path& archive) {
  const auto reader = open_archive(archive);
  std::vector<std::string> texts;
  for (const format::TocEntry& entry : reader->toc().entries) texts.push_back(text_of(reader->toc(), entry));
  return texts;
}

}  // namespace pgark::test
