// Binary values and rows. The first byte chooses a type of the whitelist, or one built around it; the second
// the version of the server and whether the rest is one value or rows.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "format/values/row_printer.hpp"
#include "format/values/whitelist.hpp"

namespace {

using namespace pgark;
using values::TypeKind;

void require(bool condition) {
  if (!condition) std::abort();
}

values::TypeDescriptor type_of(std::uint8_t choice) {
  static const std::vector<values::Oid> oids = values::whitelisted_oids();
  static const std::vector<values::TypeDescriptor> user_types{
      {{TypeKind::array, 7}, {TypeKind::enumeration, 6}},
      {{TypeKind::array, 7},
       {TypeKind::domain, 6},
       {TypeKind::array, 5},
       {TypeKind::domain, 4},
       {TypeKind::builtin, 603}},
      {{TypeKind::array, 7}, {TypeKind::multirange, 6}, {TypeKind::range, 5}, {TypeKind::builtin, 869}},
      {{TypeKind::range, 6}, {TypeKind::builtin, 1185}}};
  const std::size_t index = choice % (oids.size() + user_types.size());
  if (index >= oids.size()) return user_types[index - oids.size()];
  return {{TypeKind::builtin, oids[index]}};
}

// What COPY FROM makes of a column.
std::string unescaped(std::string_view text) {
  constexpr std::string_view kLetters = "bfnrtv\\", kCharacters = "\b\f\n\r\t\v\\";
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    require(text[i] != '\t' && text[i] != '\n' && text[i] != '\r');
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    const std::size_t letter = ++i < text.size() ? kLetters.find(text[i]) : std::string_view::npos;
    require(letter != std::string_view::npos);
    result += kCharacters[letter];
  }
  return result;
}

void print_value(const values::TypeDescriptor& type, int version, ByteSpan value) {
  const auto printer = values::ValuePrinter::make(type, version);
  require(printer.has_value());
  ByteBuffer text(1, std::byte{'x'}), copy_text = text;
  const bool is_good = printer->append_text(value, text).has_value();
  require(printer->append_copy_text(value, copy_text).has_value() == is_good);
  if (is_good) {
    require(unescaped(as_text(copy_text)) == as_text(text));
  } else {
    require(text.size() == 1 && copy_text.size() == 1);
  }
}

void print_rows(const values::TypeDescriptor& type, int version, ByteSpan rows) {
  const std::vector<values::TypeDescriptor> columns{
      {{TypeKind::builtin, 25}}, type, {{TypeKind::builtin, 23}}};
  const auto printer = values::RowPrinter::make(columns, version);
  require(printer.has_value());
  ByteBuffer text;
  const auto count = printer->append_rows(rows, text);
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, std::byte{'\n'}));
  const auto tabs = static_cast<std::uint64_t>(std::ranges::count(text, std::byte{'\t'}));
  require(count ? lines == *count && tabs == 2 * *count : text.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const values::TypeDescriptor type = type_of(data[0]);
  const int version = (data[1] & 1) != 0 ? 180000 : 130000;
  const ByteSpan rest = std::as_bytes(std::span(data, size)).subspan(2);
  if ((data[1] & 2) != 0) {
    print_rows(type, version, rest);
  } else {
    print_value(type, version, rest);
  }
  return 0;
}
