#include "storage/az/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "storage/object/digest.hpp"
#include "storage/object/xml.hpp"

namespace pgark::storage::az {
namespace {

constexpr int kBlocksMax = 50'000;
constexpr int kBlocksOfASize = 10'000;
constexpr const char* kKeyHint =
    "set AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or "
    "AZURE_STORAGE_CONNECTION_STRING";

tl::unexpected<Error> bad(std::string_view variable, std::string_view wanted) {
  return fail(ErrorCode::usage, fmt::format("the value of {} makes no sense", variable), {},
              fmt::format("it should be {}", wanted));
}

struct Range {
  std::uint64_t min, max;
};

template <class Number>
Result<> read_number(const Variables& variables, const char* name, Range range, Number& value) {
  const auto text = variables(name);
  if (!text) return {};
  const auto number = object::number_of(*text);
  if (!number || *number < range.min || *number > range.max)
    return bad(name, fmt::format("a number from {} to {}", range.min, range.max));
  value = static_cast<Number>(*number);
  return {};
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '$';
  };
  return text.size() >= 3 && text.size() <= 63 && std::ranges::all_of(text, allowed);
}

// What the variable says, else what the connection string says.
std::optional<std::string> either(const Variables& variables, const char* variable, const char* field) {
  if (auto value = variables(variable)) return value;
  const auto connection = variables("AZURE_STORAGE_CONNECTION_STRING");
  return connection ? connection_field(*connection, field) : std::nullopt;
}

Result<> read_keys(Settings& settings, const Variables& variables) {
  const auto account = either(variables, "AZURE_STORAGE_ACCOUNT", "AccountName");
  if (!account)
    return fail(ErrorCode::auth, "there is no account for the object storage of Azure", {}, kKeyHint);
  settings.account = *account;
  if (!is_name(settings.account)) return bad("AZURE_STORAGE_ACCOUNT", "the name of an account of storage");
  if (const auto key = either(variables, "AZURE_STORAGE_KEY", "AccountKey")) {
    const auto raw = object::from_base64(*key);
    if (!raw || raw->empty()) return bad("AZURE_STORAGE_KEY", "the key in base64, as Azure shows it");
    settings.account_key = *raw;
    return {};
  }
  const auto token = either(variables, "AZURE_STORAGE_SAS_TOKEN", "SharedAccessSignature");
  if (!token) return fail(ErrorCode::auth, "there is no key for the object storage of Azure", {}, kKeyHint);
  settings.sas_token = token->starts_with('?') ? token->substr(1) : *token;
  const auto in_query = [](unsigned char c) { return c > ' ' && c < 0x7f && c != '#'; };
  if (!std::ranges::all_of(settings.sas_token, in_query) ||
      settings.sas_token.find("sig=") == std::string::npos)
    return bad("AZURE_STORAGE_SAS_TOKEN", "a token as Azure makes them: sv=...&sig=...");
  return {};
}

}  // namespace

std::optional<std::string> connection_field(const std::string& connection_string, const std::string& name) {
  std::string_view rest = connection_string;
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=')
      return std::string(field.substr(name.size() + 1));
  }
  return std::nullopt;
}

Result<Settings> make_settings(const std::string& container, const Variables& variables) {
  Settings settings;
  settings.container = container;
  if (!is_name(container)) {
    return fail(ErrorCode::usage, "the name of the container behind \"az://\" is none", {},
                "name an archive as az://CONTAINER/KEY; account and key belong in the environment");
  }
  if (auto read = read_keys(settings, variables); !read) return tl::unexpected<Error>(read.error());
  const auto suffix = either(variables, "AZURE_STORAGE_ENDPOINT_SUFFIX", "EndpointSuffix");
  const auto endpoint =
      http::parse_endpoint(either(variables, "AZURE_STORAGE_SERVICE_ENDPOINT", "BlobEndpoint")
                               .value_or(fmt::format("https://{}.blob.{}", settings.account,
                                                     suffix.value_or("core.windows.net"))));
  if (!endpoint) return tl::unexpected<Error>(endpoint.error());
  settings.endpoint = *endpoint;
  settings.ca_file = variables("PGARK_AZ_CA_BUNDLE").value_or("");
  constexpr Range kBlockBytes{std::uint64_t{1} << 20, std::uint64_t{512} << 20};
  constexpr Range kUploads{1, 64};
  constexpr Range kAttempts{1, 100};
  Result<> read = read_number(variables, "PGARK_AZ_BLOCK_SIZE", kBlockBytes, settings.block_bytes);
  if (read) read = read_number(variables, "PGARK_AZ_UPLOADS", kUploads, settings.uploads);
  if (read) read = read_number(variables, "PGARK_AZ_MAX_ATTEMPTS", kAttempts, settings.retry.attempts_max);
  if (!read) return tl::unexpected<Error>(read.error());
  return settings;
}

std::uint64_t block_bytes_of(const Settings& settings, int number) {
  if (number > kBlocksMax) return 0;
  return settings.block_bytes * static_cast<std::uint64_t>(1 + (number - 1) / kBlocksOfASize);
}

std::uint64_t blob_bytes_max(const Settings& settings) {
  std::uint64_t bytes = 0;
  for (int number = 1; number <= kBlocksMax; number += kBlocksOfASize)
    bytes += block_bytes_of(settings, number) * kBlocksOfASize;
  return bytes;
}

}  // namespace pgark::storage::az
