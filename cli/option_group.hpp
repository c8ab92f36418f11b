// Options of one group of a command's --help, said in one line each.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pgark::cli {

class OptionGroup {
 public:
  // `name` is the heading under which --help shows the options. Borrows the command.
  OptionGroup(CLI::App& command, std::string name) : command_(command), name_(std::move(name)) {}

  CLI::Option* flag(const std::string& names, bool& into, const std::string& text) {
    return command_.add_flag(names, into, text)->group(name_);
  }
  // One value for each time the option is given.
  CLI::Option* list(const std::string& names, std::vector<std::string>& into, const std::string& type,
                    const std::string& text) {
    return command_.add_option(names, into, text)->type_name(type)->allow_extra_args(false)->group(name_);
  }
  template <class T>
  CLI::Option* value(const std::string& names, T& into, const std::string& type, const std::string& text) {
    return command_.add_option(names, into, text)->type_name(type)->group(name_);
  }

 private:
  CLI::App& command_;
  std::string name_;
};

}  // namespace pgark::cli
