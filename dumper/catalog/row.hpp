// Reads the columns of one result row in order, as typed values. Throws Exception (protocol) on a value that
// is not of the type asked for: the queries are ours, so a strange value means a strange server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "protocol/wire/result_set.hpp"

namespace pgark::dumper {

// Borrows the result; each accessor takes the next column.
class Row {
 public:
  Row(const wire::ResultSet& result, std::size_t row) : result_(result), row_(row) {}

  std::string text();  // NULL = empty
  std::optional<std::string> optional_text();
  // A definition that the server builds for us. NULL or empty means that the object vanished after our
  // snapshot was taken: throws Exception (snapshot) naming `object`.
  std::string definition(std::string_view object);
  Oid oid();                                         // NULL = 0
  std::int64_t integer(std::int64_t otherwise = 0);  // NULL = otherwise
  std::optional<std::int64_t> optional_integer();
  std::int16_t small_integer() { return static_cast<std::int16_t>(integer()); }
  double real(double otherwise = 0);
  bool boolean();                            // NULL = false
  char character();                          // "char"; NULL and empty = 0
  std::vector<std::string> text_list();      // text[]; NULL = empty list
  std::vector<std::int64_t> integer_list();  // int2[], oid[]; NULL = empty list
  std::vector<Oid> oid_list();

 private:
  std::optional<std::string_view> next();
  [[noreturn]] void malformed(std::string_view type) const;

  const wire::ResultSet& result_;
  std::size_t row_;
  std::size_t column_ = 0;
};

}  // namespace pgark::dumper
