#include "restore/archive_facts.hpp"

#include <charconv>

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

}  // namespace pgark::restore
