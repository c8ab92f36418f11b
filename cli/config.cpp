// pgark config show: what holds, and where it was said.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/notify/webhook.hpp"
#include "cli/settings.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::cli {

namespace {

struct Shown {
  std::string value, origin;
};

// A connection without its secrets, a webhook without its path, anything else not at all.
std::string masked(const Setting& setting, const std::string& value) {
  if (std::string_view(setting.key) == "notify-url") return masked_webhooks(value);
  if (!std::string_view(setting.key).ends_with("-url")) return "***";
  params::Environment nothing;
  nothing.variable = [](std::string_view) { return std::nullopt; };
  params::CommandLineParams given;
  given.dbname = value;
  const auto resolved = params::resolve(given, nothing);
  return resolved ? resolved->params.describe() : "***";
}

Shown look_up(const Setting& setting, const LoadedConfig& config) {
  const char* const value = std::getenv(setting.variable);
  if (value == nullptr || *value == '\0') {
    return {setting.fallback, *setting.fallback == '\0' ? "not set" : "default"};
  }
  const auto from_file = config.variables.find(setting.variable);
  const std::string origin = from_file == config.variables.end()
                                 ? std::string("environment: ") + setting.variable
                                 : from_file->second;
  return {setting.secret ? masked(setting, value) : value, origin};
}

std::string join(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

int run_show(const LoadedConfig& config, Console& console) {
  console.stop_progress();
  std::vector<std::vector<std::string>> rows;
  nlohmann::json settings = nlohmann::json::array();
  for (const Setting& setting : known_settings()) {
    const Shown shown = look_up(setting, config);
    rows.push_back({setting.key, printable(shown.value), printable(shown.origin), setting.text});
    settings.push_back({{"key", setting.key},
                        {"variable", setting.variable},
                        {"value", shown.value},
                        {"origin", shown.origin}});
  }
  std::vector<std::vector<std::string>> options;
  nlohmann::json commands = nlohmann::json::object();
  for (const auto& [command, values] : config.file.commands) {
    for (const ConfigValue& value : values) {
      const std::string text = may_hold_secret(value) ? "***" : join(value.values);
      options.push_back({command, "--" + value.key, printable(text), printable(value.where)});
      commands[command][value.key] = text;
    }
  }
  if (!console.options().json) {
    const std::string file = config.path.empty() ? "no configuration file" : "file " + printable(config.path);
    std::string text =
        file + (config.profile.empty() ? "" : ", profile " + printable(config.profile)) + "\n\n";
    text += table_within(stdout_columns(), {"setting", "value", "from", "what it is"}, rows);
    if (!options.empty())
      text += "\nOptions\n" + table_within(stdout_columns(), {"command", "option", "value", "from"}, options);
    write_stdout(text);
  }
  console.result({{"command", "config show"},
                  {"file", config.path},
                  {"profile", config.profile},
                  {"settings", settings},
                  {"options", commands}});
  return kExitOk;
}

}  // namespace

void add_config_command(CLI::App& program, Invocation& invocation) {
  CLI::App* command = program.add_subcommand("config", "Tell which settings hold, and where they come from");
  command->set_help_flag("--help", "show this page");
  command->require_subcommand(1);
  CLI::App* show = command->add_subcommand("show", "Print the effective settings, secrets masked");
  show->set_help_flag("--help", "show this page");
  add_console_options(*show, invocation.console);
  show->footer(
      "An option on the command line wins over the environment, the environment over the file; in the file a "
      "profile's\nvalues win over those outside of all profiles (docs/configuration.md).");
  show->callback([&invocation] {
    invocation.run = [&invocation](Console& console) { return run_show(invocation.config, console); };
  });
}

}  // namespace pgark::cli
