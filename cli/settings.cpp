#include "cli/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "protocol/params/connect_params.hpp"

namespace pgark::cli {
namespace {

constexpr std::array<Setting, 39> kSettings{{
    {"database-url", "DATABASE_URL", true, false, "",
     "the database, when nothing else names a server or database"},
    {"test-database-url", "TEST_DATABASE_URL", true, false, "", "the server for scratch databases"},
    {"server-bin", "PGARK_SERVER_BIN", false, false, "", "the programs of a scratch server"},
    {"backup-dir", "BACKUP_DIR", false, false, "./backups", "where the backups are"},
    {"upload", "PGARK_UPLOAD", false, true, "", "where backup copies each backup to"},
    {"retention-days", "RETENTION_DAYS", false, false, "30", "how long prune keeps any backup"},
    {"rpo", "PGARK_RPO", false, false, "24h", "how old the newest verified backup may be"},
    {"rto", "PGARK_RTO", false, false, "30min", "how long a restore may take"},
    {"notify-url", "PGARK_NOTIFY_URL", true, true, "", "who is told how a command has ended"},
    {"notify-format", "PGARK_NOTIFY_FORMAT", false, false, "auto", "in what form"},
    {"notify-command", "PGARK_NOTIFY_COMMAND", false, false, "", "what runs then"},
    {"notify-on", "PGARK_NOTIFY_ON", false, false, "failure", "when"},
    {"pagerduty-routing-key", "PGARK_PAGERDUTY_ROUTING_KEY", true, false, "", "whom PagerDuty tells"},
    {"notify-ca-bundle", "PGARK_NOTIFY_CA_BUNDLE", false, false, "", "what certificates are trusted then"},
    {"metrics-file", "PGARK_METRICS_FILE", false, false, "", "what node_exporter reads"},
    {"aws-s3-bucket", "AWS_S3_BUCKET", false, false, "", "the bucket for backups"},
    {"aws-access-key-id", "AWS_ACCESS_KEY_ID", true, false, "", "who opens it"},
    {"aws-secret-access-key", "AWS_SECRET_ACCESS_KEY", true, false, "", "and with what"},
    {"aws-session-token", "AWS_SESSION_TOKEN", true, false, "", "of temporary keys"},
    {"aws-profile", "AWS_PROFILE", false, false, "", "whose keys of ~/.aws/credentials"},
    {"aws-region", "AWS_REGION", false, false, "", "where the bucket is"},
    {"aws-endpoint-url", "AWS_ENDPOINT_URL", false, false, "", "another store than Amazon's"},
    {"aws-ca-bundle", "AWS_CA_BUNDLE", false, false, "", "what certificates are trusted there"},
    {"s3-addressing", "PGARK_S3_ADDRESSING", false, false, "", "path or virtual"},
    {"s3-encryption", "PGARK_S3_ENCRYPTION", false, false, "", "by the store"},
    {"s3-kms-key", "PGARK_S3_KMS_KEY", false, false, "", "with which key"},
    {"s3-storage-class", "PGARK_S3_STORAGE_CLASS", false, false, "", "of new objects"},
    {"s3-lock-mode", "PGARK_S3_LOCK_MODE", false, false, "", "what keeps objects from removal"},
    {"s3-lock-days", "PGARK_S3_LOCK_DAYS", false, false, "", "and how long"},
    {"s3-part-size", "PGARK_S3_PART_SIZE", false, false, "", "of uploads"},
    {"s3-uploads", "PGARK_S3_UPLOADS", false, false, "", "parts on their way at once"},
    {"gs-access-key-id", "PGARK_GS_ACCESS_KEY_ID", true, false, "", "who opens gs://"},
    {"gs-secret-access-key", "PGARK_GS_SECRET_ACCESS_KEY", true, false, "", "and with what"},
    {"gs-endpoint-url", "PGARK_GS_ENDPOINT_URL", false, false, "", "another store than Google's"},
    {"azure-storage-account", "AZURE_STORAGE_ACCOUNT", false, false, "", "whose az:// is"},
    {"azure-storage-key", "AZURE_STORAGE_KEY", true, false, "", "what opens it"},
    {"azure-storage-sas-token", "AZURE_STORAGE_SAS_TOKEN", true, false, "", "or a token"},
    {"azure-storage-connection-string", "AZURE_STORAGE_CONNECTION_STRING", true, false, "", "or all in one"},
    {"az-ca-bundle", "PGARK_AZ_CA_BUNDLE", false, false, "", "what certificates are trusted there"},
}};

constexpr std::string_view kProfiles = "profile";

bool takes_connection(const ConfigValue& option) {
  return option.key == "dbname" || option.key == "from" || option.key == "to";
}

bool takes_webhook(const ConfigValue& option) {
  return option.key == "notify-url";
}

bool has_blank(const std::string& text) {
  return text.find_first_of(" \t\n") != std::string::npos;
}

class Reader {
 public:
  Reader(std::string path, ConfigFile& file) : path_(std::move(path)), file_(file) {}

