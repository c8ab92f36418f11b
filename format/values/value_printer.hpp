// Prints binary values as the server's output functions do, byte for byte.
//
// A printer is made once per column: what its type is made of is looked up then, and a value costs one
// indirect call per level. Values are those of COPY ... (FORMAT binary) and of binary result columns, without
// their length; PostgreSQL documentation, COPY, "Binary Format". Their bytes may come from a damaged or a
// hostile archive.
//
// REQUIRES: an encoding in which bytes below 0x80 are ASCII, as all encodings of servers are (not SJIS, BIG5,
// GBK, UHC, GB18030, JOHAB, which only clients use). Text is passed through as it is. const methods may be
// called from any thread. No memory is allocated for a value (but for tsquery), other than by the growth of
// `out`; of all types numeric grows most: 8 bytes may stand for 147,000 digits.
#pragma once

#include <string>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/values/type_descriptor.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {

class ValuePrinter {
 public:
  // `server_version_num` (150018) is that of the server the values come from: majors print a few values
  // differently. Errors: archive_unsupported, for a type that is not on the whitelist (whitelist.hpp) or a
  // descriptor that makes no sense; the message names the type and says why. This is also how to ask whether
  // a column may be read in binary.
  static Result<ValuePrinter> make(const TypeDescriptor& type, int server_version_num);

  ValuePrinter(ValuePrinter&&) = default;
  ValuePrinter& operator=(ValuePrinter&&) = default;

  // Appends the text of one value that is not NULL. Errors: archive_damaged, naming the type; `out` is then
  // as it was.
  Result<> append_text(ByteSpan value, ByteBuffer& out) const;

  // As append_text, with the escapes of COPY text.
  Result<> append_copy_text(ByteSpan value, ByteBuffer& out) const;

  // For writers of rows: the above on an open TextOut and without an Error.
  Fault put_copy_text(ByteSpan value, TextOut& out) const;

  // "integer", "array of timestamp with time zone", "enum"; for messages.
  std::string type_name() const;

 private:
  explicit ValuePrinter(std::vector<ValueType> levels);
  Fault put_text(ByteSpan value, TextOut& out) const { return levels_[0].write(levels_[0], value, out); }
  tl::unexpected<Error> error(Fault fault) const;

  std::vector<ValueType> levels_;  // outermost first; each points at the next, so it is never copied
};

}  // namespace pgark::values
