#include "cli/manual/command_pages.hpp"

#include <utility>

namespace pgark::cli {

namespace {

// CLI11 puts what a validator says behind the name: "N:INT in [1 - 256]".
std::string value_name(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

OptionPage page_of(const CLI::Option& option) {
  OptionPage page;
  page.positional = option.get_positional();
  if (page.positional) page.names.push_back(option.get_name());
  for (const std::string& name : option.get_snames()) page.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) page.names.push_back("--" + name);
  page.value = value_name(option);
  page.description = option.get_description();
  page.group = option.get_group();
  page.required = option.get_required();
  page.repeatable = option.get_items_expected_max() > 1;
  return page;
}

CommandPage page_of(const CLI::App& app, std::string name) {
  CommandPage page;
  page.name = std::move(name);
  page.description = app.get_description();
  page.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) page.options.push_back(page_of(*option));
  }
  return page;
}

}  // namespace

std::vector<CommandPage> command_pages(const CLI::App& program) {
  std::vector<CommandPage> pages;
  pages.push_back(page_of(program, {}));
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) pages.push_back(page_of(*command, command->get_name()));
  }
  return pages;
}

}  // namespace pgark::cli
