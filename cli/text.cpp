#include "cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/utf8.hpp"

namespace pgark::cli {

std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  if (unit == 0 || value >= 99.95) return fmt::format("{:.0f} {}", value, kUnits[unit]);
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string human_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string human_rate(double bytes_per_second) {
  return human_bytes(static_cast<std::uint64_t>(std::max(bytes_per_second, 0.0))) + "/s";
}

namespace {

// Moves the cursor, changes the terminal, or turns the order of what is read: C0, DEL, C1 (U+009B begins a
// sequence as ESC [ does) and the marks of bidirectional text.
bool is_unsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string tables_text(std::uint64_t tables, bool large_objects) {
  return human_count(tables) + (tables == 1 ? " table" : " tables") +
         (large_objects ? " and large objects" : "");
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const std::string_view sequence = text.substr(0, utf8_length(text));
    text.remove_prefix(sequence.size());
    const bool stray = sequence.size() == 1 && static_cast<unsigned char>(sequence[0]) >= 0x80;
    if (!stray && !is_unsafe(utf8_character(sequence))) {
      safe += sequence;
      continue;
    }
    for (const char c : sequence) safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return safe;
}

namespace {

// Width on a terminal, near enough: code points of UTF-8.
std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

std::string pad(std::string_view text, std::size_t width, bool right) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

}  // namespace

std::string table(const std::vector<std::string>& headers,
                  const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> titles;
  std::vector<bool> right;
  std::vector<std::size_t> widths;
  for (const auto& header : headers) {
    right.push_back(header.starts_with('>'));
    titles.push_back(right.back() ? header.substr(1) : header);
    widths.push_back(display_width(titles.back()));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) line += "  " + pad(cells[i], widths[i], right[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  add_line(titles);
  for (const auto& row : rows) add_line(row);
  return out;
}

std::string table_within(std::size_t columns, const std::vector<std::string>& headers,
                         const std::vector<std::vector<std::string>>& rows) {
  const std::string whole = table(headers, rows);
  std::size_t widest = 0;
  for (std::size_t at = 0, end; at < whole.size(); at = end + 1) {
    end = whole.find('\n', at);
    widest = std::max(widest, display_width(std::string_view(whole).substr(at, end - at)));
  }
  if (columns == 0 || widest <= columns || rows.empty()) return whole;
  const auto title_of = [&headers](std::size_t i) {
    return std::string_view(headers[i]).substr(headers[i].starts_with('>') ? 1 : 0);
  };
  std::size_t width = 0;
  for (std::size_t i = 0; i < headers.size(); ++i) width = std::max(width, display_width(title_of(i)));
  std::string out;
  for (const auto& row : rows) {
    if (!out.empty()) out += "\n";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string_view title = title_of(i);
      out += title.empty() ? row[i] + "\n" : "  " + pad(title, width, false) + "  " + row[i] + "\n";
    }
  }
  return out;
}

}  // namespace pgark::cli
