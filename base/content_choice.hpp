// What of a database is wanted, apart from which objects: definitions, rows or statistics, sections, and the
// properties and kinds of entries to leave out. A backup and a restore mean the same by these, so both sides'
// options hold one; names and meanings follow pg_dump 18. Plain value; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark {

struct ContentChoice {
  bool schema_only = false, data_only = false;
  bool no_schema = false, no_data = false;
  bool section_pre_data = true, section_data = true, section_post_data = true;

  bool no_owner = false, no_privileges = false, no_comments = false, no_security_labels = false;
  bool no_statistics = false;
  bool no_policies = false, no_publications = false, no_subscriptions = false;
  bool no_tablespaces = false, no_table_access_method = false;

  bool wants_schema() const { return schema_only || (!data_only && !no_schema); }
  bool wants_rows() const { return data_only || (!schema_only && !no_data); }
  // False for the entry kinds (SCHEMA_COVERAGE B63) that an option leaves out whatever they belong to.
  bool wants_kind(std::string_view entry_kind) const;
  bool every_section() const { return section_pre_data && section_data && section_post_data; }

  // As a person would have typed it: "-s --no-comments"; empty when nothing was chosen.
  std::string to_options() const;

  bool operator==(const ContentChoice&) const = default;
};

// Errors: usage, naming the two options that exclude each other.
Result<> check_content(const ContentChoice& choice);

}  // namespace pgark
