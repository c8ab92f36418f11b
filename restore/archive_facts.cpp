#include "restore/archive_facts.hpp"

#include <fmt/format.h>

#include <charconv>

#include "restore/plan.hpp"

namespace pgark::restore {

int source_version_num(const format::Toc& toc) {
  int number = 0;
  const auto found = toc.info.find(format::info_key::kServerVersionNum);
  if (found != toc.info.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

std::string source_encoding(const format::Toc& toc) {
  const auto found = toc.info.find(format::info_key::kEncoding);
  return found == toc.info.end() ? std::string("UTF8") : found->second;
}

Result<> check_row_count(const format::Toc& toc, const format::TocEntry& entry, std::uint64_t rows) {
  const auto* data = toc.find_data(entry.id);
  const std::uint64_t held = data == nullptr ? 0 : data->rows;
  if (held == rows) return {};
  return fail(ErrorCode::mismatch, fmt::format("the archive holds {} rows, {} were written", held, rows),
              describe(entry));
}

}  // namespace pgark::restore
