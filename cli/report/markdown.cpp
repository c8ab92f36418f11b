#include "cli/report/markdown.hpp"

#include "cli/report/charts.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

// Nothing is seen of it: people and issues are not mentioned, and addresses are no links.
constexpr std::string_view kBreak = "<!-- -->";

// A colour is not enough, and there is none: a word before the text.
std::string cell(const Cell& cell) {
  const std::string text = escape_markdown(cell.text);
  if (cell.tone == Tone::bad) return "**" + text + "**";
  return cell.tone == Tone::warning ? "*" + text + "*" : text;
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& each : cells) line += " " + each + " |";
  return line + "\n";
}

std::string grid(const Grid& grid) {
  if (grid.rows.empty()) return {};
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (const Column& column : grid.columns) {
    titles.push_back(escape_markdown(column.title));
    rules.emplace_back(column.is_number ? "---:" : "---");
  }
  std::string text = table_row(titles) + table_row(rules);
  for (const auto& row : grid.rows) {
    std::vector<std::string> cells;
    cells.reserve(row.size());
    for (const Cell& each : row) cells.push_back(cell(each));
    text += table_row(cells);
  }
  return text + "\n";
}

std::string facts(const std::vector<Fact>& facts) {
  if (facts.empty()) return {};
  Grid as_grid{{{"fact"}, {"value"}}, {}};
  for (const Fact& fact : facts) as_grid.rows.push_back({{fact.name}, fact.value});
  return grid(as_grid);
}

std::string paragraph(const std::string& text) {
  return text.empty() ? "" : escape_markdown(text) + "\n\n";
}

}  // namespace

std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()<>!|~&";
  // At the beginning these make a list, a heading's underline or a front matter.
  constexpr std::string_view kAtBeginning = "-+=";
  const std::string safe = printable(text);
  std::string escaped;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const std::string_view rest = std::string_view(safe).substr(i);
    const char character = safe[i];
    if (kMarkup.find(character) != std::string_view::npos ||
        (i == 0 && kAtBeginning.find(character) != std::string_view::npos))
      escaped += '\\';
    if (i == 0 && character == '#') escaped += '\\';
    escaped += character;
    const bool before_link =
        rest.starts_with("://") || (i >= 2 && std::string_view(safe).substr(i - 2).starts_with("www."));
    if (character == '@' || character == '#' || before_link) escaped += kBreak;
  }
  return escaped;
}

std::string markdown(const Document& document) {
  std::string text = "# " + escape_markdown(document.title) + "\n\n" + cell(document.verdict) + "\n\n";
  for (const Section& section : document.sections) {
    text += "## " + escape_markdown(section.title) + "\n\n" + paragraph(section.text) + facts(section.facts) +
            grid(lanes_grid(section.lanes)) + paragraph(curve_text(section.curve)) + grid(section.grid) +
            paragraph(section.note);
  }
  return text + escape_markdown(document.footer) + "\n";
}

}  // namespace pgark::cli::report
