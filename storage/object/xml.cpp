#include "storage/object/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <charconv>
#include <sstream>

namespace pgark::storage::object {
namespace {

constexpr int kDepthMax = 32;
// What the system's clock can say in nanoseconds, and then some.
constexpr int kYearMin = 1900;
constexpr int kYearMax = 2200;

// Counts what opens and does not close; comments and the like are skipped, which no answer has.
bool too_deep(std::string_view text) {
  int depth = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find('>', at);
    if (end == std::string_view::npos) return false;  // is no XML: the parser says so
    if (text[at + 1] == '/') {
      --depth;
    } else if (text[at + 1] != '?' && text[at + 1] != '!' && text[end - 1] != '/') {
      ++depth;
    }
    if (depth > kDepthMax) return true;
  }
  return false;
}

std::optional<int> digits_of(std::string_view text) {
  const auto number = number_of(text);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

}  // namespace

std::shared_ptr<const Tree> parse_xml(std::string_view text, const char* root) {
  // Some servers begin with the mark of UTF-8.
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (too_deep(text)) return nullptr;
  try {
    std::istringstream in{std::string(text)};
    Tree tree;
    boost::property_tree::read_xml(in, tree, boost::property_tree::xml_parser::trim_whitespace);
    if (const auto found = tree.get_child_optional(root)) return std::make_shared<const Tree>(*found);
  } catch (const boost::property_tree::ptree_error&) {
    return nullptr;  // the caller says what it should have been
  }
  return nullptr;
}

std::string text_of(const Tree& tree, const char* name) {
  return tree.get<std::string>(name, std::string());
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number);
  if (text.empty() || failed != std::errc() || at != end) return std::nullopt;
  return number;
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  }
  return escaped;
}

std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() < kForm.size() + 1 || !text.ends_with('Z')) return std::nullopt;
  for (const std::size_t at : {4U, 7U, 10U, 13U, 16U}) {
    if (text[at] != kForm[at]) return std::nullopt;
  }
  const auto year = digits_of(text.substr(0, 4));
  const auto month = digits_of(text.substr(5, 2));
  const auto day = digits_of(text.substr(8, 2));
  const auto hour = digits_of(text.substr(11, 2));
  const auto minute = digits_of(text.substr(14, 2));
  const auto second = digits_of(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < kYearMin || *year > kYearMax || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  std::chrono::system_clock::time_point time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                                               std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  if (text[kForm.size()] == '.') {
    const auto fraction = digits_of(text.substr(20, std::min<std::size_t>(3, text.size() - 21)));
    if (fraction && text.size() >= 24) time += std::chrono::milliseconds(*fraction);
  }
  return time;
}

ErrorAnswer parse_error(std::string_view text) {
  const auto tree = parse_xml(text, "Error");
  if (!tree) {
    const auto sts = parse_xml(text, "ErrorResponse.Error");
    return sts ? ErrorAnswer{text_of(*sts, "Code"), text_of(*sts, "Message"), {}} : ErrorAnswer();
  }
  return {text_of(*tree, "Code"), text_of(*tree, "Message"), text_of(*tree, "Region")};
}

tl::unexpected<Error> no_answer(std::string_view what) {
  return fail(ErrorCode::protocol, fmt::format("the server's answer is no {}", what), {},
              "is the endpoint really that of a store of this kind?");
}

}  // namespace pgark::storage::object
