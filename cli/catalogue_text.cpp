#include "cli/catalogue_text.hpp"

#include <fmt/format.h>

#include "cli/report_text.hpp"
#include "cli/text.hpp"

namespace pgark::cli {
namespace {

using nlohmann::json;
using storage::Backup;
using storage::Metadata;
using storage::Verification;

std::string number_or_dash(const Backup& backup, std::uint64_t Metadata::*number) {
  return backup.metadata ? human_count((*backup.metadata).*number) : "-";
}

json verification_json(const Verification& verification) {
  return {{"at", storage::time_text(verification.at)},
          {"level", storage::level_name(verification.level)},
          {"passed", verification.passed},
          {"seconds", verification.seconds},
          {"drill", verification.drill},
          {"sample", verification.sample},
          {"message", verification.message}};
}

std::string verification_line(const Verification& verification) {
  std::string line =
      fmt::format("{}  {:<7}  {}  {}", date_text(verification.at), storage::level_name(verification.level),
                  verification.passed ? "ok    " : "FAILED", human_duration(verification.seconds));
  if (verification.drill) line += ", a drill";
  if (!verification.sample.empty()) line += ", sample " + printable(verification.sample);
  if (!verification.message.empty()) line += ": " + printable(verification.message);
  return line;
}

std::string facts_of(const Metadata& metadata) {
  std::string text;
  const auto fact = [&text](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<12}{}\n", name, printable(value));
  };
  fact("server", metadata.server_version);
  fact("made by",
       "pgark " + metadata.pgark_version + ", format " + metadata.format + " " + metadata.archive_format);
  fact("finished", date_text(metadata.finished) + ", after " + human_duration(metadata.duration_seconds));
  fact("snapshot", metadata.snapshot_lsn);
  fact("content", metadata.content + (metadata.options.empty() ? "" : ": " + metadata.options));
  fact("encrypted", metadata.encrypted ? "yes" : "no");
  fact("rows", fmt::format("{} in {} tables, {} uncompressed", human_count(metadata.rows),
                           human_count(metadata.tables.size()), human_bytes(metadata.raw_bytes)));
  return text;
}

std::string lists_of(const Metadata& metadata) {
  std::string text = "\nFiles\n";
  for (const auto& file : metadata.files) {
    text += fmt::format("  {}  {}, {}\n", file.sha256, printable(file.name), human_bytes(file.bytes));
  }
  text += "\nVerified\n";
  if (metadata.verifications.empty()) text += "  never\n";
  for (const Verification& verification : metadata.verifications)
    text += "  " + verification_line(verification) + "\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& each : metadata.tables) {
    const std::string name = each.schema.empty() ? each.name : each.schema + "." + each.name;
    rows.push_back({printable(name), human_count(each.rows), human_bytes(each.raw_bytes),
                    human_bytes(each.stored_bytes)});
  }
  if (!rows.empty()) text += "\nTables\n" + table({"name", ">rows", ">raw", ">stored"}, rows);
  rows.clear();
  for (const auto& item : metadata.report)
    rows.push_back({report_level_name(item.level), item.kind, printable(item.name), printable(item.text)});
  if (!rows.empty()) text += "\nReport\n" + table({"level", "kind", "name", "what"}, rows);
  return text;
}

}  // namespace

std::string date_text(storage::TimePoint time) {
  std::string text = storage::time_text(time);
  text[std::string_view("2026-01-15").size()] = ' ';
  return text.substr(0, std::string_view("2026-01-15 14:30:00").size()) + "Z";
}

std::string age_text(storage::TimePoint time, storage::TimePoint now) {
  if (time > now) return "in the future";
  const auto days = std::chrono::floor<std::chrono::days>(now - time).count();
  constexpr int kHoursShownDays = 3;
  if (days >= kHoursShownDays) return fmt::format("{} days", days);
  return human_duration(std::chrono::duration<double>(now - time).count());
}

std::string age_text(storage::TimePoint time, storage::TimePoint now, const char* word) {
  return time > now ? age_text(time, now) : fmt::format("{} {}", age_text(time, now), word);
}

std::string verified_text(const Backup& backup) {
  if (!backup.metadata) return "no";
  if (const Verification* failed = backup.metadata->known_damage())
    return fmt::format("FAILED ({}), {}", storage::level_name(failed->level), date_text(failed->at));
  const Verification* verified = backup.metadata->verified();
  if (verified == nullptr) return "no";
  return fmt::format("{}, {}", storage::level_name(verified->level), date_text(verified->at));
}

std::string backups_table(const std::vector<Backup>& backups, storage::TimePoint now, std::size_t columns) {
  std::vector<std::vector<std::string>> rows;
  for (const Backup& backup : backups) {
    rows.push_back({printable(backup.text()), age_text(backup.name.started, now),
                    printable(backup.name.database), human_bytes(backup.bytes),
                    backup.metadata ? human_count(backup.metadata->tables.size()) : "-",
                    number_or_dash(backup, &Metadata::rows), storage::state_name(backup.state),
                    verified_text(backup), backup.metadata && backup.metadata->encrypted ? "yes" : "no"});
  }
  return table_within(
      columns, {"name", ">age", "database", ">size", ">tables", ">rows", "state", "verified", "encrypted"},
      rows);
}

std::string backup_facts(const Backup& backup, const std::string& archive, storage::TimePoint now) {
  std::string text = fmt::format("{}\n", printable(backup.text()));
  const auto fact = [&text](const char* name, const std::string& value) {
    text += fmt::format("{:<12}{}\n", name, printable(value));
  };
  fact("archive", archive);
  fact("state", std::string(storage::state_name(backup.state)) +
                    (backup.problem.empty() ? "" : ": " + backup.problem));
  fact("database", backup.name.database);
  fact("started", date_text(backup.name.started) + ", " + age_text(backup.name.started, now, "ago"));
  fact("size", human_bytes(backup.bytes));
  if (!backup.metadata) return text;
  return text + facts_of(*backup.metadata) + lists_of(*backup.metadata);
}

json backup_json(const Backup& backup, const std::string& archive, storage::TimePoint now) {
  json fields = {{"name", backup.text()},
                 {"archive", archive},
                 {"database", backup.name.database},
                 {"started", storage::time_text(backup.name.started)},
                 {"age_seconds", std::chrono::duration<double>(now - backup.name.started).count()},
                 {"state", storage::state_name(backup.state)},
                 {"problem", backup.problem},
                 {"file_bytes", backup.bytes},
                 {"tables", nullptr},
                 {"rows", nullptr},
                 {"encrypted", nullptr},
                 {"verified", false},
                 {"verification", nullptr}};
  if (!backup.metadata) return fields;
  fields["tables"] = backup.metadata->tables.size();
  fields["rows"] = backup.metadata->rows;
  fields["encrypted"] = backup.metadata->encrypted;
  fields["verified"] = backup.metadata->verified() != nullptr;
  if (!backup.metadata->verifications.empty())
    fields["verification"] = verification_json(backup.metadata->verifications.back());
  return fields;
}

}  // namespace pgark::cli
