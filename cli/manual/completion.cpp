#include "cli/manual/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace pgark::cli {

namespace {

enum class Values { none, files, words, unknown };

// What may follow an option.
struct Following {
  Values kind = Values::unknown;
  std::string words;  // separated by blanks
};

Following following(const OptionPage& option) {
  const std::string& value = option.value;
  if (value.empty()) return {Values::none, {}};
  if (value == "PATH" || value == "ARCHIVE" || value == "FILE" || value == "FOLDER")
    return {Values::files, {}};
  if (value == "CODEC") return {Values::words, "none lz4 zstd"};
  if (value.find('|') != std::string::npos) {
    std::string words = value;
    std::replace(words.begin(), words.end(), '|', ' ');
    return {Values::words, words};
  }
  if (value == "FORMAT") {
    const bool rows = option.description.find("custom") == std::string::npos;
    return {Values::words, rows ? "csv text" : "custom directory plain"};
  }
  return {Values::unknown, {}};
}

// What stands where no option is: the values of the command's arguments.
Following arguments(const CommandPage& command) {
  for (const OptionPage& option : command.options)
    if (option.positional) return following(option);
  return {Values::none, {}};
}

bool takes_files(const CommandPage& command) {
  return arguments(command).kind == Values::files;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::vector<std::string> command_names(const std::vector<CommandPage>& pages) {
  std::vector<std::string> names;
  for (const CommandPage& page : pages)
    if (!page.name.empty()) names.push_back(page.name);
  return names;
}

// The first sentence's beginning, for lists in which each option has one line.
std::string brief(const std::string& description) {
  constexpr std::size_t kBytesMax = 70;
  std::string text = description.substr(0, description.find_first_of(";:("));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.size() > kBytesMax) {
    text.resize(text.rfind(' ', kBytesMax));
    text += " ...";
  }
  return text;
}

// --- bash --------------------------------------------------------------------

std::string bash_values(const CommandPage& command) {
  std::string cases;
  for (const OptionPage& option : command.options) {
    const Following after = following(option);
    if (option.positional || after.kind == Values::none) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : option.names) patterns.push_back(command.name + ":" + name);
    std::string action = "return";
    if (after.kind == Values::files)
      action = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")); return";
    if (after.kind == Values::words)
      action = fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return", after.words);
    cases += fmt::format("    {}) {} ;;\n", joined(patterns, "|"), action);
  }
  return cases;
}

std::string bash_script(const std::vector<CommandPage>& pages) {
  const std::vector<std::string> commands = command_names(pages);
  std::string values, words;
  for (const CommandPage& page : pages) {
    std::vector<std::string> names;
    for (const OptionPage& option : page.options)
      if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
    values += bash_values(page);
    words += fmt::format("    {}) words=\"{}\"; arguments=\"{}\"; files={} ;;\n",
                         page.name.empty() ? "''" : page.name, joined(names, " "),
                         page.name.empty() ? joined(commands, " ") : arguments(page).words,
                         takes_files(page) ? "yes" : "");
  }
  return fmt::format(R"(# bash completion for pgark
_pgark() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command='' words='' arguments='' files='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      {}) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  case $command:$previous in
{}  esac
  case $command in
{}  esac
  if [[ $current != -* ]]; then
    words=$arguments
    if [[ -n $files ]]; then compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return; fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -F _pgark pgark
)",
                     joined(commands, "|"), values, words);
}

// --- zsh ---------------------------------------------------------------------

// Inside single quotes, inside a description of _arguments.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const OptionPage& option) {
  const Following after = following(option);
  if (after.kind == Values::files) return "_files";
  if (after.kind == Values::words) return "(" + after.words + ")";
  return " ";
}

std::string zsh_option(const OptionPage& option) {
  if (option.positional)
    return fmt::format("      '*:{}:{}' \\\n", zsh_text(option.value), zsh_action(option));
  std::string lines;
  for (const std::string& name : option.names) {
    const std::string many = option.repeatable ? "*" : "";
    const std::string value =
        option.value.empty() ? "" : fmt::format(":{}:{}", zsh_text(option.value), zsh_action(option));
    lines += fmt::format("      '{}{}[{}]{}' \\\n", many, name, zsh_text(brief(option.description)), value);
  }
  return lines;
}

std::string zsh_script(const std::vector<CommandPage>& pages) {
  std::string names, cases;
  for (const CommandPage& page : pages) {
    if (page.name.empty()) continue;
    names += fmt::format("    '{}:{}'\n", page.name, zsh_text(page.description));
    std::string options;
    for (const OptionPage& option : page.options) options += zsh_option(option);
    cases += fmt::format("    {})\n      _arguments -s \\\n{}      && return ;;\n", page.name, options);
  }
  return fmt::format(R"(#compdef pgark
_pgark() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments '--help[show this page]' '--version[versions of pgark and of the libraries in it]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _pgark ]; then _pgark "$@"; else compdef _pgark pgark; fi
)",
                     names, cases);
}

// --- fish --------------------------------------------------------------------

std::string fish_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string fish_option(const OptionPage& option, const std::string& condition) {
  std::string line = fmt::format("complete -c pgark -n '{}'", condition);
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  const Following after = following(option);
  if (after.kind == Values::files) line += " -r -F";
  if (after.kind == Values::words) line += fmt::format(" -x -a '{}'", after.words);
  if (after.kind == Values::unknown) line += " -x";
  return line + fmt::format(" -d '{}'\n", fish_text(brief(option.description)));
}

std::string fish_script(const std::vector<CommandPage>& pages) {
  std::string out = "# fish completion for pgark\ncomplete -c pgark -f\n";
  for (const CommandPage& page : pages) {
    const std::string condition =
        page.name.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + page.name;
    if (!page.name.empty())
      out += fmt::format("complete -c pgark -n __fish_use_subcommand -a {} -d '{}'\n", page.name,
                         fish_text(page.description));
    if (takes_files(page)) out += fmt::format("complete -c pgark -n '{}' -F\n", condition);
    if (arguments(page).kind == Values::words)
      out += fmt::format("complete -c pgark -n '{}' -a '{}'\n", condition, arguments(page).words);
    for (const OptionPage& option : page.options)
      if (!option.positional) out += fish_option(option, condition);
  }
  return out;
}

}  // namespace

std::string completion_script(const std::vector<CommandPage>& pages, Shell shell) {
  switch (shell) {
    case Shell::bash: return bash_script(pages);
    case Shell::zsh: return zsh_script(pages);
    case Shell::fish: return fish_script(pages);
  }
  return {};
}

}  // namespace pgark::cli
