// Escapes and quotes, put into text that stands at the end of a buffer already. They see bytes: the encoding
// must be one in which every byte below 0x80 is ASCII, as in all encodings that a server can have. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "format/values/text_out.hpp"

namespace pgark::values {

// COPY text: backslash, \b \f \n \r \t \v. PostgreSQL documentation, COPY, "Text Format".
void put_copy_escaped(std::string_view text, TextOut& out);
void escape_for_copy(TextOut& out, std::size_t from);

// An item of an array: in quotes when it is empty, reads NULL, or holds a brace, the delimiter, a quote, a
// backslash or white space. PostgreSQL documentation, "Array Input and Output Syntax".
void quote_array_item(TextOut& out, std::size_t from, char delimiter);

// A bound of a range: in quotes when it is empty or holds a parenthesis, a bracket, a comma, a quote, a
// backslash or white space; quotes and backslashes are doubled. PostgreSQL documentation, "Range
// Input/Output".
void quote_range_bound(TextOut& out, std::size_t from);

}  // namespace pgark::values
