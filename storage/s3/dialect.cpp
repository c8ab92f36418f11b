#include "storage/s3/dialect.hpp"

#include <fmt/format.h>

#include <utility>

#include "storage/object/digest.hpp"

namespace pgark::storage::s3 {

S3Dialect::S3Dialect(const Settings& settings, Variables variables, Profile profile,
                     http::ConnectionChoice choice)
    : settings_(settings),
      server_(address_of(settings, {}).endpoint),
      client_(std::move(choice)),
      keys_(make_key_source(settings.scheme, std::move(variables), std::move(profile), settings.region,
                            client_)) {}

std::string S3Dialect::name(const std::string& key) const {
  return fmt::format("{}://{}{}{}", settings_.scheme, settings_.bucket, key.empty() ? "" : "/", key);
}

Result<http::Request> S3Dialect::prepare(const object::Operation& operation,
                                         const std::vector<http::Header>& more,
                                         std::chrono::system_clock::time_point now, std::string& keys_used) {
  const auto keys = keys_.get(now);
  if (!keys) return tl::unexpected<Error>(keys.error());
  keys_used = KeyCache::mark_of(*keys);
  const Address address = address_of(settings_, operation.key);
  const std::string payload_hash = object::hex(object::sha256(operation.body));
  ToSign to_sign{operation.method, address.path, operation.query, operation.headers, payload_hash};
  auto& headers = to_sign.headers;
  headers.insert(headers.end(), more.begin(), more.end());
  headers.push_back({"Host", address.endpoint.host_header()});
  headers.push_back({"x-amz-content-sha256", payload_hash});
  headers.push_back({"x-amz-date", amz_date(now)});
  if (!keys->session_token.empty()) headers.push_back({"x-amz-security-token", keys->session_token});
  const Scope scope{settings_.region, std::string(kServiceS3), now};
  headers.push_back({"Authorization", authorization(to_sign, *keys, scope)});
  const std::string query = canonical_query(operation.query);
  return http::Request{operation.method, address.path + (query.empty() ? "" : "?" + query),
                       std::move(headers), operation.body};
}

Result<std::shared_ptr<object::Session>> connect(const Settings& settings, Variables variables,
                                                 Profile profile, object::World world) {
  auto trust = http::TlsTrust::create(settings.ca_file);
  if (!trust) return tl::unexpected<Error>(std::move(trust).error());
  auto dialect = std::make_unique<S3Dialect>(settings, std::move(variables), std::move(profile),
                                             http::ConnectionChoice{settings.timeouts, *trust, world.stop});
  return std::make_shared<object::Session>(
      std::move(dialect), object::SessionChoice{*trust, settings.timeouts, settings.retry}, std::move(world));
}

}  // namespace pgark::storage::s3
