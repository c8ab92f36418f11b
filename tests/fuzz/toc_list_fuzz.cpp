// Entry lists of any content: no crash, no number twice, errors of one line; and an entry of any name gives a
// list that names this entry alone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "restore/toc_list.hpp"

using namespace pgark;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto ids = restore::parse_toc_list(text, "fuzz")) {
    if (std::set<format::EntryId>(ids->begin(), ids->end()).size() != ids->size()) std::abort();
  } else if (ids.error().to_string().find('\n') != std::string::npos) {
    std::abort();
  }
  format::Toc toc;
  format::TocEntry& entry = toc.entries.emplace_back();
  entry.id = 1;
  entry.kind = "TRIGGER";
  entry.schema = entry.name = entry.table = entry.owner = text;
  const auto selection = restore::Selection::make(toc, {});
  if (!selection) std::abort();
  const auto own = restore::parse_toc_list(restore::toc_list(toc, *selection, text), "fuzz");
  if (!own || own->size() != 1 || own->front() != 1) std::abort();
  return 0;
}
