// decode_toc: the inverse of encode_toc in toc.cpp.
#include <fmt/format.h>

#include <optional>

#include "format/data_totals.hpp"
#include "format/layout.hpp"
#include "format/toc.hpp"

namespace pgark::format {
namespace {

using layout::Tag;

struct Field {
  Tag tag = 0;
  ByteSpan value;
};

// A field's number without the mandatory bit: fields come in ascending order of it.
constexpr Tag number_of(Tag tag) {
  return static_cast<Tag>(tag & ~layout::kMandatory);
}

// Walks the fields of one structure. The first malformed field ends the walk and becomes the error.
class FieldReader {
 public:
  explicit FieldReader(ByteSpan bytes) : reader_(bytes) {}

  std::optional<Field> next() {
    if (error_ || reader_.remaining() == 0) return std::nullopt;
    Field field;
    field.tag = reader_.u16_le();
    field.value = reader_.bytes(reader_.u32_le());
    repeated_ = number_of(field.tag) == number_of(last_);
    if (!reader_.ok()) {
      return stop(ErrorCode::archive_damaged, "a field is longer than what contains it");
    }
    if (number_of(field.tag) < number_of(last_) || number_of(field.tag) == 0) {
      return stop(ErrorCode::archive_damaged, fmt::format("field {} is out of order", number_of(field.tag)));
    }
    last_ = field.tag;
    return field;
  }

