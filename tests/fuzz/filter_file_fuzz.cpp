// Filter files of any content: no crash, rules that write out and read back the same, errors of one line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/filter_file.hpp"

using namespace pgark::cli;

namespace {

std::string written(const std::vector<FilterRule>& rules) {
  std::string text;
  for (const FilterRule& rule : rules) {
    text += rule.include ? "include " : "exclude ";
    text.append(filter_kind_name(rule.kind)).append(" ").append(rule.pattern).append("\n");
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rules = parse_filter({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!rules) {
    if (rules.error().to_string().find('\n') != std::string::npos) std::abort();
    return 0;
  }
  const auto again = parse_filter(written(*rules), "fuzz");
  if (!again || again->size() != rules->size()) std::abort();
  for (std::size_t i = 0; i < rules->size(); ++i) {
    if ((*again)[i].pattern != (*rules)[i].pattern || (*again)[i].kind != (*rules)[i].kind) std::abort();
  }
  return 0;
}
