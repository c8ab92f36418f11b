// Looks into a built table of contents.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/ddl/build_toc.hpp"

namespace pgark::dumper::testing {

class TocView {
 public:
  explicit TocView(const Catalog& catalog, DumpOptions options = {}) {
    auto built = build_toc(catalog, options);
    EXPECT_TRUE(built.has_value()) << (built ? "" : built.error().to_string());
    if (built) build = std::move(*built);
  }

  // The only entry of this kind and name; a failed expectation and an empty entry when there is none.
  const format::TocEntry& entry(std::string_view kind, std::string_view name) const {
    const auto found = find(kind, name);
    EXPECT_NE(found, build.toc.entries.end()) << kind << " " << name;
    static const format::TocEntry kNothing;
    return found == build.toc.entries.end() ? kNothing : *found;
  }
  bool has(std::string_view kind, std::string_view name) const {
    return find(kind, name) != build.toc.entries.end();
  }

  // All create statements of the entry, one per line.
  std::string sql(std::string_view kind, std::string_view name) const {
    std::string text;
    for (const auto& statement : entry(kind, name).create) text += statement.sql + "\n";
    return text;
  }
  std::string drop(std::string_view kind, std::string_view name) const {
    std::string text;
    for (const auto& statement : entry(kind, name).drop) text += statement.sql + "\n";
    return text;
  }

  bool depends(const format::TocEntry& entry, const format::TocEntry& needed) const {
    return std::find(entry.dependencies.begin(), entry.dependencies.end(), needed.id) !=
           entry.dependencies.end();
  }
  bool locks(const format::TocEntry& entry, const format::TocEntry& table) const {
    return std::find(entry.locks.begin(), entry.locks.end(), table.id) != entry.locks.end();
  }

  // "KIND name" of every entry, in order.
  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : build.toc.entries) names.push_back(entry.kind + " " + entry.name);
    return names;
  }

  TocBuild build;

 private:
  std::vector<format::TocEntry>::const_iterator find(std::string_view kind, std::string_view name) const {
    return std::find_if(build.toc.entries.begin(), build.toc.entries.end(),
                        [&](const auto& entry) { return entry.kind == kind && entry.name == name; });
  }
};

}  // namespace pgark::dumper::testing
