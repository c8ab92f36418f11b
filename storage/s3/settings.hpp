// How a bucket is reached and what its objects are to be, from the environment and the profile. Without
// secrets.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "storage/http/connection.hpp"
#include "storage/http/endpoint.hpp"
#include "storage/http/retry.hpp"
#include "storage/s3/profile.hpp"

namespace pgark::storage::s3 {

struct Settings {
  std::string scheme = "s3";  // of the names that people see
  std::string bucket;
  http::Endpoint endpoint;  // of the service, without the bucket
  bool path_style = false;  // https://host/bucket/key rather than https://bucket.host/key
  std::string region = "us-east-1";
  std::string ca_file;
  // Of what is written.
  std::string encryption;  // "", "AES256", "aws:kms", "aws:kms:dsse"
  std::string kms_key;     // with the two last
  std::string lock_mode;   // "", "GOVERNANCE", "COMPLIANCE"
  std::chrono::days lock_days{0};
  std::string storage_class;
  std::uint64_t part_bytes = kPartBytesDefault;
  bool parts_grow = true;  // so that an object may be large without large parts for small ones
  unsigned uploads = 4;    // parts on their way at the same time
  http::RetryChoice retry;
  http::Timeouts timeouts;

  static constexpr std::uint64_t kPartBytesDefault = std::uint64_t{16} << 20;
  static constexpr std::uint64_t kPartBytesMin = std::uint64_t{5} << 20;    // S3's own limits
  static constexpr std::uint64_t kPartBytesMax = std::uint64_t{512} << 20;  // ours: they are held in memory
};

// Where an archive is: "s3://bucket/key".
struct Location {
  std::string scheme, bucket, key;  // the key may be empty: the bucket itself
};
bool is_remote(const std::string& name);
// Errors: usage. What stands behind the scheme is quoted only when it cannot hold a password.
Result<Location> parse_location(const std::string& name);

// Errors: usage (a variable whose value makes no sense is named, its value is not printed).
Result<Settings> make_settings(const Location& location, const Variables& variables, const Profile& profile);

// Host and path of a request; the key is empty for the bucket itself.
struct Address {
  http::Endpoint endpoint;
  std::string path;  // encoded
};
Address address_of(const Settings& settings, const std::string& key);

// Bytes of a part, numbered from 1; 0 when an object has no more parts.
std::uint64_t part_bytes_of(const Settings& settings, int number);
// What the largest object may have.
std::uint64_t object_bytes_max(const Settings& settings);

}  // namespace pgark::storage::s3
