#include "cli/manual/man_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <sstream>

namespace pgark::cli {

namespace {

// Text that roff prints as it is.
std::string roff(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string synopsis(const CommandPage& page) {
  std::string line = page.name.empty() ? ".B pgark\n" : fmt::format(".B pgark {}\n", roff(page.name));
  for (const OptionPage& option : page.options) {
    if (!option.required || option.positional) continue;
    line += fmt::format("{} \\fI{}\\fR\n", roff(option.names.back()), roff(option.value));
  }
  line += page.name.empty() ? "\\fICOMMAND\\fR\n[\\fIOPTION\\fR ...]\n" : "[\\fIOPTION\\fR ...]\n";
  for (const OptionPage& option : page.options) {
    if (!option.positional) continue;
    const std::string value = roff(option.value) + (option.repeatable ? " ..." : "");
    line += option.required ? fmt::format("\\fI{}\\fR\n", value) : fmt::format("[\\fI{}\\fR]\n", value);
  }
  return line;
}

std::string option_entry(const OptionPage& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) names.push_back("\\fB" + roff(name) + "\\fR");
  std::string head =
      option.positional ? "\\fI" + roff(option.value) + "\\fR" : fmt::format("{}", fmt::join(names, ", "));
  if (!option.positional && !option.value.empty()) head += " \\fI" + roff(option.value) + "\\fR";
  return fmt::format(".TP\n{}\n{}\n", head, roff(option.description));
}

// In the order of --help, each under its heading.
std::string option_sections(const CommandPage& page) {
  std::vector<std::string> groups;
  for (const OptionPage& option : page.options)
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) groups.push_back(option.group);
  std::string out;
  for (const std::string& group : groups) {
    out += fmt::format(".SS {}\n", roff(group));
    for (const OptionPage& option : page.options)
      if (option.group == group) out += option_entry(option);
  }
  return out;
}

// Paragraphs are filled; what is indented stands as it is.
std::string paragraphs(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  bool verbatim = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with(' ');
    if (indented != verbatim) out += indented ? ".PP\n.nf\n" : ".fi\n";
    verbatim = indented;
    out += line.empty() ? std::string(".PP\n") : roff(line) + "\n";
  }
  return out + (verbatim ? ".fi\n" : "");
}

std::string see_also(const std::vector<CommandPage>& pages, const std::string& name) {
  std::vector<std::string> others;
  if (!name.empty()) others.emplace_back("\\fBpgark\\fR(1)");
  for (const CommandPage& page : pages)
    if (!page.name.empty() && page.name != name)
      others.push_back(fmt::format("\\fBpgark\\-{}\\fR(1)", roff(page.name)));
  return fmt::format("{}\n", fmt::join(others, ",\n"));
}

}  // namespace

std::string man_page(const std::vector<CommandPage>& pages, const std::string& name,
                     const std::string& version) {
  const auto found =
      std::find_if(pages.begin(), pages.end(), [&](const CommandPage& page) { return page.name == name; });
  assert(found != pages.end());
  const CommandPage& page = *found;
  const std::string title = name.empty() ? "pgark" : "pgark-" + name;
  std::string out = fmt::format(".TH {} 1 \"\" \"pgark {}\" \"pgark\"\n", roff(upper(title)), roff(version));
  out += fmt::format(".SH NAME\n{} \\- {}\n", roff(title), roff(page.description));
  out += ".SH SYNOPSIS\n" + synopsis(page);
  if (!page.footer.empty()) out += ".SH DESCRIPTION\n" + paragraphs(page.footer);
  if (name.empty()) {
    out += ".SH COMMANDS\n";
    for (const CommandPage& command : pages)
      if (!command.name.empty())
        out += fmt::format(".TP\n\\fBpgark\\-{}\\fR(1)\n{}\n", roff(command.name), roff(command.description));
  }
  out += ".SH OPTIONS\n" + option_sections(page);
  return out + ".SH SEE ALSO\n" + see_also(pages, name);
}

}  // namespace pgark::cli
