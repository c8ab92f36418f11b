#include "cli/config_loader.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>

namespace pgark::cli {
namespace {

constexpr const char* kConfigVariable = "PGARK_CONFIG";
constexpr const char* kProfileVariable = "PGARK_PROFILE";
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// XDG Base Directory Specification.
std::string default_path() {
  std::string folder = variable("XDG_CONFIG_HOME");
  if (!folder.starts_with('/')) {
    const std::string home = variable("HOME");
    if (home.empty()) return {};
    folder = home + "/.config";
  }
  return folder + "/pgark/config.toml";
}

[[noreturn]] void refuse(const Error& error) {
  throw CLI::ConfigError(error.to_string() + (error.hint.empty() ? "" : "; " + error.hint));
}

// What CLI11 asks for the values of a file.
class TomlConfig final : public CLI::Config {
 public:
  TomlConfig(const CLI::App& program, LoadedConfig& config) : program_(program), config_(config) {}

  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    config_.path = program_.get_option("--config")->as<std::string>();
    const CLI::Option* profile = program_.get_option("--profile");
    config_.profile = profile->count() > 0 ? profile->as<std::string>() : variable(kProfileVariable);
    std::string text(kFileBytesMax + 1, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
    if (text.size() > kFileBytesMax)
      refuse(fail(ErrorCode::usage, "the configuration file is larger than 1 MiB", config_.path).value());
    auto file = parse_config(text, config_.path, config_.profile);
    if (!file) refuse(file.error());
    config_.file = std::move(*file);
    check_secrets();
    check_commands();
    apply_settings(config_);
    return items();
  }

 private:
  // Like a password file.
  void check_secrets() const {
    struct stat status {};
    const bool open_to_others = ::stat(config_.path.c_str(), &status) == 0 && (status.st_mode & 077) != 0;
    if (!open_to_others) return;
    const auto& settings = known_settings();
    for (const ConfigValue& value : config_.file.settings) {
      const bool secret = std::ranges::any_of(
          settings, [&value](const Setting& one) { return one.secret && value.key == one.key; });
      if (secret) refuse_secret(value);
    }
    for (const auto& [command, values] : config_.file.commands) {
      for (const ConfigValue& value : values)
        if (holds_secret(value)) refuse_secret(value);
    }
  }

  [[noreturn]] static void refuse_secret(const ConfigValue& value) {
    refuse(fail(ErrorCode::usage, "\"" + value.key + "\" may hold a secret, and others may read the file",
                value.where, "chmod 600 the file")
               .value());
  }

  const CLI::App* find_command(const std::string& name) const {
    const auto found =
        program_.get_subcommands([&name](const CLI::App* one) { return one->get_name() == name; });
    return found.empty() ? nullptr : found.front();
  }

  void check_commands() const {
    for (const auto& [command, values] : config_.file.commands) {
      const CLI::App* app = find_command(command);
      for (const ConfigValue& value : values) {
        const CLI::Option* option = app == nullptr ? nullptr : app->get_option_no_throw("--" + value.key);
        if (option != nullptr && value.key.size() > 1) continue;
        refuse(fail(ErrorCode::usage,
                    app == nullptr ? "there is no command \"" + command + "\""
                                   : "pgark " + command + " has no option --" + value.key,
                    value.where)
                   .value());
      }
    }
  }

  // Of the chosen command. A switch that is off is as if it were not there.
  std::vector<CLI::ConfigItem> items() const {
    std::vector<CLI::ConfigItem> items;
    for (const CLI::App* command : program_.get_subcommands()) {
      const auto values = config_.file.commands.find(command->get_name());
      if (values == config_.file.commands.end()) continue;
      for (const ConfigValue& value : values->second) {
        const bool is_switch = command->get_option("--" + value.key)->get_expected_min() == 0;
        if (is_switch && value.values != std::vector<std::string>{"true"}) {
          if (value.values == std::vector<std::string>{"false"}) continue;
          refuse(fail(ErrorCode::usage, "\"" + value.key + "\" is true or false", value.where).value());
        }
        CLI::ConfigItem item;
        item.parents = {command->get_name()};
        item.name = value.key;
        item.inputs = value.values;
        items.push_back(std::move(item));
      }
    }
    return items;
  }

  const CLI::App& program_;
  LoadedConfig& config_;
};

}  // namespace

void add_config_options(CLI::App& program, LoadedConfig& config) {
  const std::string given = variable(kConfigVariable);
  const std::string text = fmt::format("configuration file (default: {}, else {})", kConfigVariable,
                                       "~/.config/pgark/config.toml");
  program.set_config("--config", given.empty() ? default_path() : given, text, !given.empty())
      ->type_name("FILE")
      ->default_str(given.empty() ? default_path() : given);
  program
      .add_option("--profile", config.profile, "profile of the configuration file (default: PGARK_PROFILE)")
      ->type_name("NAME")
      ->configurable(false);
  program.config_formatter(std::make_shared<TomlConfig>(program, config));
  program.fallthrough();  // pgark backup --profile production
}

void check_config(const CLI::App& program, const LoadedConfig& config) {
  const bool asked = program.get_option("--profile")->count() > 0 || !variable(kProfileVariable).empty();
  if (asked && config.path.empty())
    throw CLI::ValidationError("--profile",
                               "there is no configuration file: name it with --config or PGARK_CONFIG");
}

}  // namespace pgark::cli
