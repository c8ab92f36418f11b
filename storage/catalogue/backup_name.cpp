#include "storage/catalogue/backup_name.hpp"

namespace pgark::storage {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";
constexpr std::size_t kTimeChars = std::string_view("2026-01-15T14-30-00-000Z").size();

bool stands_for_itself(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  return letter || (!first && (c == '.' || c == '-'));
}

}  // namespace

std::string escape_database(std::string_view database) {
  std::string escaped;
  for (const char c : database) {
    if (stands_for_itself(c, escaped.empty())) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kDigits[byte >> 4];
    escaped += kDigits[byte & 15];
  }
  return escaped;
}

std::optional<std::string> unescape_database(std::string_view escaped) {
  std::string database;
  for (std::size_t at = 0; at < escaped.size(); ++at) {
    if (escaped[at] != '%') {
      database += escaped[at];
      continue;
    }
    if (escaped.size() - at < 3) return std::nullopt;
    const std::size_t high = kDigits.find(escaped[at + 1]);
    const std::size_t low = kDigits.find(escaped[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    database += static_cast<char>(high * 16 + low);
    at += 2;
  }
  // One name for each database: "%61" is no way to write "a".
  if (database.empty() || escape_database(database) != escaped) return std::nullopt;
  return database;
}

std::string backup_name(const BackupName& name) {
  return escape_database(name.database) + "_" + time_in_name(name.started);
}

std::optional<BackupName> parse_backup_name(std::string_view text) {
  if (text.size() < kTimeChars + 2) return std::nullopt;
  const std::size_t time_at = text.size() - kTimeChars;
  const auto started = parse_time_in_name(text.substr(time_at));
  if (!started || text[time_at - 1] != '_') return std::nullopt;
  auto database = unescape_database(text.substr(0, time_at - 1));
  if (!database) return std::nullopt;
  return BackupName{std::move(*database), *started};
}

std::string archive_key(const BackupName& name) {
  return backup_name(name) + std::string(kArchiveSuffix);
}

std::string metadata_key(const BackupName& name) {
  return archive_key(name) + std::string(kMetadataSuffix);
}

}  // namespace pgark::storage
