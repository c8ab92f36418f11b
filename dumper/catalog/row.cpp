#include "dumper/catalog/row.hpp"

#include <charconv>
#include <system_error>

#include "base/array_text.hpp"
#include "base/error.hpp"

namespace pgark::dumper {
namespace {

template <class T>
bool parse_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<std::string_view> Row::next() {
  if (column_ >= result_.columns.size()) malformed("row");
  return result_.get(row_, column_++);
}

void Row::malformed(std::string_view type) const {
  Error error;
  error.code = ErrorCode::protocol;
  error.message = "the server sent a catalog row without a valid " + std::string(type) + " in column " +
                  std::to_string(column_);
  if (column_ > 0 && column_ <= result_.columns.size())
    error.message += " (" + result_.columns[column_ - 1].name + ")";
  throw Exception(std::move(error));
}

std::string Row::text() {
  return std::string(next().value_or(std::string_view()));
}

std::optional<std::string> Row::optional_text() {
  const std::optional<std::string_view> value = next();
  if (!value) return std::nullopt;
  return std::string(*value);
}

std::string Row::definition(std::string_view object) {
  const std::optional<std::string_view> value = next();
  if (value && !value->empty()) return std::string(*value);
  Error error;
  error.code = ErrorCode::snapshot;
  error.message = "the server could not give its definition: it was dropped or changed during the backup";
  error.object = object;
  error.hint = "run the backup again while no schema changes are made";
  throw Exception(std::move(error));
}

Oid Row::oid() {
  const std::optional<std::string_view> value = next();
  Oid result = 0;
  if (value && !parse_number(*value, result)) malformed("oid");
  return result;
}

std::optional<std::int64_t> Row::optional_integer() {
  const std::optional<std::string_view> value = next();
  if (!value) return std::nullopt;
  std::int64_t result = 0;
  if (!parse_number(*value, result)) malformed("integer");
  return result;
}

std::int64_t Row::integer(std::int64_t otherwise) {
  return optional_integer().value_or(otherwise);
}

double Row::real(double otherwise) {
  const std::optional<std::string_view> value = next();
  double result = otherwise;
  if (value && !parse_number(*value, result)) malformed("number");
  return result;
}

bool Row::boolean() {
  const std::optional<std::string_view> value = next();
  if (!value || *value == "f") return false;
  if (*value != "t") malformed("boolean");
  return true;
}

char Row::character() {
  const std::optional<std::string_view> value = next();
  return value && !value->empty() ? value->front() : '\0';
}

std::vector<std::string> Row::text_list() {
  const std::optional<std::string_view> value = next();
  if (!value) return {};
  return value_or_throw(parse_text_array(*value));
}

std::vector<std::int64_t> Row::integer_list() {
  std::vector<std::int64_t> result;
  for (const std::string& item : text_list()) {
    std::int64_t number = 0;
    if (!parse_number(std::string_view(item), number)) malformed("integer array");
    result.push_back(number);
  }
  return result;
}

std::vector<Oid> Row::oid_list() {
  std::vector<Oid> result;
  for (const std::int64_t number : integer_list()) result.push_back(static_cast<Oid>(number));
  return result;
}

}  // namespace pgark::dumper
