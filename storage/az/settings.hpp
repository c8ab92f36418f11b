// How a container of Azure is reached, and the key to it, from the environment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "storage/http/connection.hpp"
#include "storage/http/endpoint.hpp"
#include "storage/http/retry.hpp"

namespace pgark::storage::az {

using Variables = std::function<std::optional<std::string>(const std::string& name)>;

struct Settings {
  std::string account;
  std::string container;
  http::Endpoint endpoint;  // of the account
  std::string account_key;  // raw bytes, secret; empty: the SAS token is used
  std::string sas_token;    // a query, secret
  std::string ca_file;
  std::uint64_t block_bytes = std::uint64_t{16} << 20;
  unsigned uploads = 4;
  http::RetryChoice retry;
  http::Timeouts timeouts;
};

// Errors: usage (a value that makes no sense; it is not printed), auth (there is no key).
Result<Settings> make_settings(const std::string& container, const Variables& variables);

// "AccountName=...;AccountKey=...": the value of one of its names. Pure.
std::optional<std::string> connection_field(const std::string& connection_string, const std::string& name);

// Bytes of a block, numbered from 1; 0 when a blob has no more. They grow with the number.
std::uint64_t block_bytes_of(const Settings& settings, int number);
std::uint64_t blob_bytes_max(const Settings& settings);

}  // namespace pgark::storage::az
