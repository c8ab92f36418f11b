// The protocol of S3 as a session speaks it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/http/client.hpp"
#include "storage/object/session.hpp"
#include "storage/s3/credentials.hpp"
#include "storage/s3/settings.hpp"

namespace pgark::storage::s3 {

class S3Dialect final : public object::Dialect {
 public:
  // `choice`: how the services are reached that give keys away.
  S3Dialect(const Settings& settings, Variables variables, Profile profile, http::ConnectionChoice choice);

  const http::Endpoint& server() const override { return server_; }
  std::string name(const std::string& key) const override;
  Result<http::Request> prepare(const object::Operation& operation, const std::vector<http::Header>& more,
                                std::chrono::system_clock::time_point now, std::string& keys_used) override;
  bool refuse_keys(const std::string& keys_used) override { return keys_.refuse(keys_used); }

 private:
  const Settings settings_;
  const http::Endpoint server_;
  http::Client client_;
  KeyCache keys_;
};

// A session with a bucket.
Result<std::shared_ptr<object::Session>> connect(const Settings& settings, Variables variables,
                                                 Profile profile, object::World world);

}  // namespace pgark::storage::s3
