#include "restore/requirements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::restore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

format::Toc toc_of_everything() {
  format::Toc toc;
  const auto add = [&toc](const std::string& kind, const std::string& name) -> format::TocEntry& {
    format::TocEntry& entry = toc.entries.emplace_back();
    entry.id = static_cast<format::EntryId>(toc.entries.size());
    entry.kind = kind;
    entry.name = name;
    entry.section = format::Section::pre_data;
    return entry;
  };
  add("ROLE", "alice");
  add("ROLE PASSWORD", "alice").create = {{"ALTER ROLE alice PASSWORD 'x'", 0, 0}};
  auto& tablespace = add("TABLESPACE", "fast");
  tablespace.owner = "bob";
  tablespace.owner_object = "TABLESPACE fast";
  add("DATABASE", "d").tablespace = "fast";
  auto& table = add("TABLE", "t");
  table.schema = "s";
  table.owner = "alice";
  table.owner_object = "TABLE s.t";
  table.tablespace = "slow";
  table.takes_tablespace = true;
  auto& acl = add("ACL", "TABLE t");
  acl.schema = "s";
  acl.owner = "alice";
  acl.dependencies = {5};
  acl.roles = {"carol"};
  add("EXTENSION", "hstore").version = "1.8";
  return toc;
}

Requirements required(const RestoreOptions& options) {
  const format::Toc toc = toc_of_everything();
  return requirements_of(toc, Selection::make(toc, options).value(), options);
}

TEST(RequirementsTest, roles_tablespaces_and_extensions_of_what_is_selected) {
  const Requirements needs = required({});
  EXPECT_THAT(needs.roles, ElementsAre("alice", "carol"));
  EXPECT_THAT(needs.tablespaces, ElementsAre("slow"));
  EXPECT_THAT(needs.extensions, ElementsAre(Pair("hstore", "1.8")));
}

TEST(RequirementsTest, options_that_leave_things_out_need_less) {
  RestoreOptions options;
  options.no_owner = true;
  EXPECT_THAT(required(options).roles, ElementsAre("carol"));
  options.no_privileges = true;
  EXPECT_THAT(required(options).roles, IsEmpty());
  options = {};
  options.include_tables = {"s.other*", "t"};
  EXPECT_THAT(required(options).extensions, IsEmpty());
}

TEST(RequirementsTest, schemas_that_stay_behind) {
  format::Toc toc = toc_of_everything();
  auto& schema = toc.entries.emplace_back();
  schema.id = static_cast<format::EntryId>(toc.entries.size());
  schema.kind = "SCHEMA";
  schema.name = "s";
  schema.section = format::Section::pre_data;
  const auto schemas = [&toc](const RestoreOptions& options) {
    return requirements_of(toc, Selection::make(toc, options).value(), options).schemas;
  };
  EXPECT_THAT(schemas({}), IsEmpty());
  RestoreOptions options;
  options.include_tables = {"s.t"};
  EXPECT_THAT(schemas(options), ElementsAre("s"));
  options.with_dependencies = true;
  toc.entries[4].dependencies = {schema.id};
  EXPECT_THAT(schemas(options), IsEmpty());
  // A schema that the archive does not hold is somebody else's: public, or one of an extension.
  toc.entries.pop_back();
  toc.entries[4].dependencies.clear();
  options.with_dependencies = false;
  EXPECT_THAT(schemas(options), IsEmpty());
}

TEST(RequirementsTest, the_database_has_a_tablespace_too) {
  RestoreOptions options;
  options.create = true;
  EXPECT_THAT(required(options).tablespaces, ElementsAre("fast", "slow"));
}

TEST(RequirementsTest, globals_bring_along_what_they_create_and_need_their_owners) {
  RestoreOptions options;
  options.create = true;
  options.globals = true;
  const Requirements needs = required(options);
  EXPECT_THAT(needs.roles, ElementsAre("bob", "carol"));
  EXPECT_THAT(needs.tablespaces, ElementsAre("slow"));
}

TEST(RequirementsTest, globals_are_selected_whatever_the_patterns_and_only_when_asked) {
  const format::Toc toc = toc_of_everything();
  RestoreOptions options;
  EXPECT_FALSE(Selection::make(toc, options).value().contains(1));
  options.globals = true;
  options.data_only = true;
  options.no_role_passwords = true;
  const Selection selection = Selection::make(toc, options).value();
  EXPECT_TRUE(selection.contains(1));
  EXPECT_FALSE(selection.contains(2));
  EXPECT_TRUE(selection.contains(3));
  EXPECT_FALSE(selection.contains(5));
  format::Toc none = toc;
  none.entries.erase(none.entries.begin(), none.entries.begin() + 3);
  EXPECT_EQ(Selection::make(none, options).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace pgark::restore