  // Values of a later table take the place of those of an earlier one.
  Result<> read(const toml::table& table, bool has_profiles) {
    for (const auto& [name, node] : table) {
      const std::string key(name.str());
      if (has_profiles && key == kProfiles) continue;
      if (const toml::table* options = node.as_table()) {
        if (auto read = read_command(key, *options); !read) return read;
        continue;
      }
      const auto known =
          std::ranges::find(kSettings, key, [](const Setting& one) { return std::string(one.key); });
      if (known == kSettings.end()) return wrong(node, "there is no setting \"" + key + "\"");
      auto value = value_of(key, node);
      if (!value) return tl::unexpected<Error>(std::move(value).error());
      if (value->values.size() != 1 && !known->list) return wrong(node, "\"" + key + "\" has one value");
      if (known->list && std::ranges::any_of(value->values, has_blank))
        return wrong(node, "a value of \"" + key + "\" has a blank in it: give it as an option");
      put(file_.settings, std::move(*value));
    }
    return {};
  }

  tl::unexpected<Error> wrong(const toml::node& node, const std::string& message) const {
    return fail(ErrorCode::usage, message, where(node),
                "docs/configuration.md shows what may stand in this file");
  }

 private:
  std::string where(const toml::node& node) const {
    return fmt::format("{}, line {}", path_, node.source().begin.line);
  }

  Result<> read_command(const std::string& command, const toml::table& options) {
    for (const auto& [name, node] : options) {
      auto value = value_of(std::string(name.str()), node);
      if (!value) return tl::unexpected<Error>(std::move(value).error());
      put(file_.commands[command], std::move(*value));
    }
    return {};
  }

  static void put(std::vector<ConfigValue>& values, ConfigValue value) {
    const auto same = std::ranges::find(values, value.key, &ConfigValue::key);
    if (same == values.end()) {
      values.push_back(std::move(value));
    } else {
      *same = std::move(value);
    }
  }

  static std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return std::nullopt;
  }

  Result<ConfigValue> value_of(const std::string& key, const toml::node& node) const {
    ConfigValue value{key, {}, where(node)};
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& element : *array) {
        const auto text = text_of(element);
        if (!text) return wrong(element, "a value of \"" + key + "\" is no text and no number");
        value.values.push_back(*text);
      }
      return value;
    }
    const auto text = text_of(node);
    if (!text) return wrong(node, "\"" + key + "\" is no text, whole number, true, false or list of these");
    value.values.push_back(*text);
    return value;
  }

  const std::string path_;
  ConfigFile& file_;
};

}  // namespace

std::span<const Setting> known_settings() {
  return kSettings;
}

Result<ConfigFile> parse_config(const std::string& text, const std::string& path,
                                const std::string& profile) {
  const toml::parse_result parsed = toml::parse(text, path);
  if (!parsed) {
    // The parser's own words quote what stands there, which may be a password.
    const toml::source_position at = parsed.error().source().begin;
    return fail(ErrorCode::usage, fmt::format("is not TOML, from column {} on", at.column),
                fmt::format("{}, line {}", path, at.line),
                "texts stand in quotes; docs/configuration.md has an example");
  }
  const toml::table& root = parsed.table();
  ConfigFile file;
  Reader reader(path, file);
  if (auto read = reader.read(root, /*has_profiles=*/true); !read)
    return tl::unexpected<Error>(std::move(read).error());
  const toml::node* const profiles = root.get(kProfiles);
  if (profiles != nullptr && !profiles->is_table())
    return reader.wrong(*profiles, "\"profile\" is no table: write [profile.NAME]");
  if (profile.empty()) return file;
  const toml::node* const chosen = profiles == nullptr ? nullptr : profiles->as_table()->get(profile);
  if (chosen == nullptr || !chosen->is_table()) {
    return fail(ErrorCode::usage, "there is no profile \"" + profile + "\"", path,
                "it begins with a line [profile." + profile + "]");
  }
  if (auto read = reader.read(*chosen->as_table(), /*has_profiles=*/false); !read)
    return tl::unexpected<Error>(std::move(read).error());
  return file;
}

bool may_hold_secret(const ConfigValue& option) {
  return takes_connection(option) || takes_webhook(option);
}

bool holds_secret(const ConfigValue& option) {
  params::Environment nothing;
  nothing.variable = [](std::string_view) { return std::nullopt; };
  const auto has_password = [&nothing](const std::string& text) {
    params::CommandLineParams given;
    given.dbname = text;
    const auto resolved = params::resolve(given, nothing);
    if (!resolved || !resolved->params.ssl.key_password.empty()) return true;
    return std::ranges::any_of(resolved->params.hosts,
                               [](const params::HostAddress& host) { return !host.password.empty(); });
  };
  return takes_webhook(option) ||
         (takes_connection(option) && std::ranges::any_of(option.values, has_password));
}

void apply_settings(LoadedConfig& config) {
  for (const ConfigValue& value : config.file.settings) {
    const auto setting =
        std::ranges::find(kSettings, value.key, [](const Setting& one) { return std::string(one.key); });
    const char* const there = std::getenv(setting->variable);
    if (there != nullptr && *there != '\0') continue;
    ::setenv(setting->variable, fmt::format("{}", fmt::join(value.values, " ")).c_str(), 1);
    config.variables[setting->variable] = value.where;
  }
}

}  // namespace pgark::cli
