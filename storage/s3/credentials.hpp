// Where the keys come from that requests are signed with: the environment, a web identity, the profile files,
// the container's or the machine's metadata service, in this order. They are held in memory only and never
// part of an error. Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "base/error.hpp"
#include "storage/http/client.hpp"
#include "storage/s3/profile.hpp"
#include "storage/s3/signature.hpp"

namespace pgark::storage::s3 {

struct ExpiringKeys {
  Keys keys;
  std::optional<std::chrono::system_clock::time_point> expires;  // nothing: they last
};

// Gets keys anew. Errors: auth (none to be found, or the service refuses), connect, usage, interrupted.
using KeySource = std::function<Result<ExpiringKeys>()>;

// `client` is for the services that give keys away; it outlives the source. `scheme` decides: gs knows its
// HMAC keys only from the environment (PGARK_GS_ACCESS_KEY_ID, PGARK_GS_SECRET_ACCESS_KEY).
KeySource make_key_source(const std::string& scheme, Variables variables, Profile profile, std::string region,
                          http::Client& client);

// Keeps keys until shortly before they expire. Thread safe.
class KeyCache {
 public:
  explicit KeyCache(KeySource source) : source_(std::move(source)) {}

  Result<Keys> get(std::chrono::system_clock::time_point now);
  // The server has refused keys with this access key and token as expired. True when others may be had.
  bool refuse(const std::string& used);
  static std::string mark_of(const Keys& keys) { return keys.access_key + "\n" + keys.session_token; }

 private:
  const KeySource source_;
  std::mutex mutex_;  // guards what follows; held while new ones are fetched, as all wait for them anyway
  std::optional<ExpiringKeys> kept_;
};

}  // namespace pgark::storage::s3
