#include "format/values/value_printer.hpp"

#include <utility>

#include "format/values/quoting.hpp"
#include "format/values/whitelist.hpp"

namespace pgark::values {
namespace {

tl::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorCode::archive_unsupported, std::move(message));
}

// Turns a descriptor into levels that hold functions.
class Resolver {
 public:
  explicit Resolver(int server_version_num) : server_version_num_(server_version_num) {}

  Result<std::vector<ValueType>> resolve(const TypeDescriptor& type) {
    if (type.empty() || type.size() > kTypeLevelsMax)
      return unsupported("a type of " + std::to_string(type.size()) + " levels");
    for (std::size_t i = 0; i < type.size(); ++i) {
      const bool is_last = i + 1 == type.size();
      if (const Result<> added = add(type[i], is_last); !added) return tl::unexpected(added.error());
    }
    return link();
  }

 private:
  Result<> add(const TypeLevel& level, bool is_last) {
    const bool must_be_last = level.kind == TypeKind::builtin || level.kind == TypeKind::enumeration;
    if (must_be_last != is_last) return unsupported("a type whose levels do not fit together");
    switch (level.kind) {
      case TypeKind::builtin: return add_builtin(level.oid);
      case TypeKind::enumeration: return add({write_verbatim, "enum", level.oid, kVerbatim});
      case TypeKind::domain:
        // An array of a domain names the domain, not what it is made of.
        if (domain_oid_ == 0) domain_oid_ = level.oid;
        return {};
      case TypeKind::array: return add({write_array, "array", level.oid});
      case TypeKind::range: return add({write_range, "range", level.oid});
      case TypeKind::multirange: return add({write_multirange, "multirange", level.oid});
    }
    return unsupported("a kind of type that is not known: " + std::to_string(static_cast<int>(level.kind)));
  }

  Result<> add(ValueType level) {
    if (domain_oid_ != 0) level.oid = std::exchange(domain_oid_, 0);
    level.server_version_num = server_version_num_;
    levels_.push_back(level);
    return {};
  }

  Result<> add_builtin(Oid oid) {
    if (const BuiltinType* const item = find_builtin_of_array(oid)) {
      (void)add({write_array, "array", oid});
      return add_builtin(item->oid);
    }
    const BuiltinType* const type = find_builtin(oid);
    if (type == nullptr) {
      const std::string_view why = why_left_out(oid);
      return unsupported("type " + std::to_string(oid) + " is not read in binary" +
                         (why.empty() ? std::string() : ": " + std::string(why)));
    }
    (void)add({type->write, type->name, oid, type->traits, type->delimiter});
    return type->element == 0 ? Result<>() : add_builtin(type->element);
  }

  // From the innermost level out: what surrounds a level depends on it.
  Result<std::vector<ValueType>> link() {
    for (std::size_t i = levels_.size(); i-- > 0;) {
      ValueType& level = levels_[i];
      const bool is_outer = level.write == write_array || level.write == write_vector ||
                            level.write == write_range || level.write == write_multirange;
      if (!is_outer) continue;
      level.element = &levels_[i + 1];
      const std::uint8_t inner = level.element->traits;
      if (level.write == write_range && (inner & kAscii) == 0) {
        // Which bytes are white space, and so need quotes, depends on the server's locale.
        return unsupported("ranges of " + std::string(level.element->name) + " are not read in binary");
      }
      if (level.write == write_multirange && level.element->write != write_range)
        return unsupported("a multirange that is not one of ranges");
      // Quotes come with backslashes only in front of other quotes and backslashes.
      if (level.write == write_array) level.traits = inner & kAscii;
      if (level.write == write_array && (inner & kArraySafe) != 0) level.traits = kCopySafe | kAscii;
      if (level.write == write_range || level.write == write_multirange)
        level.traits = inner & (kCopySafe | kAscii);
    }
    return std::move(levels_);
  }

  int server_version_num_;
  Oid domain_oid_ = 0;
  std::vector<ValueType> levels_;
};

}  // namespace

Result<ValuePrinter> ValuePrinter::make(const TypeDescriptor& type, int server_version_num) {
  Result<std::vector<ValueType>> levels = Resolver(server_version_num).resolve(type);
  if (!levels) return tl::unexpected(std::move(levels).error());
  return ValuePrinter(std::move(levels).value());
}

ValuePrinter::ValuePrinter(std::vector<ValueType> levels) : levels_(std::move(levels)) {}

Result<> ValuePrinter::append_text(ByteSpan value, ByteBuffer& out) const {
  TextOut text(out, value.size() + 32);
  const std::size_t from = text.size();
  const Fault fault = put_text(value, text);
  if (fault == nullptr) return {};
  text.truncate(from);
  return error(fault);
}

Result<> ValuePrinter::append_copy_text(ByteSpan value, ByteBuffer& out) const {
  TextOut text(out, value.size() + 32);
  const std::size_t from = text.size();
  const Fault fault = put_copy_text(value, text);
  if (fault == nullptr) return {};
  text.truncate(from);
  return error(fault);
}

Fault ValuePrinter::put_copy_text(ByteSpan value, TextOut& out) const {
  const ValueType& type = levels_[0];
  if ((type.traits & kCopySafe) != 0) return type.write(type, value, out);
  if ((type.traits & kVerbatim) != 0) {
    put_copy_escaped(as_text(value), out);
    return nullptr;
  }
  if (type.write == write_bytea) {
    // Its only backslash is the first character.
    out.put('\\');
    return type.write(type, value, out);
  }
  const std::size_t from = out.size();
  const Fault fault = type.write(type, value, out);
  if (fault == nullptr) escape_for_copy(out, from);
  return fault;
}

std::string ValuePrinter::type_name() const {
  std::string name;
  for (const ValueType& level : levels_) {
    if (!name.empty()) name += " of ";
    name += level.name;
    // What int4range and int2vector are made of is in their names.
    if (find_builtin(level.oid) != nullptr) break;
  }
  return name;
}

tl::unexpected<Error> ValuePrinter::error(Fault fault) const {
  return fail(ErrorCode::archive_damaged, "a value of type " + type_name() + " is damaged: " + fault);
}

}  // namespace pgark::values
