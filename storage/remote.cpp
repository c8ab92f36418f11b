#include "storage/remote.hpp"

#include <cstdlib>
#include <utility>

#include "storage/az/az_store.hpp"
#include "storage/az/dialect.hpp"
#include "storage/az/settings.hpp"
#include "storage/interruption.hpp"
#include "storage/s3/dialect.hpp"
#include "storage/s3/profile.hpp"
#include "storage/s3/s3_store.hpp"
#include "storage/s3/settings.hpp"

namespace pgark::storage {
namespace {

Result<std::unique_ptr<Store>> open_s3(const s3::Location& location, const std::string& root,
                                       const RemoteContext& context) {
  auto profile = s3::load_profile(context.variable);
  if (!profile) return tl::unexpected<Error>(std::move(profile).error());
  auto settings = s3::make_settings(location, context.variable, *profile);
  if (!settings) return tl::unexpected<Error>(std::move(settings).error());
  auto session =
      s3::connect(*settings, context.variable, std::move(*profile), object::real_world(context.stop));
  if (!session) return tl::unexpected<Error>(std::move(session).error());
  return std::make_unique<s3::S3Store>(std::move(*session), std::move(*settings), root);
}

bool is_azure(const std::string& name) {
  return name.starts_with("az://");
}

Result<std::unique_ptr<Store>> open_az(const s3::Location& location, const std::string& root,
                                       const RemoteContext& context) {
  auto settings = az::make_settings(location.bucket, context.variable);
  if (!settings) return tl::unexpected<Error>(std::move(settings).error());
  auto session = az::connect(*settings, object::real_world(context.stop));
  if (!session) return tl::unexpected<Error>(std::move(session).error());
  return std::make_unique<az::AzStore>(std::move(*session), std::move(*settings), root);
}

Result<std::unique_ptr<Store>> open_store(const s3::Location& location, const std::string& root,
                                          const RemoteContext& context) {
  return location.scheme == "az" ? open_az(location, root, context) : open_s3(location, root, context);
}

}  // namespace

bool is_remote(const std::string& name) {
  return s3::is_remote(name) || is_azure(name);
}

RemoteContext process_context() {
  RemoteContext context;
  context.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
  };
  context.stop = is_network_interrupted;
  return context;
}

Result<RemotePlace> open_remote(const std::string& name, const RemoteContext& context) {
  auto location = s3::parse_location(name);
  if (!location) return tl::unexpected<Error>(std::move(location).error());
  auto store = open_store(*location, "", context);
  if (!store) return tl::unexpected<Error>(std::move(store).error());
  return RemotePlace{std::move(*store), location->key};
}

Result<std::unique_ptr<Store>> open_remote_store(const std::string& name, const RemoteContext& context) {
  auto location = s3::parse_location(name);
  if (!location) return tl::unexpected<Error>(std::move(location).error());
  std::string root = std::move(location->key);
  if (!root.empty() && !root.ends_with('/')) root += '/';
  return open_store(*location, root, context);
}

}  // namespace pgark::storage
