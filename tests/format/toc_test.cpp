#include "format/toc.hpp"

#include <gtest/gtest.h>

#include <random>

#include "format/archive_fixture.hpp"
#include "format/layout.hpp"

namespace pgark::format {
namespace {

// A TOC in which every field has a value of its own.
Toc full_toc() {
  Toc toc;
  toc.info = {{"database", "shop"}, {"x-unknown", "kept"}, {"encoding", "UTF8"}, {"empty", ""}};
  TocEntry entry;
  entry.id = 1;
  entry.kind = "TABLE";
  entry.schema = "we\"ird";
  entry.name = "caf\xC3\xA9";
  entry.table = "parent";
  entry.owner = "alice";
  entry.owner_object = "TABLE \"we\"\"ird\".caf\xC3\xA9";
  entry.tablespace = "fast";
  entry.takes_tablespace = true;
  entry.access_method = "heap";
  entry.section = Section::pre_data;
  entry.pass = Pass::post_acl;
  entry.dependencies = {2, 1};
  entry.locks = {2};
  entry.create = {{"CREATE TABLE a ()", 0, 150000}, {"CREATE TABLE b ()", 150000, 0}, {"", 0, 0}};
  entry.drop = {{"DROP TABLE a", 1, 2}};
  entry.copy_target = "a (b, c)";
  entry.size_estimate_bytes = 0x0102030405060708;
  entry.roles = {"bob", "we\"ird"};
  entry.version = "3.3.2";
  toc.entries.push_back(entry);
  TocEntry plain;
  plain.id = 2;
  plain.column_types = {{{values::TypeKind::builtin, 1184}},
                        {{values::TypeKind::domain, 4000000000}, {values::TypeKind::enumeration, 16390}}};
  toc.entries.push_back(plain);
  toc.data.push_back({1, 10, {1, 2}, 30, 40, 5});
  toc.data.push_back({2, 0, {}, 0, 0, 0});
  toc.report = {{ReportLevel::lost, "RULE", "a.b", "not handled yet"}, {ReportLevel::info, "", "", ""}};
  toc.collations = {{"", "", "c", "2.36"}, {"s", "de", "i", "153.120"}};
  return toc;
}

using Bytes = std::vector<std::byte>;

Bytes field(layout::Tag tag, const Bytes& value) {
  Bytes out;
  ByteWriter writer(out);
  writer.u16_le(tag);
  writer.u32_le(static_cast<std::uint32_t>(value.size()));
  writer.bytes(value);
  return out;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Bytes u32(std::uint32_t value) {
  Bytes out;
  ByteWriter(out).u32_le(value);
  return out;
}

Bytes text(std::string_view value) {
  const ByteSpan bytes = as_bytes(value);
  return {bytes.begin(), bytes.end()};
}

const Bytes kHead(8);

Result<Toc> decode_with(std::initializer_list<Bytes> fields) {
  return decode_toc(joined({kHead, joined(fields)}));
}
Result<Toc> decode_entry_with(std::initializer_list<Bytes> fields) {
  return decode_with(
      {field(layout::toc_tag::kEntry, joined({field(layout::entry_tag::kId, u32(1)), joined(fields)}))});
}

TEST(Toc, round_trip_of_every_field) {
  const Toc toc = full_toc();
  const auto decoded = decode_toc(encode_toc(toc));
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(*decoded, toc);
  EXPECT_EQ(decode_toc(encode_toc({})).value(), Toc{});
}

TEST(Toc, finds_by_id) {
  const Toc toc = full_toc();
  EXPECT_EQ(toc.find(1), &toc.entries[0]);
  EXPECT_EQ(toc.find(2), &toc.entries[1]);
  EXPECT_EQ(toc.find(0), nullptr);
  EXPECT_EQ(toc.find(3), nullptr);
  EXPECT_EQ(toc.find_data(2), &toc.data[1]);
  EXPECT_EQ(toc.find_data(3), nullptr);
}

TEST(Toc, random_tables_of_contents) {
  std::mt19937 engine(9);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  const auto some_text = [&random] {
    std::string value;
    for (std::size_t i = random() % 12; i > 0; --i) value += static_cast<char>(1 + random() % 255);
    return value;
  };
  for (int round = 0; round < 200; ++round) {
    Toc toc;
    const auto count = static_cast<EntryId>(1 + random() % 20);
    for (EntryId id = 1; id <= count; ++id) {
      TocEntry entry;
      entry.id = id;
      for (std::string* value :
           {&entry.kind, &entry.schema, &entry.name, &entry.table, &entry.owner, &entry.owner_object,
            &entry.tablespace, &entry.access_method, &entry.copy_target, &entry.version}) {
        *value = some_text();
      }
      entry.takes_tablespace = random() % 2 == 0;
      entry.section = static_cast<Section>(random() % 4);
      entry.pass = static_cast<Pass>(random() % 3);
      for (std::size_t i = random() % 4; i > 0; --i) entry.dependencies.push_back(1 + random() % count);
      for (std::size_t i = random() % 3; i > 0; --i)
        entry.create.push_back({some_text(), random(), random()});
      entry.size_estimate_bytes = random() % 3 == 0 ? 0 : random();
      for (std::size_t i = random() % 3; i > 0; --i) entry.roles.push_back("r" + some_text());
      for (std::size_t i = random() % 3; i > 0; --i) {
        entry.column_types.emplace_back(1 + random() % values::kTypeLevelsMax,
                                        values::TypeLevel{static_cast<values::TypeKind>(1 + i), random()});
      }
      toc.entries.push_back(entry);
      toc.collations.push_back({some_text(), some_text(), some_text(), some_text()});
      if (random() % 2 == 0) toc.data.push_back({id, random(), {random(), random()}, random(), random(), 7});
      toc.info[some_text()] = some_text();
      toc.report.push_back({static_cast<ReportLevel>(random() % 3), some_text(), some_text(), some_text()});
    }
    ASSERT_EQ(decode_toc(encode_toc(toc)).value(), toc) << round;
  }
}

// Cutting between two top-level fields leaves a shorter, valid list: the block's checksum and sizes catch
// that. Here: no cut is read as the whole, and none does harm.
TEST(Toc, cut_at_every_length) {
  const Toc toc = full_toc();
  const Bytes bytes = encode_toc(toc);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto decoded = decode_toc(ByteSpan(bytes).first(length));
    if (decoded) {
      EXPECT_NE(*decoded, toc) << length;
    } else {
      EXPECT_EQ(decoded.error().code, ErrorCode::archive_damaged) << length;
    }
  }
}

TEST(Toc, flipped_bits_do_no_harm) {
  const Bytes bytes = encode_toc(full_toc());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    if (const auto decoded = decode_toc(changed)) {
      EXPECT_EQ(decode_toc(encode_toc(*decoded)).value(), *decoded) << bit;
    }
  }
}

TEST(Toc, unknown_fields_are_skipped_unless_mandatory) {
  EXPECT_TRUE(decode_with({field(99, text("later"))}));
  EXPECT_TRUE(decode_entry_with({field(99, {})}));
  const auto outer = decode_with({field(layout::kMandatory | 99, {})});
  ASSERT_FALSE(outer);
  EXPECT_EQ(outer.error().code, ErrorCode::archive_unsupported);
  EXPECT_EQ(outer.error().message, "table of contents: unknown mandatory field 99");
  EXPECT_FALSE(outer.error().hint.empty());
  const auto inner = decode_entry_with({field(layout::kMandatory | 99, {})});
  EXPECT_EQ(inner.error().code, ErrorCode::archive_unsupported);
  EXPECT_EQ(inner.error().message, "table of contents: entry 1: unknown mandatory field 99");
  // A known number with the other meaning of the high bit is another field.
  EXPECT_EQ(decode_with({field(layout::kMandatory | layout::toc_tag::kInfo, {})}).error().code,
            ErrorCode::archive_unsupported);
}

TEST(Toc, unknown_values_and_flags_are_unsupported) {
  const Bytes four{std::byte{4}};
  EXPECT_EQ(decode_entry_with({field(layout::entry_tag::kSection, four)}).error().code,
            ErrorCode::archive_unsupported);
  EXPECT_EQ(decode_entry_with({field(layout::entry_tag::kPass, four)}).error().code,
            ErrorCode::archive_unsupported);
  EXPECT_EQ(decode_with({field(layout::toc_tag::kReport, joined({four, u32(0), u32(0)}))}).error().code,
            ErrorCode::archive_unsupported);
  EXPECT_EQ(decode_entry_with(
                {field(layout::entry_tag::kColumnTypes, joined({{std::byte{1}, std::byte{7}}, u32(23)}))})
                .error()
                .code,
            ErrorCode::archive_unsupported);
  Bytes flagged = kHead;
  flagged[0] = std::byte{1};
  EXPECT_EQ(decode_toc(flagged).error().code, ErrorCode::archive_unsupported);
  Bytes ignorable = kHead;
  ignorable[4] = std::byte{1};
  EXPECT_TRUE(decode_toc(ignorable));
}

TEST(Toc, malformed_fields_are_damage) {
  namespace tag = layout::entry_tag;
  const auto damaged = [](const Result<Toc>& result) {
    return !result && result.error().code == ErrorCode::archive_damaged;
  };
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kName, text("a")), field(tag::kName, text("b"))})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kName, text("a")), field(tag::kKind, text("b"))})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kName, text(std::string_view("a\0b", 3)))})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kTakesTablespace, {std::byte{2}})})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kSection, {})})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kDependencies, text("abc"))})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kDependencies, {})})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kCreate, text("short"))})));
  EXPECT_TRUE(damaged(decode_entry_with({field(tag::kSizeEstimate, u32(1))})));
  EXPECT_TRUE(damaged(decode_entry_with({field(layout::kMandatory, {})})));
  EXPECT_TRUE(damaged(decode_with({field(layout::toc_tag::kEntry, field(tag::kId, u32(2)))})));
  EXPECT_TRUE(damaged(decode_with({field(layout::toc_tag::kEntry, {})})));
  EXPECT_TRUE(damaged(decode_with({field(layout::toc_tag::kData, Bytes(47))})));
  EXPECT_TRUE(damaged(decode_with({field(layout::toc_tag::kData, Bytes(48))})));  // of entry 0
  EXPECT_TRUE(damaged(decode_with({field(layout::toc_tag::kInfo, u32(5))})));
  const Bytes key = field(layout::toc_tag::kInfo, joined({u32(1), text("kv")}));
  EXPECT_TRUE(decode_with({key}));
  EXPECT_TRUE(damaged(decode_with({key, key})));
  EXPECT_TRUE(damaged(decode_with({key, text("x")})));
}

TEST(Toc, references_must_exist) {
  const auto message = [](const Result<Toc>& result) { return result ? "" : result.error().message; };
  EXPECT_EQ(message(decode_entry_with({field(layout::entry_tag::kDependencies, u32(2))})),
            "table of contents: entry 1 refers to entry 2, which does not exist");
  EXPECT_EQ(message(decode_entry_with({field(layout::entry_tag::kLocks, u32(0))})),
            "table of contents: entry 1 refers to entry 0, which does not exist");
  Bytes summary(48);
  summary[0] = std::byte{9};
  EXPECT_EQ(message(decode_with({field(layout::toc_tag::kData, summary)})),
            "table of contents: data of entry 9, which does not exist");
}

}  // namespace
}  // namespace pgark::format
