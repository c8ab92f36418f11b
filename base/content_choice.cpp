#include "base/content_choice.hpp"

namespace pgark {
namespace {

struct NamedFlag {
  bool ContentChoice::*flag;
  std::string_view option;
};

constexpr NamedFlag kFlags[] = {
    {&ContentChoice::schema_only, "-s"},
    {&ContentChoice::data_only, "-a"},
    {&ContentChoice::no_schema, "--no-schema"},
    {&ContentChoice::no_data, "--no-data"},
    {&ContentChoice::no_owner, "--no-owner"},
    {&ContentChoice::no_privileges, "--no-privileges"},
    {&ContentChoice::no_comments, "--no-comments"},
    {&ContentChoice::no_security_labels, "--no-security-labels"},
    {&ContentChoice::no_policies, "--no-policies"},
    {&ContentChoice::no_publications, "--no-publications"},
    {&ContentChoice::no_subscriptions, "--no-subscriptions"},
    {&ContentChoice::no_statistics, "--no-statistics"},
    {&ContentChoice::no_tablespaces, "--no-tablespaces"},
    {&ContentChoice::no_table_access_method, "--no-table-access-method"},
};

constexpr NamedFlag kSections[] = {
    {&ContentChoice::section_pre_data, "--section=pre-data"},
    {&ContentChoice::section_data, "--section=data"},
    {&ContentChoice::section_post_data, "--section=post-data"},
};

struct Exclusion {
  bool ContentChoice::*first;
  bool ContentChoice::*second;
  const char* text;
};

constexpr Exclusion kExclusions[] = {
    {&ContentChoice::schema_only, &ContentChoice::data_only, "--schema-only and --data-only"},
    {&ContentChoice::schema_only, &ContentChoice::no_schema, "--schema-only and --no-schema"},
    {&ContentChoice::data_only, &ContentChoice::no_data, "--data-only and --no-data"},
};

}  // namespace

bool ContentChoice::wants_kind(std::string_view kind) const {
  if (kind == "ACL" || kind == "DEFAULT ACL" || kind == "PARAMETER ACL") return !no_privileges;
  if (kind == "COMMENT") return !no_comments;
  if (kind == "SECURITY LABEL") return !no_security_labels;
  if (kind == "POLICY" || kind == "ROW SECURITY") return !no_policies;
  if (kind == "STATISTICS DATA") return !no_statistics;
  if (kind.starts_with("PUBLICATION")) return !no_publications;
  if (kind.starts_with("SUBSCRIPTION")) return !no_subscriptions;
  return true;
}

std::string ContentChoice::to_options() const {
  std::string text;
  const auto add = [&text](std::string_view option) { text.append(text.empty() ? "" : " ").append(option); };
  for (const NamedFlag& named : kFlags) {
    if (this->*named.flag) add(named.option);
  }
  if (every_section()) return text;
  for (const NamedFlag& named : kSections) {
    if (this->*named.flag) add(named.option);
  }
  return text;
}

Result<> check_content(const ContentChoice& choice) {
  for (const Exclusion& exclusion : kExclusions) {
    if (choice.*exclusion.first && choice.*exclusion.second)
      return fail(ErrorCode::usage, std::string(exclusion.text) + " exclude each other");
  }
  return {};
}

}  // namespace pgark
