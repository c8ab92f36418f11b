#include "cli/script_choice.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/text.hpp"

namespace pgark::cli {

namespace {

constexpr std::string_view kKeyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t kKeyLength = 64;

// Each character equally likely: bytes beyond the last whole multiple are thrown away.
std::string random_key() {
  constexpr std::size_t kBytesUsed = 256 / kKeyCharacters.size() * kKeyCharacters.size();
  std::string key;
  while (key.size() < kKeyLength) {
    std::array<unsigned char, kKeyLength> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
      Error error;
      error.message = "the system has no random numbers for the key of \\restrict";
      throw Exception(std::move(error));
    }
    for (const unsigned char byte : random) {
      if (byte < kBytesUsed && key.size() < kKeyLength) key += kKeyCharacters[byte % kKeyCharacters.size()];
    }
  }
  return key;
}

}  // namespace

void add_restrict_key_option(CLI::App& command, std::string& key, const std::string& group) {
  command
      .add_option("--restrict-key", key,
                  "key that ends psql's restricted mode, for reproducible output (default: random)")
      ->type_name("KEY")
      ->group(group);
}

std::string restrict_key(const std::string& given) {
  if (given.empty()) return random_key();
  const bool usable =
      std::ranges::all_of(given, [](char c) { return kKeyCharacters.find(c) != std::string_view::npos; });
  if (usable) return given;
  Error error;
  error.code = ErrorCode::usage;
  error.message = "the key may only hold letters and digits";
  error.object = "--restrict-key";
  throw Exception(std::move(error));
}

void show_script(Console& console, const std::string& command, const std::string& path,
                 const restore::ScriptOutcome& outcome, double seconds) {
  console.stop_progress();
  console.line(fmt::format("{} complete: {} rows in {}, {} entries, {} of SQL in {}, {}", command,
                           human_count(outcome.rows), tables_text(outcome.tables, outcome.large_objects),
                           human_count(outcome.entries), human_bytes(outcome.file_bytes),
                           path == "-" ? "stdout" : printable(path), human_duration(seconds)));
  console.result({{"command", command},
                  {"format", "plain"},
                  {"output", path},
                  {"tables", outcome.tables},
                  {"entries", outcome.entries},
                  {"rows", outcome.rows},
                  {"raw_bytes", outcome.raw_bytes},
                  {"file_bytes", outcome.file_bytes}});
}

}  // namespace pgark::cli
