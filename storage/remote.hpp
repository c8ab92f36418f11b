// Places that are reached over the network, by the names that people give: "s3://bucket/prefix". Keys,
// endpoint, region and the like come from the environment and the profile files (docs/object-storage.md).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "storage/store.hpp"

namespace pgark::storage {

// True when the name begins with a scheme that is one of these.
bool is_remote(const std::string& name);

struct RemoteContext {
  std::function<std::optional<std::string>(const std::string&)> variable;  // of the environment
  std::function<bool()> stop;
};
// The environment of the process, and its wish to end (interruption.hpp).
RemoteContext process_context();

struct RemotePlace {
  std::shared_ptr<Store> store;  // of the whole bucket
  std::string key;               // what the name says behind it; may be empty
};
// Nothing is sent yet. Errors: usage.
Result<RemotePlace> open_remote(const std::string& name, const RemoteContext& context);

// What lies below the name, as a place: keys are relative to it.
Result<std::unique_ptr<Store>> open_remote_store(const std::string& name, const RemoteContext& context);

}  // namespace pgark::storage