  // The field is not one of those known here.
  void unknown(const Field& field) {
    if ((field.tag & layout::kMandatory) == 0) return;
    stop(ErrorCode::archive_unsupported, fmt::format("unknown mandatory field {}", number_of(field.tag)));
  }
  void malformed(const Field& field) {
    stop(ErrorCode::archive_damaged, fmt::format("field {} is malformed", number_of(field.tag)));
  }
  void unknown_value(const Field& field) {
    stop(ErrorCode::archive_unsupported, fmt::format("field {} has an unknown value", number_of(field.tag)));
  }
  // The field has the number of the one before it.
  bool repeated() const { return repeated_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::nullopt_t stop(ErrorCode code, std::string message) {
    if (!error_) error_ = fail(code, std::move(message)).value();
    return std::nullopt;
  }

  ByteReader reader_;
  Tag last_ = 0;
  bool repeated_ = false;
  std::optional<Error> error_;
};

// Text goes into statements and messages, where a zero byte would cut it short.
bool take_text(std::string_view text, std::string& out) {
  if (text.find('\0') != std::string_view::npos) return false;
  out = text;
  return true;
}

bool take_counted(ByteReader& reader, std::string& out) {
  return take_text(reader.text(reader.count32_le(1)), out) && reader.ok();
}

bool take_ids(ByteSpan value, std::vector<EntryId>& out) {
  if (value.empty() || value.size() % 4 != 0) return false;
  ByteReader reader(value);
  out.reserve(value.size() / 4);
  while (reader.remaining() != 0) out.push_back(reader.u32_le());
  return true;
}

bool take_statement(ByteSpan value, std::vector<SqlStatement>& out) {
  ByteReader reader(value);
  SqlStatement statement;
  statement.min_target = reader.u32_le();
  statement.max_target = reader.u32_le();
  if (!reader.ok() || !take_text(as_text(reader.rest()), statement.sql)) return false;
  out.push_back(std::move(statement));
  return true;
}

template <class T>
void take_enum(FieldReader& fields, const Field& field, T last, T& out) {
  if (field.value.size() != 1) return fields.malformed(field);
  const auto value = std::to_integer<std::uint8_t>(field.value[0]);
  if (value > static_cast<std::uint8_t>(last)) return fields.unknown_value(field);
  out = static_cast<T>(value);
}

// The text field of an entry that `tag` names, or nullptr.
std::string* text_field(TocEntry& entry, Tag tag) {
  namespace entry_tag = layout::entry_tag;
  switch (tag) {
    case entry_tag::kKind: return &entry.kind;
    case entry_tag::kSchema: return &entry.schema;
    case entry_tag::kName: return &entry.name;
    case entry_tag::kTable: return &entry.table;
    case entry_tag::kOwner: return &entry.owner;
    case entry_tag::kOwnerObject: return &entry.owner_object;
    case entry_tag::kTablespace: return &entry.tablespace;
    case entry_tag::kAccessMethod: return &entry.access_method;
    case entry_tag::kCopyTarget: return &entry.copy_target;
    case entry_tag::kVersion: return &entry.version;
    default: return nullptr;
  }
}

bool take_role(ByteSpan value, std::vector<std::string>& roles) {
  return !value.empty() && take_text(as_text(value), roles.emplace_back());
}

bool take_flag(ByteSpan value, bool& out) {
  if (value.size() != 1 || value[0] != std::byte{1}) return false;
  out = true;
  return true;
}

template <class T>
bool take_number(ByteSpan value, T& out) {
  if (value.size() != sizeof(T)) return false;
  ByteReader reader(value);
  if constexpr (sizeof(T) == 4) {
    out = reader.u32_le();
  } else {
    out = reader.u64_le();
  }
  return true;
}

void take_column_types(FieldReader& fields, const Field& field,
                       std::vector<values::TypeDescriptor>& columns) {
  ByteReader reader(field.value);
  do {
    values::TypeDescriptor& column = columns.emplace_back();
    const std::size_t levels = reader.u8();
    if (levels == 0 || levels > values::kTypeLevelsMax) return fields.malformed(field);
    for (std::size_t i = 0; i < levels; ++i) {
      const std::uint8_t kind = reader.u8();
      const std::uint32_t oid = reader.u32_le();
      if (!reader.ok()) return fields.malformed(field);
      if (kind == 0 || kind > static_cast<std::uint8_t>(values::TypeKind::multirange)) {
        return fields.unknown_value(field);
      }
      column.push_back({static_cast<values::TypeKind>(kind), oid});
    }
  } while (reader.remaining() != 0);
}

void take_entry_field(FieldReader& fields, const Field& field, TocEntry& entry) {
  namespace entry_tag = layout::entry_tag;
  const bool list =
      field.tag == entry_tag::kCreate || field.tag == entry_tag::kDrop || field.tag == entry_tag::kRoles;
  if (fields.repeated() && !list) return fields.malformed(field);
  bool sound = true;
  if (std::string* text = text_field(entry, field.tag); text != nullptr) {
    if (!take_text(as_text(field.value), *text)) fields.malformed(field);
    return;
  }
  switch (field.tag) {
    case entry_tag::kId: sound = take_number(field.value, entry.id); break;
    case entry_tag::kTakesTablespace: sound = take_flag(field.value, entry.takes_tablespace); break;
    case entry_tag::kSection: take_enum(fields, field, Section::post_data, entry.section); break;
    case entry_tag::kPass: take_enum(fields, field, Pass::post_acl, entry.pass); break;
    case entry_tag::kDependencies: sound = take_ids(field.value, entry.dependencies); break;
    case entry_tag::kLocks: sound = take_ids(field.value, entry.locks); break;
    case entry_tag::kCreate: sound = take_statement(field.value, entry.create); break;
    case entry_tag::kDrop: sound = take_statement(field.value, entry.drop); break;
    case entry_tag::kRoles: sound = take_role(field.value, entry.roles); break;
    case entry_tag::kColumnTypes: take_column_types(fields, field, entry.column_types); break;
    case entry_tag::kSizeEstimate: sound = take_number(field.value, entry.size_estimate_bytes); break;
    default: fields.unknown(field); break;
  }
  if (!sound) fields.malformed(field);
}

Result<TocEntry> decode_entry(ByteSpan bytes, EntryId expected) {
  TocEntry entry;
  FieldReader fields(bytes);
  while (const auto field = fields.next()) take_entry_field(fields, *field, entry);
  if (fields.error()) {
    Error error = *fields.error();
    error.message = fmt::format("entry {}: {}", expected, error.message);
    return tl::unexpected<Error>(std::move(error));
  }
  if (entry.id != expected) {
    return fail(ErrorCode::archive_damaged, fmt::format("entry {} has the number {}", expected, entry.id));
  }
  return entry;
}

bool take_info(ByteSpan value, std::map<std::string, std::string>& info) {
  ByteReader reader(value);
  std::string key;
  std::string text;
  if (!take_counted(reader, key) || !take_text(as_text(reader.rest()), text)) return false;
  if (!info.empty() && key <= info.rbegin()->first) return false;
  info.emplace(std::move(key), std::move(text));
  return true;
}

bool take_summary(ByteSpan value, std::vector<DataSummary>& data) {
  if (value.size() != layout::kDataSummaryBytes) return false;
  const DataSummary summary = decode_summary(value);
  if (!data.empty() && summary.entry <= data.back().entry) return false;
  data.push_back(summary);
  return true;
}

void take_report_item(FieldReader& fields, const Field& field, std::vector<ReportItem>& report) {
  ByteReader reader(field.value);
  ReportItem item;
  const std::uint8_t level = reader.u8();
  if (!take_counted(reader, item.kind) || !take_counted(reader, item.name) ||
      !take_text(as_text(reader.rest()), item.text)) {
    return fields.malformed(field);
  }
  if (level > static_cast<std::uint8_t>(ReportLevel::lost)) return fields.unknown_value(field);
  item.level = static_cast<ReportLevel>(level);
  report.push_back(std::move(item));
}

bool take_collation(ByteSpan value, std::vector<CollationVersion>& collations) {
  ByteReader reader(value);
  CollationVersion collation;
  for (auto* text : {&collation.schema, &collation.name, &collation.provider}) {
    if (!take_counted(reader, *text)) return false;
  }
  if (!take_text(as_text(reader.rest()), collation.version)) return false;
  collations.push_back(std::move(collation));
  return true;
}

Result<> check_references(const Toc& toc) {
  const auto exists = [&toc](EntryId id) { return id != 0 && id <= toc.entries.size(); };
  for (const TocEntry& entry : toc.entries) {
    for (const auto* ids : {&entry.dependencies, &entry.locks}) {
      for (const EntryId id : *ids) {
        if (exists(id)) continue;
        return fail(ErrorCode::archive_damaged,
                    fmt::format("entry {} refers to entry {}, which does not exist", entry.id, id));
      }
    }
  }
  for (const DataSummary& summary : toc.data) {
    if (exists(summary.entry)) continue;
    return fail(ErrorCode::archive_damaged,
                fmt::format("data of entry {}, which does not exist", summary.entry));
  }
  return {};
}

Error about_toc(Error error) {
  error.message = "table of contents: " + error.message;
  if (error.code == ErrorCode::archive_unsupported) error.hint = "use a newer version of pgark";
  return error;
}

Result<Toc> decode_fields(ByteSpan bytes) {
  ByteReader head(bytes);
  const std::uint32_t flags = head.u32_le();
  head.u32_le();  // ignorable flags
  if (!head.ok()) return fail(ErrorCode::archive_damaged, "too short");
  if (flags != 0) return fail(ErrorCode::archive_unsupported, fmt::format("unknown flags {:#x}", flags));
  Toc toc;
  FieldReader fields(head.rest());
  while (const auto field = fields.next()) {
    switch (field->tag) {
      case layout::toc_tag::kInfo:
        if (!take_info(field->value, toc.info)) fields.malformed(*field);
        break;
      case layout::toc_tag::kEntry: {
        auto entry = decode_entry(field->value, static_cast<EntryId>(toc.entries.size() + 1));
        if (!entry) return tl::unexpected<Error>(std::move(entry).error());
        toc.entries.push_back(std::move(*entry));
        break;
      }
      case layout::toc_tag::kData:
        if (!take_summary(field->value, toc.data)) fields.malformed(*field);
        break;
      case layout::toc_tag::kReport: take_report_item(fields, *field, toc.report); break;
      case layout::toc_tag::kCollation:
        if (!take_collation(field->value, toc.collations)) fields.malformed(*field);
        break;
      default: fields.unknown(*field); break;
    }
  }
  if (fields.error()) return tl::unexpected<Error>(*fields.error());
  return toc;
}

}  // namespace

Result<Toc> decode_toc(ByteSpan bytes) {
  auto toc = decode_fields(bytes);
  if (!toc) return tl::unexpected<Error>(about_toc(std::move(toc).error()));
  if (auto sound = check_references(*toc); !sound) {
    return tl::unexpected<Error>(about_toc(std::move(sound).error()));
  }
  return toc;
}

}  // namespace pgark::format
