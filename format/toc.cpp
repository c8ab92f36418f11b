#include "format/toc.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "format/data_totals.hpp"
#include "format/layout.hpp"

namespace pgark::format {
namespace {

using layout::Tag;

// Appends one field: tag, length, value.
void put_field(ByteBuffer& out, Tag tag, ByteSpan value) {
  assert(value.size() <= std::numeric_limits<std::uint32_t>::max());
  ByteWriter writer(out);
  writer.u16_le(tag);
  writer.u32_le(static_cast<std::uint32_t>(value.size()));
  writer.bytes(value);
}

// Strings and lists that are empty and numbers that are zero are left out.
void put_text(ByteBuffer& out, Tag tag, const std::string& text) {
  if (!text.empty()) put_field(out, tag, as_bytes(text));
}

void put_texts(ByteBuffer& out, Tag tag, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) put_field(out, tag, as_bytes(text));
}

void put_byte(ByteBuffer& out, Tag tag, std::uint8_t value) {
  if (value != 0) put_field(out, tag, std::as_bytes(std::span(&value, 1)));
}

void put_ids(ByteBuffer& out, Tag tag, const std::vector<EntryId>& ids) {
  if (ids.empty()) return;
  ByteBuffer value;
  ByteWriter writer(value);
  for (const EntryId id : ids) writer.u32_le(id);
  put_field(out, tag, value);
}

void put_statements(ByteBuffer& out, Tag tag, const std::vector<SqlStatement>& statements) {
  for (const SqlStatement& statement : statements) {
    ByteBuffer value;
    ByteWriter writer(value);
    writer.u32_le(statement.min_target);
    writer.u32_le(statement.max_target);
    writer.text(statement.sql);
    put_field(out, tag, value);
  }
}

// A text with its length before it, where another value follows.
void put_counted(ByteWriter& out, const std::string& text) {
  out.u32_le(static_cast<std::uint32_t>(text.size()));
  out.text(text);
}

void put_column_types(ByteBuffer& out, Tag tag, const std::vector<values::TypeDescriptor>& columns) {
  if (columns.empty()) return;
  ByteBuffer value;
  ByteWriter writer(value);
  for (const values::TypeDescriptor& column : columns) {
    writer.u8(static_cast<std::uint8_t>(column.size()));
    for (const values::TypeLevel& level : column) {
      writer.u8(static_cast<std::uint8_t>(level.kind));
      writer.u32_le(level.oid);
    }
  }
  put_field(out, tag, value);
}

ByteBuffer encode_entry(const TocEntry& entry) {
  namespace tag = layout::entry_tag;
  ByteBuffer out;
  ByteBuffer number;
  ByteWriter(number).u32_le(entry.id);
  put_field(out, tag::kId, number);
  put_text(out, tag::kKind, entry.kind);
  put_text(out, tag::kSchema, entry.schema);
  put_text(out, tag::kName, entry.name);
  put_text(out, tag::kTable, entry.table);
  put_text(out, tag::kOwner, entry.owner);
  put_text(out, tag::kOwnerObject, entry.owner_object);
  put_text(out, tag::kTablespace, entry.tablespace);
  put_byte(out, tag::kTakesTablespace, entry.takes_tablespace ? 1 : 0);
  put_text(out, tag::kAccessMethod, entry.access_method);
  put_byte(out, tag::kSection, static_cast<std::uint8_t>(entry.section));
  put_byte(out, tag::kPass, static_cast<std::uint8_t>(entry.pass));
  put_ids(out, tag::kDependencies, entry.dependencies);
  put_ids(out, tag::kLocks, entry.locks);
  put_statements(out, tag::kCreate, entry.create);
  put_statements(out, tag::kDrop, entry.drop);
  put_text(out, tag::kCopyTarget, entry.copy_target);
  if (entry.size_estimate_bytes != 0) {
    number.clear();
    ByteWriter(number).u64_le(entry.size_estimate_bytes);
    put_field(out, tag::kSizeEstimate, number);
  }
  put_texts(out, tag::kRoles, entry.roles);
  put_text(out, tag::kVersion, entry.version);
  put_column_types(out, tag::kColumnTypes, entry.column_types);
  return out;
}

ByteBuffer encode_report_item(const ReportItem& item) {
  ByteBuffer out;
  ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(item.level));
  put_counted(writer, item.kind);
  put_counted(writer, item.name);
  writer.text(item.text);
  return out;
}

ByteBuffer encode_collation(const CollationVersion& collation) {
  ByteBuffer out;
  ByteWriter writer(out);
  for (const auto* text : {&collation.schema, &collation.name, &collation.provider})
    put_counted(writer, *text);
  writer.text(collation.version);
  return out;
}

}  // namespace

std::vector<std::byte> encode_toc(const Toc& toc) {
  ByteBuffer out;
  ByteWriter head(out);
  head.u32_le(0);  // reserved flags
  head.u32_le(0);  // ignorable flags
  for (const auto& [key, text] : toc.info) {
    ByteBuffer value;
    ByteWriter writer(value);
    put_counted(writer, key);
    writer.text(text);
    put_field(out, layout::toc_tag::kInfo, value);
  }
  for (const TocEntry& entry : toc.entries) put_field(out, layout::toc_tag::kEntry, encode_entry(entry));
  for (const DataSummary& summary : toc.data)
    put_field(out, layout::toc_tag::kData, encode_ends(std::span(&summary, 1)));
  for (const ReportItem& item : toc.report)
    put_field(out, layout::toc_tag::kReport, encode_report_item(item));
  for (const CollationVersion& collation : toc.collations)
    put_field(out, layout::toc_tag::kCollation, encode_collation(collation));
  return out;
}

const TocEntry* Toc::find(EntryId id) const {
  if (id == 0 || id > entries.size() || entries[id - 1].id != id) return nullptr;
  return &entries[id - 1];
}

const DataSummary* Toc::find_data(EntryId id) const {
  const auto at = std::ranges::lower_bound(data, id, {}, &DataSummary::entry);
  return at != data.end() && at->entry == id ? &*at : nullptr;
}

}  // namespace pgark::format
