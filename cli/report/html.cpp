#include "cli/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/report/charts.hpp"
#include "cli/report/style.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

const char* tone_class(Tone tone) {
  switch (tone) {
    case Tone::good: return "good";
    case Tone::warning: return "warning";
    case Tone::bad: return "bad";
    case Tone::plain: break;
  }
  return "";
}

// ` class="a b"`, or nothing.
std::string class_attribute(std::string classes, Tone tone) {
  if (const std::string more = tone_class(tone); !more.empty())
    classes += (classes.empty() ? "" : " ") + more;
  return classes.empty() ? "" : " class=\"" + classes + "\"";
}

std::string bar(double share) {
  constexpr double kPercent = 100;
  return fmt::format(
      "<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"track\" width=\"100\" height=\"4\"/><rect class=\"bar\" width=\"{:.1f}\" height=\"4\"/>"
      "</svg>",
      std::clamp(share, 0.0, 1.0) * kPercent);
}

std::string cell(const Cell& cell, const Column& column) {
  return fmt::format("<td{}>{}{}</td>", class_attribute(column.is_number ? "number" : "", cell.tone),
                     escape_html(cell.text), cell.share < 0 ? "" : bar(cell.share));
}

std::string paragraph(const std::string& text, const char* classes) {
  if (text.empty()) return {};
  return fmt::format("<p{}>{}</p>\n", class_attribute(classes, Tone::plain), escape_html(text));
}

std::string facts(const std::vector<Fact>& facts) {
  if (facts.empty()) return {};
  std::string html = "<dl>\n";
  for (const Fact& fact : facts) {
    html += fmt::format("<div><dt>{}</dt><dd{}>{}</dd></div>\n", escape_html(fact.name),
                        class_attribute("", fact.value.tone), escape_html(fact.value.text));
  }
  return html + "</dl>\n";
}

std::string grid(const Grid& grid) {
  if (grid.rows.empty()) return {};
  std::string html = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (const Column& column : grid.columns) {
    html += fmt::format("<th scope=\"col\"{}>{}</th>",
                        class_attribute(column.is_number ? "number" : "", Tone::plain),
                        escape_html(column.title));
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : grid.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) html += cell(row[i], grid.columns.at(i));
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string section(const Section& section) {
  return "<section>\n<h2>" + escape_html(section.title) + "</h2>\n" + paragraph(section.text, "") +
         facts(section.facts) + lanes_html(section.lanes) + curve_html(section.curve) + grid(section.grid) +
         paragraph(section.note, "note") + "</section>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char character : printable(text)) {
    switch (character) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += character;
    }
  }
  return escaped;
}

std::string html_page(const Document& document) {
  const std::string title = escape_html(document.title);
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"robots\" content=\"noindex\"/>\n<title>" +
      title + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>" + title + "</h1>\n";
  html += fmt::format("<p{}>{}</p>\n", class_attribute("verdict", document.verdict.tone),
                      escape_html(document.verdict.text));
  for (const Section& each : document.sections) html += section(each);
  return html + "<footer>" + escape_html(document.footer) + "</footer>\n</body>\n</html>\n";
}

}  // namespace pgark::cli::report
