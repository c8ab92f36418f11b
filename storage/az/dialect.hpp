// The protocol of Azure's Blob service as a session speaks it.
// Source: Azure Storage REST API Reference, "Authorize with Shared Key", "Create a service SAS".
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "storage/az/settings.hpp"
#include "storage/object/session.hpp"

namespace pgark::storage::az {

// What is signed with the key of the account. `path` is encoded and has the endpoint's path in front. Pure.
std::string string_to_sign(const std::string& account, const std::string& method, const std::string& path,
                           const object::Query& query, const std::vector<http::Header>& headers,
                           std::size_t body_bytes);

class AzDialect final : public object::Dialect {
 public:
  explicit AzDialect(const Settings& settings);

  const http::Endpoint& server() const override { return server_; }
  std::string name(const std::string& key) const override;
  Result<http::Request> prepare(const object::Operation& operation, const std::vector<http::Header>& more,
                                std::chrono::system_clock::time_point now, std::string& keys_used) override;
  bool refuse_keys(const std::string&) override { return false; }  // they are what they are

 private:
  const Settings settings_;
  http::Endpoint server_;
};

// A session with a container.
Result<std::shared_ptr<object::Session>> connect(const Settings& settings, object::World world);

}  // namespace pgark::storage::az
