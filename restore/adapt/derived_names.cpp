#include "restore/adapt/derived_names.hpp"

#include <string>
#include <string_view>

#include "base/sql_quote.hpp"

namespace pgark::restore {

using format::Toc;
using format::TocEntry;

namespace {

constexpr std::size_t kNameBytesMax = 63;

// At most kNameBytesMax bytes with `tail`, cut before a character.
std::string fitting(std::string name, const std::string& tail) {
  if (name.size() + tail.size() > kNameBytesMax) {
    std::size_t end = kNameBytesMax - tail.size();
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0u) == 0x80u) --end;
    name.resize(end);
  }
  return name + tail;
}

std::string derived(const std::string& name, const std::string& table, const std::string& new_table) {
  const std::size_t at = name.find(table);
  if (at == std::string::npos) return fitting(name, fitting("_" + new_table, {}));
  return fitting(name.substr(0, at) + new_table + name.substr(at + table.size()), {});
}

class Deriver {
 public:
  Deriver(const Toc& toc, Renames& renames, std::vector<AdaptationNote>& notes)
      : toc_(toc), renames_(renames), notes_(notes), taken_(renames.objects) {
    for (const TocEntry& entry : toc.entries) {
      if (entry.kind == "INDEX" || entry.kind == "CONSTRAINT" || entry.kind == "STATISTICS")
        taken_.emplace(entry.schema, entry.name);
    }
    for (const auto& [from, to] : renames.relations) taken_.emplace(from.first, to);
  }

  void run() {
    for (const TocEntry& entry : toc_.entries) {
      const ObjectName table{entry.schema, entry.table};
      if (entry.table.empty() || !renames_.tables.contains(table) || renames_.schemas.contains(entry.schema))
        continue;
      if (entry.kind == "STATISTICS") {
        rename(entry, renames_.statistics);
      } else if (entry.kind == "INDEX" || entry.kind == "CONSTRAINT" || entry.kind == "SEQUENCE" ||
                 entry.kind == "SEQUENCE OWNED BY") {
        if (rename(entry, renames_.relations) && entry.kind == "CONSTRAINT")
          renames_.constraints.emplace(entry.schema, entry.name);
      }
    }
  }

 private:
  bool rename(const TocEntry& entry, std::map<ObjectName, std::string>& names) {
    const ObjectName name{entry.schema, entry.name};
    if (names.contains(name)) return false;
    const std::string& new_table = renames_.relations.at({entry.schema, entry.table});
    const std::string wanted = derived(entry.name, entry.table, new_table);
    std::string unique = wanted;
    for (int number = 1; !taken_.emplace(entry.schema, unique).second; ++number)
      unique = fitting(wanted, "_" + std::to_string(number));
    names.emplace(name, unique);
    const std::string kind = entry.kind == "SEQUENCE OWNED BY" ? "SEQUENCE" : entry.kind;
    notes_.push_back({entry.id, Severity::notice,
                      "becomes " + one_line(quote_identifier(unique)) + ", as its table has a new name",
                      kind + " " + one_line(quote_qualified(entry.schema, entry.name))});
    return true;
  }

  const Toc& toc_;
  Renames& renames_;
  std::vector<AdaptationNote>& notes_;
  std::set<ObjectName> taken_;
};

}  // namespace

void add_derived_names(const Toc& toc, Renames& renames, std::vector<AdaptationNote>& notes) {
  Deriver(toc, renames, notes).run();
}

}  // namespace pgark::restore
