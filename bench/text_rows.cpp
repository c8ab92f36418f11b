#include "bench/text_rows.hpp"

#include <cstdint>
#include <random>
#include <string_view>

#include "base/bytes.hpp"

namespace pgark::bench {

std::string copy_text(std::size_t row_bytes) {
  std::mt19937 random(42);
  std::string text;
  text.reserve(kTextBytes + 200);
  for (unsigned key = 1; text.size() < kTextBytes; ++key) {
    std::string row = std::to_string(key) + '\t' + std::to_string(random() % 100'000) + '\t' +
                      std::to_string(random() % 10'000) + '.' + std::to_string(10 + random() % 90) +
                      "\t2024-0" + std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 10) +
                      "\tdeliver to door " + std::to_string(random());
    if (row.size() + 1 < row_bytes) row.resize(row_bytes - 1, 'x');
    text += row + '\n';
  }
  return text;
}

std::vector<std::byte> copy_messages(const std::string& text) {
  std::vector<std::byte> messages;
  messages.reserve(text.size() * 2);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    const auto length = static_cast<std::uint32_t>(end - begin + 4);
    messages.push_back(std::byte{'d'});
    for (int shift = 24; shift >= 0; shift -= 8) messages.push_back(std::byte(length >> shift & 0xff));
    const ByteSpan row = as_bytes(std::string_view(text).substr(begin, end - begin));
    messages.insert(messages.end(), row.begin(), row.end());
    begin = end;
  }
  return messages;
}

}  // namespace pgark::bench
