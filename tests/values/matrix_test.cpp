// On every major: what pgark prints of COPY BINARY rows is what the server sends as COPY text, byte for byte,
// for every type on the whitelist and for enums, domains, ranges and arrays made of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "format/values/row_printer.hpp"
#include "format/values/whitelist.hpp"
#include "support/servers.hpp"
#include "values/random_values.hpp"
#include "values/values_server.hpp"

namespace pgark::test {
namespace {

using values::Oid;
using values::TypeKind;

constexpr std::uint64_t kSeed = 20261128;
constexpr Oid kFirstUserOid = 16384;

ValuesServer& server_of(int major) {
  static std::unique_ptr<ValuesServer> server;
  static int server_major = 0;
  if (!server || server_major != major) {
    server.reset();
    server = std::make_unique<ValuesServer>(major);
    server_major = major;
  }
  return *server;
}

std::string_view line_at(std::string_view text, std::size_t position) {
  const std::size_t before = position == 0 ? std::string_view::npos : text.rfind('\n', position - 1);
  const std::size_t from = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(from, text.find('\n', position) - from).substr(0, 300);
}

class ValuesTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { server_ = &server_of(GetParam()); }

  void expect_same_text(const std::string& table, const std::vector<values::TypeDescriptor>& columns) {
    SCOPED_TRACE(table);
    const auto printer = values::RowPrinter::make(columns, server_->server_version_num());
    ASSERT_TRUE(printer) << printer.error().to_string();
    const ByteBuffer binary = server_->copy_out(table, true), text = server_->copy_out(table, false);
    ByteBuffer ours;
    const auto rows = printer->append_rows(binary, ours);
    ASSERT_TRUE(rows) << rows.error().to_string();
    EXPECT_GT(*rows, 0U);
    const std::string_view expected = as_text(text), actual = as_text(ours);
    if (expected == actual) return;
    const auto differs =
        static_cast<std::size_t>(std::ranges::mismatch(expected, actual).in1 - expected.begin());
    ADD_FAILURE() << "the server: " << line_at(expected, differs)
                  << "\npgark:      " << line_at(actual, differs);
  }

  ValuesServer* server_ = nullptr;
};

TEST_P(ValuesTest, texts_equal_the_servers) {
  for (const auto& [table, type] : server_->tables()) expect_same_text(table, {type});
}

TEST_P(ValuesTest, texts_of_random_bits_equal_the_servers) {
  for (const RandomTable& table : random_tables(server_->server_version_num(), kSeed)) {
    server_->sql("CREATE TABLE " + table.name + " (v " + table.type + ")");
    server_->copy_in(table.name, table.rows);
    expect_same_text(table.name, server_->column_types(table.name));
  }
}

TEST_P(ValuesTest, rows_of_many_columns_and_of_none_equal_the_servers) {
  server_->sql(
      "CREATE TABLE wide (a int, b text, c numeric, d timestamptz, e text[]); INSERT INTO wide SELECT n, "
      "nullif(s, ''), "
      "n / 3.0, '2020-01-01'::timestamptz + n * interval '1 s', ARRAY[s, NULL] FROM strings, "
      "generate_series(1, 20) n; "
      "CREATE TABLE none (); INSERT INTO none SELECT FROM generate_series(1, 3)");
  expect_same_text("wide", server_->column_types("wide"));
  expect_same_text("none", {});
}

// The tables above leave nothing on the list out, types or arrays.
TEST_P(ValuesTest, every_type_on_the_whitelist_has_a_table) {
  std::set<Oid> seen;
  for (const auto& [table, type] : server_->tables()) seen.insert(type[0].oid);
  for (const Oid oid : values::whitelisted_oids()) {
    if (!server_->types().types().contains(oid)) continue;  // of a later major
    EXPECT_TRUE(seen.contains(oid)) << oid;
  }
}

TEST_P(ValuesTest, the_whitelist_agrees_with_the_catalog) {
  for (const auto& [oid, type] : server_->types().types()) {
    const values::BuiltinType* const known = values::find_builtin(oid);
    if (known == nullptr) continue;
    EXPECT_EQ(known->array_oid, type.array) << type.name;
    EXPECT_EQ(known->delimiter, type.delimiter) << type.name;
    EXPECT_TRUE(type.has_send) << type.name;
    const Oid part = type.kind == 'r' ? type.subtype : type.kind == 'm' ? type.range : Oid{0};
    if (part == 0) continue;
    EXPECT_EQ(known->element, part) << type.name;
  }
}

// A new built-in type must be put on the list or be left out for a reason.
TEST_P(ValuesTest, every_type_of_the_catalog_is_listed_or_left_out_for_a_reason) {
  const std::set<std::string> of_catalogs{
      "pg_node_tree",   "pg_ndistinct", "pg_dependencies",       "pg_mcv_list",
      "pg_ddl_command", "gtsvector",    "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary",
      "cstring",        "unknown"};
  for (const auto& [oid, type] : server_->types().types()) {
    const bool can_be_a_column = type.kind == 'b' || type.kind == 'r' || type.kind == 'm';
    if (oid >= kFirstUserOid || !can_be_a_column || type.is_array || of_catalogs.contains(type.name))
      continue;
    EXPECT_TRUE(values::find_builtin(oid) != nullptr || !values::why_left_out(oid).empty()) << type.name;
  }
}

std::string major_name(const testing::TestParamInfo<int>& parameter) {
  return std::to_string(parameter.param);
}

INSTANTIATE_TEST_SUITE_P(majors, ValuesTest, testing::ValuesIn(known_majors().begin(), known_majors().end()),
                         major_name);

}  // namespace
}  // namespace pgark::test
