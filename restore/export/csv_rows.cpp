#include "restore/export/csv_rows.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pgark::restore {
namespace {

constexpr char kQuote = '"';

void put(ByteBuffer& out, std::string_view text) {
  const ByteSpan bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// What a backslash and this character stand for (COPY, "Text Format").
char unescaped(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return c;
  }
}

class CsvPrinter {
 public:
  CsvPrinter(const CsvChoice& choice, ByteBuffer& out) : choice_(choice), out_(out) {}

  // `field` as it stands in a COPY text row.
  void field(std::string_view field, bool alone) {
    if (field == "\\N") {
      put(out_, choice_.null);
      return;
    }
    if (field.find('\\') == std::string_view::npos) {
      value(field, alone);
      return;
    }
    value_.clear();
    for (std::size_t at = 0; at < field.size(); ++at) {
      const bool escape = field[at] == '\\' && at + 1 < field.size();
      value_ += escape ? unescaped(field[++at]) : field[at];
    }
    value(value_, alone);
  }

  // `alone`: the only column. Then the end of old COPY streams must not be taken for one.
  void value(std::string_view value, bool alone) {
    const bool special = std::ranges::any_of(
        value, [this](char c) { return c == choice_.delimiter || c == kQuote || c == '\n' || c == '\r'; });
    if (!special && value != choice_.null && !(alone && value == "\\.")) {
      put(out_, value);
      return;
    }
    out_.push_back(std::byte{kQuote});
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t quote = std::min(value.find(kQuote, at), value.size());
      put(out_, value.substr(at, quote - at));
      if (quote < value.size()) put(out_, "\"\"");
      at = quote + 1;
    }
    out_.push_back(std::byte{kQuote});
  }

 private:
  const CsvChoice& choice_;
  ByteBuffer& out_;
  std::string value_;
};

}  // namespace

Result<> check_csv(const CsvChoice& choice) {
  if (choice.delimiter == kQuote || choice.delimiter == '\n' || choice.delimiter == '\r' ||
      choice.delimiter == '\0') {
    return fail(ErrorCode::usage, "a quote or the end of a line cannot separate fields", "--delimiter");
  }
  if (choice.null.find_first_of("\"\r\n") != std::string::npos ||
      choice.null.find(choice.delimiter) != std::string::npos) {
    return fail(ErrorCode::usage, "what stands for null may hold no quote, delimiter or end of line",
                "--null");
  }
  return {};
}

void append_csv(ByteSpan text_rows, const CsvChoice& choice, ByteBuffer& out) {
  if (!choice.has_columns) return put(out, as_text(text_rows));
  CsvPrinter printer(choice, out);
  std::string_view rest = as_text(text_rows);
  while (!rest.empty()) {
    const std::string_view row = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), row.size() + 1));
    const bool alone = row.find('\t') == std::string_view::npos;
    for (std::size_t at = 0;;) {
      const std::size_t end = std::min(row.find('\t', at), row.size());
      printer.field(row.substr(at, end - at), alone);
      if (end == row.size()) break;
      out.push_back(static_cast<std::byte>(choice.delimiter));
      at = end + 1;
    }
    out.push_back(std::byte{'\n'});
  }
}

std::string csv_header(const std::vector<std::string>& columns, const CsvChoice& choice) {
  ByteBuffer out;
  CsvPrinter printer(choice, out);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) out.push_back(static_cast<std::byte>(choice.delimiter));
    printer.value(columns[i], columns.size() == 1);
  }
  out.push_back(std::byte{'\n'});
  return std::string(as_text(out));
}

}  // namespace pgark::restore
