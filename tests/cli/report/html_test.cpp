#include "cli/report/html.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace pgark::cli::report {
namespace {

using std::string;

// What a name in a database may be, put everywhere where text stands.
constexpr const char* kHostile = "</td><script>alert(1)</script>\" onload='x' &amp; <!-- \x1b[31m \xff ]]>";

Document hostile() {
  Document document{kHostile, {kHostile, Tone::bad}, {}, kHostile};
  Section section;
  section.title = section.text = section.note = kHostile;
  section.facts = {{kHostile, {kHostile, Tone::good}}};
  section.lanes = {1, {{kHostile, {{0, 1, kHostile}}, kHostile}}};
  section.curve = {1, {1, 2}, kHostile};
  section.grid.columns = {{kHostile}, {kHostile, true}};
  section.grid.rows = {{{kHostile, Tone::warning, 0.5}, {kHostile}}};
  document.sections = {section};
  return document;
}

// Of a parser of XML, which forgives nothing: the names of all elements, or what is wrong.
string elements(const string& page) {
  const test::TempDirectory folder;
  std::ofstream(folder / "page.html", std::ios::binary) << page;
  test::Command command;
  command.argv = {"python3", "-c",
                  "import sys, xml.etree.ElementTree as t\n"
                  "print(' '.join(sorted({e.tag for e in t.parse(sys.argv[1]).iter()})))",
                  (folder / "page.html").string()};
  const test::ProcessResult result = test::run(command);
  return result.exit_status == 0 ? result.out : result.describe();
}

std::size_t count(const string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HtmlReport, TextIsNeverMarkup) {
  EXPECT_EQ(escape_html("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escape_html("\x1b[1m\n\xff"), "\\x1b[1m\\x0a\\xff");
  EXPECT_EQ(escape_html("größe"), "größe");
  const string page = html_page(hostile());
  EXPECT_EQ(count(page, "<script"), 0u);
  EXPECT_EQ(count(page, "&lt;script&gt;"), 20u);  // each of the places
}

TEST(HtmlReport, APageIsWellFormedWhateverIsInIt) {
  EXPECT_EQ(
      elements(html_page(hostile())),
      "body dd div dl dt footer h1 h2 head html meta p rect section span style svg table tbody td th thead "
      "title tr\n");
  EXPECT_EQ(elements(html_page({})), "body footer h1 head html meta p style title\n");
}

TEST(HtmlReport, NothingIsLoaded) {
  const string page = html_page(hostile());
  for (const char* part : {"http://", "https://", "src=", "href=", "@import", "url(", "<link"})
    EXPECT_EQ(count(page, part), 0u) << part;
  EXPECT_EQ(count(page, "default-src 'none'"), 1u);
}

TEST(HtmlReport, DarkLightAndPaper) {
  const string page = html_page({});
  EXPECT_EQ(count(page, "prefers-color-scheme: dark"), 1u);
  EXPECT_EQ(count(page, "@media print"), 1u);
}

TEST(HtmlReport, CellsHaveToneAlignmentAndBar) {
  Document document;
  document.sections.resize(1);
  document.sections[0].grid = {{{"n", true}}, {{{"7", Tone::bad, 0.25}}, {{"8", Tone::plain, 7}}}};
  const string page = html_page(document);
  EXPECT_EQ(count(page, "<td class=\"number bad\">7<svg"), 1u);
  EXPECT_EQ(count(page, "class=\"bar\" width=\"25.0\""), 1u);
  EXPECT_EQ(count(page, "class=\"bar\" width=\"100.0\""), 1u);
}

}  // namespace
}  // namespace pgark::cli::report
