// What can be set by an environment variable or in the configuration file (docs/configuration.md).
//
// One rule: an option on the command line wins over the environment, the environment over the file. A value
// of the file becomes the environment variable's where that is not set, before any command runs.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace pgark::cli {

struct Setting {
  const char* key;       // in the file
  const char* variable;  // in the environment
  bool secret;           // or may hold one: shown masked
  bool list;             // of texts without blanks, which stand between them in the environment
  const char* fallback;  // when it is set nowhere; empty: nothing
  const char* text;
};
std::span<const Setting> known_settings();

// A value as it stands in the file.
struct ConfigValue {
  std::string key;
  std::vector<std::string> values;  // more than one of an array; a switch is "true" or "false"
  std::string where;                // "pgark.toml, line 7"
};

struct ConfigFile {
  std::vector<ConfigValue> settings;                         // by key
  std::map<std::string, std::vector<ConfigValue>> commands;  // options of each, by long name
};

// An option of a command that takes a secret, or a connection with a password perhaps: shown masked.
bool may_hold_secret(const ConfigValue& option);
// Whether one of its values is or holds a secret indeed, or cannot be read.
bool holds_secret(const ConfigValue& option);

// What the file says for this profile: its own values, and for the rest those outside of all profiles. Empty:
// no profile. Errors: usage, naming the line, for what is not TOML, has a wrong type or is no setting, and
// for a profile that is not there. Whether tables are commands and have options is the caller's to check.
Result<ConfigFile> parse_config(const std::string& text, const std::string& path, const std::string& profile);

// What has been read; `path` is empty when there is no file.
struct LoadedConfig {
  std::string path, profile;
  ConfigFile file;
  std::map<std::string, std::string> variables;  // that were set from it, and where they stand
};

// Sets the variables that are not set. Call it while there is one thread.
void apply_settings(LoadedConfig& config);

}  // namespace pgark::cli
